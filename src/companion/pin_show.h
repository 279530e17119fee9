/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PIN_SHOW_H
#define VFIO_EARLY_PIN_SHOW_H

/* CPU pins in the format of the hypervisor, and as JSON. */

#include <jansson.h>
#include <stdio.h>

#include "guest/cores.h"
#include "guest/domain.h"
#include "guest/pin.h"

#define PIN_VERSION 1
#define PIN_LIST_MAX 512

/**
 * struct pin_page - values to show
 * @guest: NULL: lines for QEMU alone
 * @address: of the card; empty: none
 */
struct pin_page {
	const struct cores *cores;
	const struct pinning *pinning;
	const struct guest *guest;
	const char *address;
};

/** pin_print() - XML for libvirt, `qm set` for Proxmox, taskset for QEMU alone */
void pin_print(FILE *out, const struct pin_page *page);

/**
 * pin_to_json() - the same as an object
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *pin_to_json(const struct pin_page *page);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PROXMOX_READ_H
#define VFIO_EARLY_PROXMOX_READ_H

/* A virtual machine of Proxmox VE: /etc/pve/qemu-server/NUMBER.conf. */

#include <stddef.h>

#include "base/fault.h"
#include "guest/domain.h"

/**
 * proxmox_parse() - read a configuration
 * @file: for messages; its digits before ".conf" are the machine's number
 * @guest: filled; what it held before does not matter
 * @fault: FILE:LINE: what is wrong
 *
 * `key: value` lines up to the first `[`, where snapshots begin (pve-docs, qm.conf). Keys
 * without a use here are skipped.
 *
 * Return: 0; -EINVAL; -E2BIG for more than the limits of domain.h
 */
int proxmox_parse(const char *file, const char *text, size_t length, struct guest *guest,
		  struct fault *fault);

#endif

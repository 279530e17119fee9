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
 * `key: value` lines until the first `[`, behind which snapshots stand (pve-docs,
 * qm.conf). Keys that nothing here asks about are passed over.
 *
 * Return: 0; -EINVAL; -E2BIG for more than domain.h holds
 */
int proxmox_parse(const char *file, const char *text, size_t length, struct guest *guest,
		  struct fault *fault);

#endif

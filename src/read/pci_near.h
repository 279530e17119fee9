/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PCI_NEAR_H
#define VFIO_EARLY_PCI_NEAR_H

/* The wanted facts about PCI functions; plan/near.h decides which are wanted. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * pci_names_read() - list the functions, without reading them
 * @host: functions and n_functions are filled, ordered by address; all are far
 *
 * Return: 0; -errno; -E2BIG for more functions than there is room for: host.wanted
 */
int pci_names_read(const struct sysroot *root, struct host *host, struct fault *fault);

/**
 * pci_near_read() - read the wanted facts
 * @want: bits of enum host_want for each function of @host; modified
 * @host: functions are filled; functions that are gone are removed, which invalidates all
 *	indices
 *
 * Return: 1 when a function is gone, 0 when all are there, or -errno
 */
int pci_near_read(const struct sysroot *root, uint8_t *want, struct host *host,
		  struct fault *fault);

#endif

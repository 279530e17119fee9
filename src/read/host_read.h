/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_READ_H
#define VFIO_EARLY_HOST_READ_H

/* Filling struct host: calls the readers in order. */

#include "base/sysroot.h"
#include "model/config.h"
#include "model/host.h"

/**
 * host_read() - look at the machine
 * @config: only to know which drivers it names
 * @host: filled; what it held before does not matter. What could not be found out is
 *	unknown there and has a note.
 *
 * Return: 0, or -errno when not even the PCI functions could be listed
 */
int host_read(const struct sysroot *root, const struct config *config,
	      const char *cmdline, struct host *host, struct fault *fault);

/**
 * host_read_names() - the machine as a whole, and which functions there are; all are far
 * @host: filled; what it held before does not matter
 *
 * Return: 0, or -errno when not even the PCI functions could be listed
 */
int host_read_names(const struct sysroot *root, const char *cmdline, struct host *host,
		    struct fault *fault);

/**
 * host_read_near() - what is wanted of functions, and their groups
 * @want: bits of enum host_want for each function
 *
 * Return: as pci_near_read()
 */
int host_read_near(const struct sysroot *root, uint8_t *want, struct host *host,
		   struct fault *fault);

/**
 * host_read_use() - what the host uses: disks (disks_read()) and routes (network_read())
 *
 * A boot asks only when a verdict depends on it (plan_needs_disks()): a disk that dies
 * takes its time.
 */
void host_read_use(const struct sysroot *root, const char *cmdline, struct host *host);

#endif

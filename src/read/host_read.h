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
 * host_read_decide() - the same, only as far as it decides (HOST_LOOK_DECIDE), and
 *	without host_read_use(): a disk that dies takes its time, see plan_needs_disks()
 */
int host_read_decide(const struct sysroot *root, const struct config *config,
		     const char *cmdline, struct host *host, struct fault *fault);

/**
 * host_read_use() - what the host uses: disks (disks_read()) and routes (network_read())
 */
void host_read_use(const struct sysroot *root, const char *cmdline, struct host *host);

#endif

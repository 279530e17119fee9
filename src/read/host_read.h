/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_READ_H
#define VFIO_EARLY_HOST_READ_H

/* Filling struct host: calls the readers in order. */

#include "base/sysroot.h"
#include "model/config.h"
#include "model/host.h"

/**
 * host_read() - read the facts of the machine
 * @config: only for the drivers that it names
 * @host: filled; what it held before does not matter. A fact that could not be read is
 *	unknown, and there is a note.
 *
 * Return: 0, or -errno when not even the PCI functions could be listed
 */
int host_read(const struct sysroot *root, const struct config *config,
	      const char *cmdline, struct host *host, struct fault *fault);

/** host_read_functions() - of host_read(), only what the bus and its functions say */
int host_read_functions(const struct sysroot *root, struct host *host,
			struct fault *fault);

/**
 * host_read_names() - read facts about the whole machine, and list its functions as far
 * @host: filled; what it held before does not matter
 *
 * Return: 0, or -errno when not even the PCI functions could be listed
 */
int host_read_names(const struct sysroot *root, const char *cmdline, struct host *host,
		    struct fault *fault);

/**
 * host_read_near() - read the wanted facts about functions, and their groups
 * @want: bits of enum host_want for each function
 *
 * Return: as pci_near_read()
 */
int host_read_near(const struct sysroot *root, uint8_t *want, struct host *host,
		   struct fault *fault);

/**
 * host_read_use() - read the host's use of disks (disks_read()) and routes
 * (network_read())
 * @needs: bits of enum host_need (plan_needs()): at boot only what a verdict depends on,
 *	since a failing disk is slow
 */
void host_read_use(const struct sysroot *root, const char *cmdline, unsigned int needs,
		   struct host *host);

#endif

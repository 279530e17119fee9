/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULES_H
#define VFIO_EARLY_MODULES_H

/* Which VFIO drivers there are: libkmod. */

#include "base/sysroot.h"
#include "model/config.h"
#include "model/host.h"

/**
 * modules_read() - which VFIO driver each function would get, and where it comes from
 * @root: where the machine is
 * @config: drivers that it names are looked up too
 * @cmdline: kernel command line (options of modules that are not loaded yet)
 * @host: functions and kernel are filled already; drivers, functions[].vfio_driver,
 *	unsafe_interrupts and noiommu_mode are filled; notes added
 *
 * The most specific `vfio_pci:` alias wins (kernel: scripts/mod/file2alias.c
 * do_pci_entry(), drivers/vfio/pci/vfio_pci.c); without one it is vfio-pci.
 */
void modules_read(const struct sysroot *root, const struct config *config,
		  const char *cmdline, struct host *host);

#endif

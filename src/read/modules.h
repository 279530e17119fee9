/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULES_H
#define VFIO_EARLY_MODULES_H

/* The VFIO drivers of the machine, by libkmod. */

#include "base/sysroot.h"
#include "model/config.h"
#include "model/host.h"

/**
 * modules_read() - find the VFIO driver for each function, and its availability
 * @root: where the machine is
 * @config: drivers that it names are looked up too
 * @cmdline: kernel command line (options of modules that are not loaded yet)
 * @host: functions and kernel are filled already; drivers, functions[].vfio_driver,
 *	unsafe_interrupts and noiommu_mode are filled (of a boot that one only where no
 *	IOMMU is active by the groups so far); notes added
 *
 * The most specific `vfio_pci:` alias wins (kernel: scripts/mod/file2alias.c
 * do_pci_entry(), drivers/vfio/pci/vfio_pci.c); without one it is vfio-pci.
 */
void modules_read(const struct sysroot *root, const struct config *config,
		  const char *cmdline, struct host *host);

#endif

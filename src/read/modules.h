/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULES_H
#define VFIO_EARLY_MODULES_H

/* Which VFIO drivers there are, and loading one: libkmod. */

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

/**
 * modules_load() - load a module with dependencies, softdeps and options
 * @root: must be live, else -EOPNOTSUPP
 * @module: module name
 * @fault: filled on failure: names the module that could not be inserted, where known
 *
 * Blacklists do not hold: they are for modules that nobody asked for. `install` commands
 * are not run: they need a shell, and may never return.
 *
 * Return: 0, also when it is loaded or built in; -ENOENT when there is none; -errno
 */
int modules_load(const struct sysroot *root, const char *module, struct fault *fault);

#endif

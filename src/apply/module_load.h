/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULE_LOAD_H
#define VFIO_EARLY_MODULE_LOAD_H

/*
 * Loading a VFIO driver without letting it take more than the plan gives it: only options
 * that cannot bind reach a VFIO module (doc/decisions/reserved.md).
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"

#define MODULE_LEFT_OUT_MAX 256

/**
 * module_load() - load a module with dependencies, softdeps and options
 * @root: must be live, else -EOPNOTSUPP
 * @left_out: appended: a sentence about options and softdeps that the modules did not get
 * @fault: filled on failure: names the module that could not be inserted, where known
 *
 * Options are those of modprobe.d and of the kernel command line; a module of VFIO gets
 * the ones that module_options_filter() keeps, another one (xe, for its variant driver)
 * gets all. Softdeps of a VFIO module count when they name another one. Blacklists are
 * ignored: they are for modules that were not asked for by name. `install` commands are
 * not run: they need a shell, may never return, and may bind.
 *
 * Return: 0, also when it is loaded or built in; -ENOENT when there is no such module;
 * -errno
 */
int module_load(const struct sysroot *root, const char *module,
		char left_out[static MODULE_LEFT_OUT_MAX], struct fault *fault);

/**
 * module_options_filter() - the options that a module of VFIO may get
 * @options: separated by spaces, quoted as the kernel reads them
 * @kept: filled; room for as many bytes as @options has
 * @left_out: appended: a sentence about the others
 */
void module_options_filter(const char *options, char *kept, const char *module,
			   char left_out[static MODULE_LEFT_OUT_MAX]);

/**
 * module_is_vfio() - is this a module of VFIO, whose options could bind functions?
 *
 * Return: true for vfio, vfio_pci, xe_vfio_pci and the like; false for modules that these
 * merely depend on
 */
bool module_is_vfio(const char *module);

#endif

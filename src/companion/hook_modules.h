/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_MODULES_H
#define VFIO_EARLY_HOOK_MODULES_H

/*
 * Drivers that wait in remove() without a limit until all users of the card have ended:
 * their modules are unloaded first, since the kernel refuses at once to unload a module
 * in use.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"

/**
 * hook_driver_unloads() - must a driver's modules be unloaded before its card is taken?
 */
bool hook_driver_unloads(const char *driver);

/**
 * hook_modules_unload() - unload all of them, or none
 *
 * Return: 0; -EBUSY: one is in use, and those unloaded before are loaded again; -errno
 */
int hook_modules_unload(const struct sysroot *root, struct fault *fault);

/** hook_modules_load() - load the modules that exist and are not loaded */
void hook_modules_load(const struct sysroot *root);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_MODULES_H
#define VFIO_EARLY_HOOK_MODULES_H

/*
 * A driver that waits in its remove() for all users to end, in the kernel and without an
 * end: its modules go first. The kernel refuses to unload one that is in use, at once.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"

/** hook_driver_unloads() - must a driver's modules go for its card to be taken? */
bool hook_driver_unloads(const char *driver);

/**
 * hook_modules_unload() - unload them, none or all
 *
 * Return: 0; -EBUSY: one is in use, those that had gone are back; -errno
 */
int hook_modules_unload(const struct sysroot *root, struct fault *fault);

/** hook_modules_load() - load those that there are; what is loaded stays */
void hook_modules_load(const struct sysroot *root);

#endif

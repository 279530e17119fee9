/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUNNING_H
#define VFIO_EARLY_RUNNING_H

/*
 * The boot program started by hand on a running system: it refuses, unless --now is
 * given.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"

/** running_is() - is this a running system, and not an initramfs? */
bool running_is(const struct sysroot *root);

/**
 * running_refuses() - would host drivers of this running system lose functions?
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @fault: filled if so: the functions, and that --now takes them all the same
 *
 * Return: false where that cannot be told, so that a boot goes on
 */
bool running_refuses(const struct sysroot *root, const char *config, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUNNING_H
#define VFIO_EARLY_RUNNING_H

/* Started by hand on a system that runs: what a driver would lose is said first. */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"

/** running_is() - is it a system that runs, and no initramfs? */
bool running_is(const struct sysroot *root);

/**
 * running_refuses() - would a system that runs lose something?
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @fault: filled when it would: which functions their drivers would lose, and --now
 *
 * An initramfs is no such system, and neither is what cannot be told: a boot goes on.
 */
bool running_refuses(const struct sysroot *root, const char *config, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_CHECK_H
#define VFIO_EARLY_GUARD_CHECK_H

/* What the first-boot guard will do at the next boot. Pure. */

#include "check/check.h"

/**
 * guard_check() - is the next boot a trial or a fallback, and what helps without a guard?
 *
 * Runs after initrd_check(), which finds the images that can boot: the guard judges the
 * config inside an image, together with its kernel.
 */
void guard_check(struct check *check);

#endif

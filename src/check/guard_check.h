/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_CHECK_H
#define VFIO_EARLY_GUARD_CHECK_H

/* What the first-boot guard will make of the next boot. Pure. */

#include "check/check.h"

/**
 * guard_check() - is the next boot a trial or a fallback, and what replaces a guard?
 *
 * Behind initrd_check(), which says which images can boot: what counts is the config in
 * the image, on its kernel.
 */
void guard_check(struct check *check);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEXT_CHECK_H
#define VFIO_EARLY_NEXT_CHECK_H

/*
 * The words vfio_early.* of this boot's command line and of the next boot's. The kill
 * switch among them is judged by mode_check.h. Pure.
 */

#include "check/check.h"

/**
 * next_check() - judge where the two differ, and what would make the next boot the same
 */
void next_check(struct check *check);

/**
 * next_is_open() - is a target on the line of this boot, while it is not known whether
 * the next boot has it, too?
 */
bool next_is_open(const struct check *check, const struct config_target *target);

#endif

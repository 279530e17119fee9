/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARGET_CHECK_H
#define VFIO_EARLY_TARGET_CHECK_H

/* `--check`: the config, its targets in the plan, and the report of this boot. */

#include "check/check.h"

/** config_check() - is there a config, and is it valid? */
void config_check(const struct check *check, struct findings *findings);

/** target_check() - judge each target, failures to read, and the report of this boot */
void target_check(const struct check *check, struct findings *findings);

/**
 * target_stays_refused() - will a refused target surely be refused at the next boot, too?
 */
bool target_stays_refused(const struct check *check, const struct plan_target *target);

/** target_was_removed() - is a target absent now that was reserved at this boot? */
bool target_was_removed(const struct check *check, const struct plan_target *target);

#endif

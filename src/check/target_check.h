/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARGET_CHECK_H
#define VFIO_EARLY_TARGET_CHECK_H

/* `--check`: the config, its targets in the plan, and the report of this boot. */

#include "check/check.h"

/** config_check() - is there a config, and is it understood? */
void config_check(const struct check *check, struct findings *findings);

/** target_check() - each target, what could not be read, and the report of this boot */
void target_check(const struct check *check, struct findings *findings);

/** target_stays_refused() - a refused target: for sure at the next boot, too? */
bool target_stays_refused(const struct check *check, const struct plan_target *target);

/** target_was_removed() - absent now, and reserved at this boot: removed from the bus */
bool target_was_removed(const struct check *check, const struct plan_target *target);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARGET_H
#define VFIO_EARLY_TARGET_H

/* From a function to a target, and the decision about that. Pure. */

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * target_of_function() - a target for a function that stays right when cards are added
 * @ret_target: filled: name, id, path, and optional if the function may come later;
 *	address is filled, but is a selector (has_address) only without a path, since bus
 *	numbers change
 */
void target_of_function(const struct host *host, size_t index,
			struct config_target *ret_target);

/**
 * struct trial - one target, judged alone; large: allocate it
 * @config: holds the target and nothing else
 * @plan: what would be decided about it
 */
struct trial {
	struct config config;
	struct plan plan;
};

/**
 * target_try() - decide about this target as if it were alone in the config
 * @trial: filled; what it held before does not matter
 *
 * Return: the target with its verdict, in @trial; the first one if there are several
 * cards
 */
const struct plan_target *target_try(const struct host *host,
				     const struct config_target *wanted,
				     struct trial *trial);

#endif

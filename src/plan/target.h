/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARGET_H
#define VFIO_EARLY_TARGET_H

/* From a function to a target, and what would be decided about it. Pure. */

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * target_of_function() - the target that names a function and survives a new card
 * @ret_target: filled: name, id, path, and optional for what may come later; address is
 *	filled, but a selector (has_address) only where there is no path: bus numbers move
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
 * target_try() - what would be decided if the config held this target and nothing else
 * @trial: filled; what it held before does not matter
 *
 * Return: the verdict, in @trial; the first when the target means several cards
 */
const struct plan_target *target_try(const struct host *host,
				     const struct config_target *wanted,
				     struct trial *trial);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_TEXT_H
#define VFIO_EARLY_PLAN_TEXT_H

/* The plan for a person, the same in both programs. */

#include <stdio.h>

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * plan_print() - say what would be done, and why not
 * @out: where to
 * @config: what was wanted
 * @host: what there is
 * @plan: what was decided
 *
 * What is wrong with a config that is not understood is left to the caller.
 */
void plan_print(FILE *out, const struct config *config, const struct host *host,
		const struct plan *plan);

#endif

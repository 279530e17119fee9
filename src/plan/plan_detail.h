/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_DETAIL_H
#define VFIO_EARLY_PLAN_DETAIL_H

/* The sentence with this machine's facts that goes with a verdict. Pure. */

#include "plan/plan.h"

/**
 * plan_detail_write() - write the facts of this machine behind a verdict
 * @target: decided; detail is filled
 */
void plan_detail_write(const struct config *config, const struct host *host,
		       struct plan_target *target);

#endif

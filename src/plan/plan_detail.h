/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_DETAIL_H
#define VFIO_EARLY_PLAN_DETAIL_H

/* The sentence with this machine's facts that goes with a verdict. Pure. */

#include "plan/plan.h"

/**
 * plan_detail_write() - say what is the matter on this machine
 * @target: decided; detail is filled
 */
void plan_detail_write(const struct config *config, const struct host *host,
		       struct plan_target *target);

/**
 * plan_remedy() - what to do about a reason, on this machine
 *
 * reason_info()'s, but peers = take is offered only where the target would be reserved
 * with it, and another slot only to what has a slot.
 */
const char *plan_remedy(const struct plan_target *target, enum reason reason);

#endif

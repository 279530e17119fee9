/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RISK_H
#define VFIO_EARLY_RISK_H

/* The risk of a plan, for the guard. Pure. */

#include "model/guard.h"
#include "plan/plan.h"

/**
 * plan_risk() - does the host keep a screen for the person at the machine?
 *
 * A display counts as taken when its target is to be reserved. If it is unknown whether
 * it is the boot display, it counts as that.
 */
enum guard_risk plan_risk(const struct host *host, const struct plan *plan);

#endif

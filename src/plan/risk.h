/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RISK_H
#define VFIO_EARLY_RISK_H

/* What a plan puts at risk, for the guard. Pure. */

#include "model/guard.h"
#include "plan/plan.h"

/**
 * plan_risk() - is the person at the machine left with a screen of the host?
 *
 * A display counts as taken when its target is to be reserved; one whose part in the boot
 * is unknown counts as the boot display.
 */
enum guard_risk plan_risk(const struct host *host, const struct plan *plan);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GROUP_CHECK_H
#define VFIO_EARLY_GROUP_CHECK_H

/* `--check`: who shares a card's group, which port merges it, what could be done. */

#include "check/finding.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * group_check() - findings about the groups of all targets. Pure.
 * @config: what is wanted
 * @host: what there is
 * @plan: what would be done
 * @findings: grows; subjects are the targets' names
 */
void group_check(const struct config *config, const struct host *host,
		 const struct plan *plan, struct findings *findings);

#endif

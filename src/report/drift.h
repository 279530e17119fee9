/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DRIFT_H
#define VFIO_EARLY_DRIFT_H

/*
 * The report of this boot compared with the present state. Values in, values out;
 * companion/report_text.h shows them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "model/config.h"
#include "model/host.h"
#include "report/report_read.h"

/**
 * struct now - the present state, as far as it could be read
 * @host: the machine; NULL: it could not be read
 * @config: the config in /etc
 * @boot_id: of the running boot; empty: unknown
 */
struct now {
	const struct host *host;
	const struct config *config;
	const char *boot_id;
};

/**
 * struct drift_target - report.targets[same index] now
 * @state: the report's, or TARGET_LOST
 * @removed: lost, and none of its functions exists any more
 * @unplugged: the same for an optional target, whose state is now absent
 * @appeared: the function that the target of the present config names, if the report has
 *	the target as absent and the function exists now; else NULL
 * @functions: the present functions at report.targets[].functions[same index]; NULL:
 *	missing, another device, or unknown
 */
struct drift_target {
	enum target_state state;
	bool removed;
	bool unplugged;
	const struct host_function *appeared;
	const struct host_function *functions[PLAN_FUNCTIONS_MAX];
};

/**
 * struct drift - differences from the report
 * @targets: same indices as report.targets
 * @other_boot: the report is of another boot
 * @config_changed: the present config differs from that of the run
 * @status: exit status
 */
struct drift {
	struct drift_target targets[PLAN_TARGETS_MAX];
	bool other_boot;
	bool config_changed;
	enum status status;
};

/**
 * drift_find() - compare
 *
 * A target is lost when one of its functions is bound to another driver than at the end
 * of the report, is another device, or is missing. An optional target without any
 * function is absent.
 */
void drift_find(const struct report *report, const struct now *now, struct drift *drift);

#endif

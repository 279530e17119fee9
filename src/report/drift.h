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
 * struct now - the state now, as far as it could be read
 * @host: the machine; NULL: it could not be looked at
 * @config: what is below /etc now
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
 * @removed: lost, and none of its functions is there any more
 * @unplugged: the same of a target that is optional: it is absent now
 * @appeared: recorded as absent, and what the target of the config now names is there;
 *	NULL: not so, or unknown
 * @functions: the machine's functions at report.targets[].functions[same index]; NULL:
 *	not there, another device, or unknown
 */
struct drift_target {
	enum target_state state;
	bool removed;
	bool unplugged;
	const struct host_function *appeared;
	const struct host_function *functions[PLAN_FUNCTIONS_MAX];
};

/**
 * struct drift - what is different from the report
 * @targets: see there
 * @other_boot: the report is of another boot
 * @config_changed: the config now is not the one that ran
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
 * A target is lost when one of its functions is not on the driver that the report ends
 * with, or is another device or gone. One that is optional and gone as a whole is absent.
 */
void drift_find(const struct report *report, const struct now *now, struct drift *drift);

#endif

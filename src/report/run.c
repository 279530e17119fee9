// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/run.h"

#include <assert.h>

#include "base/array.h"

const char *const run_phase_names[] = {
	[RUN_CONFIG] = "config", [RUN_FACTS] = "facts", [RUN_PLAN] = "plan",
	[RUN_APPLY] = "apply",	 [RUN_DONE] = "done",
};

static_assert(ARRAY_SIZE(run_phase_names) == RUN_DONE + 1, "a phase has no name");

const char *const run_end_names[] = {
	[RUN_COMPLETED] = "completed",
	[RUN_DEADLINE] = "deadline",
	[RUN_CRASHED] = "crashed",
};

static_assert(ARRAY_SIZE(run_end_names) == RUN_CRASHED + 1, "an end has no name");

const char *const step_state_names[] = {
	[STEP_PENDING] = "pending", [STEP_STARTED] = "started",
	[STEP_DONE] = "done",	    [STEP_NEEDLESS] = "needless",
	[STEP_FAILED] = "failed",   [STEP_CANCELLED] = "cancelled",
};

static_assert(ARRAY_SIZE(step_state_names) == STEP_CANCELLED + 1, "a state has no name");

const char *const target_state_names[] = {
	[TARGET_PENDING] = "pending", [TARGET_RESERVED] = "reserved",
	[TARGET_REFUSED] = "refused", [TARGET_ABSENT] = "absent",
	[TARGET_FAILED] = "failed",   [TARGET_ROLLED_BACK] = "rolled back",
	[TARGET_SKIPPED] = "skipped", [TARGET_LOST] = "lost",
};

static_assert(ARRAY_SIZE(target_state_names) == TARGET_LOST + 1, "a state has no name");

bool target_state_is_good(enum target_state state, bool optional)
{
	return state == TARGET_RESERVED || (state == TARGET_ABSENT && optional);
}

unsigned int run_seconds(const struct run *run)
{
	unsigned int seconds = run->config.deadline;

	if (run->late)
		return RUN_LATE_SECONDS;
	if (run->phase < RUN_FACTS || !seconds || seconds > CONFIG_DEADLINE_MAX)
		return CONFIG_DEADLINE_DEFAULT;
	return seconds;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_json.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "plan/remedy.h"
#include "read/config_read.h"
#include "report/json.h"
#include "report/plan_json.h"

/* Those that sysfs, module loading and driver probes are known to give; libc has no names
 * on musl. */
#define NAME(error) [error] = #error
static const char *const error_names[] = {
	NAME(EPERM),	    NAME(ENOENT),  NAME(ESRCH),	       NAME(EINTR),
	NAME(EIO),	    NAME(ENXIO),   NAME(E2BIG),	       NAME(ENOEXEC),
	NAME(EBADF),	    NAME(EAGAIN),  NAME(ENOMEM),       NAME(EACCES),
	NAME(EFAULT),	    NAME(EBUSY),   NAME(EEXIST),       NAME(EXDEV),
	NAME(ENODEV),	    NAME(ENOTDIR), NAME(EISDIR),       NAME(EINVAL),
	NAME(ENFILE),	    NAME(EMFILE),  NAME(ETXTBSY),      NAME(EFBIG),
	NAME(ENOSPC),	    NAME(EROFS),   NAME(EPIPE),	       NAME(ERANGE),
	NAME(EDEADLK),	    NAME(ELOOP),   NAME(ENODATA),      NAME(ETIME),
	NAME(EPROTO),	    NAME(EBADMSG), NAME(EOVERFLOW),    NAME(EOPNOTSUPP),
	NAME(ETIMEDOUT),    NAME(ESTALE),  NAME(ECANCELED),    NAME(ENOKEY),
	NAME(EKEYREJECTED), NAME(ENOSYS),  NAME(ENAMETOOLONG), NAME(EINPROGRESS),
};
#undef NAME

static json_t *error_to_json(int error)
{
	size_t number = error < 0 ? (size_t)-error : 0;
	json_t *object;

	if (!number)
		return json_null();
	object = json_object();
	json_value_put(&object, "number", json_integer((json_int_t)number));
	json_value_put(&object, "name",
		       number < ARRAY_SIZE(error_names) && error_names[number] ?
			       json_string(error_names[number]) :
			       json_null());
	return object;
}

static json_t *time_to_json(uint64_t microseconds)
{
	return microseconds ? json_integer((json_int_t)microseconds) : json_null();
}

static json_t *function_outcome(const struct host_function *before,
				const struct apply_function *after)
{
	json_t *object = json_object();

	json_value_put(&object, "driver_before", json_value_text(before->driver));
	json_value_put(&object, "driver_after",
		       after->after_known ? json_value_text(after->driver_after) :
					    json_null());
	json_value_put(&object, "after_known", json_boolean(after->after_known));
	json_value_put(&object, "overridden", json_boolean(after->overridden));
	json_value_put(&object, "unbound", json_boolean(after->unbound));
	json_value_put(&object, "bound", json_boolean(after->bound));
	json_value_put(&object, "given_back", json_boolean(after->given_back));
	json_value_put(&object, "undo_error", error_to_json(after->undo_error));
	return object;
}

/* Where acting added nothing, the text of the plan stays. */
static json_t *target_outcome(const struct host *host, const struct plan_target *plan,
			      const struct apply_target *apply)
{
	const struct reason_info *info = reason_info(apply->reason);
	bool good = apply->reason == REASON_NONE;
	json_t *object = json_object();

	json_value_put(&object, "state", json_string(target_state_names[apply->state]));
	json_value_put(&object, "reason", good ? json_null() : json_string(info->code));
	json_value_put(&object, "detail",
		       json_value_text(*apply->detail ? apply->detail : plan->detail));
	json_value_put(&object, "remedy",
		       good ? json_null() :
			      json_string(remedy_of(host, plan, apply->reason)));
	return object;
}

static json_t *action_outcome(const struct step *step)
{
	json_t *object = json_object();

	json_value_put(&object, "result", json_string(step_state_names[step->state]));
	json_value_put(&object, "errno", error_to_json(step->error));
	json_value_put(&object, "error",
		       step->error ? json_value_text(step->fault.text) : json_null());
	json_value_put(&object, "start_us", time_to_json(step->start));
	json_value_put(&object, "end_us", time_to_json(step->end));
	return object;
}

/* Adds @more, which is used up; false: there was no memory for it or for @object. */
static bool join(json_t *object, json_t *more)
{
	int status = json_object_update(object, more);

	json_decref(more);
	return status == 0;
}

/* The plan's object with what became of it; NULL: no memory. */
static json_t *outcome_to_json(const struct run *run)
{
	json_t *object = plan_to_json(&run->config, &run->host, &run->plan);
	const json_t *targets = json_object_get(object, "targets");
	const json_t *actions = json_object_get(object, "actions");
	bool complete = object;

	for (size_t t = 0; t < run->plan.n_targets && complete; t++) {
		const struct plan_target *plan = &run->plan.targets[t];
		const struct apply_target *apply = &run->apply.targets[t];
		json_t *target = json_array_get(targets, t);
		const json_t *functions = json_object_get(target, "functions");

		complete = join(target, target_outcome(&run->host, plan, apply));
		for (size_t f = 0; f < plan->n_functions && complete; f++)
			complete = join(
				json_array_get(functions, f),
				function_outcome(
					&run->host.functions[plan->functions[f].function],
					&apply->functions[f]));
	}
	for (size_t i = 0; i < run->plan.n_actions && complete; i++)
		complete = join(json_array_get(actions, i),
				action_outcome(&run->apply.steps[i]));
	if (complete)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *strays_to_json(const struct run *run)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->apply.n_strays; i++) {
		const struct stray *stray = &run->apply.strays[i];
		json_t *object = json_object();

		json_value_put(&object, "address",
			       json_value_address(
				       &run->host.functions[stray->function].address));
		json_value_put(&object, "driver",
			       json_value_text(run->host.drivers[stray->driver].name));
		json_value_put(&object, "came", json_boolean(stray->came));
		json_value_put(&object, "undo_error", error_to_json(stray->undo_error));
		json_value_add(&array, object);
	}
	return array;
}

static enum reason undecided_reason(enum run_end end)
{
	switch (end) {
	case RUN_COMPLETED:
		return REASON_CANNOT_TELL;
	case RUN_DEADLINE:
		return REASON_DEADLINE;
	case RUN_CRASHED:
		break;
	}
	return REASON_CRASHED;
}

/* As much as there is: the arrays have room for the largest machine. */
static void host_copy(const struct host *from, struct host *to)
{
	size_t used = from->n_functions * sizeof(from->functions[0]);
	size_t rest = offsetof(struct host, drivers);

	if (from->n_functions <= HOST_FUNCTIONS_MAX)
		memcpy(to->functions, from->functions, used);
	if (from->n_groups <= HOST_GROUPS_MAX)
		memcpy(to->groups, from->groups,
		       from->n_groups * sizeof(from->groups[0]));
	memcpy((char *)to + rest, (const char *)from + rest, sizeof(*to) - rest);
	to->n_functions = from->n_functions;
}

/*
 * A run that ended before it had decided: its worker may have died in the middle of
 * anything, so only what earlier phases left is looked at (run.h).
 *
 * Return: to be freed; NULL: no memory
 */
static struct run *run_undecided(const struct run *run)
{
	struct run *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return NULL;
	if (run->phase >= RUN_FACTS)
		copy->config = run->config;
	if (run->phase >= RUN_PLAN)
		host_copy(&run->host, &copy->host);
	if (run->crash.error)
		host_note(&copy->host, &run->crash);
	for (size_t i = 0; i < copy->config.n_targets; i++) {
		copy->plan.targets[i].config = i;
		copy->plan.targets[i].verdict = VERDICT_SKIPPED;
		copy->apply.targets[i].state = TARGET_FAILED;
		copy->apply.targets[i].reason = undecided_reason(run->end);
	}
	copy->plan.n_targets = copy->config.n_targets;
	return copy;
}

static json_t *program_to_json(void)
{
	json_t *object = json_object();

	json_value_put(&object, "name", json_string("vfio-early-boot"));
	json_value_put(&object, "version", json_string(VFIO_EARLY_VERSION));
	return object;
}

static json_t *image_to_json(const struct image *image)
{
	json_t *object = json_object();

	json_value_put(&object, "version", json_value_text(image->version));
	json_value_put(&object, "config_hash", json_value_text(image->config_hash));
	return object;
}

static json_t *guard_to_json(const struct guard *guard)
{
	json_t *object = json_object();

	json_value_put(&object, "state", json_string(guard_state_names[guard->state]));
	json_value_put(&object, "needs",
		       guard->state == GUARD_TRIAL ?
			       json_string(guard_needs_names[guard->needs]) :
			       json_null());
	json_value_put(&object, "detail", json_value_text(guard->detail));
	return object;
}

static json_t *times_to_json(const struct run *run)
{
	json_t *object = json_object();

	json_value_put(&object, "start_us", time_to_json(run->start));
	json_value_put(&object, "end_us", time_to_json(run->finish));
	return object;
}

json_t *report_to_json(const struct run *run)
{
	struct run *undecided cleanup_free = NULL;
	const struct run *decided = run;
	json_t *object = json_object();

	if (run->phase < RUN_APPLY) {
		decided = undecided = run_undecided(run);
		if (!decided) {
			json_decref(object);
			return NULL;
		}
	}
	json_value_put(&object, "version", json_integer(REPORT_VERSION));
	json_value_put(&object, "program", program_to_json());
	json_value_put(&object, "generator", json_value_text(run->image.generator));
	json_value_put(&object, "image", image_to_json(&run->image));
	json_value_put(&object, "kernel", json_value_text(decided->host.kernel));
	json_value_put(&object, "boot_id", json_value_text(run->boot_id));
	json_value_put(&object, "mode",
		       json_string(config_mode_names[decided->config.mode]));
	json_value_put(&object, "end", json_string(run_end_names[run->end]));
	json_value_put(&object, "signal",
		       run->signal ? json_integer(run->signal) : json_null());
	json_value_put(&object, "phase", json_string(run_phase_names[run->phase]));
	json_value_put(&object, "udev_ran", json_boolean(decided->host.udev_ran));
	json_value_put(&object, "time", times_to_json(run));
	json_value_put(&object, "left_out", json_value_text(decided->apply.left_out));
	json_value_put(&object, "unplanned", strays_to_json(decided));
	json_value_put(&object, "guard", guard_to_json(&decided->guard));
	if (join(object, outcome_to_json(decided)))
		return object;
	json_decref(object);
	return NULL;
}

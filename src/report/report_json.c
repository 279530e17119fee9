// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_json.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "report/plan_json.h"

/* Those that sysfs, module loading and driver probes are known to give; libc has no names
 * on musl. No pointers: these would be relocated at each start. */
#define NAME(error)           \
	{                     \
		error, #error \
	}
static const struct {
	uint8_t number;
	char name[13];
} error_names[] = {
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

/* NULL: it is none of these */
static const char *error_name(size_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(error_names); i++)
		if (error_names[i].number == number)
			return error_names[i].name;
	return NULL;
}

static void error_put(struct document *document, const char *key, int error)
{
	size_t number = error < 0 ? (size_t)-error : 0;

	if (!number) {
		document_word(document, key, NULL);
		return;
	}
	document_open(document, key, '{');
	document_number(document, "number", (int64_t)number);
	document_word(document, "name", error_name(number));
	document_close(document, '}');
}

static void time_put(struct document *document, const char *key, uint64_t microseconds)
{
	if (microseconds)
		document_number(document, key, (int64_t)microseconds);
	else
		document_word(document, key, NULL);
}

static void function_outcome(struct document *document, const struct run *run,
			     size_t target, size_t index)
{
	const struct plan_function *planned = &run->plan.targets[target].functions[index];
	const struct host_function *before = &run->host.functions[planned->function];
	const struct apply_function *after = &run->apply.targets[target].functions[index];

	document_text(document, "driver_before", before->driver);
	document_text(document, "driver_after",
		      after->after_known ? after->driver_after : "");
	document_flag(document, "after_known", after->after_known);
	document_flag(document, "overridden", after->overridden);
	document_flag(document, "unbound", after->unbound);
	document_flag(document, "bound", after->bound);
	document_flag(document, "given_back", after->given_back);
	error_put(document, "undo_error", after->undo_error);
}

/* Where acting added nothing, the text of the plan stays. */
static void target_why(const struct run *run, size_t target, enum reason *reason,
		       const char **detail)
{
	const struct apply_target *apply = &run->apply.targets[target];

	*reason = apply->reason;
	if (*apply->detail)
		*detail = apply->detail;
}

static void target_outcome(struct document *document, const struct run *run,
			   size_t target)
{
	document_word(document, "state",
		      target_state_names[run->apply.targets[target].state]);
}

static void action_outcome(struct document *document, const struct run *run,
			   size_t action)
{
	const struct step *step = &run->apply.steps[action];

	document_word(document, "result", step_state_names[step->state]);
	error_put(document, "errno", step->error);
	document_text(document, "error", step->error ? step->fault.text : "");
	time_put(document, "start_us", step->start);
	time_put(document, "end_us", step->end);
}

static void strays_put(struct document *document, const struct run *run)
{
	document_open(document, "unplanned", '[');
	for (size_t i = 0; i < run->apply.n_strays; i++) {
		const struct stray *stray = &run->apply.strays[i];

		document_open(document, NULL, '{');
		document_address(document, "address",
				 &run->host.functions[stray->function].address);
		document_text(document, "driver", run->host.drivers[stray->driver].name);
		document_flag(document, "came", stray->came);
		error_put(document, "undo_error", stray->undo_error);
		document_close(document, '}');
	}
	document_close(document, ']');
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

/* Only as much as is used: the arrays have room for the largest machine. */
static void host_copy(const struct host *from, struct host *to)
{
	memcpy(to, from, offsetof(struct host, groups));
	if (from->n_functions <= host_room(from))
		memcpy(to->functions, from->functions,
		       from->n_functions * sizeof(from->functions[0]));
	if (from->n_groups <= HOST_GROUPS_MAX)
		memcpy(to->groups, from->groups,
		       from->n_groups * sizeof(from->groups[0]));
}

/*
 * A run that ended before it had decided: its worker may have died in the middle of
 * anything, so only what earlier phases left is looked at (run.h).
 *
 * Return: to be freed; NULL: no memory
 */
static struct run *run_undecided(const struct run *run)
{
	size_t more = host_room(&run->host) - HOST_FUNCTIONS_MAX;
	struct run *copy =
		calloc(1, sizeof(*copy) + more * sizeof(run->host.functions[0]));

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

static void image_put(struct document *document, const struct image *image)
{
	document_text(document, "generator", image->generator);
	document_open(document, "image", '{');
	document_text(document, "version", image->version);
	document_text(document, "config_hash", image->config_hash);
	document_close(document, '}');
}

static void guard_put(struct document *document, const struct guard *guard)
{
	document_open(document, "guard", '{');
	document_word(document, "state", guard_state_names[guard->state]);
	document_word(document, "needs",
		      guard->state == GUARD_TRIAL ? guard_needs_names[guard->needs] :
						    NULL);
	document_text(document, "detail", guard->detail);
	document_close(document, '}');
}

/* @decided: @run, or what stands for it */
static void run_put(struct document *document, const struct run *run,
		    const struct run *decided)
{
	document_text(document, "kernel", decided->host.kernel);
	document_text(document, "boot_id", run->boot_id);
	document_word(document, "mode", config_mode_names[decided->config.mode]);
	document_word(document, "end", run_end_names[run->end]);
	if (run->signal)
		document_number(document, "signal", run->signal);
	else
		document_word(document, "signal", NULL);
	document_word(document, "phase", run_phase_names[run->phase]);
	document_flag(document, "udev_ran", decided->host.udev_ran);
	document_open(document, "time", '{');
	time_put(document, "start_us", run->start);
	time_put(document, "end_us", run->finish);
	document_close(document, '}');
	document_text(document, "left_out", decided->apply.left_out);
	strays_put(document, decided);
	guard_put(document, &decided->guard);
}

void report_document(struct document *document, const struct run *run)
{
	struct run *undecided cleanup_free = NULL;
	const struct run *decided = run;
	struct plan_outcome outcome = {
		.why = target_why,
		.target = target_outcome,
		.function = function_outcome,
		.action = action_outcome,
	};

	if (run->phase < RUN_APPLY) {
		decided = undecided = run_undecided(run);
		document->failed |= !decided;
		if (!decided)
			return;
	}
	outcome.run = decided;
	document_open(document, NULL, '{');
	document_number(document, "version", REPORT_VERSION);
	document_open(document, "program", '{');
	document_word(document, "name", "vfio-early-boot");
	document_word(document, "version", VFIO_EARLY_VERSION);
	document_close(document, '}');
	image_put(document, &run->image);
	run_put(document, run, decided);
	plan_members(document, &decided->config, &decided->host, &decided->plan,
		     &outcome);
	document_close(document, '}');
}

json_t *report_to_json(const struct run *run)
{
	struct document document = { 0 };

	report_document(&document, run);
	return document_parse(&document);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/remedy.h"

#define add(text, ...) text_extend(text, KMSG_TEXT_MAX, __VA_ARGS__, NULL)
#define append(text, ...) text_append(text, KMSG_TEXT_MAX, __VA_ARGS__)

static void add_address(char text[static KMSG_TEXT_MAX], const struct run *run,
			size_t function)
{
	add(text, " ", PCI_ADDRESS(&run->host.functions[function].address));
}

void kmsg_format(enum kmsg_level level, const char *text,
		 char record[static KMSG_RECORD_MAX])
{
	static const char head[] = "<0>vfio-early: ";
	const size_t length = sizeof(head) - 1;

	memcpy(record, head, length);
	record[1] = (char)('0' + level);
	(void)text_escape(text, record + length, KMSG_RECORD_MAX - length);
}

/**
 * struct log - the open log
 * @sent: records; the kernel lets 10 in 5 seconds through for one open file and drops the
 *	rest (kernel/printk/printk.c devkmsg_write())
 */
struct log {
	const struct sysroot *root;
	int fd;
	unsigned int sent;
};

#define LOG_OF(root)                     \
	{                                \
		.root = (root), .fd = -1 \
	}
#define LOG_AT_ONCE 8

static void log_close(struct log *log)
{
	cleanup_close_p(&log->fd);
	log->fd = -1;
}

#define cleanup_log __attribute__((cleanup(log_close)))

static void log_send(struct log *log, enum kmsg_level level, const char *text)
{
	char record[KMSG_RECORD_MAX + 1];
	size_t length;

	if (!log->root->live)
		return;
	if (log->sent++ % LOG_AT_ONCE == 0) {
		log_close(log);
		log->fd = openat(log->root->fd, "dev/kmsg",
				 O_WRONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (log->fd < 0)
		return;
	kmsg_format(level, text, record);
	length = strlen(record);
	/* Without a newline it could still be continued (printk.c vprintk_store()),
	 * so it would not be seen before the next record. */
	record[length++] = '\n';
	if (write(log->fd, record, length) < 0)
		return;
}

void kmsg_send(const struct sysroot *root, enum kmsg_level level, const char *text)
{
	cleanup_log struct log log = LOG_OF(root);

	log_send(&log, level, text);
}

static const char *name_of(const struct run *run, size_t target)
{
	return run->plan.targets[target].name;
}

bool kmsg_farewell(const struct run *run, char text[static KMSG_TEXT_MAX])
{
	const struct plan *plan = &run->plan;

	text[0] = '\0';
	for (size_t t = 0; t < plan->n_targets; t++)
		for (size_t i = 0; i < plan->targets[t].n_functions; i++) {
			size_t function = plan->targets[t].functions[i].function;
			const struct host_function *host = &run->host.functions[function];

			if (plan->targets[t].verdict != VERDICT_RESERVE ||
			    !host_is_boot_display(&run->host, host))
				continue;
			add(text, name_of(run, t), ": this screen stops now, by design:");
			add_address(text, run, function);
			add(text, " shows it and is reserved. To get it back, add "
				  "vfio_early.mode=off to the kernel command line in "
				  "the boot loader");
			return true;
		}
	return false;
}

/* name: reserved: 0000:09:00.0 0000:09:00.1 (vfio-pci) */
static void reserved_describe(const struct run *run, size_t target,
			      char text[static KMSG_TEXT_MAX])
{
	const struct plan_target *plan = &run->plan.targets[target];
	const char *last = NULL;

	add(text, ":");
	for (size_t i = 0; i < plan->n_functions; i++) {
		const char *driver = run->host.drivers[plan->functions[i].driver].name;

		if (last && strcmp(driver, last))
			add(text, " (", last, ")");
		add_address(text, run, plan->functions[i].function);
		last = driver;
	}
	if (last)
		add(text, " (", last, ")");
}

/* Functions that could not be given back to the host */
static void kept_describe(const struct run *run, size_t target,
			  char text[static KMSG_TEXT_MAX])
{
	const struct plan_target *plan = &run->plan.targets[target];

	for (size_t i = 0; i < plan->n_functions; i++) {
		const struct apply_function *function =
			&run->apply.targets[target].functions[i];

		if (!function->given_back || !function->undo_error)
			continue;
		add(text, "; not given back:");
		add_address(text, run, plan->functions[i].function);
		add(text, " (", strerror(-function->undo_error), ")");
	}
}

enum kmsg_level kmsg_target(const struct run *run, size_t target,
			    char text[static KMSG_TEXT_MAX])
{
	const struct plan_target *plan = &run->plan.targets[target];
	const struct apply_target *outcome = &run->apply.targets[target];
	const struct reason_info *reason = reason_info(outcome->reason);
	const char *detail = outcome->detail[0] ? outcome->detail : reason->sentence;
	bool calm = (outcome->state == TARGET_SKIPPED &&
		     outcome->reason != REASON_FALLBACK) ||
		    (outcome->state == TARGET_ABSENT &&
		     run->config.targets[plan->config].optional);

	text[0] = '\0';
	add(text, name_of(run, target), ": ", target_state_names[outcome->state]);
	if (outcome->state == TARGET_RESERVED) {
		reserved_describe(run, target, text);
		return KMSG_INFO;
	}
	add(text, ": ", reason->code, ": ", detail);
	kept_describe(run, target, text);
	if (!calm && reason->remedy[0])
		add(text, "; ", remedy_of(&run->host, plan, outcome->reason));
	return calm ? KMSG_INFO : KMSG_WARNING;
}

/* A function that a VFIO driver has and no target names, as one line */
static enum kmsg_level kmsg_stray(const struct run *run, size_t stray,
				  char text[static KMSG_TEXT_MAX])
{
	const struct stray *found = &run->apply.strays[stray];
	const char *driver = run->host.drivers[found->driver].name;

	text[0] = '\0';
	add(text, "no target names");
	add_address(text, run, found->function);
	if (!found->came) {
		add(text, ": it was with ", driver, " before");
		return KMSG_INFO;
	}
	add(text, ": ", driver, " had taken it, it is");
	if (found->undo_error)
		add(text, " not given back (", strerror(-found->undo_error), ")");
	else
		add(text, " given back");
	return KMSG_WARNING;
}

/* A trial that has passed changes nothing; every other state gets a line in the log. */
static void guard_send(struct log *log, const struct guard *guard)
{
	char text[KMSG_TEXT_MAX];

	if (guard->state == GUARD_IDLE || guard->state == GUARD_PASSED)
		return;
	(void)text_join(text, sizeof(text), guard_tell(guard),
			guard->detail[0] ? ": " : "", guard->detail, NULL);
	log_send(log, guard->state == GUARD_FALLBACK ? KMSG_WARNING : KMSG_INFO, text);
}

static void outcome_send(struct log *log, const struct run *run)
{
	char text[KMSG_TEXT_MAX];

	guard_send(log, &run->guard);
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		enum kmsg_level level = kmsg_target(run, i, text);

		log_send(log, level, text);
	}
	for (size_t i = 0; i < run->apply.n_strays; i++) {
		enum kmsg_level level = kmsg_stray(run, i, text);

		log_send(log, level, text);
	}
	if (!run->apply.left_out[0])
		return;
	(void)text_join(text, sizeof(text),
			"left out, because only targets decide what is reserved: ",
			run->apply.left_out, NULL);
	log_send(log, KMSG_WARNING, text);
}

static void action_describe(const struct run *run, size_t index,
			    char text[static KMSG_TEXT_MAX])
{
	const struct action *action = &run->plan.actions[index];
	const struct step *step = &run->apply.steps[index];

	text[0] = '\0';
	add(text, name_of(run, action->target), ": ", action_type_names[action->type]);
	add_address(text, run, action->function);
	add(text, " ", run->host.drivers[action->driver].name, ": ",
	    step_state_names[step->state]);
	if (step->end)
		append(text, ", %llu us", (unsigned long long)(step->end - step->start));
	if (step->error)
		add(text, ": ", step->fault.text);
}

static void debug_send(struct log *log, const struct run *run)
{
	char text[KMSG_TEXT_MAX];

	for (size_t i = 0; i < run->host.n_notes; i++)
		log_send(log, KMSG_DEBUG, run->host.notes[i].text);
	for (size_t i = 0; i < run->plan.n_actions; i++) {
		action_describe(run, i, text);
		log_send(log, KMSG_DEBUG, text);
	}
}

/* A worker that ended before it had decided has touched nothing. */
static void undecided_send(struct log *log, const struct run *run)
{
	char text[KMSG_TEXT_MAX] = "";

	switch (run->end) {
	case RUN_COMPLETED:
		add(text, "nothing is reserved: this machine could not be read");
		break;
	case RUN_DEADLINE:
		add(text,
		    "nothing is reserved: the deadline passed before the plan was made");
		break;
	case RUN_CRASHED:
		add(text, "nothing is reserved: the worker ended before it had "
			  "decided");
		if (run->signal)
			append(text, " (signal %d)", run->signal);
		break;
	}
	if (run->waiting)
		add(text, ": another run has not ended");
	add(text, " (phase: ", run_phase_names[run->phase], ")");
	if (run->crash.error)
		add(text, "; ", run->crash.text);
	if (run->phase >= RUN_PLAN)
		for (size_t i = 0; i < run->host.n_notes; i++)
			add(text, "; ", run->host.notes[i].text);
	log_send(log, KMSG_ERROR, text);
}

void kmsg_report(const struct sysroot *root, const struct run *run)
{
	cleanup_log struct log log = LOG_OF(root);
	char text[KMSG_TEXT_MAX];

	if (run->phase >= RUN_FACTS && run->config.invalid) {
		(void)text_join(text, sizeof(text),
				"nothing is reserved: ", run->config.fault.text, NULL);
		log_send(&log, KMSG_ERROR, text);
	}
	if (run->phase < RUN_APPLY) {
		undecided_send(&log, run);
		return;
	}
	if (run->config.debug)
		debug_send(&log, run);
	outcome_send(&log, run);
}

// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: Which process does what
 *
 * As in the boot program (boot/supervise.c): the parent only waits, with an end, beside
 * memory that it shares with one child at a time. The first child looks, decides and
 * acts; the second one gives back when that failed, crashed or was late. A child that
 * sleeps in the kernel is not waited for: it ends when that call does.
 *
 * The record is written before the first deed. When all of this is killed, the hypervisor
 * calls the hook for the end, or the next start finds the record: both give back.
 */

#include "companion/hook_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/device_lock.h"
#include "apply/screen.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "companion/hook.h"
#include "companion/hook_modules.h"
#include "companion/hook_record.h"
#include "guest/guest_find.h"
#include "plan/card.h"
#include "report/decide.h"

#define SLICE_MS 100
#define LIVES_SECONDS 8 /* of HOOK_BACK_SECONDS, for a killed child to end */
#define LOCK_PAUSE_MS 50

/**
 * struct hook - what parent and children share
 * @name: of the guest
 * @lock: of device_lock_open()
 * @killed: a child that was late; 0: none, or it has ended
 * @done: the child has come to its end
 * @idle: there is nothing to do
 * @fault: why nothing was done
 * @run: what is done
 * @guest: from stdin
 */
struct hook {
	struct sysroot *root;
	const char *name;
	int lock;
	sigset_t signals;
	pid_t killed;
	bool done;
	bool idle;
	struct fault fault;
	struct run run;
	struct guest guest;
	char source[SYSROOT_PATH_MAX];
};

/** enum outcome - how a child ended */
enum outcome { OUTCOME_DONE, OUTCOME_LATE, OUTCOME_CRASHED };

static uint64_t clock_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- in a child ---- */

/*
 * The hypervisor reads the pipes that it gave us to their end, and one that sleeps in the
 * kernel would keep them open, killed or not (util/vircommand.c virCommandProcessIO()).
 */
static int pipes_leave(struct hook *hook, int first)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), error = 0;

	for (int fd = first; fd <= STDERR_FILENO && null >= 0 && !error; fd++)
		if (dup2(null, fd) < 0)
			error = -errno;
	if (null < 0)
		error = -errno;
	else if (null > STDERR_FILENO)
		(void)close(null);
	return error ? fault_set(&hook->fault, error, "/dev/null: %s", strerror(-error)) :
		       0;
}

/* Limit for the actions of another run of vfio-early */
static int lock_take(const struct hook *hook, struct fault *fault)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
	uint64_t end = clock_ms() + HOOK_LOCK_SECONDS * UINT64_C(1000);

	while (device_lock_take(hook->lock, false) < 0) {
		if (clock_ms() >= end)
			return fault_set(fault, -EAGAIN,
					 "another run of vfio-early has not ended after "
					 "%d s",
					 HOOK_LOCK_SECONDS);
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* Is it so of any function that is taken? */
static bool any_function(const struct hook *hook,
			 bool (*is_so)(const struct hook *hook,
				       const struct host_function *function))
{
	const struct run *run = &hook->run;

	for (size_t t = 0; t < run->plan.n_targets; t++)
		for (size_t i = 0; i < run->plan.targets[t].n_functions; i++)
			if (is_so(hook, card_at(&run->host, &run->plan.targets[t], i)))
				return true;
	return false;
}

static bool has_console_device(const struct hook *hook,
			       const struct host_function *function)
{
	return screen_has_console_device(hook->root, function);
}

static bool unloads(const struct hook *hook, const struct host_function *function)
{
	(void)hook;
	return hook_driver_unloads(function->driver);
}

/* Targets that were reserved are undone as well: all or nothing. */
static void abandon(struct hook *hook, enum reason reason)
{
	struct kernel kernel = kernel_of_sysroot(hook->root);
	struct run *run = &hook->run;

	for (size_t i = 0; i < run->plan.n_targets; i++)
		run->apply.targets[i].state = TARGET_PENDING;
	apply_abandon(&run->apply, &run->plan, &run->host, &kernel, reason,
		      kernel.now(kernel.context) + LIVES_SECONDS * UINT64_C(1000000));
}

/* A module that finds no card does not load: so the card is set free before. */
static void run_give_back(struct hook *hook, enum reason reason)
{
	abandon(hook, reason);
	if (any_function(hook, unloads)) {
		hook_modules_load(hook->root);
		abandon(hook, reason);
	}
	screen_console_on(hook->root);
}

/* -ENOENT: there is no record. */
static int record_give_back(struct hook *hook, struct fault *fault)
{
	struct report *report cleanup_free = calloc(1, sizeof(*report));
	int error;

	if (!report)
		return fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
	error = hook_record_read(hook->root, hook->name, report, fault);
	if (error < 0)
		return error;
	hook_record_run(report, &hook->run);
	report_done(report);
	run_give_back(hook, REASON_NONE);
	return hook_returned(&hook->run, fault);
}

/* The start before was killed in the middle: its guest does not run. */
static int leftover_give_back(struct hook *hook)
{
	int error = record_give_back(hook, &hook->fault);

	if (error && error != -ENOENT)
		return error;
	if (!error && hook_record_remove(hook->root, hook->name, &hook->fault) < 0)
		return hook->fault.error;
	memset(&hook->run, 0, sizeof(hook->run));
	hook->fault.error = 0;
	return 0;
}

static int select_targets(struct hook *hook)
{
	struct run *run = &hook->run;
	enum config_mode mode;
	char path[SYSROOT_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), "%s/" HOOK_CONFIG_PATH, hook->root->path);
	if (decide_all(hook->root, path, DECIDE_ALWAYS, run, &hook->fault) < 0)
		return hook->fault.error;
	if (run->config.invalid) {
		hook->fault = run->config.fault;
		return -EINVAL;
	}
	if (run->config.n_targets && hook_told(run, &hook->guest, &hook->fault) < 0)
		return hook->fault.error;
	mode = run->config.mode;
	run->config.mode = CONFIG_MODE_ON;
	plan_build(&run->config, &run->host, &run->plan);
	hook->idle = !hook_select(run, &hook->guest);
	if (hook->idle || mode == CONFIG_MODE_ON)
		return 0;
	return fault_set(&hook->fault, -EPERM,
			 "vfio_early.mode=%s is set: no card is taken",
			 config_mode_names[mode]);
}

static int users_judge(struct hook *hook)
{
	const struct run *run = &hook->run;
	int error = hook_planned(run, &hook->fault);

	for (size_t t = 0; t < run->plan.n_targets && !error; t++)
		for (size_t i = 0; i < run->plan.targets[t].n_functions && !error; i++) {
			const struct host_function *function =
				card_at(&run->host, &run->plan.targets[t], i);
			struct users users;

			users_read_all(hook->root, function, &users);
			error = hook_judge(run, function, &users, &hook->fault);
		}
	return error;
}

static void act(struct hook *hook)
{
	struct kernel kernel = kernel_of_sysroot(hook->root);
	struct run *run = &hook->run;

	run->phase = RUN_APPLY;
	if (any_function(hook, has_console_device))
		screen_console_off(hook->root);
	if (!any_function(hook, unloads) ||
	    !hook_modules_unload(hook->root, &hook->fault))
		apply_run(&run->apply, &run->plan, &run->host, &kernel, 0);
	screen_console_on(hook->root);
	run->phase = RUN_DONE;
}

static void child_take(struct hook *hook)
{
	struct kernel kernel = kernel_of_sysroot(hook->root);

	hook->run.start = kernel.now(kernel.context);
	if (pipes_leave(hook, STDOUT_FILENO) < 0 ||
	    guest_find(hook->root, "-", &hook->guest, hook->source, &hook->fault) < 0 ||
	    pipes_leave(hook, STDIN_FILENO) < 0)
		return;
	hook->idle = !hook->guest.n_hostdevs;
	if (hook->idle || lock_take(hook, &hook->fault) < 0 ||
	    leftover_give_back(hook) < 0 || select_targets(hook) < 0 || hook->idle ||
	    users_judge(hook) < 0)
		return;
	apply_init(&hook->run.apply, &hook->run.plan);
	hook->run.phase = RUN_APPLY; /* a report of less has no functions in it */
	if (hook_record_write(hook->root, hook->name, &hook->run, &hook->fault) < 0)
		return;
	act(hook);
}

static void child_return(struct hook *hook)
{
	if (pipes_leave(hook, STDIN_FILENO) < 0 || lock_take(hook, &hook->fault) < 0)
		return;
	hook->idle = record_give_back(hook, &hook->fault) == -ENOENT;
	if (hook->run.phase == RUN_APPLY)
		hook->run.phase = RUN_DONE;
}

static void child_give_back(struct hook *hook)
{
	struct fault ignored = hook->fault;

	(void)pipes_leave(hook, STDIN_FILENO);
	hook->fault = ignored;
	run_give_back(hook, hook->run.end == RUN_DEADLINE ? REASON_DEADLINE :
			    hook->run.end == RUN_CRASHED  ? REASON_CRASHED :
							    REASON_BUNDLE_FAILED);
}

/* ---- the parent ---- */

/* Only a parent learns it; the child that gives back waits for it (apply.h). */
static void killed_look(struct hook *hook)
{
	if (hook->killed && waitpid(hook->killed, NULL, WNOHANG) != 0)
		hook->killed = 0;
	hook->run.apply.worker_lives = hook->killed;
}

/* A signal to end is as if the time were up. */
static enum outcome child_wait(struct hook *hook, pid_t pid, unsigned int seconds)
{
	uint64_t end = clock_ms() + seconds * UINT64_C(1000);
	const struct timespec slice = { .tv_nsec = SLICE_MS * 1000000L };

	for (;;) {
		int status, number;

		if (hook->killed)
			killed_look(hook);
		if (waitpid(pid, &status, WNOHANG) == pid)
			return hook->done ? OUTCOME_DONE : OUTCOME_CRASHED;
		number = sigtimedwait(&hook->signals, NULL, &slice);
		if (clock_ms() >= end || (number > 0 && number != SIGCHLD))
			break;
	}
	(void)kill(-pid, SIGKILL);
	(void)kill(pid, SIGKILL);
	(void)nanosleep(&slice, NULL);
	hook->killed = pid;
	killed_look(hook);
	return OUTCOME_LATE;
}

/* One action in a separate process, which ends by itself if the parent is gone. */
static enum outcome child_do(struct hook *hook, void (*deed)(struct hook *hook),
			     unsigned int seconds)
{
	pid_t pid;

	hook->done = false;
	pid = fork();
	if (pid < 0)
		return OUTCOME_CRASHED;
	if (pid)
		return child_wait(hook, pid, seconds);
	(void)setpgid(0, 0);
	(void)alarm(seconds + 1);
	deed(hook);
	hook->done = true;
	(void)raise(SIGKILL); /* nothing of the parent's is flushed or freed twice */
	return OUTCOME_DONE; /* never */
}

static void signals_hold(struct hook *hook)
{
	static const int waited[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };

	(void)sigemptyset(&hook->signals);
	for (size_t i = 0; i < ARRAY_SIZE(waited); i++)
		(void)sigaddset(&hook->signals, waited[i]);
	/* one that the hypervisor ignores would take the child's status away */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_BLOCK, &hook->signals, NULL);
}

static struct hook *hook_begin(struct sysroot *root, const char *guest,
			       struct fault *fault)
{
	struct hook *hook = mmap(NULL, sizeof(*hook), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (hook == MAP_FAILED) {
		(void)fault_set(fault, -errno, "%s", strerror(errno));
		return NULL;
	}
	hook->root = root;
	hook->name = guest;
	if (device_lock_open(root, &hook->lock, fault) < 0) {
		(void)munmap(hook, sizeof(*hook));
		return NULL;
	}
	signals_hold(hook);
	return hook;
}

static void hook_end(struct hook *hook)
{
	device_lock_release(hook->lock);
	(void)close(hook->lock);
	(void)munmap(hook, sizeof(*hook));
}

static enum run_end end_of(enum outcome outcome)
{
	return outcome == OUTCOME_DONE ? RUN_COMPLETED :
	       outcome == OUTCOME_LATE ? RUN_DEADLINE :
					 RUN_CRASHED;
}

/* The steps that the child did not reach */
static int unfinished_fault(enum outcome outcome, unsigned int seconds, const char *what,
			    struct fault *fault)
{
	if (outcome == OUTCOME_LATE)
		return fault_set(fault, -ETIMEDOUT, "%s had not ended after %u s", what,
				 seconds);
	return fault_set(fault, -EPIPE, "%s crashed", what);
}

/* The rest is recorded, so that --report shows it and the next run tries again. */
static int record_settle(struct hook *hook, struct fault *fault)
{
	struct fault ignored;

	if (!hook_returned(&hook->run, fault))
		return hook_record_remove(hook->root, hook->name, fault);
	(void)hook_record_write(hook->root, hook->name, &hook->run, &ignored);
	return fault->error;
}

static int take_fail(struct hook *hook, enum outcome outcome, struct fault *fault)
{
	struct run *run = &hook->run;
	struct fault ignored;

	run->end = end_of(outcome);
	outcome = child_do(hook, child_give_back, HOOK_BACK_SECONDS);
	if (outcome != OUTCOME_DONE)
		apply_close(&run->apply, &run->plan, &run->host,
			    outcome == OUTCOME_LATE ? REASON_DEADLINE : REASON_CRASHED);
	(void)record_settle(hook, &ignored);
	return hook_taken(run, fault);
}

static int take_settle(struct hook *hook, enum outcome outcome, struct fault *fault)
{
	struct run *run = &hook->run;
	struct fault ignored;

	if (run->phase < RUN_APPLY && outcome != OUTCOME_DONE)
		return unfinished_fault(outcome, HOOK_SECONDS, "looking at the machine",
					fault);
	if (hook->fault.error) {
		if (run->phase >= RUN_APPLY)
			(void)record_settle(hook, &ignored);
		*fault = hook->fault;
		return fault->error;
	}
	if (hook->idle)
		return 0;
	if (outcome != OUTCOME_DONE || hook_taken(run, fault) < 0)
		return take_fail(hook, outcome, fault);
	(void)hook_record_write(hook->root, hook->name, run, &ignored);
	return 0; /* else the record of before is there, and as good for giving back */
}

int hook_take(struct sysroot *root, const char *guest, struct fault *fault)
{
	struct hook *hook = hook_begin(root, guest, fault);
	int error;

	if (!hook)
		return fault->error;
	error = take_settle(hook, child_do(hook, child_take, HOOK_SECONDS), fault);
	hook_end(hook);
	return error;
}

static int return_settle(struct hook *hook, enum outcome outcome, struct fault *fault)
{
	struct run *run = &hook->run;

	if (hook->idle)
		return 0;
	run->end = end_of(outcome);
	if (run->phase < RUN_APPLY) {
		if (outcome != OUTCOME_DONE)
			return unfinished_fault(outcome, HOOK_BACK_SECONDS, "giving back",
						fault);
		*fault = hook->fault;
		return fault->error;
	}
	if (outcome != OUTCOME_DONE)
		apply_close(&run->apply, &run->plan, &run->host,
			    outcome == OUTCOME_LATE ? REASON_DEADLINE : REASON_CRASHED);
	return record_settle(hook, fault);
}

int hook_return(struct sysroot *root, const char *guest, struct fault *fault)
{
	struct hook *hook = hook_begin(root, guest, fault);
	int error;

	if (!hook)
		return fault->error;
	error = return_settle(hook, child_do(hook, child_return, HOOK_BACK_SECONDS),
			      fault);
	hook_end(hook);
	return error;
}

// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: Which process does what
 *
 * The supervisor only waits. It touches nothing that can hang: not sysfs, not a module,
 * not a file system. It starts, one after the other,
 *
 *  - the worker: config, facts, plan, actions, all noted in memory that both share, then
 *    the kernel log and the report;
 *  - on a machine with more functions than that memory has room for, which only the
 *    worker finds out, another worker with more of it;
 *  - when that one crashes or is late, another one that gives back what it had begun;
 *  - then a third one that writes log and report in its place, also when the worker only
 *    failed to write these.
 *
 * The worker's end is not awaited: once the report is in its place, which is the last
 * thing that is written, the worker leaves its status in the shared memory and wakes the
 * supervisor by the signal that its end would send. All that it does from then on is to
 * close files and to exit. A worker that has something to print has no such notice.
 *
 * A late process is killed. A process that sleeps uninterruptibly in the kernel dies only
 * when that call returns. The call may still take effect then: a write to driver_override
 * that waited for the device's lock, for example. So the process that gives back asks
 * whether the worker still exists (apply.h), which the supervisor tells it, as only a
 * parent can know, and gives back once more after its end. If time runs out, the report
 * says so.
 *
 * Deadline (default 20 s) for what the worker decides and does, then at most
 * SUPERVISE_GRACE for all the rest. A report that is being written then is completed.
 */

#include "boot/supervise.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply/apply.h"
#include "apply/device_lock.h"
#include "apply/kernel.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "boot/guard_note.h"
#include "boot/kmsg.h"
#include "plan/narrow.h"
#include "read/kept.h"
#include "read/kmod_index.h"
#include "read/pci.h"
#include "report/decide.h"
#include "report/report_write.h"
#include "report/run.h"

#define UNKNOWN (-1) /* the status of a child: neither an exit nor a signal */
#define ROOM_MAX (1u << 24) /* functions: more than 250 full domains */
#define ROOM_SPARE 64 /* for functions that come meanwhile */
#define FORK_TRIES 5
#define FORK_PAUSE 50 /* milliseconds */
#define SLICE 200 /* milliseconds: the deadline is learned while the worker runs */
#define KILL_WAIT 250 /* milliseconds for a killed process to vanish */
#define GIVE_BACK_MIN 2000
#define GIVE_BACK_MAX 5000
#define LATE_AGAIN 10 /* looks at a function that is not complete yet */
#define LATE_PAUSE 50 /* milliseconds between them */
#define REPORT_TIME 1000 /* milliseconds that giving back leaves to the report */
#define OWN_REPORT_TIME 3000 /* milliseconds behind the deadline for that of the worker */
#define AGAIN_TIME 500 /* milliseconds for giving back once more */
#define UDEV_SECONDS 180 /* udev.conf(5): event_timeout */

static_assert(DEVICE_LOCK_SECONDS + RUN_LATE_SECONDS + SUPERVISE_GRACE < UDEV_SECONDS,
	      "udev ends the run of a late function");

/* The processes, in order */
enum part { PART_WORK, PART_WORK_AGAIN, PART_GIVE_BACK, PART_REPORT };

/**
 * struct watch - data of the supervisor
 * @root: where the machine is
 * @config: --config FILE, or NULL
 * @device: --device ADDRESS, or NULL
 * @running: it is a running system
 * @run: shared with all processes
 * @room: functions for which that has room
 * @again: the first worker asked for more room
 * @began: microseconds, CLOCK_BOOTTIME
 * @lock: of device_lock_open(); -1: it could not be opened
 * @modules: libkmod, in the worker
 * @killed: the worker, if it was killed and has not ended; 0: none
 * @signals: that it waits for
 * @start: milliseconds
 * @end: time at which all must have ended; 0: the worker still runs
 */
struct watch {
	struct sysroot *root;
	const char *config;
	const struct pci_address *device;
	bool running;
	struct run *run;
	size_t room;
	bool again;
	uint64_t began;
	int lock;
	struct kmod_ctx *modules;
	pid_t killed;
	sigset_t signals;
	uint64_t start;
	uint64_t end;
};

static uint64_t clock_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct timespec timespec_of(uint64_t milliseconds)
{
	return (struct timespec){ .tv_sec = (time_t)(milliseconds / 1000),
				  .tv_nsec = (long)(milliseconds % 1000) * 1000000 };
}

static uint64_t deadline_ms(const struct run *run)
{
	return run_seconds(run) * UINT64_C(1000);
}

/* Waiting for other runs does not count when no boot waits. */
static uint64_t lock_ms(const struct run *run)
{
	uint64_t most = DEVICE_LOCK_SECONDS * UINT64_C(1000), waited = run->waited / 1000;

	if (!run->late)
		return 0;
	return run->waiting || waited > most ? most : waited;
}

/* ---- the shared memory ---- */

static size_t run_size(size_t room)
{
	return sizeof(struct run) +
	       (room - HOST_FUNCTIONS_MAX) * sizeof(struct host_function);
}

/* Return: 0 or -errno, and then all is as before */
static int run_map(struct watch *watch, size_t room)
{
	struct run *before = watch->run;
	struct run *run = mmap(NULL, run_size(room), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (run == MAP_FAILED)
		return -errno;
	run->start = watch->began;
	run->late = run->idle = watch->device;
	if (before) {
		run->waited = before->waited;
		(void)munmap(before, run_size(watch->room));
	}
	watch->run = run;
	watch->room = room;
	return 0;
}

/* The worker has begun nothing, and has nothing to say but that it wants more room. */
static bool room_is_short(const struct watch *watch)
{
	size_t wanted = watch->run->host.wanted;

	return !watch->again && watch->run->phase < RUN_APPLY && wanted > watch->room &&
	       wanted <= ROOM_MAX;
}

/* ---- the worker ---- */

/* Targets that would be taken are skipped. */
static void pending_skip(struct run *run, enum reason reason, const char *detail)
{
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		struct apply_target *target = &run->apply.targets[i];

		if (target->state != TARGET_PENDING)
			continue;
		target->reason = reason;
		(void)snprintf(target->detail, sizeof(target->detail), "%s", detail);
		target->state = TARGET_SKIPPED;
	}
}

/* One read of sysfs; a function that cannot be read may matter. */
static bool device_matters(const struct watch *watch)
{
	char path[PCI_ADDRESS_TEXT + 32], text[512];
	struct pci_id id;
	uint32_t class_code;

	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/uevent",
		       PCI_ADDRESS(watch->device));
	decide_config(watch->root, watch->config, watch->run);
	if (watch->run->config.invalid ||
	    sysroot_read(watch->root->fd, path, text, sizeof(text)) < 0 ||
	    pci_uevent_parse(text, &id, &class_code) < 0)
		return true;
	return device_may_matter(&watch->run->config, watch->device, &id, class_code);
}

/* Without a lock a boot goes on; a run for a late function has been refused. */
static bool work_lock(const struct watch *watch)
{
	struct run *run = watch->run;
	struct kernel kernel = kernel_of_sysroot(watch->root);
	uint64_t start;

	if (watch->lock < 0 || !device_lock_take(watch->lock, false))
		return true;
	run->waiting = true;
	start = kernel.now(kernel.context);
	if (device_lock_take(watch->lock, true) < 0)
		return false;
	run->waited = kernel.now(kernel.context) - start;
	run->waiting = false;
	return true;
}

/* It may be looked at while the kernel still fills its directory. */
static bool is_incomplete(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->targets[i].reason == REASON_CANNOT_TELL ||
		    plan->targets[i].reason == REASON_NO_GROUP ||
		    plan->targets[i].reason == REASON_FUNCTION_MISSING)
			return true;
	return false;
}

static int work_decide(const struct watch *watch, struct fault *fault)
{
	const struct timespec pause = timespec_of(LATE_PAUSE);
	struct run *run = watch->run;

	for (int i = 0;; i++) {
		int error = decide(watch->root, watch->config, DECIDE_WANTED, run, fault);

		if (error || !watch->device)
			return error;
		run->idle = !device_narrow(&run->host, watch->device, &run->plan);
		if (run->idle || i == LATE_AGAIN || !is_incomplete(&run->plan))
			return 0;
		(void)nanosleep(&pause, NULL);
	}
}

/* Three quarters of the time; the rest is for what was before it and for giving back. */
static uint64_t patience_of(const struct watch *watch, const struct kernel *kernel)
{
	return watch->device ? kernel->now(kernel->context) +
				       deadline_ms(watch->run) * 1000 / 4 * 3 :
			       0;
}

/*
 * A late run ends at once if no target can apply to its function.
 *
 * Return: false when there is nothing to act on
 */
static bool work_begin(const struct watch *watch)
{
	struct run *run = watch->run;
	struct fault fault;

	/* This process ends even if the supervisor dies. */
	(void)alarm((unsigned int)(deadline_ms(run) / 1000) + 1 +
		    (watch->device ? DEVICE_LOCK_SECONDS : 0));
	if (watch->device && !device_matters(watch)) {
		run->phase = RUN_DONE;
		return false;
	}
	if (!work_lock(watch))
		return false; /* said by the phase */
	(void)alarm((unsigned int)(deadline_ms(run) / 1000) + 1);
	if (work_decide(watch, &fault) < 0)
		return false; /* said by the phase */
	(void)alarm((unsigned int)(deadline_ms(run) / 1000) + 1);
	if (run->idle)
		run->phase = RUN_DONE;
	return !run->idle;
}

static void work_act(const struct watch *watch)
{
	struct kernel kernel = kernel_of_sysroot(watch->root);
	struct run *run = watch->run;
	char text[KMSG_TEXT_MAX];

	if (!watch->device && run->plan.n_actions && !watch->running)
		guard_note(watch->root, run);
	if (run->guard.state == GUARD_FALLBACK) {
		pending_skip(run, REASON_FALLBACK, run->guard.detail);
		return;
	}
	if (kmsg_farewell(run, text))
		kmsg_send(watch->root, KMSG_ALERT, text);
	apply_run(&run->apply, &run->plan, &run->host, &kernel,
		  patience_of(watch, &kernel));
}

static void work_carry_out(struct watch *watch)
{
	struct run *run = watch->run;

	apply_init(&run->apply, &run->plan);
	run->phase = RUN_APPLY;
	if (run->config.mode == CONFIG_MODE_PLAN)
		pending_skip(run, REASON_MODE_PLAN, "");
	if (run->config.mode == CONFIG_MODE_ON)
		work_act(watch);
	run->phase = RUN_DONE;
}

static void work_do(struct watch *watch)
{
	struct kept kept = KEPT_NONE;

	watch->root->modules = &watch->modules;
	watch->root->kept = &kept;
	if (work_begin(watch))
		work_carry_out(watch);
	watch->root->kept = NULL;
	kept_done(&kept);
}

/* ---- what comes after it ---- */

static enum reason end_reason(const struct run *run)
{
	return run->end == RUN_DEADLINE ? REASON_DEADLINE : REASON_CRASHED;
}

/* Milliseconds of clock_ms() at which giving back must have ended */
static uint64_t give_back_limit(const struct watch *watch)
{
	uint64_t limit = deadline_ms(watch->run) / 2;

	limit = limit < GIVE_BACK_MIN ? GIVE_BACK_MIN : limit;
	limit = limit > GIVE_BACK_MAX ? GIVE_BACK_MAX : limit;
	limit += clock_ms();
	return limit > watch->end - REPORT_TIME ? watch->end - REPORT_TIME : limit;
}

static enum status part_give_back(struct watch *watch)
{
	struct kernel kernel = kernel_of_sysroot(watch->root);
	uint64_t limit = give_back_limit(watch) - AGAIN_TIME, now = clock_ms();
	struct run *run = watch->run;

	(void)alarm(SUPERVISE_GRACE);
	apply_abandon(&run->apply, &run->plan, &run->host, &kernel, end_reason(run),
		      kernel.now(kernel.context) +
			      (limit > now ? limit - now : 0) * 1000);
	return STATUS_GOOD;
}

static enum status status_of(const struct run *run)
{
	if (run->phase >= RUN_FACTS && run->config.invalid)
		return STATUS_BAD;
	if (run->phase < RUN_APPLY)
		return STATUS_SHORT;
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		enum target_state state = run->apply.targets[i].state;
		const struct config_target *wanted =
			&run->config.targets[run->plan.targets[i].config];

		if (!target_state_is_good(state, wanted->optional))
			return STATUS_SHORT;
	}
	return STATUS_GOOD;
}

/* The fault in reading the function that --device names; NULL: none */
static const struct fault *device_note(const struct watch *watch)
{
	const struct host *host = &watch->run->host;

	for (size_t i = 0; i < host->n_notes; i++)
		if (strstr(host->notes[i].text, PCI_ADDRESS(watch->device)))
			return &host->notes[i];
	return NULL;
}

/*
 * With --device: no target applies to it, or that cannot be found out. The report stays
 * as it is, since it describes other targets, too.
 */
static enum status idle_end(const struct watch *watch, struct fault *fault)
{
	const struct run *run = watch->run;
	const struct fault *note = run->phase == RUN_DONE ? device_note(watch) : NULL;

	if (run->config.invalid) {
		*fault = run->config.fault;
		return STATUS_BAD;
	}
	if (run->phase == RUN_DONE && !note)
		return STATUS_GOOD;
	if (note) {
		*fault = *note;
		kmsg_send(watch->root, KMSG_ERROR, note->text);
	} else {
		(void)fault_set(fault, -EIO,
				run->waiting ?
					"nothing is reserved: another run has not ended" :
					"nothing is reserved: it could not be decided");
		kmsg_report(watch->root, run);
	}
	return STATUS_SHORT;
}

/* A truncated index of modules crashes the process that looks an alias up in it. */
static void crash_explain(const struct watch *watch)
{
	struct run *run = watch->run;
	char release[HOST_NAME_MAX];

	if (sysroot_read(watch->root->fd, "proc/sys/kernel/osrelease", release,
			 sizeof(release)) > 0)
		(void)kmod_index_check(watch->root, release, &run->crash);
}

static enum status part_report(struct watch *watch, struct fault *fault)
{
	struct kernel kernel = kernel_of_sysroot(watch->root);
	struct run *run = watch->run;
	const char *path = NULL;
	char text[KMSG_TEXT_MAX];
	struct fault trouble;

	if (run->idle)
		return idle_end(watch, fault);
	if (run->end == RUN_CRASHED)
		crash_explain(watch);
	if (run->phase >= RUN_APPLY && run->end != RUN_COMPLETED)
		apply_close(&run->apply, &run->plan, &run->host, end_reason(run));
	run->finish = kernel.now(kernel.context);
	if (!run->is_logged)
		kmsg_report(watch->root, run);
	run->is_logged = true;
	if (report_write(watch->root, run, &path, &trouble) < 0) {
		(void)fault_set(fault, trouble.error, "there is no report: %s",
				trouble.text);
		kmsg_send(watch->root, KMSG_ERROR, fault->text);
	} else if (strcmp(path, REPORT_PATH) != 0) {
		(void)snprintf(text, sizeof(text), "the report is /%s: %s", path,
			       trouble.text);
		kmsg_send(watch->root, KMSG_WARNING, text);
	}
	return status_of(run);
}

/* Whoever is the parent by now knows what to do with a SIGCHLD about nothing. */
static void notice_give(struct run *run)
{
	__atomic_store_n(&run->is_settled, true, __ATOMIC_RELEASE);
	(void)kill(getppid(), SIGCHLD);
}

static bool notice_look(const struct run *run)
{
	return __atomic_load_n(&run->is_settled, __ATOMIC_ACQUIRE);
}

static enum status part_work(struct watch *watch, struct fault *fault)
{
	struct run *run = watch->run;

	work_do(watch);
	if (room_is_short(watch))
		return STATUS_SHORT;
	run->is_over = true;
	(void)alarm(SUPERVISE_GRACE);
	run->status = part_report(watch, fault);
	run->is_reported = true;
	if (!fault->error)
		notice_give(run);
	return run->status;
}

/* ---- the supervisor ---- */

static bool part_is_needed(const struct watch *watch, enum part part)
{
	switch (part) {
	case PART_WORK_AGAIN:
		return watch->again;
	case PART_GIVE_BACK:
		return watch->run->end != RUN_COMPLETED && watch->run->phase >= RUN_APPLY;
	case PART_WORK:
	case PART_REPORT:
	default:
		return true;
	}
}

static enum status part_do(struct watch *watch, enum part part, struct fault *fault)
{
	if (part == PART_GIVE_BACK)
		return part_give_back(watch);
	return part == PART_REPORT ? part_report(watch, fault) : part_work(watch, fault);
}

/*
 * The new process leads a group, with those that probe disks for it. A signal that is to
 * end the run (systemd sends it to every process of the unit) is for the supervisor.
 *
 * Return: as fork()
 */
static pid_t part_fork(void)
{
	struct timespec pause = timespec_of(FORK_PAUSE);
	pid_t pid = -1;

	for (int i = 0; i < FORK_TRIES && pid < 0; i++) {
		if (i)
			(void)nanosleep(&pause, NULL);
		pid = fork();
	}
	if (pid)
		return pid;
	(void)setpgid(0, 0);
	return 0;
}

static void killed_look(struct watch *watch)
{
	int status;

	if (!watch->killed || !waitpid(watch->killed, &status, WNOHANG))
		return;
	watch->killed = 0;
	watch->run->apply.worker_lives = false;
}

static uint64_t work_limit(const struct watch *watch)
{
	const struct run *run = watch->run;

	return watch->start + lock_ms(run) + deadline_ms(run) +
	       (run->is_over ? OWN_REPORT_TIME : 0);
}

static bool is_asked_to_end(int number)
{
	return number == SIGTERM || number == SIGINT || number == SIGHUP;
}

/*
 * Wait until @pid has ended or it is @until; 0: until the worker's notice or deadline,
 * which may become known while we wait. A signal to terminate acts like the end of the
 * time. No signal is lost: they are blocked, and what it could be about is looked at
 * before each wait.
 *
 * Return: true when it has ended, and *ret_status is of waitpid(), or UNKNOWN; or when
 * the worker has given notice
 */
static bool child_wait(struct watch *watch, pid_t pid, uint64_t until, int *ret_status)
{
	for (;;) {
		/* The time before the limit, which may move meanwhile */
		uint64_t now = clock_ms();
		uint64_t limit = until ? until : work_limit(watch);
		struct timespec slice;
		pid_t ended = waitpid(pid, ret_status, WNOHANG);

		killed_look(watch);
		if (ended < 0)
			*ret_status = UNKNOWN;
		if (ended || (!until && notice_look(watch->run)))
			return true;
		if (now >= limit)
			return false;
		slice = timespec_of(limit - now < SLICE ? limit - now : SLICE);
		if (is_asked_to_end(sigtimedwait(&watch->signals, NULL, &slice)) &&
		    !watch->end && !watch->run->is_over)
			return false; /* else the end is near in any case */
	}
}

/* Return: true when it has ended */
static bool child_kill(struct watch *watch, pid_t pid)
{
	int status;

	(void)kill(-pid, SIGKILL);
	(void)kill(pid, SIGKILL);
	return child_wait(watch, pid, clock_ms() + KILL_WAIT, &status);
}

/* Return: true: it has written the report itself, and *@ret_status is filled */
static bool exit_is_good(int status, enum status *ret_status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) > STATUS_BAD)
		return false;
	*ret_status = (enum status)WEXITSTATUS(status);
	return true;
}

/* The worker's work is whole, whatever becomes of its report. */
static bool over_watch(struct watch *watch, pid_t pid, bool ended, int status,
		       enum status *ret_status)
{
	const struct run *run = watch->run;

	if (notice_look(run) && run->status <= STATUS_BAD) {
		*ret_status = run->status;
		return true;
	}
	watch->end = watch->start + lock_ms(run) + deadline_ms(run) +
		     SUPERVISE_GRACE * UINT64_C(1000);
	if (!ended)
		(void)child_kill(watch, pid);
	return ended && run->is_reported && exit_is_good(status, ret_status);
}

/* Return: true: it has written the report itself */
static bool work_watch(struct watch *watch, pid_t pid, enum status *ret_status)
{
	struct run *run = watch->run;
	bool ended = true;
	int status = UNKNOWN;

	if (pid > 0)
		ended = child_wait(watch, pid, 0, &status);
	if (run->is_over)
		return over_watch(watch, pid, ended, status, ret_status);
	if (ended && room_is_short(watch)) {
		size_t room = run->host.wanted + ROOM_SPARE;

		watch->again = true; /* it also says that there is no memory */
		(void)run_map(watch, room);
		return false;
	}
	if (ended)
		watch->end = watch->start + lock_ms(run) + deadline_ms(run);
	else
		watch->end = clock_ms();
	watch->end += SUPERVISE_GRACE * UINT64_C(1000);
	if (!ended) {
		run->end = RUN_DEADLINE;
		run->apply.worker_lives = !child_kill(watch, pid);
		watch->killed = run->apply.worker_lives ? pid : 0;
	} else {
		run->end = RUN_CRASHED;
		run->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	return false;
}

static void give_back_watch(struct watch *watch, pid_t pid)
{
	int status;

	if (pid > 0 && !child_wait(watch, pid, give_back_limit(watch), &status))
		(void)child_kill(watch, pid);
}

/*
 * Return: the status by the report; this is the last process, and its end is not awaited
 */
static enum status report_watch(struct watch *watch, pid_t pid, struct fault *fault)
{
	enum status result;
	int status;

	if (!child_wait(watch, pid, watch->end, &status)) {
		(void)kill(pid, SIGKILL);
		(void)fault_set(fault, -ETIMEDOUT,
				"there is no report: the deadline passed");
	} else if (exit_is_good(status, &result)) {
		return result;
	} else {
		(void)fault_set(fault, -EPIPE, "there is no report: its writer crashed");
	}
	kmsg_send(watch->root, KMSG_ERROR, fault->text);
	return STATUS_SHORT;
}

static void alarm_ignore(int number)
{
	(void)number;
}

/*
 * Signals as we need them, whatever the parent process set: an ignored SIGCHLD would
 * take the children's status away, and a full file system or pipe is an errno. What is
 * blocked and ignored can be waited for (kernel: sig_ignored()).
 */
static void signals_set(struct watch *watch)
{
	static const int waited[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t alarms;

	(void)sigemptyset(&watch->signals);
	for (size_t i = 0; i < ARRAY_SIZE(waited); i++)
		(void)sigaddset(&watch->signals, waited[i]);
	(void)sigprocmask(SIG_BLOCK, &watch->signals, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
	(void)sigaction(SIGALRM, &action, NULL);
	(void)sigemptyset(&alarms);
	(void)sigaddset(&alarms, SIGALRM);
	(void)sigprocmask(SIG_UNBLOCK, &alarms, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	(void)sigaction(SIGXFSZ, &action, NULL);
}

/* No process for the report: written here, with a signal that ends a call that hangs. */
static enum status report_alone(struct watch *watch, struct fault *fault)
{
	struct sigaction action = { .sa_handler = alarm_ignore };

	(void)sigaction(SIGALRM, &action, NULL);
	(void)alarm(1);
	return part_report(watch, fault);
}

static int watch_begin(struct watch *watch, struct fault *fault)
{
	struct kernel kernel = kernel_of_sysroot(watch->root);
	struct fault trouble;
	int error;

	watch->start = clock_ms();
	watch->root->contained = true;
	signals_set(watch);
	watch->began = kernel.now(kernel.context);
	error = run_map(watch, HOST_FUNCTIONS_MAX);
	if (error < 0)
		return fault_set(fault, error,
				 "nothing is reserved, there is no report: %s",
				 strerror(-error));
	if (device_lock_open(watch->root, &watch->lock, &trouble) < 0 && watch->device) {
		*fault = trouble;
		return trouble.error;
	}
	return 0; /* without its directory a boot goes on */
}

enum status supervise(struct sysroot *root, const char *config,
		      const struct pci_address *device, bool running, struct fault *fault)
{
	struct watch watch = {
		.root = root,
		.config = config,
		.device = device,
		.running = running,
		.lock = -1,
	};
	cleanup_close int lock = -1;
	enum status status;
	int error = watch_begin(&watch, fault);

	lock = watch.lock;
	if (error < 0) {
		kmsg_send(root, KMSG_ERROR, fault->text);
		return STATUS_SHORT;
	}
	for (enum part part = PART_WORK;; part++) {
		pid_t pid;

		if (!part_is_needed(&watch, part))
			continue;
		watch.run->host.room = watch.room; /* whatever a crashed worker left */
		pid = part_fork();
		if (!pid)
			return part_do(&watch, part, fault);
		switch (part) {
		case PART_WORK:
		case PART_WORK_AGAIN:
			if (!work_watch(&watch, pid, &status))
				break;
			device_lock_release(watch.lock);
			return status;
		case PART_GIVE_BACK:
			give_back_watch(&watch, pid);
			break;
		case PART_REPORT:
			status = pid < 0 ? report_alone(&watch, fault) :
					   report_watch(&watch, pid, fault);
			device_lock_release(watch.lock);
			return status;
		}
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * The supervisor with real processes, on a clock that goes on only while all wait: what
 * each process does is a script, and so is what goes wrong. supervise.h, supervise.c.
 *
 * What supervise.c calls is here: of this program and of the C library. Each call is a
 * word of the log. Whatever hangs or crashes, and whenever, is seen in milliseconds, in
 * the same order each time.
 */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "apply/apply.h"
#include "apply/device_lock.h"
#include "base/array.h"
#include "base/number.h"
#include "boot/guard_note.h"
#include "boot/kmsg.h"
#include "boot/supervise.h"
#include "helper-tree.h"
#include "plan/narrow.h"
#include "read/kept.h"
#include "read/kmod_index.h"
#include "report/decide.h"
#include "report/report_write.h"

#define DEVICE "0000:01:00.0"
#define LOG_MAX 4096
#define CHILDREN_MAX 32
#define BEGIN 1000000 /* milliseconds: not the zero of a clock that was not read */
#define LOOKS_MAX 100000 /* of real_pause(): half a minute for what takes milliseconds */

/**
 * struct stage - what all processes of a run share
 * @script: words `PLACE:DEED`; each happens once, at a visit of its place. A deed is made
 *	of parts, joined by "+": those of deed_do(), and `fail`, whose meaning is the
 *	place's. A word without a place is a fact, for has()
 * @used: which words have happened, by position
 * @clock: milliseconds
 * @rests: the last child waits for its end
 * @stuck: a process that a kill does not end until @freed; 0: none
 * @children: each that was started
 * @lock: the descriptor of the lock; -1: there is none
 */
struct stage {
	const char *script;
	unsigned int used;
	char log[LOG_MAX];
	volatile uint64_t clock;
	volatile bool rests;
	volatile pid_t stuck;
	volatile bool freed;
	pid_t supervisor;
	pid_t children[CHILDREN_MAX];
	size_t n_children;
	int lock;
	int status;
	char fault[FAULT_TEXT_MAX];
};

static struct stage *stage;

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
	size_t length = strlen(stage->log);
	va_list args;

	if (length)
		length += (size_t)snprintf(stage->log + length, LOG_MAX - length, ", ");
	if (length >= LOG_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(stage->log + length, LOG_MAX - length, format, args);
	va_end(args);
}

/* ---- the script ---- */

static bool has(const char *fact)
{
	const char *at = stage->script;
	size_t length = strlen(fact);

	for (; (at = strstr(at, fact)); at += length)
		if ((at == stage->script || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return true;
	return false;
}

/* The deed of the next word of a place; empty: there is none. */
static void deed_take(const char *place, char deed[static FAULT_TEXT_MAX])
{
	size_t length = strlen(place);
	unsigned int bit = 1;

	deed[0] = '\0';
	for (const char *at = stage->script; *at; at += strspn(at, " "), bit <<= 1) {
		size_t end = strcspn(at, " ");

		if (end > length && at[length] == ':' && !strncmp(at, place, length) &&
		    !(stage->used & bit)) {
			stage->used |= bit;
			(void)snprintf(deed, FAULT_TEXT_MAX, "%.*s",
				       (int)(end - length - 1), at + length + 1);
			return;
		}
		at += end;
	}
}

static void real_pause(void)
{
	const struct timespec moment = { .tv_nsec = 200000 };

	(void)syscall(SYS_nanosleep, &moment, NULL);
}

/* The process does not go on; when it is stuck, a kill ends it late. */
static void rest(bool is_stuck)
{
	if (is_stuck)
		stage->stuck = getpid();
	stage->rests = true;
	while (!is_stuck || !stage->freed)
		real_pause();
	(void)syscall(SYS_kill, getpid(), SIGKILL);
}

static void deed_do(const char *deed)
{
	const char *value = strchr(deed, '=');
	size_t length = value ? (size_t)(value - deed) : strlen(deed);
	uint64_t number = 0;

	if (value && number_parse(value + 1, strlen(value + 1), 10, 1000000, &number) < 0)
		note("what number is %s?", value);
	if (!strncmp(deed, "hang", length))
		rest(false);
	else if (!strncmp(deed, "stuck", length))
		rest(true);
	else if (!strncmp(deed, "exit", length))
		_exit((int)number);
	else if (!strncmp(deed, "raise", length))
		(void)syscall(SYS_kill, getpid(), (int)number);
	else if (!strncmp(deed, "send", length)) /* to the supervisor */
		(void)syscall(SYS_kill, stage->supervisor, (int)number);
	else if (!strncmp(deed, "take", length)) /* milliseconds */
		stage->clock += number;
	else
		note("what is %s?", deed);
}

/* Return: it fails here */
static bool happen(const char *place)
{
	char deed[FAULT_TEXT_MAX];
	bool fails = false;
	char *next = deed;

	deed_take(place, deed);
	while (next && *next) {
		char *part = next;

		next = strchr(part, '+');
		if (next)
			*next++ = '\0';
		if (!strcmp(part, "fail"))
			fails = true;
		else
			deed_do(part);
	}
	return fails;
}

/* ---- the C library ---- */

/* What a caller leaves unset is not zero by chance. */
static void stack_paint(void)
{
	volatile char area[16384];

	for (size_t i = 0; i < sizeof(area); i++)
		area[i] = (char)0xff;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	if (!stage || id != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, id, now);
	stack_paint();
	now->tv_sec = (time_t)(stage->clock / 1000);
	now->tv_nsec = (long)(stage->clock % 1000) * 1000000;
	return 0;
}

static uint64_t milliseconds(const struct timespec *time)
{
	if (time->tv_sec < 0 || time->tv_sec > 1000 || time->tv_nsec < 0 ||
	    time->tv_nsec >= 1000000000) {
		note("no time");
		_exit(98);
	}
	return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_nsec / 1000000;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	if (!stage)
		return (int)syscall(SYS_nanosleep, time, left);
	stage->clock += milliseconds(time);
	return 0;
}

unsigned int alarm(unsigned int seconds)
{
	note("alarm %u", seconds);
	return 0;
}

static bool child_has_ended(void)
{
	siginfo_t info = { .si_pid = 0 };
	pid_t pid = stage->n_children ? stage->children[stage->n_children - 1] : 0;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid == pid;
}

static int signal_take(const sigset_t *set)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	return (int)syscall(SYS_rt_sigtimedwait, set, NULL, &moment, 8);
}

/* Time goes on when nothing else happens. */
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *time)
{
	uint64_t until = stage->clock + milliseconds(time);

	(void)info;
	for (;;) {
		bool waits = stage->rests || child_has_ended();
		int number = signal_take(set);

		if (number > 0)
			return number;
		if (waits && stage->clock < until)
			stage->clock = until;
		else if (waits)
			stage->clock++;
		if (stage->clock >= until) {
			errno = EAGAIN;
			return -1;
		}
	}
}

pid_t fork(void)
{
	pid_t pid;

	if (!stage)
		return _Fork();
	if (happen("fork")) {
		errno = EAGAIN;
		return -1;
	}
	stage->rests = false;
	pid = _Fork();
	if (pid > 0 && stage->n_children < CHILDREN_MAX)
		stage->children[stage->n_children++] = pid;
	if (pid)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == 1)
		_exit(97);
	return 0;
}

/* The worker's notice; `fail`: it is lost. No word: the supervisor may go on by now. */
static int notice_send(void)
{
	return happen("notice") ? -1 : (int)syscall(SYS_kill, stage->supervisor, SIGCHLD);
}

/*
 * One that acts is killed when it rests, and has ended then: the log is always the same.
 */
int kill(pid_t pid, int number)
{
	pid_t one = pid < 0 ? -pid : pid;
	size_t i = 0;
	int result;

	if (pid == stage->supervisor && number == SIGCHLD)
		return notice_send();
	while (i < stage->n_children && stage->children[i] != one)
		i++;
	if (i == stage->n_children) {
		note("kill a stranger");
		return -1; /* 1 and -1 are all processes of the machine */
	}
	while (!stage->rests && !child_has_ended())
		real_pause();
	note("kill %s%zu", pid < 0 ? "-" : "", i + 1);
	if (one == stage->stuck)
		return 0;
	result = (int)syscall(SYS_kill, pid, number);
	while (result >= 0 && !child_has_ended())
		real_pause();
	return result;
}

/* `fail`: its end is not known here */
pid_t waitpid(pid_t pid, int *status, int options)
{
	pid_t ended = (pid_t)syscall(SYS_wait4, pid, status, options, NULL);

	if (ended > 0 && stage && getpid() == stage->supervisor && happen("wait")) {
		errno = ECHILD;
		return -1;
	}
	return ended;
}

/* ---- this program ---- */

static uint64_t fake_now(void *context)
{
	(void)context;
	return stage->clock * 1000;
}

struct kernel kernel_of_sysroot(struct sysroot *root)
{
	return (struct kernel){ .now = fake_now, .context = root };
}

struct kept_function *kept_find(struct kept *kept, const struct pci_address *address)
{
	(void)kept;
	(void)address;
	return NULL;
}

struct kept_function *kept_add(struct kept *kept, const struct pci_address *address,
			       int dir, int override)
{
	(void)dir;
	(void) override;
	return kept_find(kept, address);
}

void kept_remove(struct kept *kept, struct kept_function *function)
{
	(void)kept;
	(void)function;
}

void kept_done(struct kept *kept)
{
	(void)kept;
	(void)happen("done");
}

void guard_note(const struct sysroot *root, struct run *run)
{
	(void)root;
	note("guard");
	if (!has("fallback"))
		return;
	run->guard.state = GUARD_FALLBACK;
	(void)snprintf(run->guard.detail, sizeof(run->guard.detail), "was not ended");
}

void kmsg_send(const struct sysroot *root, enum kmsg_level level, const char *text)
{
	(void)root;
	note("say %d \"%s\"", (int)level, text);
}

bool kmsg_farewell(const struct run *run, char text[static KMSG_TEXT_MAX])
{
	(void)run;
	(void)snprintf(text, KMSG_TEXT_MAX, "farewell");
	return has("screen");
}

void kmsg_report(const struct sysroot *root, const struct run *run)
{
	(void)root;
	(void)run;
	note("log");
}

int kmod_index_check(const struct sysroot *root, const char *release, struct fault *fault)
{
	(void)root;
	note("index of %s", release);
	return fault_set(fault, -EIO, "the index is cut off");
}

int device_lock_open(const struct sysroot *root, int *ret_fd, struct fault *fault)
{
	stack_paint();
	if (happen("open"))
		return fault_set(fault, -ENOTDIR, "run: no place for the lock");
	stage->lock = *ret_fd = dup(root->fd);
	return 0;
}

int device_lock_take(int fd, bool wait)
{
	note("%s%s", wait ? "wait" : "try",
	     fd < 0 || fd != stage->lock ? " for nothing" : "");
	return happen(wait ? "wait-lock" : "try") ? -EAGAIN : 0;
}

void device_lock_release(int fd)
{
	if (fd >= 0)
		note("release");
}

static void config_fill(struct config *config)
{
	const char *given = strstr(stage->script, "deadline-");
	uint64_t deadline = 20;

	if (given)
		(void)number_parse(given + 9, strcspn(given + 9, " "), 10, 60, &deadline);
	config->deadline = (unsigned int)deadline;
	config->mode = has("off")  ? CONFIG_MODE_OFF :
		       has("plan") ? CONFIG_MODE_PLAN :
				     CONFIG_MODE_ON;
	config->n_targets = 2;
	config->targets[1].optional = true;
	config->invalid = has("bad-config");
	if (config->invalid)
		(void)fault_set(&config->fault, -EINVAL, "line 1: what is this?");
}

void decide_config(const struct sysroot *root, const char *config, struct run *run)
{
	(void)root;
	(void)config;
	note("config");
	config_fill(&run->config);
}

/* Two targets: the first is wanted, the second is optional and absent. */
static void plan_fill(struct plan *plan)
{
	plan->n_targets = 2;
	plan->targets[1].config = 1;
	plan->targets[0].reason = happen("cannot-tell")	     ? REASON_CANNOT_TELL :
				  happen("no-group")	     ? REASON_NO_GROUP :
				  happen("function-missing") ? REASON_FUNCTION_MISSING :
							       REASON_NONE;
	plan->targets[2].reason = REASON_CANNOT_TELL; /* behind the last one */
	plan->n_actions = has("no-actions") ? 0 : 1;
}

/* Around the worker all is as it needs it. */
static void surroundings_check(const struct sysroot *root)
{
	if (!root->contained)
		note("not contained");
	if (!root->modules)
		note("libkmod is opened twice");
	if (getpgrp() != getpid())
		note("no group of its own");
}

#define MORE (HOST_FUNCTIONS_MAX + 4000) /* functions */
#define MOST (1u << 24) /* for which memory is asked */

static size_t wanted_now(const struct host *host)
{
	size_t room = host_room(host);

	if (has("more") && room < MORE)
		return MORE;
	if (has("most") && room < MOST)
		return MOST;
	return has("too-many") ? MOST + 1 : has("full") ? room : 0;
}

int decide(const struct sysroot *root, const char *config, enum decide_look look,
	   struct run *run, struct fault *fault)
{
	struct host *host = &run->host;
	struct host_function *last = host->functions;

	(void)config;
	note("decide");
	if (look != DECIDE_WANTED)
		note("reads too much");
	surroundings_check(root);
	run->phase = RUN_CONFIG;
	config_fill(&run->config);
	run->phase = RUN_FACTS;
	host->n_notes = has("note");
	/* the last one, or behind it */
	(void)snprintf(host->notes[0].text, sizeof(host->notes[0].text), DEVICE ": gone");
	(void)happen("facts");
	plan_fill(&run->plan);
	run->phase = RUN_PLAN;
	host->wanted = wanted_now(host);
	if (host->wanted)
		return fault_set(fault, -E2BIG, "there is memory for less");
	if (has("more"))
		last[MORE - 1].far = true; /* it is there */
	return happen("decide") ? fault_set(fault, -EIO, "sys: cannot be read") : 0;
}

bool device_may_matter(const struct config *config, const struct pci_address *address,
		       const struct pci_id *id, uint32_t class_code)
{
	(void)config;
	note("may %s be of %04x:%04x %x", PCI_ADDRESS(address), id->vendor, id->device,
	     class_code);
	return !happen("may");
}

bool device_narrow(const struct host *host, const struct pci_address *address,
		   struct plan *plan)
{
	(void)host;
	(void)address;
	(void)plan;
	return !happen("narrow");
}

void apply_init(struct apply *apply, const struct plan *plan)
{
	(void)plan;
	note("init");
	apply->targets[0].state = has("off") ? TARGET_SKIPPED : TARGET_PENDING;
	apply->targets[1].state = TARGET_ABSENT;
}

void apply_run(struct apply *apply, const struct plan *plan, const struct host *host,
	       const struct kernel *kernel, uint64_t until)
{
	const struct sysroot *root = kernel->context;
	struct host *spoilt = (struct host *)host;

	(void)plan;
	if (has("spoils"))
		spoilt->room = spoilt->wanted = MORE;
	note("apply for %d", until ? (int)(until / 1000 - stage->clock) : 0);
	if (!root->kept)
		note("functions are not kept open");
	(void)happen("apply");
	if (apply->targets[0].state == TARGET_PENDING)
		apply->targets[0].state = TARGET_RESERVED;
	(void)happen("applied");
}

static void pending_end(struct apply *apply, enum target_state state, enum reason reason)
{
	if (apply->targets[0].state != TARGET_PENDING)
		return;
	apply->targets[0].state = state;
	apply->targets[0].reason = reason;
}

void apply_abandon(struct apply *apply, const struct plan *plan, const struct host *host,
		   const struct kernel *kernel, enum reason reason, uint64_t until)
{
	const volatile bool *lives = &apply->worker_lives;

	(void)plan;
	(void)host;
	(void)kernel;
	note("abandon for %d", (int)(until / 1000 - stage->clock));
	(void)happen("abandon");
	if (*lives && has("ends-late")) {
		note("it lives");
		stage->freed = true;
		for (int i = 0; i < LOOKS_MAX && *lives; i++)
			real_pause();
	}
	if (*lives)
		note("it lives still");
	pending_end(apply, TARGET_ROLLED_BACK, reason);
}

void apply_close(struct apply *apply, const struct plan *plan, const struct host *host,
		 enum reason reason)
{
	(void)plan;
	(void)host;
	note("close");
	pending_end(apply, TARGET_FAILED, reason);
}

/* The second target and what is behind it never change. */
int report_write(const struct sysroot *root, const struct run *run, const char **ret_path,
		 struct fault *fault)
{
	const struct apply_target *target = run->apply.targets;

	note("report %s%s", run->late ? "late " : "", run_end_names[run->end]);
	if (run->signal)
		note("signal %d", run->signal);
	if (run->crash.error)
		note("%s", run->crash.text);
	if (run->phase >= RUN_APPLY)
		note("%s%s%s%s%s", target_state_names[target->state],
		     target->reason ? ": " : "",
		     target->reason ? reason_info(target->reason)->code : "",
		     target->detail[0] ? ": " : "", target->detail);
	if (run->phase >= RUN_APPLY && target[1].state != TARGET_ABSENT)
		note("the second is %s", target_state_names[target[1].state]);
	if (target[2].state != TARGET_PENDING)
		note("there is a third");
	if (run->start != BEGIN * UINT64_C(1000) || run->finish != stage->clock * 1000)
		note("another time");
	if (root->kept)
		note("functions stay open");
	if (has("spoils") && host_room(&run->host) != HOST_FUNCTIONS_MAX)
		note("room for others");
	if (run->end == RUN_COMPLETED && run->phase == RUN_APPLY)
		note("it acts still");
	(void)happen("report");
	*ret_path = REPORT_PATH;
	if (happen("elsewhere")) {
		*ret_path = REPORT_FALLBACK_PATH;
		(void)fault_set(fault, -EROFS, "run: cannot be written");
	}
	return happen("unwritten") ? fault_set(fault, -ENOSPC, "dev: is full") : 0;
}

/* ---- a run ---- */

/* The parent process left the signals as no program wants them. */
static void signals_spoil(void)
{
	sigset_t blocked;

	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGALRM, SIG_IGN);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGALRM);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static void run_do(struct tree *tree)
{
	struct pci_address address = { .bus = 1 };
	struct fault fault = { 0 };
	enum status status;

	stage->supervisor = getpid();
	signals_spoil();
	stack_paint();
	status = supervise(&tree->root, NULL, has("device") ? &address : NULL,
			   has("by-hand"), &fault);
	if (stage->lock >= 0 && fcntl(stage->lock, F_GETFD) >= 0)
		note("the lock stays open");
	if (fault.error)
		memcpy(stage->fault, fault.text, sizeof(stage->fault));
	if (getpid() != stage->supervisor) {
		(void)happen("end");
		_exit((int)status);
	}
	stage->status = (int)status;
	_exit(0);
}

static void stage_set(const char *script)
{
	memset(stage, 0, sizeof(*stage));
	stage->script = script;
	stage->clock = BEGIN;
	stage->lock = stage->status = -1;
}

/* Return: it ended by itself */
static bool run_one(struct tree *tree, const char *script)
{
	pid_t pid, ended = 0;
	int status = 0;

	stage_set(script);
	tree_put(tree, has("no-release") ? "\n" : "6.1.0\n", "proc/sys/kernel/osrelease");
	pid = _Fork();
	assert_true(pid >= 0);
	if (!pid)
		run_do(tree);
	for (int i = 0; i < LOOKS_MAX && !ended; i++) {
		ended = (pid_t)syscall(SYS_wait4, pid, &status, WNOHANG, NULL);
		if (!ended)
			real_pause();
	}
	if (!ended) {
		(void)syscall(SYS_kill, pid, SIGKILL);
		(void)syscall(SYS_wait4, pid, &status, 0, NULL);
	}
	return ended == pid && !status;
}

#define LATE_LOOKS "alarm 151, config, may " DEVICE " be of 10de:1e84 30000"
#define LATE_ACTS LATE_LOOKS ", try, alarm 61, decide, alarm 61, init, apply for 45000"
#define DECIDES "alarm 21, try, alarm 21, decide"
#define ACTS DECIDES ", alarm 21, init, guard, apply for 0"
#define KILLED ", kill -1, kill 1"
#define GIVES_BACK ", alarm 6, abandon for 4500"
#define CRASHED \
	"index of 6.1.0, close, log, report crashed, signal 9, the index is cut off"
#define REPORTS ", alarm 6, log, report completed"
#define AGAIN ", report completed, reserved"

/*
 * @took: milliseconds
 * @or_none: or none at all
 * @log: words of all processes; a kill names the child by its number, with "-" its group
 * @fault: NULL: none
 */
struct row {
	const char *name;
	const char *script;
	enum status status;
	unsigned int took;
	bool or_none;
	const char *log;
	const char *fault;
};

static const struct row rows[] = {
	{
		.name = "all goes well",
		.script = "",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "nothing to do, so no trial is noted",
		.script = "no-actions",
		.log = DECIDES ", alarm 21, init, apply for 0" REPORTS
			       ", reserved, release",
	},
	{
		.name = "a boot goes on without a lock",
		.script = "open:fail",
		.log = "alarm 21, alarm 21, decide, alarm 21, init, guard"
		       ", apply for 0" REPORTS ", reserved",
	},
	{
		.name = "another run has the lock for a while",
		.script = "try:fail wait-lock:take=5000",
		.took = 5000,
		.log = "alarm 21, try, wait, alarm 21, decide, alarm 21, init, guard"
		       ", apply for 0" REPORTS ", reserved, release",
	},
	{
		.name = "the lock cannot be waited for",
		.script = "try:fail wait-lock:fail",
		.status = STATUS_SHORT,
		.log = "alarm 21, try, wait" REPORTS ", release",
	},
	{
		.name = "only a plan",
		.script = "plan",
		.status = STATUS_SHORT,
		.log = DECIDES ", alarm 21, init" REPORTS ", skipped: mode-plan, release",
	},
	{
		.name = "switched off",
		.script = "off",
		.status = STATUS_SHORT,
		.log = DECIDES ", alarm 21, init" REPORTS ", skipped, release",
	},
	{
		.name = "a bad config",
		.script = "bad-config",
		.status = STATUS_BAD,
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "a bad config, and a crash in the facts",
		.script = "bad-config facts:raise=9",
		.status = STATUS_BAD,
		.log = DECIDES ", index of 6.1.0, log, report crashed, signal 9"
			       ", the index is cut off, release",
	},
	{
		.name = "the screen is told that it stops",
		.script = "screen",
		.log = DECIDES
		", alarm 21, init, guard, say 1 \"farewell\", apply for 0" REPORTS
		", reserved, release",
	},
	{
		.name = "a trial that was not ended",
		.script = "fallback",
		.status = STATUS_SHORT,
		.log = DECIDES ", alarm 21, init, guard" REPORTS
			       ", skipped: fallback: was not ended, release",
	},
	{
		.name = "started by hand: no trial",
		.script = "fallback by-hand",
		.log = DECIDES ", alarm 21, init, apply for 0" REPORTS
			       ", reserved, release",
	},
	{
		.name = "the machine cannot be read",
		.script = "decide:fail",
		.status = STATUS_SHORT,
		.log = DECIDES REPORTS ", release",
	},
	{
		.name = "more functions than there is room for",
		.script = "more",
		.log = DECIDES ", " ACTS REPORTS ", reserved, release",
	},
	{
		.name = "more functions, and a worker that crashes later",
		.script = "more apply:raise=9",
		.status = STATUS_SHORT,
		.log = DECIDES ", " ACTS GIVES_BACK ", " CRASHED
			       ", rolled back: crashed, release",
	},
	{
		.name = "the most functions for which memory is asked",
		.script = "most",
		.log = DECIDES ", " ACTS REPORTS ", reserved, release",
	},
	{
		.name = "as many functions as there is room for is not too many",
		.script = "full",
		.status = STATUS_SHORT,
		.log = DECIDES REPORTS ", release",
	},
	{
		.name = "a crash while it acts, and it seems to want more room",
		.script = "spoils apply:raise=9",
		.status = STATUS_SHORT,
		.log = ACTS GIVES_BACK ", " CRASHED ", rolled back: crashed, release",
	},
	{
		.name = "no other process, and it seems to want more room",
		.script = "spoils apply:raise=9 fork: fork:fail fork:fail fork:fail"
			  " fork:fail fork:fail fork:fail fork:fail fork:fail fork:fail"
			  " fork:fail",
		.status = STATUS_SHORT,
		.took = 400,
		.log = ACTS ", alarm 1, " CRASHED ", failed: crashed, release",
	},
	{
		.name = "more functions than there can be",
		.script = "too-many",
		.status = STATUS_SHORT,
		.log = DECIDES REPORTS ", release",
	},
	{
		.name = "signals that are not the worker's",
		.script = "facts:raise=13+raise=25+raise=15+raise=2+raise=1",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "its alarm ends the worker",
		.script = "facts:raise=14",
		.status = STATUS_SHORT,
		.log = DECIDES ", index of 6.1.0, log, report crashed, signal 14"
			       ", the index is cut off, release",
	},
	{
		.name = "a crash while it reads",
		.script = "facts:raise=9",
		.status = STATUS_SHORT,
		.log = DECIDES ", index of 6.1.0, log, report crashed, signal 9"
			       ", the index is cut off, release",
	},
	{
		.name = "a crash, and the kernel's name is not known",
		.script = "no-release facts:raise=9",
		.status = STATUS_SHORT,
		.log = DECIDES ", log, report crashed, signal 9, release",
	},
	{
		.name = "a crash while it acts",
		.script = "apply:raise=9",
		.status = STATUS_SHORT,
		.log = ACTS GIVES_BACK ", " CRASHED ", rolled back: crashed, release",
	},
	{
		.name = "it exits while it acts",
		.script = "apply:exit=0",
		.status = STATUS_SHORT,
		.log = ACTS GIVES_BACK
		", index of 6.1.0, close, log, report crashed"
		", the index is cut off, rolled back: crashed, release",
	},
	{
		.name = "a crash when all is reserved",
		.script = "done:raise=9",
		.log = ACTS GIVES_BACK ", " CRASHED ", reserved, release",
	},
	{
		.name = "a crash, a short deadline",
		.script = "deadline-1 apply:raise=9",
		.status = STATUS_SHORT,
		.log = DECIDES
		", alarm 2, init, guard, apply for 0, alarm 6, abandon for 1500, " CRASHED
		", rolled back: crashed, release",
	},
	{
		.name = "a crash, a middle deadline",
		.script = "deadline-6 apply:raise=9",
		.status = STATUS_SHORT,
		.log = DECIDES
		", alarm 7, init, guard, apply for 0, alarm 6, abandon for 2500, " CRASHED
		", rolled back: crashed, release",
	},
	{
		.name = "it hangs while it reads",
		.script = "facts:hang",
		.status = STATUS_SHORT,
		.took = 20000,
		.log = DECIDES KILLED ", log, report deadline, release",
	},
	{
		.name = "it hangs while it acts",
		.script = "apply:hang",
		.status = STATUS_SHORT,
		.took = 20000,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "it hangs when all is reserved, and that stays so",
		.script = "applied:hang",
		.took = 20000,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, reserved, release",
	},
	{
		.name = "it hangs, a short deadline",
		.script = "deadline-1 apply:hang",
		.status = STATUS_SHORT,
		.took = 1000,
		.log = DECIDES ", alarm 2, init, guard, apply for 0" KILLED
			       ", alarm 6, abandon for 1500, close, log, report deadline"
			       ", rolled back: deadline, release",
	},
	{
		.name = "it hangs, a middle deadline",
		.script = "deadline-6 apply:hang",
		.status = STATUS_SHORT,
		.took = 6000,
		.log = DECIDES ", alarm 7, init, guard, apply for 0" KILLED
			       ", alarm 6, abandon for 2500, close, log, report deadline"
			       ", rolled back: deadline, release",
	},
	{
		.name = "it hangs between two looks",
		.script = "apply:take=19500+hang",
		.status = STATUS_SHORT,
		.took = 20000,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "a killed worker does not end",
		.script = "apply:stuck",
		.status = STATUS_SHORT,
		.took = 20250,
		.log = ACTS KILLED
		", alarm 6, abandon for 4250, it lives still, close, log"
		", report deadline, rolled back: deadline, release",
	},
	{
		.name = "a killed worker ends late",
		.script = "apply:stuck ends-late",
		.status = STATUS_SHORT,
		.took = 20250,
		.log = ACTS KILLED ", alarm 6, abandon for 4250, it lives, close, log"
				   ", report deadline, rolled back: deadline, release",
	},
	{
		.name = "it does not end, and giving back hangs",
		.script = "apply:stuck abandon:hang",
		.status = STATUS_SHORT,
		.took = 25000,
		.log = ACTS KILLED
		", alarm 6, abandon for 4250, kill -2, kill 2, close, log"
		", report deadline, failed: deadline, release",
	},
	{
		.name = "SIGTERM",
		.script = "apply:send=15+hang",
		.status = STATUS_SHORT,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "SIGINT",
		.script = "apply:send=2+hang",
		.status = STATUS_SHORT,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "SIGHUP",
		.script = "apply:send=1+hang",
		.status = STATUS_SHORT,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "SIGTERM while it gives back",
		.script = "apply:take=1000+hang abandon:send=15",
		.status = STATUS_SHORT,
		.took = 20000,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "SIGTERM while it reports",
		.script = "report:send=15",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "giving back crashes",
		.script = "apply:raise=9 abandon:raise=9",
		.status = STATUS_SHORT,
		.log = ACTS GIVES_BACK ", " CRASHED ", failed: crashed, release",
	},
	{
		.name = "giving back hangs",
		.script = "apply:raise=9 abandon:hang",
		.status = STATUS_SHORT,
		.took = 5000,
		.log = ACTS GIVES_BACK ", kill -2, kill 2, " CRASHED
				       ", failed: crashed, release",
	},
	{
		.name = "giving back hangs, a short deadline",
		.script = "deadline-1 apply:hang abandon:hang",
		.status = STATUS_SHORT,
		.took = 3000,
		.log = DECIDES ", alarm 2, init, guard, apply for 0" KILLED
			       ", alarm 6, abandon for 1500, kill -2, kill 2, close, log"
			       ", report deadline, failed: deadline, release",
	},
	{
		.name = "the machine stood still before it gave back",
		.script = "apply:hang fork: fork:take=7000 abandon:hang report:hang",
		.status = STATUS_SHORT,
		.took = 27000,
		.log = ACTS KILLED
		", alarm 6, abandon for 0, kill -2, kill 2, close, log"
		", report deadline, failed: deadline, kill 3"
		", say 3 \"there is no report: the deadline passed\", release",
		.fault = "there is no report: the deadline passed",
	},
	{
		.name = "the worker's report crashes",
		.script = "report:raise=9",
		.log = ACTS REPORTS ", reserved" AGAIN ", release",
	},
	{
		.name = "the worker ends before its report",
		.script = "report:exit=0",
		.log = ACTS REPORTS ", reserved" AGAIN ", release",
	},
	{
		.name = "the worker's report hangs",
		.script = "report:hang",
		.took = 23000,
		.log = ACTS REPORTS ", reserved" KILLED AGAIN ", release",
	},
	{
		.name = "the worker's report takes 22 s",
		.script = "report:take=22000",
		.took = 22000,
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "the worker's report hangs behind the deadline",
		.script = "report:take=19000+hang",
		.took = 23000,
		.log = ACTS REPORTS ", reserved" KILLED AGAIN ", release",
	},
	{
		.name = "killed when it has given notice",
		.script = "end:raise=9",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "killed before its notice has come",
		.script = "notice:raise=9",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "an exit status does not change what it gave notice of",
		.script = "end:exit=3",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "it hangs when it has given notice",
		.script = "end:hang",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "a bad config, and it hangs when it has given notice",
		.script = "bad-config end:hang",
		.status = STATUS_BAD,
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		/* at once, if it is given before the supervisor looks */
		.name = "its notice is lost, and it hangs",
		.script = "notice:fail end:hang",
		.took = 200,
		.or_none = true,
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "SIGTERM with its notice",
		.script = "notice:send=15 end:hang",
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "a signal about nothing is no notice",
		.script = "apply:send=17+hang",
		.status = STATUS_SHORT,
		.took = 20000,
		.log = ACTS KILLED GIVES_BACK
		", close, log, report deadline, rolled back: deadline, release",
	},
	{
		.name = "its report hangs, and a signal about nothing comes",
		.script = "report:send=17+hang",
		.took = 23000,
		.log = ACTS REPORTS ", reserved" KILLED AGAIN ", release",
	},
	{
		.name = "what it prints is waited for",
		.script = "unwritten:fail end:hang",
		.took = 23000,
		.log = ACTS REPORTS
		", reserved, say 3 \"there is no report: dev: is full\"" KILLED AGAIN
		", release",
		.fault = "there is no report: dev: is full",
	},
	{
		.name = "killed while it prints",
		.script = "unwritten:fail end:raise=9",
		.log = ACTS REPORTS
		", reserved, say 3 \"there is no report: dev: is full\"" AGAIN
		", release",
		.fault = "there is no report: dev: is full",
	},
	{
		.name = "its status is none of ours, and it had something to print",
		.script = "unwritten:fail end:exit=3",
		.log = ACTS REPORTS
		", reserved, say 3 \"there is no report: dev: is full\"" AGAIN
		", release",
		.fault = "there is no report: dev: is full",
	},
	{
		.name = "its status is that of a bad config",
		.script = "unwritten:fail end:exit=2",
		.status = STATUS_BAD,
		.log = ACTS REPORTS
		", reserved, say 3 \"there is no report: dev: is full\", release",
		.fault = "there is no report: dev: is full",
	},
	{
		.name = "the worker of a late run hangs when it has given notice",
		.script = "device may:fail end:hang",
		.log = LATE_LOOKS ", alarm 6, release",
	},
	{
		.name = "a late run that has something to print",
		.script = "device decide:fail end:hang",
		.status = STATUS_SHORT,
		.took = 63000,
		.log = LATE_LOOKS ", try, alarm 61, decide, alarm 6, log" KILLED
				  ", log, release",
		.fault = "nothing is reserved: it could not be decided",
	},
	{
		.name = "both reports crash",
		.script = "report:raise=9 report:raise=9",
		.status = STATUS_SHORT,
		.log = ACTS REPORTS
		", reserved" AGAIN
		", say 3 \"there is no report: its writer crashed\", release",
		.fault = "there is no report: its writer crashed",
	},
	{
		.name = "the worker's report crashes, the other hangs",
		.script = "report:raise=9 report:hang",
		.status = STATUS_SHORT,
		.took = 26000,
		.log = ACTS REPORTS
		", reserved" AGAIN
		", kill 2, say 3 \"there is no report: the deadline passed\""
		", release",
		.fault = "there is no report: the deadline passed",
	},
	{
		.name = "a crash, and the report hangs",
		.script = "apply:raise=9 report:hang",
		.status = STATUS_SHORT,
		.took = 26000,
		.log = ACTS GIVES_BACK
		", " CRASHED ", rolled back: crashed, kill 3"
		", say 3 \"there is no report: the deadline passed\", release",
		.fault = "there is no report: the deadline passed",
	},
	{
		.name = "a crash, and the reporter's status is none of ours",
		.script = "report:raise=9 end:exit=3",
		.status = STATUS_SHORT,
		.log = ACTS REPORTS
		", reserved" AGAIN
		", say 3 \"there is no report: its writer crashed\", release",
		.fault = "there is no report: its writer crashed",
	},
	{
		.name = "the report is in another place",
		.script = "elsewhere:fail",
		.log = ACTS REPORTS
		", reserved"
		", say 4 \"the report is /dev/.vfio-early/report.json: run:"
		" cannot be written\", release",
	},
	{
		.name = "the report is nowhere",
		.script = "unwritten:fail",
		.log = ACTS REPORTS
		", reserved, say 3 \"there is no report: dev: is full\", release",
		.fault = "there is no report: dev: is full",
	},
	{
		.name = "four times no process",
		.script = "fork:fail fork:fail fork:fail fork:fail",
		.took = 200,
		.log = ACTS REPORTS ", reserved, release",
	},
	{
		.name = "no worker",
		.script = "fork:fail fork:fail fork:fail fork:fail fork:fail",
		.status = STATUS_SHORT,
		.took = 200,
		.log = "index of 6.1.0, log, report crashed, the index is cut off"
		       ", release",
	},
	{
		.name = "no process to give back",
		.script = "apply:raise=9 fork: fork:fail fork:fail fork:fail fork:fail"
			  " fork:fail",
		.status = STATUS_SHORT,
		.took = 200,
		.log = ACTS ", " CRASHED ", failed: crashed, release",
	},
	{
		.name = "no process to report",
		.script = "apply:raise=9 fork: fork: fork:fail fork:fail fork:fail"
			  " fork:fail fork:fail report:raise=14",
		.status = STATUS_SHORT,
		.took = 200,
		.log = ACTS GIVES_BACK ", alarm 1, " CRASHED
				       ", rolled back: crashed, release",
	},
	{
		.name = "no process at all",
		.script = "fork:fail fork:fail fork:fail fork:fail fork:fail fork:fail"
			  " fork:fail fork:fail fork:fail fork:fail",
		.status = STATUS_SHORT,
		.took = 400,
		.log = "alarm 1, index of 6.1.0, log, report crashed"
		       ", the index is cut off, release",
	},
	{
		.name = "the status of the worker is lost",
		.script = "unwritten:fail wait:fail",
		.log = ACTS REPORTS
		", reserved, say 3 \"there is no report: dev: is full\"" AGAIN
		", release",
		.fault = "there is no report: dev: is full",
	},
	{
		.name = "the status of a crash is lost",
		.script = "apply:raise=9 wait:fail",
		.status = STATUS_SHORT,
		.log = ACTS GIVES_BACK
		", index of 6.1.0, close, log, report crashed"
		", the index is cut off, rolled back: crashed, release",
	},
	{
		.name = "the status of the reporter is lost",
		.script = "report:raise=9 wait: wait:fail",
		.status = STATUS_SHORT,
		.log = ACTS REPORTS
		", reserved" AGAIN
		", say 3 \"there is no report: its writer crashed\", release",
		.fault = "there is no report: its writer crashed",
	},
	{
		.name = "late: all goes well",
		.script = "device",
		.log = LATE_ACTS
		", alarm 6, log, report late completed, reserved, release",
	},
	{
		.name = "late: more functions than there is room for",
		.script = "device more",
		.log = LATE_LOOKS
		", try, alarm 61, decide, " LATE_ACTS
		", alarm 6, log, report late completed, reserved, release",
	},
	{
		.name = "late: no target can be about it",
		.script = "device may:fail",
		.log = LATE_LOOKS ", alarm 6, release",
	},
	{
		.name = "late: a bad config",
		.script = "device bad-config narrow:fail",
		.status = STATUS_BAD,
		.log = "alarm 151, config, try, alarm 61, decide, alarm 61, alarm 6"
		       ", release",
		.fault = "line 1: what is this?",
	},
	{
		.name = "late: no target is about it",
		.script = "device narrow:fail",
		.log = LATE_LOOKS ", try, alarm 61, decide, alarm 61, alarm 6, release",
	},
	{
		.name = "late: no target is about it as far as it can be read",
		.script = "device narrow:fail note",
		.status = STATUS_SHORT,
		.log = LATE_LOOKS ", try, alarm 61, decide, alarm 61, alarm 6"
				  ", say 3 \"0000:01:00.0: gone\", release",
	},
	{
		.name = "late: the machine cannot be read",
		.script = "device decide:fail",
		.status = STATUS_SHORT,
		.log = LATE_LOOKS ", try, alarm 61, decide, alarm 6, log, release",
		.fault = "nothing is reserved: it could not be decided",
	},
	{
		.name = "late: the machine cannot be read, with a note",
		.script = "device decide:fail note",
		.status = STATUS_SHORT,
		.log = LATE_LOOKS ", try, alarm 61, decide, alarm 6, log, release",
		.fault = "nothing is reserved: it could not be decided",
	},
	{
		.name = "late: no lock, nothing is done",
		.script = "device open:fail",
		.status = STATUS_SHORT,
		.log = "say 3 \"run: no place for the lock\"",
		.fault = "run: no place for the lock",
	},
	{
		.name = "late: another run does not end",
		.script = "device try:fail wait-lock:hang",
		.status = STATUS_SHORT,
		.took = 150000,
		.log = LATE_LOOKS ", try, wait" KILLED ", log, release",
		.fault = "nothing is reserved: another run has not ended",
	},
	{
		.name = "late: the lock cannot be waited for",
		.script = "device try:fail wait-lock:fail",
		.status = STATUS_SHORT,
		.log = LATE_LOOKS ", try, wait, alarm 6, log, release",
		.fault = "nothing is reserved: another run has not ended",
	},
	{
		.name = "late: 30 s of waiting do not count",
		.script = "device try:fail wait-lock:take=30000 apply:hang",
		.status = STATUS_SHORT,
		.took = 90000,
		.log = LATE_LOOKS
		", try, wait, alarm 61, decide, alarm 61, init, apply for 45000" KILLED
			GIVES_BACK
		", close, log, report late deadline, rolled back: deadline"
		", release",
	},
	{
		.name = "late: nor do those of a worker that wants more room",
		.script = "device more try:fail wait-lock:take=30000 apply:hang",
		.status = STATUS_SHORT,
		.took = 90000,
		.log = LATE_LOOKS
		", try, wait, alarm 61, decide, " LATE_ACTS ", kill -2, kill 2" GIVES_BACK
		", close, log, report late deadline, rolled back: deadline"
		", release",
	},
	{
		.name = "late: no more than 90 s of waiting do not count",
		.script = "device try:fail wait-lock:take=100000 apply:hang",
		.status = STATUS_SHORT,
		.took = 150000,
		.log = LATE_LOOKS
		", try, wait, alarm 61, decide, alarm 61, init, apply for 45000" KILLED
			GIVES_BACK
		", close, log, report late deadline, rolled back: deadline"
		", release",
	},
	{
		.name = "late: a crash",
		.script = "device apply:raise=9",
		.status = STATUS_SHORT,
		.log = LATE_ACTS GIVES_BACK
		", index of 6.1.0, close, log, report late crashed, signal 9"
		", the index is cut off, rolled back: crashed, release",
	},
	{
		.name = "late: it is looked at until it is complete",
		.script = "device cannot-tell:fail no-group:fail function-missing:fail",
		.took = 150,
		.log = LATE_LOOKS
		", try, alarm 61, decide, decide, decide, decide, alarm 61"
		", init, apply for 45000, alarm 6, log, report late completed"
		", reserved, release",
	},
	{
		.name = "late: it never is complete",
		.script = "device no-group:fail no-group:fail no-group:fail no-group:fail"
			  " no-group:fail no-group:fail no-group:fail no-group:fail"
			  " no-group:fail no-group:fail no-group:fail",
		.took = 500,
		.log = LATE_LOOKS
		", try, alarm 61, decide, decide, decide, decide, decide"
		", decide, decide, decide, decide, decide, decide, alarm 61"
		", init, apply for 45000, alarm 6, log, report late completed"
		", reserved, release",
	},
	{
		.name = "late: it is gone when it is looked at again",
		.script = "device cannot-tell:fail narrow: narrow:fail",
		.took = 50,
		.log = LATE_LOOKS
		", try, alarm 61, decide, decide, alarm 61, alarm 6, release",
	},
	{
		.name = "late: nothing is about it, complete or not",
		.script = "device cannot-tell:fail narrow:fail",
		.log = LATE_LOOKS ", try, alarm 61, decide, alarm 61, alarm 6, release",
	},
	{
		.name = "late: no trial",
		.script = "device fallback",
		.log = LATE_ACTS
		", alarm 6, log, report late completed, reserved, release",
	},
	{
		.name = "late: it hangs",
		.script = "device apply:hang",
		.status = STATUS_SHORT,
		.took = 60000,
		.log = LATE_ACTS KILLED GIVES_BACK
		", close, log, report late deadline, rolled back: deadline"
		", release",
	},
	{
		.name = "late: 30 s of waiting for nothing",
		.script = "device try:fail wait-lock:take=30000 narrow:fail",
		.took = 30000,
		.log = LATE_LOOKS
		", try, wait, alarm 61, decide, alarm 61, alarm 6, release",
	},
};

static int stage_open(void **state)
{
	void *memory = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	stage = memory;
	stage_set("");
	return tree_setup(state);
}

static void test_run(void **state)
{
	struct tree *tree = *state;

	tree_put(tree, "DRIVER=x\nPCI_CLASS=30000\nPCI_ID=10DE:1E84\n",
		 "sys/bus/pci/devices/" DEVICE "/uevent");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		bool ended = run_one(tree, row->script);
		unsigned int took = (unsigned int)(stage->clock - BEGIN);

		if (!ended || stage->status != (int)row->status ||
		    (took != row->took && (took || !row->or_none)) ||
		    strcmp(stage->log, row->log) != 0 ||
		    strcmp(stage->fault, row->fault ? row->fault : "") != 0)
			fail_msg("%s: %sstatus %d, %u ms, %s; %s", row->name,
				 ended ? "" : "does not end, ", stage->status, took,
				 stage->log, stage->fault);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_run, stage_open, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

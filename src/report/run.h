/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUN_H
#define VFIO_EARLY_RUN_H

/*
 * All data of one run of the boot program, as one plain value in memory that the
 * supervisor shares with its worker: if the worker dies, the supervisor still knows the
 * config, the facts, the plan and the actions so far.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/status.h"
#include "model/config.h"
#include "model/guard.h"
#include "model/host.h"
#include "plan/plan.h"
#include "plan/reason.h"
#include "read/config_read.h"

#define RUN_WORD_MAX CONFIG_WORD_MAX

/**
 * enum step_state - state of one action
 * @STEP_PENDING: not begun
 * @STEP_STARTED: begun; if it stays so, the worker hung there
 * @STEP_DONE: done
 * @STEP_NEEDLESS: the machine was already in that state
 * @STEP_FAILED: failed with an errno
 * @STEP_CANCELLED: not begun, because an earlier action of the bundle failed
 */
enum step_state {
	STEP_PENDING,
	STEP_STARTED,
	STEP_DONE,
	STEP_NEEDLESS,
	STEP_FAILED,
	STEP_CANCELLED,
};

extern const char *const step_state_names[];

/**
 * struct step - outcome of plan.actions[same index]
 * @state: how it ended
 * @error: negative errno of a failed step
 * @start: microseconds, CLOCK_BOOTTIME
 * @end: microseconds; 0: never ended
 * @reason: of a failed step; REASON_NONE: it follows from type and errno
 * @fault: sentence to @error
 */
struct step {
	enum step_state state;
	enum reason reason;
	int error;
	uint64_t start;
	uint64_t end;
	struct fault fault;
};

/**
 * enum target_state - how a target ended
 * @TARGET_PENDING: not decided yet
 * @TARGET_LOST: reserved at the boot, but not now; only in a report with the present
 *	state
 */
enum target_state {
	TARGET_PENDING,
	TARGET_RESERVED,
	TARGET_REFUSED,
	TARGET_ABSENT,
	TARGET_FAILED,
	TARGET_ROLLED_BACK,
	TARGET_SKIPPED,
	TARGET_LOST,
};

extern const char *const target_state_names[];

/** target_state_is_good() - is this the intended end? */
bool target_state_is_good(enum target_state state, bool optional);

/**
 * struct apply_function - outcome of plan.targets[].functions[same index]
 * @overridden: driver_override was written, or its write was begun
 * @unbound: it was unbound from a driver, or that was begun
 * @released: the firmware's framebuffer was released, or that was begun
 * @bound: it was bound to a VFIO driver, or that was begun
 * @given_back: undoing was tried, or that was begun
 * @undo_error: negative errno of the first failed part of undoing; 0: success;
 *	-EINPROGRESS: it never ended
 * @driver_after: read back at the end; empty: none
 * @after_known: @driver_after could be read
 */
struct apply_function {
	bool overridden;
	bool unbound;
	bool released;
	bool bound;
	bool given_back;
	int undo_error;
	char driver_after[HOST_NAME_MAX];
	bool after_known;
};

/**
 * struct apply_target - outcome of plan.targets[same index]
 * @state: how it ended
 * @reason: why, when it is not reserved
 * @detail: sentence with this machine's facts; empty: there is none
 * @functions: same indices as in the plan
 */
struct apply_target {
	enum target_state state;
	enum reason reason;
	char detail[FAULT_TEXT_MAX];
	struct apply_function functions[PLAN_FUNCTIONS_MAX];
};

/**
 * struct stray - a function that is bound to a VFIO driver, but not in the plan
 * @function: index in host.functions
 * @driver: index in host.drivers
 * @came: it was bound in this run, and given back; else it was bound before
 * @undo_error: negative errno of giving it back; -EINPROGRESS: it never ended
 */
struct stray {
	size_t function;
	size_t driver;
	bool came;
	int undo_error;
};

#define RUN_LATE_SECONDS 60 /* no boot waits for it: device_lock.h */
#define APPLY_STRAYS_MAX 32
#define APPLY_LEFT_OUT_MAX 256

/**
 * struct apply - outcome of a plan
 * @worker_lives: the worker was killed, but is still inside a system call that may take
 *	effect
 * @left_out: options and softdeps that VFIO modules did not get: "vfio_pci:
 *	ids=10de:1e84"
 * @strays: as many as fit
 */
struct apply {
	size_t n_strays;
	bool worker_lives;
	struct step steps[PLAN_ACTIONS_MAX];
	char left_out[APPLY_LEFT_OUT_MAX];
	struct stray strays[APPLY_STRAYS_MAX];
	struct apply_target targets[PLAN_TARGETS_MAX];
};

/**
 * enum run_phase - progress of the worker; later phases have all values of earlier ones
 * @RUN_CONFIG: reading config and command line
 * @RUN_FACTS: reading the machine
 * @RUN_PLAN: deciding
 * @RUN_APPLY: acting
 * @RUN_DONE: all done, the report can be written
 */
enum run_phase { RUN_CONFIG, RUN_FACTS, RUN_PLAN, RUN_APPLY, RUN_DONE };

extern const char *const run_phase_names[];

/**
 * enum run_end - how the worker ended
 */
enum run_end { RUN_COMPLETED, RUN_DEADLINE, RUN_CRASHED };

extern const char *const run_end_names[];

/**
 * struct run - one run
 * @phase: progress of the worker
 * @end: its end
 * @signal: RUN_CRASHED: the signal, or 0 when the worker exited
 * @crash: RUN_CRASHED: probable cause; error 0: none was found
 * @start: microseconds since boot (CLOCK_BOOTTIME)
 * @finish: likewise
 * @boot_id: /proc/sys/kernel/random/boot_id
 * @cmdline: of the kernel; empty when it could not be read
 * @late: the run is for one function that appeared later, and the plan holds only its
 *	targets
 * @waiting: it waits for another run to end
 * @waited: microseconds of waiting
 * @idle: a late run had nothing to do, or could not read the machine: the report stays as
 *	it is
 * @is_over: the worker only has to report now, for which it gets additional time
 * @is_logged: the outcome is in the kernel's log
 * @is_reported: the report is written, or the reason why not is logged
 * @is_settled: likewise, and the worker has nothing to print: it only exits from here on
 * @status: of the worker, valid with @is_settled
 * @guard: of the boot; idle in a late run
 * @guard_asked: answer of the process that asks the firmware; valid when that has ended
 */
struct run {
	enum run_phase phase;
	enum run_end end;
	int signal;
	struct fault crash;
	uint64_t start;
	uint64_t finish;
	char boot_id[RUN_WORD_MAX];
	char cmdline[CMDLINE_MAX];
	bool late;
	bool waiting;
	uint64_t waited;
	bool idle;
	bool is_over;
	bool is_logged;
	bool is_reported;
	bool is_settled;
	enum status status;
	struct guard guard;
	struct guard guard_asked;
	struct image image;
	struct config config;
	struct plan plan;
	struct apply apply;
	struct host host;
};

/**
 * run_seconds() - time limit of the worker
 *
 * The deadline of the config as soon as the worker has read that; for an invalid value,
 * from a faulty worker, the default.
 */
unsigned int run_seconds(const struct run *run);

#endif

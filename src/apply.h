/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_APPLY_H
#define VFIO_EARLY_APPLY_H

/*
 * Doing what the plan says, and undoing it when a part fails. The record is plain data in
 * memory that a supervisor shares, so that it can finish what a stuck worker began.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel.h"
#include "plan.h"

/**
 * enum step_state - of one action
 * @STEP_PENDING: not begun
 * @STEP_STARTED: begun; where the worker hung, if it never became anything else
 * @STEP_DONE: done
 * @STEP_NEEDLESS: the machine was already so
 * @STEP_FAILED: failed with an errno
 * @STEP_CANCELLED: not begun since an earlier action of the bundle failed
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
 * struct step - what became of plan.actions[same index]
 * @state: see there
 * @error: negative errno of a failed step
 * @start: microseconds, kernel.now()
 * @end: microseconds; 0: never ended
 * @fault: sentence to @error
 */
struct step {
	enum step_state state;
	int error;
	uint64_t start;
	uint64_t end;
	struct fault fault;
};

/**
 * enum target_state - how a target ended
 * @TARGET_PENDING: nobody has said yet
 * @TARGET_LOST: it was reserved, it is not now; only a report joined with the present
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

/**
 * struct apply_function - what was done to plan.targets[].functions[same index]
 * @overridden: driver_override was written, or its write was begun
 * @unbound: it was taken from a driver, or that was begun
 * @bound: a VFIO driver was asked to take it, or that was begun
 * @given_back: undoing was tried, or that was begun
 * @undo_error: negative errno of the first part of undoing that failed; 0: it worked;
 *	-EINPROGRESS: it never ended
 * @driver_after: read back at the end; empty: none
 * @after_known: @driver_after could be read
 */
struct apply_function {
	bool overridden;
	bool unbound;
	bool bound;
	bool given_back;
	int undo_error;
	char driver_after[HOST_NAME_MAX];
	bool after_known;
};

/**
 * struct apply_target - what became of plan.targets[same index]
 * @state: see there
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
 * struct apply - what became of a plan
 */
struct apply {
	struct step steps[PLAN_ACTIONS_MAX];
	struct apply_target targets[PLAN_TARGETS_MAX];
};

/**
 * apply_init() - the outcome of doing nothing
 * @apply: filled: refused, absent and skipped targets are so already, the others pending
 * @plan: what was decided
 */
void apply_init(struct apply *apply, const struct plan *plan);

/**
 * apply_run() - do it
 * @apply: initialised; changed step by step, so that another process can watch
 * @plan: what was decided
 * @host: facts that @plan points into
 * @kernel: the seam
 *
 * Bundle by bundle; when an action fails, all of its bundle is given back to the host and
 * the next bundle goes on.
 */
void apply_run(struct apply *apply, const struct plan *plan, const struct host *host,
	       const struct kernel *kernel);

/**
 * apply_abandon() - give back what a worker that died or hangs has begun
 * @apply: as the worker left it
 * @plan: what was decided
 * @host: facts that @plan points into
 * @kernel: the seam
 * @reason: REASON_DEADLINE or REASON_CRASHED
 *
 * Every target that is still pending is rolled back; those that ended stay as they are.
 * The function that the worker hung at comes last, since it may hang again.
 */
void apply_abandon(struct apply *apply, const struct plan *plan, const struct host *host,
		   const struct kernel *kernel, enum reason reason);

/**
 * apply_close() - end what nobody could give back any more
 * @apply: as apply_abandon() left it when it died or hung too
 * @plan: what was decided
 * @host: facts that @plan points into
 * @reason: REASON_DEADLINE or REASON_CRASHED, for targets that have none yet
 *
 * Touches nothing but @apply: pending targets become failed, or rolled back where nothing
 * had been begun or all of it was given back.
 */
void apply_close(struct apply *apply, const struct plan *plan, const struct host *host,
		 enum reason reason);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_APPLY_H
#define VFIO_EARLY_APPLY_H

/*
 * Carrying out the plan, and undoing it when a part fails. The outcome (report/run.h) is
 * plain data in memory shared with the supervisor, which can so finish what a stuck
 * worker began.
 */

#include "apply/kernel.h"
#include "plan/plan.h"
#include "report/run.h"

/**
 * apply_init() - fill the outcome before anything is done
 * @apply: filled: refused, absent and skipped targets have their final state, the others
 *	are pending
 */
void apply_init(struct apply *apply, const struct plan *plan);

/**
 * apply_run() - carry out the plan
 * @apply: initialised; changed step by step, so that another process can watch
 * @host: facts that @plan points into
 * @until: for functions that have just appeared: time of kernel.now() until which binding
 *	is tried again while the kernel answers "not yet"; 0: it is tried once
 *
 * The plan runs bundle by bundle. When an action fails, its whole bundle is given back to
 * the host, and the next bundle follows.
 */
void apply_run(struct apply *apply, const struct plan *plan, const struct host *host,
	       const struct kernel *kernel, uint64_t until);

/**
 * apply_abandon() - give back what a worker that died or hangs has begun
 * @apply: as the worker left it; another process may clear its worker_lives meanwhile
 * @host: facts that @plan points into
 * @until: time of kernel.now() until which a worker that lives is waited for
 *
 * Every target that is still pending is rolled back; those that ended stay as they are.
 * The function that the worker hung at comes last, since it may hang again. A worker that
 * still lives can undo this when its call returns: everything is given back once more
 * after the worker has ended. If it does not end until then, the target that it hangs at
 * fails, with a detail that says so.
 */
void apply_abandon(struct apply *apply, const struct plan *plan, const struct host *host,
		   const struct kernel *kernel, enum reason reason, uint64_t until);

/**
 * apply_close() - settle the targets that could not be given back
 * @apply: as apply_abandon() left it when its process died or hung as well
 * @host: facts that @plan points into
 * @reason: REASON_DEADLINE or REASON_CRASHED, for targets that have none yet
 *
 * Touches nothing but @apply: pending targets become failed, or rolled back where nothing
 * had been begun or all of it was given back.
 */
void apply_close(struct apply *apply, const struct plan *plan, const struct host *host,
		 enum reason reason);

#endif

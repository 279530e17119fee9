/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_APPLY_H
#define VFIO_EARLY_APPLY_H

/*
 * Doing what the plan says, and undoing it when a part fails. The outcome (report/run.h)
 * is plain data in memory that a supervisor shares, so that it can finish what a stuck
 * worker began.
 */

#include "apply/kernel.h"
#include "plan/plan.h"
#include "report/run.h"

/**
 * apply_init() - the outcome of doing nothing
 * @apply: filled: refused, absent and skipped targets are so already, the others pending
 */
void apply_init(struct apply *apply, const struct plan *plan);

/**
 * apply_run() - do it
 * @apply: initialised; changed step by step, so that another process can watch
 * @host: facts that @plan points into
 * @until: for functions that have just appeared: time of kernel.now() until which the
 *	kernel may say "not yet"; 0: it may not
 *
 * Bundle by bundle; when an action fails, all of its bundle is given back to the host and
 * the next bundle goes on.
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
 * The function that the worker hung at comes last, since it may hang again. While the
 * worker lives its call can undo what was given back: all is given back once more when it
 * has ended. Where it has not, its target fails, and says so.
 */
void apply_abandon(struct apply *apply, const struct plan *plan, const struct host *host,
		   const struct kernel *kernel, enum reason reason, uint64_t until);

/**
 * apply_close() - end what could not be given back
 * @apply: as apply_abandon() left it when it died or hung too
 * @host: facts that @plan points into
 * @reason: REASON_DEADLINE or REASON_CRASHED, for targets that have none yet
 *
 * Touches nothing but @apply: pending targets become failed, or rolled back where nothing
 * had been begun or all of it was given back.
 */
void apply_close(struct apply *apply, const struct plan *plan, const struct host *host,
		 enum reason reason);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

/* Everything up to the plan, in order. Nothing is written to the machine. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "report/run.h"

/**
 * enum decide_look - when and how far the machine is read
 * @DECIDE_WANTED: only if there is something to decide (targets, a valid config and no
 *	kill switch), and only the facts that matter (plan/near.h)
 * @DECIDE_PLAN: the facts that matter, with any config
 * @DECIDE_ALWAYS: all facts, for the modes that people run
 * @DECIDE_MACHINE: all facts, without a plan
 * @DECIDE_FUNCTIONS: only the functions with their drivers, to compare with a report
 */
enum decide_look {
	DECIDE_WANTED,
	DECIDE_PLAN,
	DECIDE_ALWAYS,
	DECIDE_MACHINE,
	DECIDE_FUNCTIONS,
};

/**
 * decide_config() - read only the config and the command line
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @run: its config and command line are filled
 */
void decide_config(const struct sysroot *root, const char *config, struct run *run);

/**
 * decide() - read config and facts, and plan: for DECIDE_WANTED and DECIDE_PLAN
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @look: when to read the facts
 * @run: zeroed; filled up to the plan; its phase shows how far
 *
 * A bad config is no failure here (run.config.invalid).
 *
 * Return: 0; -errno when the machine could not be read: the phase stays RUN_PLAN then,
 * without a plan, and run.host has a note
 */
int decide(const struct sysroot *root, const char *config, enum decide_look look,
	   struct run *run, struct fault *fault);

/**
 * decide_next() - the same with all facts for the next boot
 * @words: words vfio_early.* that count in place of those of the running kernel
 */
int decide_next(const struct sysroot *root, const char *config, const char *words,
		struct run *run, struct fault *fault);

/** decide_all() - the same for the others, which read all functions */
int decide_all(const struct sysroot *root, const char *config, enum decide_look look,
	       struct run *run, struct fault *fault);

#endif

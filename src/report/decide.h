/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

/* Everything up to the plan, in order. Nothing is written to the machine. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "report/run.h"

/**
 * enum decide_look - when the machine is looked at
 * @DECIDE_WANTED: when there is something to decide: not without targets, nor with the
 *	kill switch set or a bad config; only as far as it decides (plan/near.h)
 * @DECIDE_PLAN: as far as it decides, whatever the config says
 * @DECIDE_ALWAYS: everything, for the modes that people run
 * @DECIDE_MACHINE: everything, without a config and so without a plan
 */
enum decide_look { DECIDE_WANTED, DECIDE_PLAN, DECIDE_ALWAYS, DECIDE_MACHINE };

/**
 * decide_config() - only the config and the command line
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @run: its config and command line are filled
 */
void decide_config(const struct sysroot *root, const char *config, struct run *run);

/**
 * decide() - config, facts, plan: DECIDE_WANTED, DECIDE_PLAN
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @look: when to read the facts
 * @run: zeroed; filled up to the plan, and its phase shows how far it came
 *
 * A bad config is no failure here (run.config.invalid).
 *
 * Return: 0; -errno when the machine could not be looked at: the phase stays RUN_PLAN
 * then, without a plan, and run.host has a note
 */
int decide(const struct sysroot *root, const char *config, enum decide_look look,
	   struct run *run, struct fault *fault);

/** decide_all() - the same by all of the machine: DECIDE_ALWAYS, DECIDE_MACHINE */
int decide_all(const struct sysroot *root, const char *config, enum decide_look look,
	       struct run *run, struct fault *fault);

#endif

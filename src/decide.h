/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

/* Everything up to the plan, in order. Nothing is written to the machine. */

#include "fault.h"
#include "run.h"
#include "sysroot.h"

/**
 * decide() - config, facts, plan
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @run: zeroed; filled up to the plan, and its phase shows how far it came
 * @fault: filled on failure
 *
 * The machine is not even looked at when there is nothing to decide: no targets, the kill
 * switch is set, or the config is bad, which is no failure here (run.config.invalid).
 *
 * Return: 0; -errno when the machine could not be looked at: the phase stays RUN_PLAN
 * then, without a plan, and run.host has a note
 */
int decide(const struct sysroot *root, const char *config, struct run *run,
	   struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_TEXT_H
#define VFIO_EARLY_PLAN_TEXT_H

/* The plan for a person, the same in both programs. */

#include <stdbool.h>
#include <stdio.h>

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"
#include "report/run.h"

/**
 * plan_print() - say what would be done, and why not
 *
 * What is wrong with a config that is not understood is left to the caller.
 */
void plan_print(FILE *out, const struct config *config, const struct host *host,
		const struct plan *plan);

/* What --plan does in both programs, so that they cannot differ. */

/**
 * plan_show() - write a plan
 * @out: where to; flushed
 * @json: as JSON, not as text
 *
 * Return: false when it could not be written
 */
bool plan_show(FILE *out, const struct run *run, bool json);

/**
 * plan_is_good() - would everything that is wanted be reserved?
 *
 * Return: true when it would, but for optional targets that are absent
 */
bool plan_is_good(const struct config *config, const struct plan *plan);

#endif

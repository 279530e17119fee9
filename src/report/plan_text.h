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
 * plan_print() - print the verdicts and the actions
 *
 * The errors of an invalid config are printed by the caller.
 */
void plan_print(FILE *out, const struct config *config, const struct host *host,
		const struct plan *plan);

/* The mode --plan of both programs, so that they cannot differ. */

/**
 * plan_show() - write a plan
 * @out: where to; flushed
 * @json: write JSON, not text
 *
 * Return: false when it could not be written
 */
bool plan_show(FILE *out, const struct run *run, bool json);

/**
 * plan_is_good() - would all targets be reserved?
 *
 * Return: true if so; optional targets may be absent
 */
bool plan_is_good(const struct config *config, const struct plan *plan);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_JSON_H
#define VFIO_EARLY_PLAN_JSON_H

/* The plan as JSON and as text, the same in both programs; doc/plan.md is its manual. */

#include <jansson.h>
#include <stdio.h>

#include "config.h"
#include "host.h"
#include "plan.h"

/**
 * plan_to_json() - the plan as one object
 * @config: what was wanted
 * @host: what there is
 * @plan: what was decided
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *plan_to_json(const struct config *config, const struct host *host,
		     const struct plan *plan);

/**
 * plan_print() - the plan for a person
 * @out: where to
 * @config: what was wanted
 * @host: what there is
 * @plan: what was decided
 */
void plan_print(FILE *out, const struct config *config, const struct host *host,
		const struct plan *plan);

#endif

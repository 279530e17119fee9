/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_SHOW_H
#define VFIO_EARLY_PLAN_SHOW_H

/* What --plan does in both programs, so that they cannot differ. */

#include <stdbool.h>
#include <stdio.h>

#include "report/run.h"

/**
 * plan_show() - write a plan
 * @out: where to; flushed
 * @run: decided (decide.h)
 * @json: as JSON, not as text
 *
 * Return: false when it could not be written
 */
bool plan_show(FILE *out, const struct run *run, bool json);

/**
 * plan_is_good() - would everything that is wanted be reserved?
 * @config: what is wanted
 * @plan: what was decided
 *
 * Return: true when it would, but for optional targets that are absent
 */
bool plan_is_good(const struct config *config, const struct plan *plan);

#endif

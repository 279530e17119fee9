/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CHECK_SHOW_H
#define VFIO_EARLY_CHECK_SHOW_H

/* A check, for people and for programs. */

#include <jansson.h>
#include <stdbool.h>

#include "check/check.h"
#include "report/render.h"

/**
 * check_print() - line by line with PASS, HINT, ????, WARN or FAIL, then each target,
 * then what to do next
 * @verbose: one line for each finding; else passed findings are summed up in one line for
 *	each area and target, and targets with equal findings share one
 */
void check_print(const struct render *render, const struct check *check, bool verbose);

/**
 * check_to_json() - the same as an object
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *check_to_json(const struct check *check);

#endif

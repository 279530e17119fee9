/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_TEXT_H
#define VFIO_EARLY_REPORT_TEXT_H

/* The report and the present state, for people and for programs. */

#include <jansson.h>

#include "report/drift.h"
#include "report/render.h"
#include "survey/names.h"

/** report_print() - the outcome of the boot, the present state, and what to do */
void report_print(const struct render *render, const struct report *report,
		  const struct now *now, const struct drift *drift,
		  const struct names *names);

/**
 * report_join() - add the present state to the report
 * @report: its JSON is changed
 *
 * Return: false when there was no memory
 */
bool report_join(struct report *report, const struct now *now, const struct drift *drift);

/** report_missing_print() - say that there is no report, and possible causes */
void report_missing_print(const struct render *render, const struct fault *fault,
			  const struct now *now);

/**
 * report_missing_to_json() - the same as an object
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *report_missing_to_json(const struct fault *fault, const struct now *now);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_JSON_H
#define VFIO_EARLY_REPORT_JSON_H

/* The report of a run: the plan's objects with the outcome of each action added. */

#include <jansson.h>

#include "report/document.h"
#include "report/run.h"

#define REPORT_DIR "run/vfio-early"
#define REPORT_FALLBACK_DIR "dev/.vfio-early" /* /run is full, read-only */
#define REPORT_NAME "report.json"
#define REPORT_PATH REPORT_DIR "/" REPORT_NAME
#define REPORT_FALLBACK_PATH REPORT_FALLBACK_DIR "/" REPORT_NAME
#define REPORT_VERSION 1

/**
 * report_document() - the report as one object
 * @run: a finished run, which may have ended in any phase; values of later phases are not
 *	used
 */
void report_document(struct document *document, const struct run *run);

/**
 * report_to_json() - the same as a value of jansson
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *report_to_json(const struct run *run);

#endif

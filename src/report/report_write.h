/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_WRITE_H
#define VFIO_EARLY_REPORT_WRITE_H

/* Leaving the report where it survives the initramfs. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "report/report_json.h"
#include "report/run.h"

#include <jansson.h>
#include <stdbool.h>

/**
 * report_write() - write REPORT_PATH, or REPORT_FALLBACK_PATH where that fails
 * @ret_path: where the report is, one of the two; written on success only
 * @fault: what failed, and of the first place also when the second one worked
 *
 * A part of a report is never seen: it gets its name when it is complete.
 *
 * Return: 0 or -errno of the last place
 */
int report_write(const struct sysroot *root, const struct run *run, const char **ret_path,
		 struct fault *fault);

/* What became of a function that appeared later, put into the report of the boot. */

/**
 * report_late() - join a late run with the report
 * @record: of this boot; its targets of the same name and function are replaced by those
 *	of @late, which are marked `"late": true`, and the late actions follow the others,
 *	instead of those that did the same to the same function before. NULL: there was
 *	none; @late becomes the report.
 * @late: the report of a run for one function; used up
 *
 * Return: the report, used up too; NULL when there was no memory or @record is no report
 */
json_t *report_late(json_t *record, json_t *late);

#endif

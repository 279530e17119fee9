/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_WRITE_H
#define VFIO_EARLY_REPORT_WRITE_H

/* Writing the report to a place that survives the initramfs. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "report/report_json.h"
#include "report/run.h"

#include <jansson.h>
#include <stdbool.h>

/**
 * report_write() - write REPORT_PATH, or REPORT_FALLBACK_PATH where that fails
 * @ret_path: which of the two was written; set on success only
 * @fault: why it failed; also filled when only the first place failed
 *
 * An incomplete report is never visible: the file gets its name when it is complete.
 *
 * Return: 0 or -errno of the last place
 */
int report_write(const struct sysroot *root, const struct run *run, const char **ret_path,
		 struct fault *fault);

/* Adding a late run, for a function that appeared later, to the report of the boot. */

/**
 * report_late() - join a late run with the report
 * @record: report of this boot. Its targets with the same name and function are replaced
 *	by those of @late, which are marked `"late": true`. The late actions follow the
 *	others and replace equal actions on the same function. NULL: there is none, and
 *	@late becomes the report.
 * @late: report of a run for one function; its reference is taken
 *
 * Return: the report, which takes the reference to @record; NULL when there was no memory
 * or @record is no report
 */
json_t *report_late(json_t *record, json_t *late);

#endif

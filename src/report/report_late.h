/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_LATE_H
#define VFIO_EARLY_REPORT_LATE_H

/* What became of a function that appeared later, put into the record of the boot. */

#include <jansson.h>
#include <stdbool.h>

/**
 * report_late() - join a late run with the record
 * @record: of this boot; its targets of the same name and function are replaced by those
 *	of @late, which are marked `"late": true`, and the late actions follow the others,
 *	instead of those that did the same to the same function before. NULL: there was
 *	none; @late becomes the record.
 * @late: the report of a run for one function; used up
 *
 * Return: the record, used up too; NULL when there was no memory or @record is no record
 */
json_t *report_late(json_t *record, json_t *late);

#endif

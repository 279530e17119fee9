/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_JOURNAL_H
#define VFIO_EARLY_REPORT_JOURNAL_H

/* What became of each target, as entries of the journal that programs can look for. */

#include <stddef.h>

#include "base/fault.h"
#include "report/drift.h"
#include "report/report_read.h"

#define JOURNAL_FIELD_MAX 1024
#define JOURNAL_FIELDS_MAX (16 + PLAN_FUNCTIONS_MAX)

/**
 * struct journal_entry - an entry before it is sent
 * @fields: NAME=value
 * @n_fields: how many
 */
struct journal_entry {
	char fields[JOURNAL_FIELDS_MAX][JOURNAL_FIELD_MAX];
	size_t n_fields;
};

/**
 * journal_target() - describe a target
 * @drift: the report joined with the state now
 * @entry: filled. MESSAGE_ID is one of systemd/vfio-early.catalog, by state.
 */
void journal_target(const struct report *report, size_t target, const struct drift *drift,
		    struct journal_entry *entry);

/**
 * journal_send() - write one entry for each target, or one about the run as a whole
 * @report: the report; a report of another boot, and one of a config that was not
 *	understood, give one entry that says so
 * @drift: the report joined with the state now
 *
 * Return: 0 or -errno. Without a journal there is nothing to write to, which is no
 * failure (sd_journal_sendv(3)).
 */
int journal_send(const struct report *report, const struct drift *drift,
		 struct fault *fault);

/**
 * journal_send_missing() - write an entry that says that there is no report
 *
 * Return: 0 or -errno
 */
int journal_send_missing(const struct fault *why, struct fault *fault);

/**
 * journal_send_guest() - write an entry about a guest whose card did not change hands
 *
 * Return: 0 or -errno
 */
int journal_send_guest(const char *guest, const struct fault *what, struct fault *fault);

#endif

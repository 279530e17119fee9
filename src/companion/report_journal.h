/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_JOURNAL_H
#define VFIO_EARLY_REPORT_JOURNAL_H

/* The outcome of each target, as journal entries that programs can search for. */

#include <stddef.h>

#include "base/fault.h"
#include "report/drift.h"
#include "report/report_read.h"

#define JOURNAL_FIELD_MAX 1024
#define JOURNAL_FIELDS_MAX (16 + PLAN_FUNCTIONS_MAX)

/**
 * struct journal_entry - an entry before it is sent
 * @fields: NAME=value
 * @n_fields: number of @fields
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
 * journal_send() - write one entry for each target, or one about the whole run
 * @report: the report; for a report of another boot, or with an invalid config, a single
 *	entry says so
 * @drift: the report joined with the state now
 *
 * Return: 0 or -errno. Without a journal nothing is written, which is no failure
 * (sd_journal_sendv(3)).
 */
int journal_send(const struct report *report, const struct drift *drift,
		 struct fault *fault);

/**
 * journal_send_missing() - write an entry about a missing report
 *
 * Return: 0 or -errno
 */
int journal_send_missing(const struct fault *why, struct fault *fault);

/**
 * journal_send_guest() - write an entry about a guest whose card was not taken or not
 * given back
 *
 * Return: 0 or -errno
 */
int journal_send_guest(const char *guest, const struct fault *what, struct fault *fault);

#endif

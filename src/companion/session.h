/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SESSION_H
#define VFIO_EARLY_SESSION_H

/* What was typed, where to print, and what a mode has looked at. */

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"
#include "companion/groups.h"
#include "report/drift.h"
#include "report/report_read.h"
#include "report/run.h"
#include "survey/kernel_log.h"

#define SESSION_VALUES_MAX 6

/**
 * struct session - one run of the companion; large: allocate it, zeroed
 * @out: stdout
 * @err: stderr
 * @subject: what stood behind the mode; NULL: nothing
 * @more: what stood behind @subject; NULL: nothing
 * @json: --json
 * @config: --config FILE; NULL: not given
 * @sysroot: --sysroot DIR; NULL: not given
 * @values: of the mode's own options, same indices; NULL: not given; "": takes no value
 * @report: of this boot, after session_report()
 * @trial: scratch
 */
struct session {
	FILE *out;
	FILE *err;
	const char *subject;
	const char *more;
	bool json;
	const char *config;
	const char *sysroot;
	const char *values[SESSION_VALUES_MAX];
	struct sysroot root;
	struct run run;
	struct report report;
	struct drift drift;
	struct trial trial;
	struct messages messages;
};

/** session_complain() - print a fault, escaped */
enum status session_complain(const struct session *session, const struct fault *fault,
			     enum status status);

/**
 * session_end() - see that everything is written
 * @good: no write has failed so far
 *
 * Return: @status, or STATUS_SHORT with a message on stderr
 */
enum status session_end(const struct session *session, bool good, enum status status);

/**
 * session_now() - config and machine as they are now, in session.run
 *
 * A machine that cannot be looked at is said on stderr, and @host of the value is NULL.
 */
struct now session_now(struct session *session);

/**
 * session_report() - read the report of this boot and compare it with @now
 * @listen: find what the kernel log says of its functions, too
 *
 * Return: 0, or -errno: session.report, drift and messages are empty
 */
int session_report(struct session *session, const struct now *now, bool listen,
		   struct fault *fault);

#endif

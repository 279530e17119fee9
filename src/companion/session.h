/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SESSION_H
#define VFIO_EARLY_SESSION_H

/* Arguments, output and data of one run of the companion. */

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"
#include "companion/groups.h"
#include "report/decide.h"
#include "report/drift.h"
#include "report/report_read.h"
#include "report/run.h"
#include "survey/kernel_log.h"

#define SESSION_VALUES_MAX 6

/**
 * struct session - one run of the companion; large: allocate it, zeroed
 * @out: stdout
 * @err: stderr
 * @subject: argument of the mode; NULL: none
 * @more: argument after @subject; NULL: none
 * @json: --json
 * @config: --config FILE; NULL: not given
 * @sysroot: --sysroot DIR; NULL: not given
 * @values: values of mode.options, same indices; NULL: not given; "": given, and takes no
 *	value
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

/** session_complain() - print a fault, escaped, and return @status */
enum status session_complain(const struct session *session, const struct fault *fault,
			     enum status status);

/**
 * session_end() - flush the output and check for errors
 * @good: no write has failed so far
 *
 * Return: @status, or STATUS_SHORT with a message on stderr
 */
enum status session_end(const struct session *session, bool good, enum status status);

/**
 * session_now() - read the present config and machine into session.run
 * @look: which facts
 *
 * If the machine cannot be read, a message goes to stderr, and now.host is NULL.
 */
struct now session_now(struct session *session, enum decide_look look);

/**
 * session_report() - read the report of this boot and compare it with @now
 * @listen: also find the kernel's messages about its functions
 *
 * Return: 0, or -errno: session.report, drift and messages are empty
 */
int session_report(struct session *session, const struct now *now, bool listen,
		   struct fault *fault);

#endif

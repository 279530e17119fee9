/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CHECK_H
#define VFIO_EARLY_CHECK_H

/*
 * `--check`: all findings, and what they mean for each target at the next boot, by the
 * plan, the images that will boot and the present state together.
 */

#include <jansson.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/status.h"
#include "check/finding.h"
#include "check/initrd_check.h"
#include "model/config.h"
#include "read/config_read.h"
#include "read/guard_read.h"
#include "report/drift.h"
#include "report/report_read.h"
#include "report/run.h"
#include "survey/next_line.h"
#include "survey/survey.h"

#define CHECK_VERSION 1
#define CHECK_TARGETS_MAX (2 * PLAN_TARGETS_MAX) /* of the plan and of the record */

/**
 * enum check_state - what becomes of a target
 * @CHECK_RESERVED: reserved now, and by all that is known at the next boot as well
 * @CHECK_WILL_BE_RESERVED: not now, but at the next boot
 * @CHECK_WILL_BE_RELEASED: now, but not any more at the next boot
 * @CHECK_REFUSED: neither now nor then
 * @CHECK_CANNOT_TELL: a fact that decides about it is unknown
 */
enum check_state {
	CHECK_RESERVED,
	CHECK_WILL_BE_RESERVED,
	CHECK_WILL_BE_RELEASED,
	CHECK_REFUSED,
	CHECK_CANNOT_TELL,
	CHECK_STATES
};

/* reserved, will-be-reserved, ...: for JSON */
extern const char *const check_state_names[];

/**
 * struct check_target - a target and its prediction
 * @name: of the target
 * @state: prediction
 * @now: all functions are bound to VFIO drivers now
 * @next: at the next boot; FACT_UNKNOWN: cannot tell
 * @optional: its absence is no failure
 * @reason: of the rule that refuses it; REASON_NONE: none does
 * @by_entry: a boot entry made for the purpose reserves it once that is chosen: the state
 *	is intended
 * @why: what decides, as a sentence
 */
struct check_target {
	const char *name;
	enum check_state state;
	bool now;
	enum fact next;
	bool optional;
	enum reason reason;
	bool by_entry;
	char why[FINDING_TEXT_MAX];
};

/**
 * struct check - one check; large: allocate it, zeroed
 * @run: decided as for the next boot: without the kill switch and without drivers now
 *	bound
 * @line: words vfio_early.* of this boot and of the next one
 * @mode: kill switch of this boot
 * @report: of this boot; NULL: none, and @report_error and @report_fault say why
 * @drift: differences of the present state from it
 * @survey: facts that no rule needs
 * @images: initramfs images
 * @missed: files that could not be read
 * @guard: what ends trials now, and the trials that are noted
 * @record_now: record of the host that an image built now would contain; NULL: not known
 * @findings: filled by check_run(), like all that follows
 * @scratch_config: scratch space for the config of an image
 * @scratch_plan: likewise for its plan
 * @scratch_host: likewise for the machine as the image knows it
 * @scratch_text: likewise for its record
 */
struct check {
	const struct run *run;
	struct next_line line;
	enum config_mode mode;
	const struct report *report;
	const struct drift *drift;
	int report_error;
	struct fault report_fault;
	struct survey *survey;
	struct images *images;
	struct missed missed;
	struct guard_look guard;
	char *record_now;
	struct findings findings;
	struct initrd_outlooks outlooks;
	struct check_target targets[CHECK_TARGETS_MAX];
	size_t n_targets;
	struct config scratch_config;
	struct plan scratch_plan;
	struct host scratch_host;
	char scratch_text[CONFIG_SIZE_MAX + 1];
};

/** check_mode_parameter() - the parameter that sets a kill switch. Pure. */
void check_mode_parameter(enum config_mode mode, char name[static SURVEY_PARAMETER_MAX]);

/** check_run() - judge all that was read (companion/check_look.h). Pure. */
void check_run(struct check *check);

/**
 * check_status() - the exit status
 *
 * FINDING_UNKNOWN counts as a warning. Findings of FINDING_AREA_AROUND never count.
 */
enum status check_status(const struct check *check);

#endif

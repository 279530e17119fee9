/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CHECK_H
#define VFIO_EARLY_CHECK_H

/*
 * `--check`: all findings, and what they mean for each target at the next boot: the plan,
 * the images that will boot, and what is so now, taken together.
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
#include "survey/survey.h"

#define CHECK_VERSION 1
#define CHECK_TARGETS_MAX (2 * PLAN_TARGETS_MAX) /* of the plan and of the record */

/**
 * enum check_state - what becomes of a target
 * @CHECK_RESERVED: reserved now, and nothing says that the next boot will be different
 * @CHECK_WILL_BE_RESERVED: not now, but at the next boot
 * @CHECK_WILL_BE_RELEASED: now, but not any more at the next boot
 * @CHECK_REFUSED: neither now nor then
 * @CHECK_CANNOT_TELL: something that decides about it is not known
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
 * @now: all functions are on VFIO drivers now
 * @next: at the next boot; FACT_UNKNOWN: cannot tell
 * @optional: its absence is no failure
 * @reason: of the rule that refuses it; REASON_NONE: none does
 * @by_entry: a boot entry of its own would reserve it, as soon as it is chosen: the state
 *	is as it is meant
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
 * @run: decided as for the next boot: without a kill switch, nor drivers that are bound
 * @mode: what the kill switch of this boot says
 * @report: of this boot; NULL: none, and @report_error and @report_fault say why
 * @drift: what is different from it now
 * @survey: what only people ask
 * @images: initramfs images
 * @missed: files that were to be read and could not be
 * @guard: what ends trials now, and which are noted
 * @record_now: what an image that is built now would have; NULL: not known
 * @findings: filled by check_run(), as all that follows
 * @scratch_config: room for the config of an image
 * @scratch_plan: likewise for what it would do
 * @scratch_host: likewise for what it would know
 * @scratch_text: likewise for its record
 */
struct check {
	const struct run *run;
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
 * What cannot be told counts as a warning. What is only around the card never counts.
 */
enum status check_status(const struct check *check);

#endif

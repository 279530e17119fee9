// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/check_look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/initrd_check.h"
#include "plan/card.h"
#include "report/decide.h"
#include "survey/host_record.h"

/* ---- which facts are wanted ---- */

static bool group_is_wished(const struct survey_wish *wish, unsigned int group)
{
	for (size_t i = 0; i < wish->n_groups; i++)
		if (wish->groups[i] == group)
			return true;
	return false;
}

static void groups_wish(const struct host *host, const struct plan_target *target,
			struct survey_wish *wish)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *function = card_at(host, target, i);

		if (function->has_group && wish->n_groups < PROOFS_MAX &&
		    !group_is_wished(wish, function->group))
			wish->groups[wish->n_groups++] = function->group;
	}
}

/* Those that check/ may ask about: an IOMMU that does not run, a kill switch */
static void parameters_wish(const struct check *check, struct survey_wish *wish)
{
	char mode[SURVEY_PARAMETER_MAX];

	survey_wish_iommu(wish);
	check_mode_parameter(check->mode, mode);
	if (check->mode != CONFIG_MODE_ON)
		survey_wish_parameter(wish, mode);
}

static void survey_wish(const struct check *check, bool prove, struct survey_wish *wish)
{
	const struct host *host = &check->run->host;
	const struct plan *plan = &check->run->plan;

	wish->cmdline = check->run->cmdline;
	wish->host = host;
	wish->prove = prove;
	parameters_wish(check, wish);
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];

		for (size_t j = 0; j < host->n_functions && target->n_functions; j++) {
			wish->taken[j] = wish->taken[j] || card_takes(target, j);
			wish->near[j] = wish->near[j] || card_touches(host, target, j);
		}
		if (prove && card_is_reserved(host, target))
			groups_wish(host, target, wish);
	}
}

/* ---- looking ---- */

static void report_look(struct session *session, struct check *check)
{
	const struct now now = { .config = &session->run.config,
				 .boot_id = session->run.boot_id,
				 .host = &session->run.host };

	check->report_error = session_report(session, &now, false, &check->report_fault);
	if (check->report_error < 0)
		return;
	check->report = &session->report;
	check->drift = &session->drift;
}

static int survey_look(const struct sysroot *root, bool prove, struct check *check)
{
	struct survey_wish *wish cleanup_free = calloc(1, sizeof(*wish));
	struct survey *survey = calloc(1, sizeof(*survey));

	check->survey = survey;
	if (!wish || !survey)
		return -ENOMEM;
	survey_wish(check, prove, wish);
	survey_read(root, wish, survey);
	return 0;
}

static int images_look(const struct sysroot *root, const char *given, struct check *check)
{
	struct images_wish *wish cleanup_free = calloc(1, sizeof(*wish));
	struct images *images = calloc(1, sizeof(*images));

	check->images = images;
	if (!wish || !images)
		return -ENOMEM;
	wish->given = given;
	wish->reader = check->survey->bootloader.reader;
	initrd_wish(&check->run->host, &check->run->plan, wish);
	images_read(root, wish, images);
	return 0;
}

/* The plan of the next boot, which does not meet the drivers that are bound now */
static int next_decide(struct session *session, struct check *check, struct fault *fault)
{
	const struct sysroot *root = &session->root;
	struct run *run = &session->run;
	int error;

	(void)config_read_cmdline(root, run->cmdline);
	next_line_read(root, run->cmdline, &check->line);
	error = decide_next(root, session->config, check->line.words, run, fault);
	if (error < 0)
		return error;
	check->run = run;
	check->mode = check->line.now.mode;
	run->config.mode = CONFIG_MODE_ON;
	run->host.drivers_count = false;
	plan_build(&run->config, &run->host, &run->plan);
	return 0;
}

int check_look(struct session *session, bool prove, struct check *check,
	       struct fault *fault)
{
	int error = next_decide(session, check, fault);

	if (error < 0)
		return error;
	session->root.missed = &check->missed;
	report_look(session, check);
	guard_look(&session->root, &check->guard);
	(void)host_record_make(&session->root, &check->record_now, fault);
	error = survey_look(&session->root, prove, check);
	if (!error)
		error = images_look(&session->root, session->config, check);
	session->root.missed = NULL;
	return error ? fault_set(fault, error, "%s", strerror(-error)) : 0;
}

void check_done(struct check *check)
{
	if (check->images)
		images_done(check->images);
	free(check->record_now);
	check->record_now = NULL;
	free(check->survey);
	free(check->images);
	check->survey = NULL;
	check->images = NULL;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/check_look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "check/initrd_check.h"
#include "plan/card.h"
#include "read/config_read.h"
#include "read/host_read.h"

/* ---- what is of interest ---- */

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

static void parameter_wish(struct survey_wish *wish, const char *name)
{
	(void)snprintf(wish->parameters[wish->n_parameters++], SURVEY_PARAMETER_MAX, "%s",
		       name);
}

/* Those that check/ may ask about: an IOMMU that does not run, a kill switch */
static void parameters_wish(const struct check *check, struct survey_wish *wish)
{
	static const char *const iommu[] = { "intel_iommu=on", "intel_iommu=off",
					     "amd_iommu=off", "iommu=off" };
	char mode[SURVEY_PARAMETER_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(iommu) && !check->host.n_units; i++)
		parameter_wish(wish, iommu[i]);
	check_mode_parameter(check->mode, mode);
	if (check->mode != CONFIG_MODE_ON)
		parameter_wish(wish, mode);
}

static void survey_wish(const struct check *check, bool prove, struct survey_wish *wish)
{
	const struct host *host = &check->host;

	wish->cmdline = check->cmdline;
	wish->host = host;
	wish->prove = prove;
	parameters_wish(check, wish);
	for (size_t i = 0; i < check->plan.n_targets; i++) {
		const struct plan_target *target = &check->plan.targets[i];

		for (size_t j = 0; j < host->n_functions && target->n_functions; j++) {
			wish->taken[j] = wish->taken[j] || card_takes(target, j);
			wish->near[j] = wish->near[j] || card_touches(host, target, j);
		}
		if (prove && card_is_reserved(host, target))
			groups_wish(host, target, wish);
	}
}

/* ---- looking ---- */

static void report_look(const struct sysroot *root, struct check *check)
{
	char boot_id[CONFIG_WORD_MAX] = "";
	struct now now = { .config = &check->config,
			   .boot_id = boot_id,
			   .host = &check->host };

	check->report_error = report_read(root, &check->report, &check->report_fault);
	if (check->report_error < 0)
		return;
	(void)sysroot_read(root->fd, "proc/sys/kernel/random/boot_id", boot_id,
			   sizeof(boot_id));
	drift_find(&check->report, &now, &check->drift);
	check->has_report = true;
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
	initrd_wish(&check->host, &check->plan, wish);
	images_read(root, wish, images);
	return 0;
}

int check_look(const struct sysroot *root, const struct check_wish *wish,
	       struct check *check, struct fault *fault)
{
	int error;

	(void)config_read_cmdline(root, check->cmdline);
	(void)config_read(root, wish->config, check->cmdline, &check->config);
	check->mode = check->config.mode;
	check->config.mode = CONFIG_MODE_ON;
	error = host_read(root, &check->config, check->cmdline, &check->host, fault);
	if (error < 0)
		return error;
	/* The next boot does not meet the drivers that are bound now. */
	check->host.drivers_count = false;
	plan_build(&check->config, &check->host, &check->plan);
	report_look(root, check);
	error = survey_look(root, wish->prove, check);
	if (!error)
		error = images_look(root, wish->config, check);
	return error ? fault_set(fault, error, "%s", strerror(-error)) : 0;
}

void check_done(struct check *check)
{
	if (check->has_report)
		report_done(&check->report);
	check->has_report = false;
	if (check->images)
		images_done(check->images);
	free(check->survey);
	free(check->images);
	check->survey = NULL;
	check->images = NULL;
}

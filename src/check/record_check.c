// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/record_check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "image/initrd.h"
#include "model/record.h"
#include "plan/reason.h"

#define STEP_MAX 512

/* The machine before anything is mounted; the image's record is not in it yet. */
static struct host *booted_fill(const struct scene *scene)
{
	struct host *host = scene->scratch_host;

	*host = *scene->host;
	host->disks_known = FACT_YES;
	host->root_resolved = false;
	host->n_notes = 0;
	for (size_t i = 0; i < host->n_functions; i++) {
		host->functions[i].is_host_disk = false;
		host->functions[i].use[0] = '\0';
		host->functions[i].has_route = false;
	}
	record_mismatch(host, HOST_RECORD_NONE);
	return host;
}

static void text_apply(const struct scene *scene, const char *text, size_t length,
		       struct host *host)
{
	if (length > CONFIG_SIZE_MAX || memchr(text, '\0', length)) {
		record_mismatch(host, HOST_RECORD_BAD);
		return;
	}
	memcpy(scene->scratch_text, text, length);
	scene->scratch_text[length] = '\0';
	(void)record_apply(scene->scratch_text, scene->cmdline, host);
}

void record_view(const struct scene *scene, const struct initramfs *image)
{
	const struct initrd_entry *entry = initrd_find(&image->initrd, RECORD_PATH);
	struct host *host = booted_fill(scene);

	if (!entry)
		return;
	/* Checked like config_file_load() */
	if (!entry->text || !S_ISREG(entry->mode) || entry->uid ||
	    entry->mode & (S_IWGRP | S_IWOTH))
		record_mismatch(host, HOST_RECORD_BAD);
	else
		text_apply(scene, entry->text, entry->length, host);
}

static uint64_t reserved_of(const struct plan *plan)
{
	uint64_t reserved = 0;

	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->targets[i].verdict == VERDICT_RESERVE)
			reserved |= UINT64_C(1) << i;
	return reserved;
}

/* Targets that are reserved by the facts in scene.scratch_host */
static uint64_t view_judge(const struct scene *scene)
{
	plan_build(scene->config, scene->scratch_host, scene->scratch_plan);
	return reserved_of(scene->scratch_plan);
}

static uint64_t reserved_without(const struct scene *scene)
{
	(void)booted_fill(scene);
	return view_judge(scene);
}

/* By a record that is made now */
static uint64_t reserved_anew(const struct scene *scene)
{
	struct host *host = booted_fill(scene);

	if (scene->record_now)
		text_apply(scene, scene->record_now, strlen(scene->record_now), host);
	return view_judge(scene);
}

/* Refused now for a disk or the network, which the boot does not see */
static uint64_t refused_for_use(const struct plan *plan)
{
	const uint64_t uses = UINT64_C(1) << REASON_HOST_DISK |
			      UINT64_C(1) << REASON_HOST_NETWORK;
	uint64_t refused = 0;

	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->targets[i].reasons & uses)
			refused |= UINT64_C(1) << i;
	return refused;
}

static const struct plan_target *first_of(const struct plan *plan, uint64_t targets)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (targets >> i & 1)
			return &plan->targets[i];
	return NULL;
}

static void step_format(const struct initrd_case *judged, bool helps,
			char text[static STEP_MAX])
{
	const struct rebuild *rebuild = &judged->image->rebuild;

	(void)snprintf(
		text, STEP_MAX, "%s%s%s%s",
		helps ? "" :
			"vfio-early --record-host as root shows what the host knows "
			"about its disks and routes; if everything is known, ",
		helps ? rebuild->before : "", helps && *rebuild->before ? ", then " : "",
		"rebuild it");
	if (*rebuild->command)
		(void)snprintf(text + strlen(text), STEP_MAX - strlen(text), ": %s",
			       rebuild->command);
}

static const char *record_state(const struct initramfs *image)
{
	return initrd_find(&image->initrd, RECORD_PATH) ?
		       "its record of the host is no longer true" :
		       "it has no record of the host's disks and routes, so its boot is "
		       "careful";
}

static void refusal_tell(const struct scene *scene, const struct initrd_case *judged,
			 enum finding_level level, uint64_t refuses)
{
	const struct plan_target *first = first_of(scene->scratch_plan, refuses);
	struct plan_target target;
	char step[STEP_MAX];
	bool helps;

	if (!first)
		return;
	target = *first; /* the scratch plan is made anew in the next line */
	helps = reserved_anew(scene) & refuses;
	step_format(judged, helps, step);
	scene_tell(scene, level, FINDING_IMAGE_RECORD,
		   "%s: it refuses %s%s (%s): %s" TO_DO "%s", record_state(judged->image),
		   target.name, refuses & (refuses - 1) ? " and others" : "",
		   reason_info(target.reason)->code, target.detail, step);
}

void record_judge(const struct scene *scene, const struct initrd_case *judged,
		  struct initrd_outlook *outlook)
{
	const uint64_t now = reserved_of(scene->plan);
	enum finding_level level = judged->next ? FINDING_FAIL : FINDING_WARN;
	struct scene image = *scene;
	char step[STEP_MAX];
	uint64_t then;

	image.subject = judged->image->path;
	record_view(scene, judged->image);
	then = view_judge(scene);
	outlook->refuses = now & ~then;
	outlook->takes = then & refused_for_use(scene->plan);
	if (outlook->refuses)
		refusal_tell(&image, judged, level, outlook->refuses);
	if (outlook->takes) {
		const struct plan_target *target = first_of(scene->plan, outlook->takes);

		step_format(judged, true, step);
		scene_tell(&image, level, FINDING_IMAGE_RECORD,
			   "it was built before the host needed functions of %s, and "
			   "reserves them: %s" TO_DO "%s",
			   target->name, target->detail, step);
	}
	if (!outlook->refuses && !outlook->takes && now & ~reserved_without(scene))
		scene_tell(&image, FINDING_PASS, FINDING_IMAGE_RECORD,
			   "with its record of the host's disks and routes the boot "
			   "decides as now");
}

void record_judge_none(const struct scene *scene)
{
	scene->outlooks->careful = reserved_of(scene->plan) & ~reserved_without(scene);
}

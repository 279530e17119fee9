/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SCENE_H
#define VFIO_EARLY_SCENE_H

/*
 * Input of a check, and the place of its findings. All facts were read before: a check is
 * a function from facts to findings.
 */

#include "check/finding.h"
#include "image/images.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"
#include "survey/survey.h"

struct initrd_outlooks;

/**
 * struct scene - all facts about the machine
 * @survey: facts that no rule needs
 * @images: initramfs images
 * @cmdline: kernel command line of this boot
 * @next_cmdline: that of the next boot; if it is not known, that of this boot
 * @words: words vfio_early.* of the next boot's
 * @findings: grow
 * @outlooks: zeroed; filled by initrd_check()
 * @record_now: record of the host (model/record.h) that an image built now would contain;
 *	NULL: none
 * @scratch_config: scratch space for a config
 * @scratch_plan: likewise
 * @scratch_host: likewise
 * @scratch_text: CONFIG_SIZE_MAX + 1 bytes
 * @target: target that is examined; NULL: none
 * @subject: subject of the findings: name of @target; NULL: the machine
 */
struct scene {
	const struct config *config;
	const struct host *host;
	const struct plan *plan;
	const struct survey *survey;
	const struct images *images;
	const char *cmdline;
	const char *next_cmdline;
	const char *words;
	struct findings *findings;
	struct initrd_outlooks *outlooks;
	const char *record_now;
	struct config *scratch_config;
	struct plan *scratch_plan;
	struct host *scratch_host;
	char *scratch_text;
	const struct plan_target *target;
	const char *subject;
};

/** scene_of_target() - the same scene for one target */
struct scene scene_of_target(const struct scene *scene, const struct plan_target *target);

/**
 * scene_tell() - add a finding about the scene's subject
 * @format: a sentence; after TO_DO the remedy, unless that of the table is used
 */
void scene_tell(const struct scene *scene, enum finding_level level,
		enum finding_code code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same with a fixed level. Macros, so that the compiler checks the format. */
#define scene_pass(scene, ...) scene_tell(scene, FINDING_PASS, __VA_ARGS__)
#define scene_hint(scene, ...) scene_tell(scene, FINDING_HINT, __VA_ARGS__)
#define scene_unknown(scene, ...) scene_tell(scene, FINDING_UNKNOWN, __VA_ARGS__)
#define scene_warn(scene, ...) scene_tell(scene, FINDING_WARN, __VA_ARGS__)
#define scene_fail(scene, ...) scene_tell(scene, FINDING_FAIL, __VA_ARGS__)

/*
 * The sources of findings, in the order in which they run: rows of the table in check.c
 */
void iommu_check(const struct scene *scene);
void group_check(const struct scene *scene);
void device_check(const struct scene *scene);
void host_check(const struct scene *scene);
void initrd_check(const struct scene *scene);
void leftover_check(const struct scene *scene);
void around_check(const struct scene *scene);
void proof_check(const struct scene *scene);

#endif

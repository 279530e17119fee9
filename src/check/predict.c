// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/predict.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "check/mode_check.h"
#include "check/next_check.h"
#include "check/target_check.h"
#include "plan/card.h"
#include "plan/reason.h"

/* The images that can boot, each by its worst finding that matters */
struct tally {
	size_t good, bad, unknown;
	const char *first_bad, *first_good;
};

static bool decides_about_image(enum finding_code code)
{
	static const enum finding_code codes[] = {
		FINDING_IMAGE,	      FINDING_IMAGE_PROGRAM, FINDING_IMAGE_ORDER,
		FINDING_IMAGE_CONFIG, FINDING_IMAGE_MODULES, FINDING_IMAGE_RECORD
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static bool is_first_of_subject(const struct findings *findings, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (decides_about_image(findings->list[i].code) &&
		    !strcmp(findings->list[i].subject, findings->list[index].subject))
			return false;
	return true;
}

static const struct initrd_outlook *outlook_of(const struct check *check,
					       const char *subject)
{
	for (size_t i = 0; i < check->outlooks.count; i++)
		if (!strcmp(check->outlooks.list[i].subject, subject))
			return &check->outlooks.list[i];
	return NULL;
}

static bool has_target(const struct check *check, uint64_t targets,
		       const struct plan_target *target)
{
	return targets >> (target - check->run->plan.targets) & 1;
}

static enum finding_level level_for(const struct check *check,
				    const struct finding *finding,
				    const struct plan_target *target)
{
	const struct initrd_outlook *outlook = outlook_of(check, finding->subject);

	/* A stale image is bad, but not for a card that its config names as well. */
	if (finding->code == FINDING_IMAGE_CONFIG && outlook && outlook->is_other &&
	    has_target(check, outlook->reserves, target))
		return FINDING_PASS;
	/* A record is bad only for the targets about which it is wrong. */
	if (finding->code == FINDING_IMAGE_RECORD &&
	    !(outlook && has_target(check, outlook->refuses, target)))
		return FINDING_PASS;
	return finding->level;
}

static void image_count(const struct check *check, const struct plan_target *target,
			const char *subject, struct tally *tally)
{
	const struct findings *findings = &check->findings;
	enum finding_level worst = FINDING_PASS;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (decides_about_image(finding->code) &&
		    !strcmp(finding->subject, subject) &&
		    level_for(check, finding, target) > worst)
			worst = finding->level;
	}
	if (worst == FINDING_FAIL) {
		tally->bad++;
		tally->first_bad = tally->first_bad ? tally->first_bad : subject;
	} else if (worst == FINDING_UNKNOWN) {
		tally->unknown++;
	} else {
		tally->good++;
		tally->first_good = tally->first_good ? tally->first_good : subject;
	}
}

/* See initrd_check.h */
bool check_image_is_aside(const struct findings *findings, const char *subject)
{
	if (!*subject)
		return false;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].code == FINDING_IMAGE &&
		    findings->list[i].level == FINDING_HINT &&
		    !strcmp(findings->list[i].subject, subject))
			return true;
	return false;
}

static struct tally images_of(const struct check *check, const struct plan_target *target)
{
	const struct findings *findings = &check->findings;
	struct tally tally = { 0 };

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (!decides_about_image(finding->code))
			continue;
		if (!*finding->subject && finding->level == FINDING_UNKNOWN)
			tally.unknown++;
		else if (*finding->subject && is_first_of_subject(findings, i) &&
			 !check_image_is_aside(findings, finding->subject))
			image_count(check, target, finding->subject, &tally);
	}
	return tally;
}

/* Prediction by the images for a target that no rule refuses */
static enum fact next_by_images(const struct tally *tally, char *why, size_t size)
{
	if (tally->bad && !tally->good && !tally->unknown) {
		(void)snprintf(why, size, "no image would reserve it: see %.160s",
			       tally->first_bad);
		return FACT_NO;
	}
	if (tally->bad && tally->good) {
		(void)snprintf(why, size,
			       "it depends on the image: %.160s would, %.160s would not",
			       tally->first_good, tally->first_bad);
		return FACT_UNKNOWN;
	}
	if (tally->unknown || !tally->good) {
		(void)snprintf(
			why, size, "%s",
			tally->unknown ?
				"it depends on an initramfs image that could not be "
				"read" :
				"no initramfs image was checked");
		return FACT_UNKNOWN;
	}
	(void)snprintf(why, size, "no rule refuses it, and the images are ready");
	return FACT_YES;
}

/* Prediction with the entry that reserves the cards */
static enum fact next_by_entry(const struct check *check, enum fact next, char *why,
			       size_t size)
{
	const struct boot_menu *menu = check->images ? &check->images->menu : NULL;
	const struct boot_entry *entry = menu ? mode_guest_entry(menu) : NULL;

	if (next != FACT_YES || !entry)
		return next;
	(void)snprintf(why, size,
		       "the boot entry that comes next leaves it to the host; %.120s "
		       "reserves it",
		       mode_entry_name(menu, entry));
	return FACT_NO;
}

/* Would the image that boots reserve a target that is refused now? */
static bool is_taken_next(const struct check *check, const struct plan_target *target)
{
	for (size_t i = 0; i < check->outlooks.count; i++)
		if (has_target(check, check->outlooks.list[i].takes, target) &&
		    !check_image_is_aside(&check->findings,
					  check->outlooks.list[i].subject))
			return true;
	return false;
}

static enum fact next_by_rule(const struct check *check, const struct plan_target *target,
			      char *why, size_t size)
{
	const struct reason_info *info = reason_info(target->reason);
	bool stays = target_stays_refused(check, target);

	if (is_taken_next(check, target)) {
		(void)snprintf(why, size,
			       "an image was built before the host needed it, and "
			       "reserves it: %s",
			       info->sentence);
		return FACT_YES;
	}
	(void)snprintf(why, size, "%s%s", info->sentence,
		       !stays && info->traits & REASON_OF_IOMMU ?
			       " now, which may change with the reboot" :
			       "");
	return stays ? FACT_NO : FACT_UNKNOWN;
}

/*
 * Prediction by the kernel command line of the next boot for a target that no rule
 * refuses
 */
static enum fact next_by_line(const struct check *check, char *why, size_t size)
{
	static const struct {
		enum finding_code code;
		enum finding_level level;
		enum fact next;
		const char *why;
	} rows[] = {
		{ FINDING_MODE, FINDING_FAIL, FACT_NO, "vfio_early.mode= is set" },
		{ FINDING_MODE, FINDING_UNKNOWN, FACT_UNKNOWN,
		  "vfio_early.mode= is set at this boot; whether the boot loader keeps "
		  "it is not known" },
		{ FINDING_GUARD, FINDING_FAIL, FACT_NO,
		  "the trial of this config was not finished (--retry)" },
		{ FINDING_GUARD, FINDING_UNKNOWN, FACT_UNKNOWN,
		  "it depends on the trial of this config" },
		{ FINDING_IOMMU_PARAMETER, FINDING_FAIL, FACT_NO,
		  "the next boot will be without an IOMMU" },
		{ FINDING_IOMMU_PARAMETER, FINDING_UNKNOWN, FACT_UNKNOWN,
		  "the next boot may be without an IOMMU" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (findings_has(&check->findings, rows[i].code, rows[i].level)) {
			(void)snprintf(why, size, "%s", rows[i].why);
			return rows[i].next;
		}
	return FACT_YES;
}

static enum fact next_of(const struct check *check, const struct plan_target *target,
			 enum reason *ret_reason, char *why, size_t size)
{
	const struct tally tally = images_of(check, target);
	enum fact line;

	if (target_was_removed(check, target)) {
		enum fact next = next_by_images(&tally, why, size);

		if (next == FACT_YES)
			(void)snprintf(
				why, size,
				"the next boot reserves it as this one did; it was "
				"removed from the bus afterwards");
		return next;
	}
	if (target->verdict != VERDICT_RESERVE) {
		*ret_reason = target->reason;
		return next_by_rule(check, target, why, size);
	}
	if (next_is_open(check, &check->run->config.targets[target->config])) {
		(void)snprintf(why, size,
			       "it is on the command line of this boot; whether the next "
			       "boot has it is not known");
		return FACT_UNKNOWN;
	}
	line = next_by_line(check, why, size);
	if (line != FACT_YES)
		return line;
	if (findings_dropped(&check->findings)) {
		(void)snprintf(why, size,
			       "there were more findings than this program supports");
		return FACT_UNKNOWN;
	}
	if (!tally.good && !tally.bad &&
	    has_target(check, check->outlooks.careful, target)) {
		(void)snprintf(why, size,
			       "no initramfs image was checked; without a record of the "
			       "host in it (/etc/vfio-early.host) the boot refuses a "
			       "storage or USB controller and, with root on the network, "
			       "a network card");
		return FACT_UNKNOWN;
	}
	return next_by_entry(check, next_by_images(&tally, why, size), why, size);
}

static enum check_state state_of(bool now, enum fact next)
{
	switch (next) {
	case FACT_YES:
		return now ? CHECK_RESERVED : CHECK_WILL_BE_RESERVED;
	case FACT_NO:
		return now ? CHECK_WILL_BE_RELEASED : CHECK_REFUSED;
	case FACT_UNKNOWN:
		return CHECK_CANNOT_TELL;
	}
	return CHECK_CANNOT_TELL;
}

static bool images_are_ready(const struct check *check, const struct plan_target *target)
{
	const struct tally tally = images_of(check, target);
	char why[FINDING_TEXT_MAX];

	return next_by_images(&tally, why, sizeof(why)) == FACT_YES;
}

static void planned_predict(struct check *check, const struct plan_target *target)
{
	const struct config_target *wanted = &check->run->config.targets[target->config];
	struct check_target *predicted = &check->targets[check->n_targets++];

	*predicted = (struct check_target){ .name = target->name,
					    .optional = wanted->optional };
	predicted->now = card_is_reserved(&check->run->host, target);
	predicted->next = next_of(check, target, &predicted->reason, predicted->why,
				  sizeof(predicted->why));
	predicted->state = state_of(predicted->now, predicted->next);
	predicted->by_entry = target->verdict == VERDICT_RESERVE &&
			      predicted->next == FACT_NO && check->images &&
			      mode_guest_entry(&check->images->menu) &&
			      images_are_ready(check, target);
}

static bool is_planned(const struct check *check, const struct host_function *function)
{
	return card_any_takes(&check->run->plan,
			      (size_t)(function - check->run->host.functions));
}

/* One of the findings that decide; NULL: none */
static const char *stale_image(const struct check *check)
{
	for (size_t i = 0; i < check->outlooks.count; i++)
		if (check->outlooks.list[i].is_other &&
		    !check_image_is_aside(&check->findings,
					  check->outlooks.list[i].subject))
			return check->outlooks.list[i].subject;
	return NULL;
}

/* Reserved at this boot by a config that does not name it any more */
static void recorded_predict(struct check *check, size_t index)
{
	const struct report_target *target = &check->report->targets[index];
	const struct drift_target *drift = &check->drift->targets[index];
	struct check_target *predicted;
	const char *stale;

	if (drift->state != TARGET_RESERVED || !target->n_functions)
		return;
	for (size_t i = 0; i < target->n_functions; i++)
		if (!drift->functions[i] || is_planned(check, drift->functions[i]))
			return;
	stale = stale_image(check);
	predicted = &check->targets[check->n_targets];
	*predicted = (struct check_target){ .name = target->name,
					    .now = true,
					    .next = stale ? FACT_UNKNOWN : FACT_NO };
	predicted->state = state_of(predicted->now, predicted->next);
	(void)snprintf(predicted->why, sizeof(predicted->why),
		       "%s no longer names it%s%s",
		       target->line ? "the config" : "the command line of the next boot",
		       stale ? "; there is another config in " : "", stale ? stale : "");
	check->n_targets++;
}

void check_predict(struct check *check)
{
	check->n_targets = 0;
	for (size_t i = 0; i < check->run->plan.n_targets; i++)
		planned_predict(check, &check->run->plan.targets[i]);
	for (size_t i = 0; check->report && i < check->report->n_targets; i++)
		recorded_predict(check, i);
}

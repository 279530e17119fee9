// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/check.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "check/mode_check.h"
#include "check/scene.h"
#include "plan/card.h"
#include "plan/reason.h"

const char *const check_state_names[] = {
	[CHECK_RESERVED] = "reserved",
	[CHECK_WILL_BE_RESERVED] = "will-be-reserved",
	[CHECK_WILL_BE_RELEASED] = "will-be-released",
	[CHECK_REFUSED] = "refused",
	[CHECK_CANNOT_TELL] = "cannot-tell",
};

static_assert(ARRAY_SIZE(check_state_names) == CHECK_STATES, "a state has no name");

#define BIT(reason) (UINT64_C(1) << (reason))

/* ---- config and targets ---- */

static void config_check(const struct check *check, struct findings *findings)
{
	const struct config *config = &check->run->config;

	if (config->invalid && config->fault.error == -EACCES) {
		findings_add(findings, FINDING_UNKNOWN, FINDING_CONFIG, NULL,
			     "%s" TO_DO "try again as root", config->fault.text);
		return;
	}
	if (config->invalid) {
		findings_add(findings, FINDING_FAIL, FINDING_CONFIG, NULL, "%s",
			     config->fault.text);
		return;
	}
	if (!config->n_targets) {
		findings_add(findings, FINDING_WARN, FINDING_CONFIG, NULL,
			     "%s" TO_DO
			     "`vfio-early --suggest` lists the GPUs and writes a target",
			     config->n_files ? "the config has no target: nothing "
					       "is wanted" :
					       "there is no config "
					       "(/etc/vfio-early.conf): nothing is "
					       "wanted");
		return;
	}
	findings_add(findings, FINDING_PASS, FINDING_CONFIG, NULL,
		     "the config is understood: %zu target%s", config->n_targets,
		     config->n_targets == 1 ? "" : "s");
}

/* All other reasons of a refusal, by their codes */
static void others_format(const struct plan_target *target, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 1; i < REASON_COUNT && used < size; i++)
		if (target->reasons & BIT(i) && i != (unsigned int)target->reason)
			used += (size_t)snprintf(text + used, size - used, "%s%s",
						 used ? ", " : "; also: ",
						 reason_info((enum reason)i)->code);
}

static bool any_finding(const struct check *check, enum finding_code code,
			enum finding_level level)
{
	const struct findings *findings = &check->findings;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].code == code && findings->list[i].level == level)
			return true;
	return false;
}

/* A refused target: for sure at the next boot, too? */
static bool stays_refused(const struct check *check, const struct plan_target *target)
{
	uint64_t open = reasons_with(REASON_OPEN);

	if (any_finding(check, FINDING_IOMMU_PARAMETER, FINDING_HINT))
		open |= reasons_with(REASON_OF_IOMMU); /* see iommu_judge() */
	return target->reasons & ~open;
}

/* The target's part in the report of this boot; NULL: it has none */
static const struct drift_target *drift_of(const struct check *check,
					   const struct plan_target *target,
					   const struct report_target **ret_reported)
{
	const char *name = check->run->config.targets[target->config].name;

	if (!check->report || check->drift->other_boot || check->drift->config_changed)
		return NULL;
	for (size_t i = 0; i < check->report->n_targets; i++)
		if (!strcmp(check->report->targets[i].name, name)) {
			*ret_reported = &check->report->targets[i];
			return &check->drift->targets[i];
		}
	return NULL;
}

/* Absent now, and reserved at this boot: it was removed from the bus since. */
static bool was_removed(const struct check *check, const struct plan_target *target)
{
	const struct report_target *reported;
	const struct drift_target *drift = drift_of(check, target, &reported);

	return target->verdict == VERDICT_ABSENT && drift &&
	       reported->state == TARGET_RESERVED && drift->removed;
}

static enum finding_level level_of(const struct check *check,
				   const struct plan_target *target)
{
	const struct config_target *wanted = &check->run->config.targets[target->config];

	if (target->verdict == VERDICT_RESERVE)
		return FINDING_PASS;
	if (target->verdict == VERDICT_ABSENT)
		return wanted->optional ? FINDING_HINT : FINDING_FAIL;
	return stays_refused(check, target) ? FINDING_FAIL : FINDING_UNKNOWN;
}

static void target_check(const struct check *check, const struct plan_target *target,
			 struct findings *findings)
{
	const struct reason_info *info = reason_info(target->reason);
	const char *name = target->name;
	char mention[CARD_TEXT_MAX], others[160] = "";

	if (target->verdict == VERDICT_RESERVE) {
		card_mention(card_at(&check->run->host, target, 0), mention);
		if (target->n_functions > 1)
			(void)snprintf(others, sizeof(others),
				       " and %zu more of the card",
				       target->n_functions - 1);
		findings_add(findings, FINDING_PASS, FINDING_TARGET, name,
			     "found: %s%s; no rule refuses it", mention, others);
		return;
	}
	if (was_removed(check, target)) {
		findings_add(findings, FINDING_WARN, FINDING_TARGET, name,
			     "was reserved at this boot, and was removed from the "
			     "bus then: it is not there now" TO_DO
			     "see what removes it: rules of udev are among the leftovers "
			     "below; a rescan brings it back until then: echo 1 > "
			     "/sys/bus/pci/rescan");
		return;
	}
	others_format(target, others, sizeof(others));
	if (info->traits & REASON_TOLD)
		findings_add(findings, level_of(check, target), FINDING_TARGET, name,
			     "%s: %s%s" TO_DO "see below", info->code, info->sentence,
			     others);
	else
		findings_add(findings, level_of(check, target), FINDING_TARGET, name,
			     "%s: %s%s%s%s" TO_DO "%s", info->code, info->sentence,
			     *target->detail ? "; here: " : "", target->detail, others,
			     info->remedy);
}

static void notes_check(const struct check *check, struct findings *findings)
{
	for (size_t i = 0; i < check->run->host.n_notes; i++)
		findings_add(findings, FINDING_UNKNOWN, FINDING_MACHINE, NULL, "%s",
			     check->run->host.notes[i].text);
}

/* ---- the report of this boot ---- */

static void report_targets_check(const struct check *check, struct findings *findings)
{
	for (size_t i = 0; i < check->report->n_targets; i++) {
		const struct report_target *target = &check->report->targets[i];
		enum target_state state = check->drift->targets[i].state;

		if (state == TARGET_RESERVED)
			findings_add(findings, FINDING_PASS, FINDING_REPORT, target->name,
				     "was reserved at this boot, and still is");
		else if (state == TARGET_LOST && check->drift->targets[i].removed)
			findings_add(
				findings, FINDING_WARN, FINDING_REPORT, target->name,
				"was reserved at this boot, and was removed from the "
				"bus then");
		else if (state == TARGET_LOST)
			findings_add(findings, FINDING_WARN, FINDING_REPORT, target->name,
				     "was reserved at this boot, and is not any more: "
				     "another driver or program has taken it");
		else
			findings_add(findings, FINDING_HINT, FINDING_REPORT, target->name,
				     "at this boot: %s%s%s%s", target_state_names[state],
				     *target->reason ? " (" : "", target->reason,
				     *target->reason ? ")" : "");
	}
}

static void report_check(const struct check *check, struct findings *findings)
{
	if (!check->report) {
		if (check->run->config.n_targets && check->report_error == -ENOENT)
			findings_add(findings, FINDING_HINT, FINDING_REPORT, NULL,
				     "there is no report of this boot: "
				     "vfio-early-boot did not run" TO_DO
				     "expected before the first reboot; afterwards run "
				     "`vfio-early --report`");
		else if (check->report_error != -ENOENT)
			findings_add(findings, FINDING_UNKNOWN, FINDING_REPORT, NULL,
				     "%s", check->report_fault.text);
		return;
	}
	if (check->drift->other_boot)
		findings_add(findings, FINDING_WARN, FINDING_REPORT, NULL,
			     "the report is not of this boot");
	else
		report_targets_check(check, findings);
	if (check->drift->config_changed)
		findings_add(findings, FINDING_HINT, FINDING_REPORT, NULL,
			     "the config was changed since this boot");
}

/* ---- prediction ---- */

/* What the images that can boot say, each by its worst finding that matters */
struct tally {
	size_t good, bad, unknown;
	const char *first_bad, *first_good;
};

static bool decides_about_image(enum finding_code code)
{
	static const enum finding_code codes[] = { FINDING_IMAGE, FINDING_IMAGE_PROGRAM,
						   FINDING_IMAGE_ORDER,
						   FINDING_IMAGE_CONFIG,
						   FINDING_IMAGE_MODULES };

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

/* A stale image is bad, but not for a card that its config names as well. */
static bool reserves_anyway(const struct check *check, const char *subject,
			    const struct plan_target *target)
{
	size_t index = (size_t)(target - check->run->plan.targets);

	for (size_t i = 0; i < check->outlooks.count; i++)
		if (!strcmp(check->outlooks.list[i].subject, subject))
			return check->outlooks.list[i].reserves >> index & 1;
	return false;
}

static enum finding_level level_for(const struct check *check,
				    const struct finding *finding,
				    const struct plan_target *target)
{
	if (finding->code == FINDING_IMAGE_CONFIG &&
	    reserves_anyway(check, finding->subject, target))
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

/* What the images make of a target that the rules let pass */
static enum fact next_by_images(const struct tally *tally, char *why, size_t size)
{
	if (tally->bad && !tally->good && !tally->unknown) {
		(void)snprintf(why, size, "no image would do it: see %.160s",
			       tally->first_bad);
		return FACT_NO;
	}
	if (tally->bad && tally->good) {
		(void)snprintf(why, size,
			       "it depends on the image: %.160s would, %.160s not",
			       tally->first_good, tally->first_bad);
		return FACT_UNKNOWN;
	}
	if (tally->unknown || !tally->good) {
		(void)snprintf(
			why, size, "%s",
			tally->unknown ?
				"it depends on an initramfs image, which could not "
				"be looked into" :
				"no initramfs image was looked at");
		return FACT_UNKNOWN;
	}
	(void)snprintf(why, size, "no rule refuses it, and the images are ready");
	return FACT_YES;
}

/* What would be reserved, as long as the entry for it is chosen */
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

static enum fact next_of(const struct check *check, const struct plan_target *target,
			 enum reason *ret_reason, char *why, size_t size)
{
	const struct tally tally = images_of(check, target);

	if (was_removed(check, target)) {
		enum fact next = next_by_images(&tally, why, size);

		if (next == FACT_YES)
			(void)snprintf(
				why, size,
				"the next boot reserves it as this one did; it was "
				"removed from the bus afterwards");
		return next;
	}
	if (target->verdict != VERDICT_RESERVE) {
		(void)snprintf(why, size, "%s%s", reason_info(target->reason)->sentence,
			       !stays_refused(check, target) &&
					       reason_info(target->reason)->traits &
						       REASON_OF_IOMMU ?
				       " now, which may change with the reboot" :
				       "");
		*ret_reason = target->reason;
		return stays_refused(check, target) ? FACT_NO : FACT_UNKNOWN;
	}
	if (any_finding(check, FINDING_MODE, FINDING_FAIL)) {
		(void)snprintf(why, size, "the kill switch is set");
		return FACT_NO;
	}
	if (any_finding(check, FINDING_MODE, FINDING_UNKNOWN)) {
		(void)snprintf(why, size,
			       "the kill switch is set at this boot; whether the boot "
			       "loader keeps it is not known");
		return FACT_UNKNOWN;
	}
	if (findings_dropped(&check->findings)) {
		(void)snprintf(why, size, "more was found than this program can hold");
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

/* One of those that decide; NULL: none */
static const char *stale_image(const struct check *check)
{
	for (size_t i = 0; i < check->outlooks.count; i++)
		if (!check_image_is_aside(&check->findings,
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
		       "the config does not name it any more%s%s",
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

/* ---- all of it ---- */

/* Sources of findings, in the order in which they speak */
static void (*const sources[])(const struct scene *scene) = {
	group_check,	device_check, host_check,  initrd_check,
	leftover_check, around_check, proof_check,
};

void check_run(struct check *check)
{
	struct findings *findings = &check->findings;
	const struct scene scene = { .config = &check->run->config,
				     .host = &check->run->host,
				     .plan = &check->run->plan,
				     .survey = check->survey,
				     .images = check->images,
				     .cmdline = check->run->cmdline,
				     .findings = findings,
				     .outlooks = &check->outlooks,
				     .scratch_config = &check->scratch_config,
				     .scratch_plan = &check->scratch_plan };

	iommu_check(&scene);
	config_check(check, findings);
	mode_check(check);
	for (size_t i = 0; i < check->run->plan.n_targets && !check->run->config.invalid;
	     i++)
		target_check(check, &check->run->plan.targets[i], findings);
	notes_check(check, findings);
	report_check(check, findings);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		sources[i](&scene);
	check_predict(check);
}

enum status check_status(const struct check *check)
{
	const struct findings *findings = &check->findings;
	enum status status = STATUS_GOOD;

	if (findings->levels[FINDING_FAIL])
		return STATUS_BAD;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding_info(finding->code)->area != FINDING_AREA_AROUND &&
		    finding->level >= FINDING_UNKNOWN)
			status = STATUS_SHORT;
	}
	for (size_t i = 0; i < check->n_targets; i++) {
		if (check->targets[i].by_entry)
			continue; /* as it is meant */
		if (check->targets[i].state == CHECK_REFUSED &&
		    !check->targets[i].optional)
			return STATUS_BAD;
		if (check->targets[i].state >= CHECK_WILL_BE_RELEASED &&
		    !check->targets[i].optional)
			status = STATUS_SHORT;
	}
	return status;
}

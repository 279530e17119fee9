// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/target_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/card.h"
#include "plan/reason.h"
#include "plan/remedy.h"

void config_check(const struct check *check, struct findings *findings)
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
			     config->n_files ? "the config has no target: nothing is to "
					       "be reserved" :
					       "there is no config "
					       "(/etc/vfio-early.conf): nothing is to be "
					       "reserved");
		return;
	}
	findings_add(findings, FINDING_PASS, FINDING_CONFIG, NULL,
		     "the config is understood: %zu target%s", config->n_targets,
		     config->n_targets == 1 ? "" : "s");
}

/* All other reasons of a refusal, by their codes */
static void others_format(const struct plan_target *target, char *text, size_t size)
{
	*text = '\0';
	for (unsigned int i = 1; i < REASON_COUNT; i++)
		if (target->reasons & UINT64_C(1) << i &&
		    i != (unsigned int)target->reason)
			text_append(text, size, "%s%s", *text ? ", " : "; also: ",
				    reason_info((enum reason)i)->code);
}

bool target_stays_refused(const struct check *check, const struct plan_target *target)
{
	uint64_t open = reasons_with(REASON_OPEN);

	if (findings_has(&check->findings, FINDING_IOMMU_PARAMETER, FINDING_HINT))
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

bool target_was_removed(const struct check *check, const struct plan_target *target)
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
	return target_stays_refused(check, target) ? FINDING_FAIL : FINDING_UNKNOWN;
}

static void target_judge(const struct check *check, const struct plan_target *target,
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
	if (target_was_removed(check, target)) {
		findings_add(findings, FINDING_WARN, FINDING_TARGET, name,
			     "was reserved at this boot and then removed from the bus: "
			     "it is absent now" TO_DO
			     "find out what removes it: udev rules are among the "
			     "leftovers below; a rescan brings it back for now: echo 1 > "
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
			     remedy_of(&check->run->host, target, target->reason));
}

static void notes_check(const struct check *check, struct findings *findings)
{
	const struct host *host = &check->run->host;

	for (size_t i = 0; i < host->n_notes; i++) {
		const char *text = host->notes[i].text;

		if (host->notes[i].error == -EBADMSG)
			findings_add(findings, FINDING_UNKNOWN, FINDING_MACHINE, NULL,
				     "%s" TO_DO "run `depmod %s` as root", text,
				     SHELL_WORD(host->kernel));
		else
			findings_add(findings, FINDING_UNKNOWN, FINDING_MACHINE, NULL,
				     "%s", text);
	}
}

/* Is it below a directory that the area of images names? */
static bool is_said(const struct check *check, const char *path)
{
	const struct initrd_list *list = check->images ? &check->images->list : NULL;

	for (size_t i = 0; list && i < list->n_closed; i++) {
		size_t length = strlen(list->closed[i]);

		if (!strncmp(path, list->closed[i], length) &&
		    (path[length] == '/' || !path[length]))
			return true;
	}
	return false;
}

/* Other findings may depend on the content of such a file. */
static void missed_check(const struct check *check, struct findings *findings)
{
	const struct missed *missed = &check->missed;
	char text[FINDING_TEXT_MAX] = "", item[MISSED_PATH_MAX + 64];
	bool closed = true;

	for (size_t i = 0; i < missed->count; i++) {
		const struct missed_file *file = &missed->files[i];

		if (is_said(check, file->path))
			continue;
		closed = closed && (file->error == -EACCES || file->error == -EPERM);
		(void)snprintf(item, sizeof(item), "/%s (%s)", file->path, file->why);
		text_list(text, sizeof(text), ", ", item);
	}
	if (*text)
		findings_add(findings, FINDING_UNKNOWN, FINDING_MACHINE, NULL,
			     "the contents of these files are not known: %s%s" TO_DO "%s",
			     text, missed->more ? " and more" : "",
			     closed ? "run it as root" :
				      "make them readable: the findings do not take them "
				      "into account");
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
		else if (check->drift->targets[i].unplugged)
			findings_add(findings, FINDING_HINT, FINDING_REPORT, target->name,
				     "was reserved at this boot and is gone: unplugged, "
				     "or no longer created");
		else if (state == TARGET_LOST && check->drift->targets[i].removed)
			findings_add(
				findings, FINDING_WARN, FINDING_REPORT, target->name,
				"was reserved at this boot and then removed from the "
				"bus");
		else if (state == TARGET_LOST)
			findings_add(findings, FINDING_WARN, FINDING_REPORT, target->name,
				     "was reserved at this boot and no longer is: "
				     "another driver was bound to it, or a program gave "
				     "it back");
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
			     "the report is of another boot");
	else
		report_targets_check(check, findings);
	if (check->drift->config_changed)
		findings_add(findings, FINDING_HINT, FINDING_REPORT, NULL,
			     "the config was changed since this boot");
}

void target_check(const struct check *check, struct findings *findings)
{
	const struct plan *plan = &check->run->plan;

	for (size_t i = 0; i < plan->n_targets && !check->run->config.invalid; i++)
		target_judge(check, &plan->targets[i], findings);
	notes_check(check, findings);
	missed_check(check, findings);
	report_check(check, findings);
}

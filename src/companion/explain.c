// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/explain.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/finding.h"
#include "companion/explain_entry.h"
#include "plan/remedy.h"
#include "report/json.h"

#define CODE_COLUMNS 22

/* Return: FINDING_CODES when there is no such finding */
static enum finding_code finding_parse(const char *name)
{
	for (unsigned int i = 0; i < FINDING_CODES; i++)
		if (!strcmp(finding_info((enum finding_code)i)->name, name))
			return (enum finding_code)i;
	return FINDING_CODES;
}

/* ---- targets that have it ---- */

static void mention(const struct render *render, size_t *count, const char *when,
		    const char *name, const char *state)
{
	char text[TEXT_MAX], line[TEXT_MAX + 64];

	(void)snprintf(line, sizeof(line), "%s: target %.512s, %s", when,
		       text_escape(name, text, sizeof(text)), state);
	text_paragraph(render->out, 2, line);
	(*count)++;
}

/* Targets that have the reason: at this boot, and if it booted now */
static void cases_print(const struct explain *explain, const struct render *render,
			enum reason reason)
{
	const struct plan *plan = &explain->run->plan;
	const struct report *report = explain->report;
	size_t count = 0;

	fputs("On this machine\n", render->out);
	for (size_t i = 0; report && i < report->n_targets; i++) {
		const struct report_target *target = &report->targets[i];
		enum target_state state = explain->drift->targets[i].state;

		if (reason ==
		    (state == TARGET_LOST ? REASON_LOST : reason_parse(target->reason)))
			mention(render, &count, "At this boot", target->name,
				target_state_names[state]);
	}
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];
		if (!(target->reasons >> reason & 1) && target->reason != reason)
			continue;
		mention(render, &count, "As it is now", target->name,
			verdict_names[target->verdict]);
		if (target->reason == reason && *target->detail)
			text_labelled(render->out, 4, "Here", target->detail);
	}
	if (!count)
		fputs("  No target has it, neither at this boot nor now.\n", render->out);
	if (reason == REASON_IOMMU_INACTIVE)
		iommu_answer_print(render, explain->iommu);
}

static json_t *cases_to_json(const struct explain *explain, enum reason reason)
{
	const struct plan *plan = &explain->run->plan;
	json_t *array = json_array();

	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];

		if (target->reasons >> reason & 1 || target->reason == reason)
			json_value_add(&array, json_value_text(target->name));
	}
	return array;
}

const char *explain_remedy(const struct explain *explain,
			   const struct plan_target *target, enum reason reason,
			   char text[static TEXT_MAX])
{
	const struct host *host = &explain->run->host;

	if (!host->n_functions)
		return reason_info(reason)->remedy;
	if (reason == REASON_IOMMU_INACTIVE)
		iommu_answer_remedy(explain->iommu, text, TEXT_MAX);
	if (reason == REASON_IOMMU_INACTIVE && *text)
		return text;
	return remedy_of(host, target, reason);
}

/* Of a finding: its remedy on this machine, or that of the rule with the same name */
static const char *finding_remedy(const struct explain *explain, enum finding_code code,
				  char text[static TEXT_MAX])
{
	const struct finding_info *info = finding_info(code);
	enum reason reason = reason_parse(info->name);
	const char *remedy;

	*text = '\0';
	if (code == FINDING_IOMMU)
		iommu_answer_remedy(explain->iommu, text, TEXT_MAX);
	if (*text)
		return text;
	if (reason == REASON_COUNT)
		return info->remedy;
	remedy = explain_remedy(explain, NULL, reason, text);
	return remedy == reason_info(reason)->remedy ? info->remedy : remedy;
}

/* ---- one code ---- */

static void reason_print(const struct explain *explain, const struct render *render,
			 enum reason reason)
{
	const struct reason_info *info = reason_info(reason);
	char text[TEXT_MAX];

	render_word(render, RENDER_HEADING, info->code);
	if (info->rule)
		fprintf(render->out, ", rule %u of the plan\n", info->rule);
	else
		fputs(reason == REASON_NONE ? "\n" : ", an outcome\n", render->out);
	text_labelled(render->out, 2, "Why", info->sentence);
	text_labelled(render->out, 2, "What to do",
		      explain_remedy(explain, NULL, reason, text));
	cases_print(explain, render, reason);
	fprintf(render->out, "Manual\n  " EXPLAIN_MANUAL ", %s\n", info->code);
}

static void code_print(const struct explain *explain, const struct render *render,
		       enum finding_code code)
{
	const struct finding_info *info = finding_info(code);
	char text[TEXT_MAX];

	render_word(render, RENDER_HEADING, info->name);
	fprintf(render->out, ", a finding of --check: %s\n",
		finding_area_titles[info->area]);
	text_labelled(render->out, 2, "Looks at", info->about);
	text_labelled(render->out, 2, "What to do", finding_remedy(explain, code, text));
	if (explain->iommu->count &&
	    (code == FINDING_IOMMU || code == FINDING_IOMMU_PARAMETER)) {
		fputs("On this machine\n", render->out);
		iommu_answer_print(render, explain->iommu);
	}
	fputs("Manual\n  " EXPLAIN_MANUAL ", findings; vfio-early(8), --check\n",
	      render->out);
}

static json_t *reason_to_json(const struct explain *explain, enum reason reason)
{
	const struct reason_info *info = reason_info(reason);
	json_t *object = json_object();
	char text[TEXT_MAX];

	json_value_put(&object, "code", json_string(info->code));
	json_value_put(&object, "rule",
		       info->rule ? json_integer(info->rule) : json_null());
	json_value_put(&object, "sentence", json_value_text(info->sentence));
	json_value_put(&object, "remedy",
		       json_value_text(explain_remedy(explain, NULL, reason, text)));
	json_value_put(&object, "targets", cases_to_json(explain, reason));
	return object;
}

static json_t *finding_to_json(const struct explain *explain, enum finding_code code)
{
	const struct finding_info *info = finding_info(code);
	json_t *object = json_object();
	char text[TEXT_MAX];

	json_value_put(&object, "code", json_string(info->name));
	json_value_put(&object, "area", json_string(finding_area_names[info->area]));
	json_value_put(&object, "about", json_value_text(info->about));
	json_value_put(&object, "remedy",
		       json_value_text(finding_remedy(explain, code, text)));
	return object;
}

/* @reason or @finding can be one beyond the last: all of them then, if both are */
static json_t *codes_to_json(const struct explain *explain, enum reason reason,
			     enum finding_code finding)
{
	json_t *object = json_object(), *reasons = json_array(), *findings = json_array();
	bool all = reason == REASON_COUNT && finding == FINDING_CODES;

	for (unsigned int i = 0; i < REASON_COUNT; i++)
		if (i == reason || (all && i != REASON_NONE))
			json_value_add(&reasons, reason_to_json(explain, (enum reason)i));
	for (unsigned int i = 0; i < FINDING_CODES; i++)
		if (i == finding || all)
			json_value_add(&findings,
				       finding_to_json(explain, (enum finding_code)i));
	json_value_put(&object, "version", json_integer(EXPLAIN_VERSION));
	json_value_put(&object, "reasons", reasons);
	json_value_put(&object, "findings", findings);
	return object;
}

static void list_print(const struct render *render)
{
	fputs("Why a card is not reserved; more with \"vfio-early --explain CODE\", or with "
	      "an\naddress instead:\n\n",
	      render->out);
	for (unsigned int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		text_prefixed(render->out, CODE_COLUMNS,
			      reason_info((enum reason)i)->code, "",
			      reason_info((enum reason)i)->sentence);
	fputs("\nWhat --check looks at:\n\n", render->out);
	for (unsigned int i = 0; i < FINDING_CODES; i++)
		text_prefixed(render->out, CODE_COLUMNS,
			      finding_info((enum finding_code)i)->name, "",
			      finding_info((enum finding_code)i)->about);
}

int explain_reasons(const struct explain *explain, const char *code,
		    const struct render *render, bool json)
{
	enum reason reason = code ? reason_parse(code) : REASON_COUNT;
	enum finding_code finding = code ? finding_parse(code) : FINDING_CODES;

	if (code && reason == REASON_COUNT && finding == FINDING_CODES)
		return -ENOENT;
	if (json)
		return json_value_write(render->out,
					codes_to_json(explain, reason, finding)) ?
			       0 :
			       -EIO;
	if (!code)
		list_print(render);
	if (reason != REASON_COUNT)
		reason_print(explain, render, reason);
	if (reason != REASON_COUNT && finding != FINDING_CODES)
		fputc('\n', render->out);
	if (finding != FINDING_CODES)
		code_print(explain, render, finding);
	if (finding == FINDING_MODE)
		explain_entry(explain->root, render->out);
	return fflush(render->out) || ferror(render->out) ? -EIO : 0;
}

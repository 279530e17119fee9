// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/plan_text.h"

#include <assert.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "plan/remedy.h"
#include "report/plan_json.h"

#define PLAN_DETAIL_FUNCTIONS 4 /* as many as plan_detail.c names */

static const char *const verdict_words[] = {
	[VERDICT_RESERVE] = "would be reserved",
	[VERDICT_REFUSED] = "refused",
	[VERDICT_ABSENT] = "absent",
	[VERDICT_SKIPPED] = "skipped",
};

static_assert(ARRAY_SIZE(verdict_words) == VERDICT_SKIPPED + 1, "a verdict has no words");

static void headline_print(FILE *out, const struct config_target *wanted,
			   const struct plan_target *target)
{
	char name[TEXT_MAX], file[TEXT_MAX];

	text_escape(target->name, name, sizeof(name));
	text_escape(wanted->file, file, sizeof(file));
	fprintf(out, "%s: %s", name, verdict_words[target->verdict]);
	if (target->reason != REASON_NONE && target->reason != REASON_ABSENT)
		fprintf(out, " (%s)", reason_info(target->reason)->code);
	if (wanted->optional)
		fputs(", optional", out);
	fprintf(out, ", %s", file);
	if (wanted->line)
		fprintf(out, ":%u", wanted->line);
	fputc('\n', out);
}

static void function_print(FILE *out, const struct host *host, size_t index,
			   const char *role, const char *driver)
{
	const struct host_function *function = &host->functions[index];
	char group[24] = "no group", name[TEXT_MAX];

	if (function->has_group)
		snprintf(group, sizeof(group), "group %u", function->group);
	fprintf(out, "    %-12s %04x:%04x %04x %-9s %-9s %s",
		PCI_ADDRESS(&function->address), function->id.vendor, function->id.device,
		(function->class_code >> 8) & 0xffff, group, role,
		*function->driver ? text_escape(function->driver, name, sizeof(name)) :
				    "no driver");
	if (driver)
		fprintf(out, " -> %s", text_escape(driver, name, sizeof(name)));
	fputc('\n', out);
}

/* The detail names the first few; a list is for the rest. */
static void list_print(FILE *out, const struct host *host, const char *title,
		       const size_t *functions, size_t count, size_t room)
{
	if (count <= PLAN_DETAIL_FUNCTIONS)
		return;
	fprintf(out, "  %s:\n", title);
	for (size_t i = 0; i < count; i++)
		function_print(out, host, functions[i], "", NULL);
	if (count == room)
		fputs("    and more\n", out);
}

static void target_print(FILE *out, const struct config *config, const struct host *host,
			 const struct plan_target *target)
{
	const struct reason_info *info = reason_info(target->reason);
	bool taken = target->verdict == VERDICT_RESERVE;

	headline_print(out, &config->targets[target->config], target);
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct plan_function *function = &target->functions[i];

		function_print(out, host, function->function, role_names[function->role],
			       taken ? host->drivers[function->driver].name : NULL);
	}
	/* the fault of the config is the caller's to print, once */
	if (target->reason == REASON_NONE || target->reason == REASON_CONFIG_INVALID)
		return;
	text_labelled(out, 2, "Why", info->sentence);
	if (*target->detail)
		text_labelled(out, 2, "Here", target->detail);
	list_print(out, host, "All that are in the way", target->blockers,
		   target->n_blockers, ARRAY_SIZE(target->blockers));
	list_print(out, host, "All that have such an id", target->found, target->n_found,
		   ARRAY_SIZE(target->found));
	for (unsigned int i = target->reason + 1; i < REASON_COUNT; i++)
		if (target->reasons >> i & 1)
			text_labelled(out, 2, "Also",
				      reason_info((enum reason)i)->sentence);
	text_labelled(out, 2, "What to do", remedy_of(host, target, target->reason));
}

static void action_print(FILE *out, const struct host *host, const struct action *action)
{
	const struct host_driver *driver = &host->drivers[action->driver];
	bool load = action->type == ACTION_LOAD;
	char name[TEXT_MAX];
	const char *address = PCI_ADDRESS(&host->functions[action->function].address);

	text_escape(load ? driver->module : driver->name, name, sizeof(name));
	fprintf(out, "  %-9s", action_type_names[action->type]);
	if (load)
		fprintf(out, "%s\n", name);
	else if (action->type == ACTION_UNBIND)
		fprintf(out, "%s\n", address);
	else
		fprintf(out, "%-12s %s\n", address, name);
}

void plan_print(FILE *out, const struct config *config, const struct host *host,
		const struct plan *plan)
{
	if (config->invalid)
		fputs("The config is not understood: nothing would be done.\n", out);
	if (!plan->n_targets && !config->invalid)
		fputs("No target: nothing is to be reserved.\n", out);
	for (size_t i = 0; i < plan->n_targets; i++)
		target_print(out, config, host, &plan->targets[i]);
	if (plan->n_actions)
		fputs("Actions:\n", out);
	for (size_t i = 0; i < plan->n_actions; i++)
		action_print(out, host, &plan->actions[i]);
	if (host->n_notes)
		fputs("Could not be determined:\n", out);
	for (size_t i = 0; i < host->n_notes; i++)
		text_paragraph(out, 2, host->notes[i].text);
}

static bool plan_json_show(FILE *out, const struct run *run)
{
	struct document document = { 0 };

	plan_write(&document, &run->config, &run->host, &run->plan);
	return document_print(&document, out);
}

bool plan_show(FILE *out, const struct run *run, bool json)
{
	if (json)
		return plan_json_show(out, run);
	plan_print(out, &run->config, &run->host, &run->plan);
	return !fflush(out) && !ferror(out);
}

bool plan_is_good(const struct config *config, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];

		if (target->verdict != VERDICT_RESERVE &&
		    !(target->verdict == VERDICT_ABSENT &&
		      config->targets[target->config].optional))
			return false;
	}
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/groups.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "report/json.h"
#include "report/plan_json.h"

#define DETAIL_INDENT 16 /* columns: below the text of a line that begins with a tab */

/* The verdict for a GPU that is wanted, with its screen, and nothing else */
static const struct plan_target *verdict_make(const struct host *host, size_t gpu,
					      struct trial *trial)
{
	const struct config_target wanted = {
		.name = "gpu",
		.has_address = true,
		.address = host->functions[gpu].address,
		.allow_boot_display = true,
	};

	return target_try(host, &wanted, trial);
}

void groups_companions_print(FILE *out, const struct host *host,
			     const struct plan_target *target)
{
	for (size_t i = 0, others = 0; i < target->n_functions; i++) {
		const struct plan_function *function = &target->functions[i];
		char address[PCI_ADDRESS_TEXT];

		if (function->role == ROLE_TARGET)
			continue;
		names_address(&host->functions[function->function].address, address);
		fprintf(out, "%s %s", others++ ? "," : " with", address);
	}
}

static void reserved_print(const struct render *render, const struct host *host,
			   const struct plan_target *target)
{
	if (host->acs_override)
		render_word(render, RENDER_WARN, "isolated by pcie_acs_override only");
	else
		render_word(render, RENDER_GOOD, "isolated");
	fputs(", can be reserved", render->out);
	groups_companions_print(render->out, host, target);
	fputc('\n', render->out);
}

static void verdict_print(const struct render *render, const struct host *host,
			  const struct plan_target *target)
{
	const struct reason_info *info = reason_info(target->reason);

	fprintf(render->out, "%*s", DETAIL_INDENT, "");
	if (target->verdict == VERDICT_RESERVE) {
		reserved_print(render, host, target);
		return;
	}
	render_word(render, RENDER_BAD,
		    target->reason == REASON_GROUP_SHARED ? "not isolated" :
							    "cannot be reserved");
	fprintf(render->out, " (%s)\n", info->code);
	if (target->reason != REASON_IOMMU_INACTIVE)
		text_paragraph(render->out, DETAIL_INDENT,
			       *target->detail ? target->detail : info->sentence);
}

static bool is_bridge(const struct host_function *function)
{
	return function->class_code >> 16 == 0x06;
}

/* Without a reset of its own a function may still be reset together with its slot. */
static void facts_print(const struct render *render, const struct host *host,
			const struct host_function *function)
{
	char text[TEXT_MAX];

	if (is_bridge(function) && !*function->driver)
		return;
	fprintf(render->out, "%*sdriver: %s", DETAIL_INDENT, "",
		*function->driver ? text_escape(function->driver, text, sizeof(text)) :
				    "none");
	if (*function->reset_methods)
		fprintf(render->out, ", reset: yes (%s)",
			text_escape(function->reset_methods, text, sizeof(text)));
	else if (!is_bridge(function))
		fprintf(render->out, ", reset: %s",
			function->has_reset ? "yes" : "not of its own");
	if (host_is_boot_display(host, function))
		fputs(", boot display", render->out);
	if (*function->framebuffer)
		fprintf(render->out, ", framebuffer: %s",
			text_escape(function->framebuffer, text, sizeof(text)));
	fputc('\n', render->out);
	if (*function->use)
		text_paragraph(render->out, DETAIL_INDENT, function->use);
}

static void function_print(const struct render *render, const struct host *host,
			   const struct names *names, struct trial *trial, size_t index)
{
	const struct host_function *function = &host->functions[index];
	char line[NAMES_TEXT_MAX];

	names_line(names, function, line);
	fprintf(render->out, "\t%s\n", line);
	facts_print(render, host, function);
	if (host_is_gpu(function))
		verdict_print(render, host, verdict_make(host, index, trial));
}

static void heading_print(const struct render *render, const char *text)
{
	render_word(render, RENDER_HEADING, text);
	fputc('\n', render->out);
}

/**
 * struct members - the functions of each group, in their order
 * @first: of host.groups[same index]
 * @next: of the group of host.functions[same index]; NOBODY: it is the last
 */
struct members {
	size_t *first;
	size_t *next;
};

#define NOBODY SIZE_MAX

static void cleanup_members_p(struct members *members)
{
	free(members->first);
	free(members->next);
}

#define cleanup_members __attribute__((cleanup(cleanup_members_p)))

/* On a large machine each has a group of its own. Return: false: no memory */
static bool members_find(const struct host *host, struct members *members)
{
	members->first = calloc(host->n_groups + 1, sizeof(*members->first));
	members->next = calloc(host->n_functions + 1, sizeof(*members->next));
	if (!members->first || !members->next)
		return false;
	for (size_t g = 0; g < host->n_groups; g++)
		members->first[g] = NOBODY;
	for (size_t i = host->n_functions; i--;) {
		const struct host_function *function = &host->functions[i];
		const struct host_group *group =
			function->has_group ? host_group_find(host, function->group) :
					      NULL;

		if (!group)
			continue;
		members->next[i] = members->first[group - host->groups];
		members->first[group - host->groups] = i;
	}
	return true;
}

bool groups_print(const struct render *render, const struct host *host,
		  const struct names *names, const struct iommu_answer *iommu,
		  struct trial *trial)
{
	cleanup_members struct members members = { NULL, NULL };
	bool ungrouped = false;

	if (!members_find(host, &members))
		return false;
	iommu_state_print(render, host, iommu);
	for (size_t g = 0; g < host->n_groups; g++) {
		const struct host_group *group = &host->groups[g];
		char text[64];

		(void)snprintf(text, sizeof(text), "IOMMU Group %u:%s", group->number,
			       group->noiommu ? " (noiommu: no isolation)" : "");
		heading_print(render, text);
		for (size_t i = members.first[g]; i != NOBODY; i = members.next[i])
			function_print(render, host, names, trial, i);
	}
	for (size_t i = 0; i < host->n_functions; i++) {
		if (host->functions[i].has_group)
			continue;
		if (!ungrouped)
			heading_print(render, "No IOMMU group:");
		ungrouped = true;
		function_print(render, host, names, trial, i);
	}
	if (!host->n_functions)
		fputs("No PCI functions.\n", render->out);
	return true;
}

static void function_members(struct document *document, const struct host *host,
			     const struct names *names, size_t index)
{
	const struct host_function *function = &host->functions[index];
	char text[NAMES_TEXT_MAX];

	host_function_members(document, host, index, function->vfio_driver);
	names_class(names, function, text);
	document_text(document, "class_name", text);
	names_device(names, function, text);
	document_text(document, "name", text);
	document_number(document, "revision", function->revision);
	document_word(document, "port", host_port_names[function->port]);
	document_flag(document, "reset", function->has_reset);
	document_text(document, "reset_methods", function->reset_methods);
	document_flag(document, "host_disk", function->is_host_disk);
}

static void function_put(struct document *document, const struct host *host,
			 const struct names *names, size_t index)
{
	document_open(document, NULL, '{');
	function_members(document, host, names, index);
	document_close(document, '}');
}

json_t *groups_function_to_json(const struct host *host, const struct names *names,
				size_t index)
{
	struct document document = { 0 };

	function_put(&document, host, names, index);
	return document_parse(&document);
}

/* The target's object of the plan, under the GPU's address instead of a name. */
static json_t *gpu_to_json(const struct host *host, size_t gpu, struct trial *trial)
{
	static const char *const kept[] = { "verdict", "reason",   "reasons", "detail",
					    "remedy",  "blockers", "culprit" };
	json_t *object = json_object(), *functions = json_array(), *plan;
	const struct plan_target *target = verdict_make(host, gpu, trial);
	const json_t *planned;

	plan = plan_to_json(&trial->config, host, &trial->plan);
	planned = json_array_get(json_object_get(plan, "targets"), 0);
	for (size_t i = 0; i < target->n_functions; i++)
		json_value_add(
			&functions,
			json_value_address(
				&host->functions[target->functions[i].function].address));
	json_value_put(&object, "address",
		       json_value_address(&host->functions[gpu].address));
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		json_value_put(&object, kept[i],
			       json_incref(json_object_get(planned, kept[i])));
	json_value_put(&object, "functions", functions);
	json_decref(plan);
	return object;
}

/* GPUs of one large group say the same of each other: it is in memory once. */
static void parts_share(const json_t *gpus, json_t *gpu)
{
	const json_t *last = json_array_get(gpus, json_array_size(gpus) - 1);
	const char *key;
	json_t *part;

	json_object_foreach(gpu, key, part)
	{
		json_t *same = json_object_get(last, key);

		if (json_is_array(part) && json_equal(part, same))
			(void)json_object_set(gpu, key, same);
	}
}

static void groups_put(struct document *document, const struct host *host,
		       const struct names *names, const struct members *members)
{
	document_open(document, "groups", '[');
	for (size_t g = 0; g < host->n_groups; g++) {
		const struct host_group *group = &host->groups[g];

		document_open(document, NULL, '{');
		document_number(document, "group", group->number);
		document_text(document, "type", group->type);
		document_flag(document, "noiommu", group->noiommu);
		document_open(document, "functions", '[');
		for (size_t i = members->first[g]; i != NOBODY; i = members->next[i])
			function_put(document, host, names, i);
		document_close(document, ']');
		document_close(document, '}');
	}
	document_close(document, ']');
	document_open(document, "ungrouped", '[');
	for (size_t i = 0; i < host->n_functions; i++)
		if (!host->functions[i].has_group ||
		    !host_group_find(host, host->functions[i].group))
			function_put(document, host, names, i);
	document_close(document, ']');
}

static json_t *gpus_to_json(const struct host *host, struct trial *trial)
{
	json_t *gpus = json_array();

	for (size_t i = 0; i < host->n_functions; i++)
		if (host_is_gpu(&host->functions[i])) {
			json_t *gpu = gpu_to_json(host, i, trial);

			parts_share(gpus, gpu);
			json_value_add(&gpus, gpu);
		}
	return gpus;
}

static void value_put(struct document *document, const char *key, json_t *value)
{
	document_json(document, key, value);
	json_decref(value);
}

bool groups_json_print(FILE *out, const struct host *host, const struct names *names,
		       const struct iommu_answer *iommu, struct trial *trial)
{
	cleanup_members struct members members = { NULL, NULL };
	struct document document = { 0 };

	if (!members_find(host, &members))
		return false;
	document_open(&document, NULL, '{');
	document_number(&document, "version", GROUPS_VERSION);
	value_put(&document, "iommu", iommu_state_to_json(host, iommu));
	groups_put(&document, host, names, &members);
	value_put(&document, "gpus", gpus_to_json(host, trial));
	value_put(&document, "notes", host_notes_to_json(host));
	document_close(&document, '}');
	return document_print(&document, out);
}

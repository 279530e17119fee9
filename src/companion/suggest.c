// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/from_ids.h"
#include "plan/remedy.h"
#include "plan/target.h"
#include "report/json.h"
#include "report/plan_json.h"
#include "survey/users.h"

#define DETAIL_INDENT 4

/* The verdict if the config had only this target */
static const struct plan_target *target_judge(const struct suggest *suggest,
					      const struct config_target *target)
{
	return target_try(suggest->host, target, suggest->trial);
}

static const struct plan_target *card_judge(const struct suggest *suggest, size_t index)
{
	struct config_target target;

	target_of_function(suggest->host, index, &target);
	return target_judge(suggest, &target);
}

/* ---- the list ---- */

static void verdict_print(const struct suggest *suggest, const struct render *render,
			  const struct plan_target *target)
{
	const struct reason_info *info = reason_info(target->reason);

	fprintf(render->out, "%*s", DETAIL_INDENT, "");
	if (target->verdict == VERDICT_RESERVE) {
		render_word(render, RENDER_GOOD, "can be reserved");
		groups_companions_print(render->out, suggest->host, target);
		fputc('\n', render->out);
		return;
	}
	render_word(render, RENDER_BAD, "would be refused");
	fprintf(render->out, " (%s)\n", info->code);
	text_paragraph(render->out, DETAIL_INDENT,
		       *target->detail ? target->detail : info->sentence);
}

/*
 * Group and driver; what of the host is on it; what has it open. Returns whether all
 * programs could be looked at.
 */
static bool uses_print(const struct suggest *suggest, const struct render *render,
		       const struct host_function *function)
{
	char text[TEXT_MAX], line[USERS_TEXT_MAX], group[32] = "no group";
	struct users users;

	if (function->has_group)
		(void)snprintf(group, sizeof(group), "group %u", function->group);
	fprintf(render->out, "%*s%s, %s%s%s%s\n", DETAIL_INDENT, "", group,
		*function->driver ? "driver " : "no driver",
		text_escape(function->driver, text, sizeof(text)),
		host_is_boot_display(suggest->host, function) ? ", boot display" : "",
		*function->framebuffer ? ", shows the firmware's framebuffer" : "");
	if (*function->use)
		text_paragraph(render->out, DETAIL_INDENT, function->use);
	users_read(suggest->root, function, &users);
	users_format(&users, line);
	if (*line)
		text_paragraph(render->out, DETAIL_INDENT, line);
	return !users.programs_hidden;
}

static bool gpu_print(const struct suggest *suggest, const struct render *render,
		      size_t index)
{
	const struct host_function *function = &suggest->host->functions[index];
	char name[NAMES_TEXT_MAX], line[TEXT_MAX];
	bool all;

	names_device(suggest->names, function, name);
	(void)snprintf(line, sizeof(line), "%s  %s", PCI_ADDRESS(&function->address),
		       name);
	text_cut(line, TEXT_COLUMNS);
	render_word(render, RENDER_HEADING, line);
	fputc('\n', render->out);
	all = uses_print(suggest, render, function);
	verdict_print(suggest, render, card_judge(suggest, index));
	return all;
}

static void gpus_print(const struct suggest *suggest, const struct render *render)
{
	const struct host *host = suggest->host;
	size_t count = 0;
	bool all = true;

	iommu_state_print(render, host, suggest->iommu);
	for (size_t i = 0; i < host->n_functions; i++)
		if (host_is_gpu(&host->functions[i])) {
			all = gpu_print(suggest, render, i) && all;
			count++;
		}
	if (!all)
		text_paragraph(render->out, 0, USERS_HIDDEN);
	text_paragraph(render->out, 0,
		       count ? "\"vfio-early --suggest ADDRESS\" prints a target for the "
			       "config; the choice is yours." :
			       "No GPU was found. Any other card can be named as well: "
			       "\"vfio-early --suggest ADDRESS\"; \"vfio-early "
			       "--groups\" lists them.");
}

static json_t *planned_to_json(const struct suggest *suggest)
{
	json_t *plan = plan_to_json(&suggest->trial->config, suggest->host,
				    &suggest->trial->plan);
	json_t *target = json_incref(json_array_get(json_object_get(plan, "targets"), 0));

	json_decref(plan);
	return target;
}

static json_t *gpu_to_json(const struct suggest *suggest, size_t index)
{
	json_t *object = json_object();
	struct users users;

	users_read(suggest->root, &suggest->host->functions[index], &users);
	(void)card_judge(suggest, index);
	json_value_put(&object, "function",
		       groups_function_to_json(suggest->host, suggest->names, index));
	json_value_put(&object, "users", users_to_json(&users));
	json_value_put(&object, "target", planned_to_json(suggest));
	return object;
}

static json_t *gpus_to_json(const struct suggest *suggest)
{
	const struct host *host = suggest->host;
	json_t *object = json_object(), *gpus = json_array();

	for (size_t i = 0; i < host->n_functions; i++)
		if (host_is_gpu(&host->functions[i]))
			json_value_add(&gpus, gpu_to_json(suggest, i));
	json_value_put(&object, "version", json_integer(SUGGEST_VERSION));
	json_value_put(&object, "iommu", iommu_state_to_json(host, suggest->iommu));
	json_value_put(&object, "gpus", gpus);
	return object;
}

/* ---- a target ---- */

/* A paragraph of which each line is a comment */
static void comment_write(FILE *out, const char *text)
{
	text_prefixed(out, 2, "#", "#", text);
}

static void function_comment(const struct suggest *suggest,
			     const struct plan_function *planned, FILE *out)
{
	static const char *const words[] = {
		[ROLE_TARGET] = "wanted",
		[ROLE_COMPANION] = "goes with it",
		[ROLE_PEER] = "shares the group",
	};
	const struct host_function *function =
		&suggest->host->functions[planned->function];
	char class[NAMES_TEXT_MAX], name[NAMES_TEXT_MAX];
	char line[TEXT_MAX], driver[TEXT_MAX], group[32] = "no group";

	names_class(suggest->names, function, class);
	names_device(suggest->names, function, name);
	if (function->has_group)
		(void)snprintf(group, sizeof(group), "group %u", function->group);
	(void)snprintf(line, sizeof(line), "# %-12s  %s", PCI_ADDRESS(&function->address),
		       name);
	text_cut(line, TEXT_COLUMNS);
	fprintf(out, "%s\n", line);
	(void)snprintf(line, sizeof(line), "#   %s, %04x:%04x, %s, %s, %s",
		       words[planned->role], function->id.vendor, function->id.device,
		       group,
		       *function->driver ?
			       text_escape(function->driver, driver, sizeof(driver)) :
			       "no driver",
		       class);
	text_cut(line, TEXT_COLUMNS);
	fprintf(out, "%s\n", line);
}

static void comment_label(FILE *out, const char *label, const char *sentence)
{
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%s: %s", label, sentence);
	comment_write(out, text);
}

/* The comment after the target: would it be reserved, and if not, why, and what to do */
static void verdict_comment(const struct host *host, const struct plan_target *target,
			    FILE *out)
{
	const struct reason_info *info = reason_info(target->reason);

	if (target->reasons >> REASON_BOOT_DISPLAY & 1)
		fputs("#boot-display = allow    # reserve it, although this screen goes "
		      "dark\n",
		      out);
	if (target->reasons >> REASON_HOST_NETWORK & 1)
		fputs("#host-network = allow    # reserve it, although the host loses "
		      "its network\n",
		      out);
	if (target->verdict == VERDICT_RESERVE) {
		fputs("# As this machine is now, it would be reserved.\n", out);
		return;
	}
	fprintf(out, "# As this machine is now, it would be refused (%s).\n", info->code);
	comment_label(out, "Why", info->sentence);
	if (*target->detail)
		comment_label(out, "Here", target->detail);
	comment_label(out, "What to do", remedy_of(host, target, target->reason));
}

/* The lines of a config */
static void target_write(const struct config_target *target, FILE *out)
{
	fprintf(out, "[target %s]\n", target->name);
	for (size_t i = 0; i < target->n_ids; i++)
		fprintf(out, "%s%s",
			i		  ? ", " :
			target->n_ids > 1 ? "ids = " :
					    "id = ",
			PCI_ID(&target->ids[i]));
	if (target->n_ids)
		fputc('\n', out);
	if (target->has_address)
		fprintf(out, "address = %s\n", PCI_ADDRESS(&target->address));
	if (target->has_path)
		fprintf(out, "path = %s\n", PCI_PATH(&target->path));
	if (!target->has_address)
		fprintf(out, "#address = %s    # now; changes when a card is added\n",
			PCI_ADDRESS(&target->address));
	if (target->optional)
		fputs("optional = yes\n", out);
}

/* Why absence is no failure, and what takes the card then */
static void later_comment(const struct host *host, const struct config_target *target,
			  FILE *out)
{
	const struct host_function *function = host_find(host, &target->address);

	if (!target->optional || !function)
		return;
	comment_write(
		out,
		function->is_vf ?
			"A virtual function: the driver of its physical function creates "
			"it, after the initramfs. The udev rule of vfio-early reserves "
			"it then." :
			"It is on a cable (Thunderbolt, USB4) or in a hot-plug bay, and "
			"may appear after the initramfs. The udev rule of vfio-early "
			"reserves it then.");
}

/* Returns whether it would be reserved. */
static bool target_print(const struct suggest *suggest,
			 const struct config_target *target, FILE *out)
{
	const struct plan_target *planned = target_judge(suggest, target);

	for (size_t i = 0; i < planned->n_functions; i++)
		function_comment(suggest, &planned->functions[i], out);
	target_write(target, out);
	later_comment(suggest->host, target, out);
	verdict_comment(suggest->host, planned, out);
	return planned->verdict == VERDICT_RESERVE;
}

static json_t *target_to_json(const struct suggest *suggest,
			      const struct config_target *target, bool *ret_good)
{
	json_t *object = json_object();
	cleanup_free char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory) {
		json_decref(object);
		return NULL;
	}
	*ret_good = target_print(suggest, target, memory);
	json_value_put(&object, "config", fclose(memory) ? NULL : json_string(text));
	json_value_put(&object, "target", planned_to_json(suggest));
	return object;
}

/* ---- from a list of ids ---- */

/* As the config has it; an entry without an equivalent as it stands in the list */
static void entry_format(const struct vfio_id *entry, char text[static QUOTE_TEXT_MAX])
{
	struct pci_id id;

	if (entry->valid && vfio_id_is_plain(entry, &id))
		pci_id_format(&id, text);
	else
		(void)snprintf(text, QUOTE_TEXT_MAX, "%.*s", (int)entry->length,
			       entry->text);
}

static void ids_comment(const struct from_ids *from, enum from_ids_fate fate,
			const char *what, FILE *out)
{
	char text[TEXT_MAX] = "";

	for (size_t i = 0; i < from->n_ids; i++) {
		char id[QUOTE_TEXT_MAX];

		if (from->fates[i] != fate)
			continue;
		entry_format(&from->ids[i], id);
		text_list(text, sizeof(text), ", ", id);
	}
	if (!*text)
		return;
	text_append(text, sizeof(text), ": %s", what);
	comment_write(out, text);
}

static void foreign_comment(const struct from_ids *from, const struct host *host,
			    FILE *out)
{
	char text[TEXT_MAX] = "";

	for (size_t i = 0; i < from->n_foreign; i++)
		text_list(text, sizeof(text), ", ",
			  PCI_ADDRESS(&host->functions[from->foreign[i]].address));
	if (!*text)
		return;
	text_append(text, sizeof(text),
		    ": a part of a card whose GPU the list does not name. vfio-pci.ids= "
		    "binds it nevertheless; it is left out here. \"vfio-early --suggest "
		    "ADDRESS\" names the whole card.");
	comment_write(out, text);
}

static void notes_print(const struct from_ids *from, const struct host *host, FILE *out)
{
	if (from->has_twins)
		comment_write(out, "Some of these cards have the same ids. vfio-pci.ids= "
				   "binds all of them; delete the targets of those that "
				   "the host is to keep.");
	if (from->has_class)
		comment_write(out, "A config names cards by id; the class codes of the "
				   "list are left out.");
	foreign_comment(from, host, out);
	ids_comment(from, FROM_IDS_NOWHERE, "no function of this machine has it.", out);
	ids_comment(from, FROM_IDS_BRIDGE,
		    "a bridge of this machine, which vfio-pci does not bind.", out);
	ids_comment(from, FROM_IDS_VIRTUAL,
		    "a virtual function, which does not yet exist so early in the boot.",
		    out);
	ids_comment(from, FROM_IDS_INVALID, "not an id: the kernel ignores it.", out);
}

static json_t *ids_to_json(const struct from_ids *from, enum from_ids_fate fate)
{
	json_t *array = json_array();

	for (size_t i = 0; i < from->n_ids; i++) {
		char id[QUOTE_TEXT_MAX], text[QUOTE_TEXT_MAX * 4];

		if (from->fates[i] != fate)
			continue;
		entry_format(&from->ids[i], id);
		json_value_add(&array, json_string(text_escape(id, text, sizeof(text))));
	}
	return array;
}

static json_t *notes_to_json(const struct from_ids *from, const struct host *host)
{
	json_t *object = json_object(), *foreign = json_array();

	for (size_t i = 0; i < from->n_foreign; i++)
		json_value_add(
			&foreign,
			json_value_address(&host->functions[from->foreign[i]].address));
	json_value_put(&object, "twins", json_boolean(from->has_twins));
	json_value_put(&object, "classes", json_boolean(from->has_class));
	json_value_put(&object, "foreign", foreign);
	json_value_put(&object, "nowhere", ids_to_json(from, FROM_IDS_NOWHERE));
	json_value_put(&object, "bridges", ids_to_json(from, FROM_IDS_BRIDGE));
	json_value_put(&object, "virtual", ids_to_json(from, FROM_IDS_VIRTUAL));
	json_value_put(&object, "invalid", ids_to_json(from, FROM_IDS_INVALID));
	return object;
}

/* ---- what was asked for ---- */

/* The one target of an address, in the form of a list of ids that names it */
static int address_take(const struct host *host, const char *text, struct from_ids *from,
			struct fault *fault)
{
	char shown[QUOTE_TEXT_MAX];
	const struct host_function *function = NULL;
	struct pci_address address;
	bool understood = !pci_address_parse(text, &address);

	memset(from, 0, sizeof(*from));
	if (understood)
		function = host_find(host, &address);
	if (function && !host_is_bridge(function)) {
		target_of_function(host, (size_t)(function - host->functions),
				   &from->targets[from->n_targets++]);
		return 0;
	}
	quote_format(text, strlen(text), shown);
	if (function)
		return fault_set(fault, -EINVAL,
				 "--suggest: %s is a bridge; name the card behind it",
				 shown);
	return fault_set(fault, understood ? -ENODEV : -EINVAL,
			 understood ? "--suggest: no function of this machine is at %s" :
				      "--suggest: found %s, expected an address like "
				      "0000:09:00.0",
			 shown);
}

static bool targets_print(const struct suggest *suggest, const struct from_ids *from,
			  const struct render *render)
{
	bool good = from->n_targets > 0;

	for (size_t i = 0; i < from->n_targets; i++) {
		if (i)
			fputc('\n', render->out);
		good = target_print(suggest, &from->targets[i], render->out) && good;
	}
	notes_print(from, suggest->host, render->out);
	return good;
}

static json_t *targets_to_json(const struct suggest *suggest, const struct from_ids *from,
			       bool *ret_good)
{
	json_t *object = json_object(), *targets = json_array();
	bool good = from->n_targets > 0;

	for (size_t i = 0; i < from->n_targets; i++) {
		bool one = false;

		json_value_add(&targets,
			       target_to_json(suggest, &from->targets[i], &one));
		good = good && one;
	}
	json_value_put(&object, "version", json_integer(SUGGEST_VERSION));
	json_value_put(&object, "suggestions", targets);
	json_value_put(&object, "left_out", notes_to_json(from, suggest->host));
	*ret_good = good;
	return object;
}

static bool flushed(const struct render *render)
{
	return !fflush(render->out) && !ferror(render->out);
}

enum suggest_result suggest_write(const struct suggest *suggest,
				  const struct suggest_wish *wish,
				  const struct render *render, bool json,
				  struct fault *fault)
{
	struct from_ids *from cleanup_free = calloc(1, sizeof(*from));
	bool good = true, done;
	int result = 0;

	if (!from) {
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
		return SUGGEST_REFUSED;
	}
	if (wish->ids)
		result = from_ids(wish->ids, suggest->host, from, fault);
	else if (wish->address)
		result = address_take(suggest->host, wish->address, from, fault);
	if (result < 0)
		return SUGGEST_REFUSED;
	if (!wish->ids && !wish->address) {
		if (!json)
			gpus_print(suggest, render);
		done = json ? json_value_write(render->out, gpus_to_json(suggest)) :
			      flushed(render);
	} else if (json) {
		json_t *object = targets_to_json(suggest, from, &good);

		done = json_value_write(render->out, object);
	} else {
		good = targets_print(suggest, from, render);
		done = flushed(render);
	}
	return !done ? SUGGEST_UNWRITTEN : good ? SUGGEST_GOOD : SUGGEST_SHORT;
}

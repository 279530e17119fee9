// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/explain_function.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/target.h"
#include "read/kmod.h"
#include "report/json.h"
#include "report/plan_json.h"
#include "survey/claim.h"
#include "survey/users.h"

#define NOWHERE SIZE_MAX

/**
 * struct scene - a function and facts about it
 * @explain: facts about the machine
 * @address: where it is
 * @index: in host.functions; NOWHERE: there is none now
 * @function: the same; NULL: there is none now
 */
struct scene {
	const struct explain *explain;
	struct pci_address address;
	size_t index;
	const struct host_function *function;
};

static void say(const struct render *render, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct render *render, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_paragraph(render->out, 2, text);
}

static void heading(const struct render *render, const char *text)
{
	render_word(render, RENDER_HEADING, text);
	fputc('\n', render->out);
}

static bool is_among(const size_t *list, size_t count, size_t index)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == index)
			return true;
	return false;
}

/* The relation of a target of the plan to the function; NULL: none */
static const char *part_in(const struct plan_target *target, size_t index)
{
	for (size_t i = 0; i < target->n_functions; i++)
		if (target->functions[i].function == index)
			return role_names[target->functions[i].role];
	if (is_among(target->blockers, target->n_blockers, index))
		return "in the way";
	if (is_among(target->found, target->n_found, index))
		return "has the id";
	return NULL;
}

/* ---- what is wanted ---- */

static const struct config_target *wanted_of(const struct scene *scene,
					     const struct plan_target *target)
{
	return &scene->explain->run->config.targets[target->config];
}

static void wanted_print(const struct scene *scene, const struct render *render)
{
	const struct run *run = scene->explain->run;
	size_t count = 0;

	heading(render, "Wanted");
	if (run->config.invalid)
		say(render, "The config is not understood: %s", run->config.fault.text);
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		const struct plan_target *target = &run->plan.targets[i];
		const struct config_target *wanted = wanted_of(scene, target);
		const char *part = part_in(target, scene->index);
		char line[16] = "";

		if (!part && wanted->has_address &&
		    !pci_address_compare(&wanted->address, &scene->address))
			part = "at this address";
		if (!part)
			continue;
		if (wanted->line)
			(void)snprintf(line, sizeof(line), ":%u", wanted->line);
		say(render, "by target %s (%s%s), as: %s; %s", target->name, wanted->file,
		    line, part, verdict_names[target->verdict]);
		count++;
	}
	if (!count && !run->config.invalid)
		say(render, "No target in the config refers to it.");
}

/* ---- what is there ---- */

static void group_print(const struct scene *scene, const struct render *render)
{
	const struct host *host = &scene->explain->run->host;
	const struct host_function *function = scene->function;
	const struct host_group *group;
	char text[TEXT_MAX] = "";

	if (!function->has_group) {
		say(render, "IOMMU group: none");
		return;
	}
	group = host_group_find(host, function->group);
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *other = &host->functions[i];

		if (i != scene->index && other->has_group &&
		    other->group == function->group)
			text_list(text, sizeof(text), ", ", PCI_ADDRESS(&other->address));
	}
	say(render, "IOMMU group %u%s%s%s: %s%s", function->group,
	    group && *group->type ? ", type " : "", group ? group->type : "",
	    group && group->noiommu ? ", noiommu: no isolation" : "",
	    *text ? "with " : "alone in it", text);
	if (group && group->direct)
		say(render,
		    "firmware demands a fixed mapping for the group (type direct in "
		    "reserved_regions)");
}

static void state_print(const struct scene *scene, const struct render *render)
{
	const struct host_function *function = scene->function;
	struct users users;
	char line[USERS_TEXT_MAX];

	say(render, "driver: %s; driver_override: %s",
	    *function->driver ? function->driver : "none",
	    *function->override ? function->override : "none");
	if (function->boot_vga != FACT_UNKNOWN ||
	    host_is_boot_display(&scene->explain->run->host, function))
		say(render, "boot display: %s%s%s",
		    host_is_boot_display(&scene->explain->run->host, function) ? "yes" :
										 "no",
		    *function->framebuffer ? "; firmware's framebuffer, owned by " : "",
		    function->framebuffer);
	if (*function->use)
		say(render, "the host uses it: %s", function->use);
	users_read(scene->explain->root, function, &users);
	users_format(&users, line);
	if (*line)
		say(render, "%s", line);
	if (users.programs_hidden)
		say(render, USERS_HIDDEN);
	say(render, "reset: %s%s%s%s; power state: %s; D3cold: %s",
	    *function->reset_methods || function->has_reset ? "yes" : "not of its own",
	    *function->reset_methods ? " (" : "", function->reset_methods,
	    *function->reset_methods ? ")" : "",
	    *function->power_state ? function->power_state : "not shown",
	    function->d3cold_allowed == FACT_YES ? "allowed" :
	    function->d3cold_allowed == FACT_NO	 ? "not allowed" :
						   "not shown");
	if (function->bars_unassigned)
		say(render, "%u of its BARs have no address", function->bars_unassigned);
	if (function->vfs)
		say(render, "%u virtual functions of it are enabled", function->vfs);
	if (function->is_vf)
		say(render, "it is a virtual function");
}

static void there_print(const struct scene *scene, const struct render *render)
{
	const struct host_function *function = scene->function;
	char class[NAMES_TEXT_MAX];

	heading(render, "There");
	if (!function) {
		say(render, "No function of this machine is there now.");
		return;
	}
	names_class(scene->explain->names, function, class);
	say(render, "%s [%04x], id %s, path %s", class,
	    (unsigned int)(function->class_code >> 8 & 0xffff), PCI_ID(&function->id),
	    function->path.depth ? PCI_PATH(&function->path) : "unknown");
	group_print(scene, render);
	state_print(scene, render);
}

/* ---- at this boot ---- */

static const struct report_function *recorded_in(const struct report_target *target,
						 const struct pci_address *address)
{
	for (size_t i = 0; i < target->n_functions; i++)
		if (!pci_address_compare(&target->functions[i].address, address))
			return &target->functions[i];
	return NULL;
}

/* Why it was not reserved at this boot, or is not any more; REASON_NONE: it is */
static enum reason boot_reason(const struct scene *scene)
{
	const struct report *report = scene->explain->report;

	for (size_t i = 0; report && i < report->n_targets; i++) {
		const struct report_target *target = &report->targets[i];
		enum reason reason = reason_parse(target->reason);

		if (!recorded_in(target, &scene->address))
			continue;
		if (scene->explain->drift->targets[i].state == TARGET_LOST)
			return REASON_LOST;
		if (reason != REASON_COUNT)
			return reason;
	}
	return REASON_NONE;
}

/* The id that the record has at the address; NULL: it knows of none */
static const char *recorded_id(const struct scene *scene)
{
	const struct report *report = scene->explain->report;
	const struct report_function *function = NULL;

	for (size_t i = 0; report && !function && i < report->n_targets; i++)
		function = recorded_in(&report->targets[i], &scene->address);
	return function ? function->id : NULL;
}

static const char *driver_or_none(const char *driver)
{
	return *driver ? driver : "none";
}

static void boot_print(const struct scene *scene, const struct render *render)
{
	const struct report *report = scene->explain->report;

	heading(render, "At this boot");
	if (!report)
		say(render, "There is no readable report of this boot.");
	else if (!recorded_id(scene))
		say(render, "The report does not mention it.");
	for (size_t i = 0; report && i < report->n_targets; i++) {
		const struct report_target *target = &report->targets[i];
		enum target_state state = scene->explain->drift->targets[i].state;
		const struct report_function *function =
			recorded_in(target, &scene->address);

		if (!function)
			continue;
		say(render, "target %s: %s%s%s; driver before: %s, after: %s",
		    target->name, target_state_names[state], *target->reason ? ", " : "",
		    target->reason, driver_or_none(function->before),
		    function->after_known ? driver_or_none(function->after) : "unknown");
	}
	if (report)
		messages_print_about(render, scene->explain->messages, &scene->address);
}

/* ---- drivers ---- */

static void drivers_print(const struct scene *scene, const struct render *render)
{
	const struct host *host = &scene->explain->run->host;
	const struct host_driver *driver = &host->drivers[scene->function->vfio_driver];
	cleanup_kmod struct kmod_ctx *kmod = claims_open(scene->explain->root, host);
	struct claims claims;

	heading(render, "Drivers that would claim it");
	claims_read(scene->explain->root, host, kmod, scene->index, &claims);
	if (!claims.known)
		say(render, "Cannot tell: there is no index of modules for kernel %s.",
		    *host->kernel ? host->kernel : "(unknown)");
	else if (!claims.count)
		say(render, "No driver of the host has an alias for it.");
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim *claim = &claims.list[i];

		say(render, "%s: %s%s%s", claim->module, claim_format(claim),
		    *claim->alias ? "; alias " : "", claim->alias);
	}
	if (*scene->function->override)
		say(render, "driver_override restricts it to %s",
		    scene->function->override);
	say(render, "for a virtual machine: %s (%s)", driver->name,
	    host_driver_state_names[driver->state]);
}

/* ---- the rules ---- */

static void rules_say(const struct render *render, const struct plan_target *target)
{
	for (unsigned int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		const struct reason_info *info = reason_info((enum reason)i);

		if (!(target->reasons >> i & 1) && target->reason != (enum reason)i)
			continue;
		if (info->rule)
			say(render, "rule %u, %s: %s", info->rule, info->code,
			    info->sentence);
		else
			say(render, "%s: %s", info->code, info->sentence);
	}
	if (*target->detail)
		text_labelled(render->out, 2, "Here", target->detail);
}

/* What to do about a function that no rule is against */
static void advice_print(const struct scene *scene, const struct render *render,
			 bool is_wanted)
{
	const struct host *host = &scene->explain->run->host;
	const struct host_function *function = scene->function;

	if (!is_wanted)
		say(render, "Nothing, if the host is to use it. \"vfio-early --suggest "
			    "ADDRESS\" prints a target that reserves it for a virtual "
			    "machine.");
	else if (!strcmp(function->driver, host->drivers[function->vfio_driver].name))
		say(render, "Nothing.");
	else
		say(render, "Rebuild the initramfs if the config is newer. \"vfio-early "
			    "--check\" says whether the next boot will reserve it.");
}

/* The obstacle now; if there is none, the one at this boot */
static void remedy_print(const struct scene *scene, const struct render *render,
			 const struct plan_target *target, bool is_wanted)
{
	enum reason reason = target->reason;
	bool was = reason == REASON_NONE && !scene->explain->run->config.invalid;
	const struct reason_info *info;
	char text[TEXT_MAX];

	if (was)
		reason = boot_reason(scene);
	else if (reason == REASON_NONE)
		reason = REASON_CONFIG_INVALID;
	info = reason_info(reason);
	heading(render, "What to do");
	if (reason == REASON_NONE)
		advice_print(scene, render, is_wanted);
	else
		say(render, "%s%s%s%s", was ? "about " : "", was ? info->code : "",
		    was ? " at this boot: " : "",
		    was ? info->remedy :
			  explain_remedy(scene->explain, target, reason, text));
	heading(render, "Manual");
	if (reason == REASON_NONE)
		say(render, "vfio-early.conf(5), vfio-early(8)");
	else
		say(render, EXPLAIN_MANUAL ", %s; vfio-early.conf(5)", info->code);
}

/* The target that takes it; without one, the verdict for a target that names it */
static const struct plan_target *judged(const struct scene *scene, bool *is_wanted)
{
	const struct run *run = scene->explain->run;
	struct config_target wanted;

	*is_wanted = true;
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		const struct plan_target *target = &run->plan.targets[i];

		for (size_t j = 0; j < target->n_functions; j++)
			if (target->functions[j].function == scene->index)
				return target;
	}
	*is_wanted = false;
	target_of_function(&run->host, scene->index, &wanted);
	return target_try(&run->host, &wanted, scene->explain->trial);
}

static void rules_print(const struct scene *scene, const struct render *render)
{
	bool is_wanted;
	const struct plan_target *target = judged(scene, &is_wanted);

	heading(render, is_wanted ? "Rules" : "Rules, if a target named it");
	if (target->reason == REASON_NONE)
		say(render, "No rule refuses it.");
	else
		rules_say(render, target);
	remedy_print(scene, render, target, is_wanted);
}

/* Where else the id is that the record has at the address */
static void moved_print(const struct scene *scene, const struct render *render)
{
	const struct host *host = &scene->explain->run->host;
	const char *id = recorded_id(scene);
	bool found = false;

	heading(render, "What to do");
	for (size_t i = 0; i < host->n_functions; i++) {
		struct pci_id plain = host->functions[i].id;
		char text[PCI_ID_TEXT];

		plain.has_subsystem = false;
		pci_id_format(&plain, text);
		if (strcmp(text, id) != 0)
			continue;
		say(render, "%s is at %s now: name it there, or by id or path.", text,
		    PCI_ADDRESS(&host->functions[i].address));
		found = true;
	}
	if (!found)
		say(render,
		    "Check that the card is in its slot and has power: it was present at "
		    "this boot. \"vfio-early --groups\" shows what is there now.");
}

static void function_print(const struct scene *scene, const struct render *render)
{
	char name[NAMES_TEXT_MAX] = "", line[TEXT_MAX];

	if (scene->function)
		names_device(scene->explain->names, scene->function, name);
	(void)snprintf(line, sizeof(line), "%s%s%s", PCI_ADDRESS(&scene->address),
		       *name ? "  " : "", name);
	text_cut(line, TEXT_COLUMNS);
	heading(render, line);
	wanted_print(scene, render);
	there_print(scene, render);
	boot_print(scene, render);
	if (!scene->function) {
		moved_print(scene, render);
		return;
	}
	drivers_print(scene, render);
	rules_print(scene, render);
}

/* ---- for programs ---- */

static json_t *wanted_to_json(const struct scene *scene)
{
	const struct plan *plan = &scene->explain->run->plan;
	json_t *array = json_array();

	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];
		const char *part = part_in(target, scene->index);
		json_t *object;

		if (!part)
			continue;
		object = json_object();
		json_value_put(&object, "target",
			       json_value_text(wanted_of(scene, target)->name));
		json_value_put(&object, "part", json_string(part));
		json_value_put(&object, "verdict",
			       json_string(verdict_names[target->verdict]));
		json_value_add(&array, object);
	}
	return array;
}

static json_t *boot_to_json(const struct scene *scene)
{
	const struct report *report = scene->explain->report;
	json_t *array = json_array();

	for (size_t i = 0; report && i < report->n_targets; i++) {
		const struct report_target *target = &report->targets[i];
		const struct report_function *function =
			recorded_in(target, &scene->address);
		json_t *object;

		if (!function)
			continue;
		object = json_object();
		json_value_put(&object, "target", json_value_text(target->name));
		json_value_put(
			&object, "state",
			json_string(target_state_names[scene->explain->drift->targets[i]
							       .state]));
		json_value_put(&object, "driver_before",
			       json_value_text(function->before));
		json_value_put(&object, "driver_after", json_value_text(function->after));
		json_value_add(&array, object);
	}
	return array;
}

static json_t *judged_to_json(const struct scene *scene)
{
	bool is_wanted;
	const struct plan_target *target = judged(scene, &is_wanted);
	json_t *object = json_object(), *reasons = json_array();
	char text[TEXT_MAX];

	for (unsigned int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (target->reasons >> i & 1 || target->reason == (enum reason)i)
			json_value_add(&reasons,
				       json_string(reason_info((enum reason)i)->code));
	json_value_put(&object, "wanted", json_boolean(is_wanted));
	json_value_put(&object, "verdict", json_string(verdict_names[target->verdict]));
	json_value_put(&object, "reasons", reasons);
	json_value_put(&object, "detail", json_value_text(target->detail));
	json_value_put(&object, "remedy",
		       target->reason == REASON_NONE ?
			       json_null() :
			       json_value_text(explain_remedy(scene->explain, target,
							      target->reason, text)));
	return object;
}

static json_t *function_to_json(const struct scene *scene)
{
	const struct explain *explain = scene->explain;
	const struct host *host = &explain->run->host;
	cleanup_kmod struct kmod_ctx *kmod = claims_open(explain->root, host);
	json_t *object = json_object();
	struct claims claims;
	struct users users;

	json_value_put(&object, "version", json_integer(EXPLAIN_VERSION));
	json_value_put(&object, "address", json_value_address(&scene->address));
	json_value_put(&object, "wanted", wanted_to_json(scene));
	json_value_put(&object, "at_boot", boot_to_json(scene));
	if (!scene->function)
		return object;
	claims_read(explain->root, host, kmod, scene->index, &claims);
	users_read(explain->root, scene->function, &users);
	json_value_put(&object, "function",
		       groups_function_to_json(host, explain->names, scene->index));
	json_value_put(&object, "users", users_to_json(&users));
	json_value_put(&object, "claims", claims_to_json(&claims));
	json_value_put(&object, "rules", judged_to_json(scene));
	return object;
}

int explain_function(const struct explain *explain, const struct pci_address *address,
		     const struct render *render, bool json)
{
	const struct host *host = &explain->run->host;
	struct scene scene = { .explain = explain,
			       .address = *address,
			       .index = NOWHERE };

	scene.function = host_find(host, address);
	if (scene.function)
		scene.index = (size_t)(scene.function - host->functions);
	else if (!recorded_id(&scene))
		return -ENODEV;
	if (json)
		return json_value_write(render->out, function_to_json(&scene)) ? 0 : -EIO;
	function_print(&scene, render);
	return fflush(render->out) || ferror(render->out) ? -EIO : 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/plan_json.h"

#include "base/array.h"
#include "plan/remedy.h"
#include "read/config_read.h"
#include "report/json.h"

#include <stdio.h>

static json_t *id_to_json(uint16_t vendor, uint16_t device)
{
	char text[PCI_ID_TEXT];

	snprintf(text, sizeof(text), "%04x:%04x", vendor, device);
	return json_string(text);
}

static json_t *subsystem_to_json(const struct pci_id *id)
{
	return id->has_subsystem ? id_to_json(id->subvendor, id->subdevice) : json_null();
}

static json_t *class_to_json(uint32_t class_code)
{
	char text[8];

	snprintf(text, sizeof(text), "%04x", (class_code >> 8) & 0xffff);
	return json_string(text);
}

static json_t *path_to_json(const struct pci_path *path)
{
	return json_string(PCI_PATH(path));
}

static json_t *group_to_json(const struct host_function *function)
{
	return function->has_group ? json_integer(function->group) : json_null();
}

static json_t *host_function_brief(const struct host *host, size_t index)
{
	const struct host_function *function = &host->functions[index];
	json_t *object = json_object();

	json_value_put(&object, "address", json_value_address(&function->address));
	json_value_put(&object, "id",
		       id_to_json(function->id.vendor, function->id.device));
	json_value_put(&object, "class", class_to_json(function->class_code));
	json_value_put(&object, "group", group_to_json(function));
	json_value_put(&object, "driver", json_value_text(function->driver));
	return object;
}

json_t *host_function_to_json(const struct host *host, size_t index, size_t driver)
{
	const struct host_function *function = &host->functions[index];
	enum boot_display display = host_boot_display(host, function);
	const char *vfio = driver < host->n_drivers ? host->drivers[driver].name : "";
	json_t *object = json_object();

	json_value_put(&object, "address", json_value_address(&function->address));
	json_value_put(&object, "path", path_to_json(&function->path));
	json_value_put(&object, "id",
		       id_to_json(function->id.vendor, function->id.device));
	json_value_put(&object, "subsystem", subsystem_to_json(&function->id));
	json_value_put(&object, "class", class_to_json(function->class_code));
	json_value_put(&object, "group", group_to_json(function));
	json_value_put(&object, "driver", json_value_text(function->driver));
	json_value_put(&object, "override", json_value_text(function->override));
	json_value_put(&object, "vfio_driver", json_value_text(vfio));
	json_value_put(&object, "boot_vga", json_value_fact(function->boot_vga));
	json_value_put(&object, "boot_display",
		       json_value_fact(display == BOOT_DISPLAY_UNKNOWN ? FACT_UNKNOWN :
				       display == BOOT_DISPLAY_NO      ? FACT_NO :
									 FACT_YES));
	json_value_put(&object, "framebuffer", json_value_text(function->framebuffer));
	json_value_put(&object, "use", json_value_text(function->use));
	return object;
}

json_t *host_iommu_to_json(const struct host *host)
{
	json_t *object = json_object(), *units = json_array();

	for (size_t i = 0; i < host->n_units; i++)
		json_value_add(&units, json_value_text(host->units[i]));
	/* nothing is known of a machine that was not looked at */
	json_value_put(&object, "active",
		       host->n_functions ? json_boolean(host_iommu_active(host)) :
					   json_null());
	json_value_put(&object, "units", units);
	json_value_put(&object, "table", json_value_text(host->table));
	json_value_put(&object, "table_known",
		       json_boolean(host->table_known == FACT_YES));
	json_value_put(&object, "interrupt_remapping",
		       json_value_fact(host->interrupt_remapping));
	json_value_put(&object, "unsafe_interrupts",
		       json_boolean(host->unsafe_interrupts));
	json_value_put(&object, "acs_override", json_boolean(host->acs_override));
	return object;
}

json_t *host_notes_to_json(const struct host *host)
{
	json_t *array = json_array();

	for (size_t i = 0; i < host->n_notes; i++)
		json_value_add(&array, json_value_text(host->notes[i].text));
	return array;
}

static json_t *reason_to_json(enum reason reason)
{
	return reason == REASON_NONE ? json_null() :
				       json_string(reason_info(reason)->code);
}

static json_t *remedy_to_json(const struct host *host, const struct plan_target *target)
{
	return target->reason == REASON_NONE ?
		       json_null() :
		       json_string(remedy_of(host, target, target->reason));
}

static json_t *reasons_to_json(uint64_t reasons)
{
	json_t *array = json_array();

	for (unsigned int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (reasons >> i & 1)
			json_value_add(&array,
				       json_string(reason_info((enum reason)i)->code));
	return array;
}

static json_t *source_to_json(const struct config_target *target)
{
	json_t *object = json_object();

	json_value_put(&object, "file", json_value_text(target->file));
	json_value_put(&object, "line",
		       target->line ? json_integer(target->line) : json_null());
	return object;
}

static json_t *functions_to_json(const struct host *host,
				 const struct plan_target *target)
{
	json_t *array = json_array();

	for (size_t i = 0; i < target->n_functions; i++) {
		const struct plan_function *function = &target->functions[i];
		json_t *object =
			host_function_to_json(host, function->function, function->driver);

		json_value_put(&object, "role", json_string(role_names[function->role]));
		json_value_add(&array, object);
	}
	return array;
}

static json_t *briefs_to_json(const struct host *host, const size_t *functions,
			      size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_value_add(&array, host_function_brief(host, functions[i]));
	return array;
}

static json_t *bits_to_json(uint16_t bits)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ACS_BITS; i++)
		if (bits & acs_bits[i].bit)
			json_value_add(&array, json_string(acs_bits[i].mark));
	return array;
}

static json_t *culprit_to_json(const struct host *host, const struct plan_target *target)
{
	const struct acs_culprit *culprit = &target->culprit;
	json_t *object;

	if (!target->has_culprit)
		return json_null();
	object = json_object();
	json_value_put(&object, "address",
		       json_value_address(&host->functions[culprit->function].address));
	json_value_put(&object, "failure",
		       json_string(acs_failure_names[culprit->failure]));
	json_value_put(&object, "bits",
		       bits_to_json(culprit->failure == ACS_FAILURE_OFF ? culprit->bits :
									  0));
	return object;
}

static json_t *target_to_json(const struct config *config, const struct host *host,
			      const struct plan_target *target)
{
	const struct config_target *wanted = &config->targets[target->config];
	json_t *object = json_object();

	json_value_put(&object, "name", json_value_text(target->name));
	json_value_put(&object, "verdict", json_string(verdict_names[target->verdict]));
	json_value_put(&object, "reason", reason_to_json(target->reason));
	json_value_put(&object, "reasons", reasons_to_json(target->reasons));
	json_value_put(&object, "detail", json_value_text(target->detail));
	json_value_put(&object, "remedy", remedy_to_json(host, target));
	json_value_put(&object, "optional", json_boolean(wanted->optional));
	json_value_put(&object, "source", source_to_json(wanted));
	json_value_put(&object, "functions", functions_to_json(host, target));
	json_value_put(&object, "blockers",
		       briefs_to_json(host, target->blockers, target->n_blockers));
	json_value_put(&object, "found",
		       briefs_to_json(host, target->found, target->n_found));
	json_value_put(&object, "culprit", culprit_to_json(host, target));
	return object;
}

static json_t *action_to_json(const struct host *host, const struct plan *plan,
			      const struct action *action)
{
	const struct plan_target *target = &plan->targets[action->target];
	const struct host_driver *driver = &host->drivers[action->driver];
	json_t *object = json_object();

	json_value_put(&object, "type", json_string(action_type_names[action->type]));
	json_value_put(&object, "target", json_value_text(target->name));
	json_value_put(&object, "address",
		       json_value_address(&host->functions[action->function].address));
	json_value_put(&object, "driver", json_value_text(driver->name));
	if (action->type == ACTION_LOAD)
		json_value_put(&object, "module", json_value_text(driver->module));
	return object;
}

static json_t *config_to_json(const struct config *config)
{
	char hash[CONFIG_WORD_MAX];
	json_t *object = json_object();

	config_hash_format(config, hash);
	json_value_put(&object, "mode", json_string(config_mode_names[config->mode]));
	json_value_put(&object, "hash",
		       config->n_files ? json_value_text(hash) : json_null());
	json_value_put(&object, "files", json_integer((json_int_t)config->n_files));
	json_value_put(&object, "error",
		       config->invalid ? json_value_text(config->fault.text) :
					 json_null());
	return object;
}

json_t *plan_to_json(const struct config *config, const struct host *host,
		     const struct plan *plan)
{
	json_t *object = json_object(), *targets = json_array(), *actions = json_array();

	for (size_t i = 0; i < plan->n_targets; i++)
		json_value_add(&targets, target_to_json(config, host, &plan->targets[i]));
	for (size_t i = 0; i < plan->n_actions; i++)
		json_value_add(&actions, action_to_json(host, plan, &plan->actions[i]));
	json_value_put(&object, "version", json_integer(PLAN_VERSION));
	json_value_put(&object, "iommu", host_iommu_to_json(host));
	json_value_put(&object, "targets", targets);
	json_value_put(&object, "actions", actions);
	json_value_put(&object, "config", config_to_json(config));
	json_value_put(&object, "notes", host_notes_to_json(host));
	return object;
}

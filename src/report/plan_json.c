// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/plan_json.h"

#include "base/array.h"
#include "base/text.h"
#include "plan/remedy.h"
#include "read/config_read.h"

static void id_put(struct document *document, const char *key, uint16_t vendor,
		   uint16_t device)
{
	const struct pci_id id = { .vendor = vendor, .device = device };

	document_word(document, key, PCI_ID(&id));
}

static void subsystem_put(struct document *document, const struct pci_id *id)
{
	if (id->has_subsystem)
		id_put(document, "subsystem", id->subvendor, id->subdevice);
	else
		document_word(document, "subsystem", NULL);
}

static void class_put(struct document *document, uint32_t class_code)
{
	char text[5];

	*text_hex(text, class_code >> 8, 4) = '\0';
	document_word(document, "class", text);
}

static void group_put(struct document *document, const struct host_function *function)
{
	if (function->has_group)
		document_number(document, "group", function->group);
	else
		document_word(document, "group", NULL);
}

static void brief_put(struct document *document, const struct host *host, size_t index)
{
	const struct host_function *function = &host->functions[index];

	document_open(document, NULL, '{');
	document_address(document, "address", &function->address);
	id_put(document, "id", function->id.vendor, function->id.device);
	class_put(document, function->class_code);
	group_put(document, function);
	document_text(document, "driver", function->driver);
	document_close(document, '}');
}

void host_function_members(struct document *document, const struct host *host,
			   size_t index, size_t driver)
{
	const struct host_function *function = &host->functions[index];
	enum boot_display display = host_boot_display(host, function);
	const char *vfio = driver < host->n_drivers ? host->drivers[driver].name : "";

	document_address(document, "address", &function->address);
	document_word(document, "path", PCI_PATH(&function->path));
	id_put(document, "id", function->id.vendor, function->id.device);
	subsystem_put(document, &function->id);
	class_put(document, function->class_code);
	group_put(document, function);
	document_text(document, "driver", function->driver);
	document_text(document, "override", function->override);
	document_text(document, "vfio_driver", vfio);
	document_fact(document, "boot_vga", function->boot_vga);
	document_fact(document, "boot_display",
		      display == BOOT_DISPLAY_UNKNOWN ? FACT_UNKNOWN :
		      display == BOOT_DISPLAY_NO      ? FACT_NO :
							FACT_YES);
	document_text(document, "framebuffer", function->framebuffer);
	document_text(document, "use", function->use);
}

static void iommu_put(struct document *document, const char *key, const struct host *host)
{
	document_open(document, key, '{');
	/* nothing is known of a machine that was not looked at */
	document_fact(document, "active",
		      !host->n_functions      ? FACT_UNKNOWN :
		      host_iommu_active(host) ? FACT_YES :
						FACT_NO);
	document_open(document, "units", '[');
	for (size_t i = 0; i < host->n_units; i++)
		document_text(document, NULL, host->units[i]);
	document_close(document, ']');
	document_text(document, "table", host->table);
	document_flag(document, "table_known", host->table_known == FACT_YES);
	document_fact(document, "interrupt_remapping", host->interrupt_remapping);
	document_flag(document, "unsafe_interrupts", host->unsafe_interrupts);
	document_flag(document, "acs_override", host->acs_override);
	document_close(document, '}');
}

json_t *host_iommu_to_json(const struct host *host)
{
	struct document document = { 0 };

	iommu_put(&document, NULL, host);
	return document_parse(&document);
}

static void notes_put(struct document *document, const char *key, const struct host *host)
{
	document_open(document, key, '[');
	for (size_t i = 0; i < host->n_notes; i++)
		document_text(document, NULL, host->notes[i].text);
	document_close(document, ']');
}

json_t *host_notes_to_json(const struct host *host)
{
	struct document document = { 0 };

	notes_put(&document, NULL, host);
	return document_parse(&document);
}

static void reasons_put(struct document *document, uint64_t reasons)
{
	document_open(document, "reasons", '[');
	for (unsigned int i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (reasons >> i & 1)
			document_word(document, NULL, reason_info((enum reason)i)->code);
	document_close(document, ']');
}

static void source_put(struct document *document, const struct config_target *target)
{
	document_open(document, "source", '{');
	document_text(document, "file", target->file);
	if (target->line)
		document_number(document, "line", target->line);
	else
		document_word(document, "line", NULL);
	document_close(document, '}');
}

static void functions_put(struct document *document, const struct host *host,
			  const struct plan_target *target,
			  const struct plan_outcome *outcome, size_t index)
{
	document_open(document, "functions", '[');
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct plan_function *function = &target->functions[i];

		document_open(document, NULL, '{');
		host_function_members(document, host, function->function,
				      function->driver);
		document_word(document, "role", role_names[function->role]);
		if (outcome)
			outcome->function(document, outcome->run, index, i);
		document_close(document, '}');
	}
	document_close(document, ']');
}

static void briefs_put(struct document *document, const char *key,
		       const struct host *host, const size_t *functions, size_t count)
{
	document_open(document, key, '[');
	for (size_t i = 0; i < count; i++)
		brief_put(document, host, functions[i]);
	document_close(document, ']');
}

static void culprit_put(struct document *document, const struct host *host,
			const struct plan_target *target)
{
	const struct acs_culprit *culprit = &target->culprit;
	uint16_t bits = culprit->failure == ACS_FAILURE_OFF ? culprit->bits : 0;

	if (!target->has_culprit) {
		document_word(document, "culprit", NULL);
		return;
	}
	document_open(document, "culprit", '{');
	document_address(document, "address",
			 &host->functions[culprit->function].address);
	document_word(document, "failure", acs_failure_names[culprit->failure]);
	document_open(document, "bits", '[');
	for (size_t i = 0; i < ACS_BITS; i++)
		if (bits & acs_bits[i].bit)
			document_word(document, NULL, acs_bits[i].mark);
	document_close(document, ']');
	document_close(document, '}');
}

static void target_put(struct document *document, const struct config *config,
		       const struct host *host, const struct plan *plan, size_t index,
		       const struct plan_outcome *outcome)
{
	const struct plan_target *target = &plan->targets[index];
	const struct config_target *wanted = &config->targets[target->config];
	enum reason reason = target->reason;
	const char *detail = target->detail;

	if (outcome)
		outcome->why(outcome->run, index, &reason, &detail);
	document_open(document, NULL, '{');
	document_text(document, "name", target->name);
	document_word(document, "verdict", verdict_names[target->verdict]);
	document_word(document, "reason",
		      reason == REASON_NONE ? NULL : reason_info(reason)->code);
	reasons_put(document, target->reasons);
	document_text(document, "detail", detail);
	document_word(document, "remedy",
		      reason == REASON_NONE ? NULL : remedy_of(host, target, reason));
	document_flag(document, "optional", wanted->optional);
	source_put(document, wanted);
	functions_put(document, host, target, outcome, index);
	briefs_put(document, "blockers", host, target->blockers, target->n_blockers);
	briefs_put(document, "found", host, target->found, target->n_found);
	culprit_put(document, host, target);
	if (outcome)
		outcome->target(document, outcome->run, index);
	document_close(document, '}');
}

static void action_put(struct document *document, const struct host *host,
		       const struct plan *plan, size_t index,
		       const struct plan_outcome *outcome)
{
	const struct action *action = &plan->actions[index];
	const struct plan_target *target = &plan->targets[action->target];
	const struct host_driver *driver = &host->drivers[action->driver];

	document_open(document, NULL, '{');
	document_word(document, "type", action_type_names[action->type]);
	document_text(document, "target", target->name);
	document_address(document, "address", &host->functions[action->function].address);
	document_text(document, "driver", driver->name);
	if (action->type == ACTION_LOAD)
		document_text(document, "module", driver->module);
	if (outcome)
		outcome->action(document, outcome->run, index);
	document_close(document, '}');
}

static void config_put(struct document *document, const struct config *config)
{
	char hash[CONFIG_WORD_MAX];

	config_hash_format(config, hash);
	document_open(document, "config", '{');
	document_word(document, "mode", config_mode_names[config->mode]);
	document_text(document, "hash", config->n_files ? hash : "");
	document_number(document, "files", (int64_t)config->n_files);
	document_text(document, "error", config->invalid ? config->fault.text : "");
	document_close(document, '}');
}

void plan_members(struct document *document, const struct config *config,
		  const struct host *host, const struct plan *plan,
		  const struct plan_outcome *outcome)
{
	iommu_put(document, "iommu", host);
	document_open(document, "targets", '[');
	for (size_t i = 0; i < plan->n_targets; i++)
		target_put(document, config, host, plan, i, outcome);
	document_close(document, ']');
	document_open(document, "actions", '[');
	for (size_t i = 0; i < plan->n_actions; i++)
		action_put(document, host, plan, i, outcome);
	document_close(document, ']');
	config_put(document, config);
	notes_put(document, "notes", host);
}

void plan_write(struct document *document, const struct config *config,
		const struct host *host, const struct plan *plan)
{
	document_open(document, NULL, '{');
	document_number(document, "version", PLAN_VERSION);
	plan_members(document, config, host, plan, NULL);
	document_close(document, '}');
}

json_t *plan_to_json(const struct config *config, const struct host *host,
		     const struct plan *plan)
{
	struct document document = { 0 };

	plan_write(&document, config, host, plan);
	return document_parse(&document);
}

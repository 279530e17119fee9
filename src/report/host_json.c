// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/host_json.h"

#include <stdio.h>

#include "report/json.h"

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
	char text[PCI_PATH_TEXT];

	pci_path_format(path, text);
	return json_string(text);
}

static json_t *group_to_json(const struct host_function *function)
{
	return function->has_group ? json_integer(function->group) : json_null();
}

json_t *host_function_brief(const struct host *host, size_t index)
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
	json_value_put(&object, "framebuffer", json_value_text(function->framebuffer));
	json_value_put(&object, "use", json_value_text(function->use));
	return object;
}

json_t *host_iommu_to_json(const struct host *host)
{
	json_t *object = json_object(), *units = json_array();

	for (size_t i = 0; i < host->n_units; i++)
		json_value_add(&units, json_value_text(host->units[i]));
	/* of a machine that was not looked at, nothing is known */
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

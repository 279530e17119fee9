// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/tree.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "companion/groups.h"
#include "plan/acs.h"
#include "report/json.h"
#include "report/plan_json.h"

#define PREFIX_MAX (3 * PCI_PATH_DEPTH_MAX + 1)

/* How a port isolates what is below it; NULL for what is no port. */
static const char *acs_word(const struct host_function *function)
{
	const struct host_acs *acs = &function->acs;

	if (function->port != HOST_PORT_ROOT && function->port != HOST_PORT_DOWNSTREAM)
		return NULL;
	switch (acs->known) {
	case FACT_UNKNOWN:
		break;
	case FACT_NO:
		return "missing";
	case FACT_YES:
		return acs_off(acs) ? "off" : "on";
	}
	return "unknown";
}

static bool same_bus(const struct host_function *a, const struct host_function *b)
{
	return a->parent == b->parent && a->path.domain == b->path.domain &&
	       (a->parent != HOST_NO_PARENT || a->path.bus == b->path.bus);
}

/* The next function on the same bus; n_functions: none */
static size_t sibling_after(const struct host *host, size_t index)
{
	size_t i = index + 1;

	while (i < host->n_functions &&
	       !same_bus(&host->functions[i], &host->functions[index]))
		i++;
	return i;
}

/* The first function behind a bridge; n_functions: none */
static size_t child_of(const struct host *host, size_t bridge)
{
	size_t i = 0;

	while (i < host->n_functions && host->functions[i].parent != bridge)
		i++;
	return i;
}

/* Do its parents lead to no root bus, but round in a circle, or on and on? */
static bool is_adrift(const struct host *host, size_t index)
{
	size_t parent = host->functions[index].parent;

	for (size_t i = 0; i < PCI_PATH_DEPTH_MAX && parent != HOST_NO_PARENT; i++)
		parent = host->functions[parent].parent;
	return parent != HOST_NO_PARENT;
}

/* Does a root bus begin with this function? */
static bool is_root_first(const struct host *host, size_t index)
{
	if (host->functions[index].parent != HOST_NO_PARENT)
		return false;
	for (size_t i = 0; i < index; i++)
		if (same_bus(&host->functions[i], &host->functions[index]))
			return false;
	return true;
}

static void line_print(const struct render *render, const struct host *host,
		       const struct names *names, const char *prefix, bool last,
		       size_t index)
{
	const struct host_function *function = &host->functions[index];
	char address[PCI_ADDRESS_TEXT], group[24] = "no group", text[TEXT_MAX];
	char class[NAMES_TEXT_MAX], device[NAMES_TEXT_MAX], driver[4 * HOST_NAME_MAX];
	const char *acs = acs_word(function);

	names_address(&function->address, address);
	names_class(names, function, class);
	names_model(names, function, device);
	text_escape(function->driver, driver, sizeof(driver));
	if (function->has_group)
		(void)snprintf(group, sizeof(group), "group %u", function->group);
	(void)snprintf(text, sizeof(text), "%s%s-%s %s%s%s%s%s%s: %.300s: %.300s", prefix,
		       last ? "\\" : "+", address, group, *driver ? " (" : "",
		       *driver ? driver : "", *driver ? ")" : "", acs ? " ACS " : "",
		       acs ? acs : "", class, device);
	text_cut(text, TEXT_COLUMNS);
	fprintf(render->out, "%s\n", text);
}

/* Draws a bus from its function @first on; the recursion is as deep as bridges are. */
static void bus_print(const struct render *render, const struct host *host,
		      const struct names *names, const char *prefix, size_t first)
{
	size_t next;

	for (size_t i = first; i < host->n_functions; i = next) {
		size_t child = child_of(host, i);
		char below[PREFIX_MAX];
		bool last;

		next = sibling_after(host, i);
		last = next == host->n_functions;
		line_print(render, host, names, prefix, last, i);
		(void)snprintf(below, sizeof(below), "%s%s", prefix, last ? "  " : "| ");
		if (child < host->n_functions && !is_adrift(host, child))
			bus_print(render, host, names, below, child);
	}
}

/* Those that are on no bus above; each by itself */
static void adrift_print(const struct render *render, const struct host *host,
			 const struct names *names)
{
	bool any = false;

	for (size_t i = 0; i < host->n_functions; i++) {
		if (!is_adrift(host, i))
			continue;
		if (!any)
			render_word(render, RENDER_HEADING,
				    "On no root bus, by their paths");
		fputs(any ? "" : "\n", render->out);
		any = true;
		line_print(render, host, names, "", false, i);
	}
}

void tree_print(const struct render *render, const struct host *host,
		const struct names *names, const struct iommu_answer *iommu)
{
	iommu_state_print(render, host, iommu);
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct pci_path *path = &host->functions[i].path;
		char text[32];

		if (!is_root_first(host, i))
			continue;
		(void)snprintf(text, sizeof(text), "Root bus %04x:%02x", path->domain,
			       path->bus);
		render_word(render, RENDER_HEADING, text);
		fputc('\n', render->out);
		bus_print(render, host, names, "", i);
	}
	adrift_print(render, host, names);
	if (!host->n_functions)
		fputs("No PCI functions.\n", render->out);
}

static json_t *node_to_json(const struct host *host, const struct names *names,
			    size_t index)
{
	const char *acs = acs_word(&host->functions[index]);
	json_t *object = groups_function_to_json(host, names, index);

	json_value_put(&object, "acs", acs ? json_string(acs) : json_null());
	return object;
}

static json_t *bus_to_json(const struct host *host, const struct names *names,
			   size_t first)
{
	json_t *array = json_array();

	for (size_t i = first; i < host->n_functions; i = sibling_after(host, i)) {
		json_t *object = node_to_json(host, names, i);
		size_t child = child_of(host, i);

		if (child < host->n_functions && is_adrift(host, child))
			child = host->n_functions;
		json_value_put(&object, "below", bus_to_json(host, names, child));
		json_value_add(&array, object);
	}
	return array;
}

json_t *tree_to_json(const struct host *host, const struct names *names,
		     const struct iommu_answer *iommu)
{
	json_t *object = json_object(), *roots = json_array(), *adrift = json_array();

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct pci_path *path = &host->functions[i].path;
		json_t *root;
		char text[32];

		if (is_adrift(host, i))
			json_value_add(&adrift, node_to_json(host, names, i));
		if (!is_root_first(host, i))
			continue;
		(void)snprintf(text, sizeof(text), "%04x:%02x", path->domain, path->bus);
		root = json_object();
		json_value_put(&root, "bus", json_string(text));
		json_value_put(&root, "functions", bus_to_json(host, names, i));
		json_value_add(&roots, root);
	}
	json_value_put(&object, "version", json_integer(GROUPS_VERSION));
	json_value_put(&object, "iommu", iommu_state_to_json(host, iommu));
	json_value_put(&object, "roots", roots);
	json_value_put(&object, "adrift", adrift);
	json_value_put(&object, "notes", host_notes_to_json(host));
	return object;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/hook_show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "companion/hook_record.h"
#include "report/json.h"

#define LINE_MAX_HERE 512

/* What is handed to each guest's turn */
struct turn {
	const struct render *render;
	const struct sysroot *root;
	const struct host *host;
	json_t *array;
};

/* Its driver now; NULL: it is not known, or the function is gone */
static const char *driver_now(const struct host *host, const struct pci_address *address)
{
	const struct host_function *function = host ? host_find(host, address) : NULL;

	return function && !function->driver_unknown ? function->driver : NULL;
}

static const char *word_of(const char *driver)
{
	return !driver ? "unknown" : *driver ? driver : "none";
}

static void function_print(const struct turn *turn, const struct report_target *target,
			   const struct report_function *function)
{
	const char *now = driver_now(turn->host, &function->address);
	char address[PCI_ADDRESS_TEXT], line[LINE_MAX_HERE], shown[TEXT_MAX];

	pci_address_format(&function->address, address);
	(void)snprintf(line, sizeof(line), "%.40s: %s: before %.60s, now %.60s",
		       target->name, address, word_of(function->before), word_of(now));
	text_paragraph(turn->render->out, 2, text_escape(line, shown, sizeof(shown)));
}

/* Return: NULL: it cannot be read, and @fault says why; -ENOENT: the machine has ended */
static struct report *record_of(const struct turn *turn, const char *guest,
				struct fault *fault)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
	else if (!hook_record_read(turn->root, guest, report, fault))
		return report;
	free(report);
	return NULL;
}

/* As long as it is there, that machine does not start. */
static void unread_print(const struct turn *turn, const struct fault *fault)
{
	char line[TEXT_MAX];

	(void)snprintf(line, sizeof(line),
		       "%s: what was taken is not known, so the machine does not "
		       "start until that file is removed or the host has rebooted",
		       fault->text);
	text_paragraph(turn->render->out, 2, line);
}

static void guest_print(const char *guest, void *context)
{
	const struct turn *turn = context;
	struct fault fault = { 0 };
	struct report *report cleanup_free = record_of(turn, guest, &fault);
	char line[LINE_MAX_HERE], shown[TEXT_MAX];

	if (!report && fault.error == -ENOENT)
		return;
	(void)snprintf(line, sizeof(line),
		       "Taken for the virtual machine %.200s:", guest);
	fprintf(turn->render->out, "\n%s\n", text_escape(line, shown, sizeof(shown)));
	if (!report) {
		unread_print(turn, &fault);
		return;
	}
	for (size_t t = 0; t < report->n_targets; t++) {
		const struct report_target *target = &report->targets[t];

		for (size_t i = 0; i < target->n_functions; i++)
			function_print(turn, target, &target->functions[i]);
		if (target->state == TARGET_RESERVED)
			continue;
		render_word(turn->render, RENDER_WARN, "not given back");
		fprintf(turn->render->out,
			": the next start or end of that machine tries again, a reboot "
			"does it\n");
	}
	report_done(report);
}

void hook_print(const struct render *render, const struct sysroot *root,
		const struct host *host)
{
	struct turn turn = { .render = render, .root = root, .host = host };

	hook_record_each(root, guest_print, &turn);
}

static json_t *function_to_json(const struct turn *turn,
				const struct report_function *function)
{
	const char *now = driver_now(turn->host, &function->address);
	json_t *object = json_object();

	json_value_put(&object, "address", json_value_address(&function->address));
	json_value_put(&object, "driver_before", json_value_text(function->before));
	json_value_put(&object, "driver_now", json_value_text(now ? now : ""));
	return object;
}

static json_t *target_to_json(const struct turn *turn, const struct report_target *target)
{
	json_t *object = json_object(), *functions = json_array();

	for (size_t i = 0; i < target->n_functions; i++)
		json_value_add(&functions, function_to_json(turn, &target->functions[i]));
	json_value_put(&object, "name", json_string(target->name));
	json_value_put(&object, "state", json_string(target_state_names[target->state]));
	json_value_put(&object, "functions", functions);
	return object;
}

static void guest_add(const char *guest, void *context)
{
	struct turn *turn = context;
	struct fault fault = { 0 };
	struct report *report cleanup_free = record_of(turn, guest, &fault);
	json_t *object, *targets;

	if (!report && fault.error == -ENOENT)
		return;
	object = json_object();
	targets = json_array();
	for (size_t t = 0; report && t < report->n_targets; t++)
		json_value_add(&targets, target_to_json(turn, &report->targets[t]));
	json_value_put(&object, "guest", json_value_text(guest));
	json_value_put(&object, "targets", targets);
	json_value_put(&object, "error", json_value_text(fault.text));
	json_value_add(&turn->array, object);
	if (report)
		report_done(report);
}

json_t *hook_to_json(const struct sysroot *root, const struct host *host)
{
	struct turn turn = { .root = root, .host = host, .array = json_array() };

	hook_record_each(root, guest_add, &turn);
	return turn.array;
}

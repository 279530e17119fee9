// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/report_metrics.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define MICROSECONDS 1000000

/* What must be announced once, ahead of a metric's values */
static void metric(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP vfio_early_%s %s\n# TYPE vfio_early_%s gauge\n", name, help,
		name);
}

static void number(FILE *out, const char *name, const char *help, double value)
{
	metric(out, name, help);
	fprintf(out, "vfio_early_%s %.15g\n", name, value);
}

/**
 * struct label - NAME="VALUE"
 */
struct label {
	const char *name;
	const char *value;
};

/* In a value, backslash, quote and newline are written with a backslash. */
static void label_print(FILE *out, const struct label *label)
{
	char text[TEXT_MAX];

	text_escape(label->value, text, sizeof(text));
	fprintf(out, "%s=\"", label->name);
	for (const char *c = text; *c; c++) {
		if (*c == '\\' || *c == '"')
			fputc('\\', out);
		fputc(*c, out);
	}
	fputc('"', out);
}

static void sample(FILE *out, const char *name, const struct label *labels, size_t count,
		   bool value)
{
	fprintf(out, "vfio_early_%s{", name);
	for (size_t i = 0; i < count; i++) {
		if (i)
			fputc(',', out);
		label_print(out, &labels[i]);
	}
	fprintf(out, "} %d\n", value);
}

/* Cards of one target (all = yes) have one name: the address distinguishes them. */
static void first_address(const struct report_target *target,
			  char text[static PCI_ADDRESS_TEXT])
{
	text[0] = '\0';
	if (target->n_functions)
		pci_address_format(&target->functions[0].address, text);
}

static void targets_print(FILE *out, const struct report *report,
			  const struct drift *drift)
{
	metric(out, "target_reserved",
	       "Whether the card is reserved now. optional: absence is not a failure.");
	for (size_t i = 0; i < report->n_targets; i++) {
		const struct report_target *target = &report->targets[i];
		char address[PCI_ADDRESS_TEXT];
		const struct label labels[] = {
			{ "target", target->name },
			{ "address", address },
			{ "optional", target->optional ? "yes" : "no" },
		};

		first_address(target, address);
		sample(out, "target_reserved", labels, ARRAY_SIZE(labels),
		       drift->targets[i].state == TARGET_RESERVED);
	}
}

static void states_print(FILE *out, const struct report *report,
			 const struct drift *drift)
{
	metric(out, "target_state",
	       "1 for the current state of the target, with its reason.");
	for (size_t i = 0; i < report->n_targets; i++) {
		const struct report_target *target = &report->targets[i];
		enum target_state state = drift->targets[i].state;
		char address[PCI_ADDRESS_TEXT];
		const struct label labels[] = {
			{ "target", target->name },
			{ "address", address },
			{ "state", target_state_names[state] },
			{ "reason", state == TARGET_LOST ?
					    reason_info(REASON_LOST)->code :
					    target->reason },
		};

		first_address(target, address);
		sample(out, "target_state", labels, ARRAY_SIZE(labels), true);
	}
}

static void functions_print(FILE *out, const struct report *report, const struct now *now,
			    const struct drift *drift)
{
	if (!now->host)
		return;
	metric(out, "function_reserved",
	       "Whether the function is on its VFIO driver now.");
	for (size_t i = 0; i < report->n_targets; i++)
		for (size_t j = 0; j < report->targets[i].n_functions; j++) {
			const struct report_function *function =
				&report->targets[i].functions[j];
			const struct host_function *current =
				drift->targets[i].functions[j];
			const char *driver = current ? current->driver : "";
			const struct label labels[] = {
				{ "target", report->targets[i].name },
				{ "address", PCI_ADDRESS(&function->address) },
				{ "driver", driver },
			};

			sample(out, "function_reserved", labels, ARRAY_SIZE(labels),
			       *driver && !strcmp(driver, function->vfio_driver));
		}
}

static void run_print(FILE *out, const struct report *report, const struct drift *drift)
{
	const struct label labels[] = {
		{ "version", report->program_version }, { "kernel", report->kernel },
		{ "generator", report->generator },	{ "mode", report->mode },
		{ "end", run_end_names[report->end] },
	};
	const struct label guard[] = {
		{ "state", guard_state_names[report->guard.state] },
		{ "needs", report->guard.state == GUARD_TRIAL ?
				   guard_needs_names[report->guard.needs] :
				   "" },
	};

	metric(out, "run_info", "What ran in the initramfs.");
	sample(out, "run_info", labels, ARRAY_SIZE(labels), true);
	number(out, "run_start_seconds",
	       "Start of the run, after the start of the kernel.",
	       (double)report->start / MICROSECONDS);
	if (report->finish >= report->start)
		number(out, "run_duration_seconds", "Duration of the run.",
		       (double)(report->finish - report->start) / MICROSECONDS);
	metric(out, "guard_state", "1 for the state of the first-boot guard.");
	sample(out, "guard_state", guard, ARRAY_SIZE(guard), true);
	number(out, "run_after_udev", "Whether udev ran before it.", report->udev_ran);
	number(out, "other_boot", "Whether the report is of another boot.",
	       drift->other_boot);
	number(out, "config_changed",
	       "Whether the config differs from the one that was used.",
	       drift->config_changed);
}

void prometheus_print(FILE *out, const struct report *report, const struct now *now,
		      const struct drift *drift)
{
	number(out, "report_present", "Whether there is a report of this boot.",
	       report && !drift->other_boot);
	number(out, "report_status", "Exit status of vfio-early --report.",
	       report ? drift->status : STATUS_NO_REPORT);
	number(out, "config_invalid", "Whether the config has an error now.",
	       now->config->invalid);
	if (!report)
		return;
	run_print(out, report, drift);
	targets_print(out, report, drift);
	states_print(out, report, drift);
	functions_print(out, report, now, drift);
}

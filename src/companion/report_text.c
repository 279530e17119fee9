// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/report_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "plan/card.h"
#include "report/json.h"
#include "report/report_json.h"

#define DRIVERS_MAX 160
#define MICROSECONDS 1000000

/* ---- the most important facts first ---- */

static void warn(const struct render *render, const char *heading, const char *text)
{
	render_word(render, RENDER_WARN, heading);
	fputc('\n', render->out);
	if (*text)
		text_paragraph(render->out, 2, text);
}

static void guard_print(const struct render *render, const struct guard *guard)
{
	static const char *const headings[] = {
		[GUARD_OFF] = "First-boot guard: off",
		[GUARD_TRIAL] = "First-boot guard: trial",
		[GUARD_FALLBACK] = "First-boot guard: fallback",
		[GUARD_NONE] = "First-boot guard: none",
	};
	char text[TEXT_MAX];

	/* What the config says is no news. */
	if (guard->state == GUARD_IDLE || guard->state == GUARD_PASSED ||
	    (guard->state == GUARD_OFF && !guard->detail[0]))
		return;
	(void)snprintf(text, sizeof(text), "%s%s%s", guard_tell(guard),
		       guard->detail[0] ? ": " : "", guard->detail);
	warn(render, headings[guard->state], text);
}

/* Functions without a target that a VFIO driver had */
static void strays_warn(const struct render *render, const struct report *report)
{
	char text[TEXT_MAX];

	if (*report->unplanned)
		warn(render,
		     "A VFIO driver was bound to functions that no target names; they "
		     "were given back:",
		     report->unplanned);
	if (!*report->kept)
		return;
	(void)snprintf(text, sizeof(text),
		       "%s. vfio-early --check looks for what bound them.", report->kept);
	warn(render,
	     "A VFIO driver had functions of no target before the run; they stayed with it:",
	     text);
}

static void run_warn(const struct render *render, const struct report *report)
{
	const char *remedy =
		reason_info(report->end == RUN_CRASHED ? REASON_CRASHED : REASON_DEADLINE)
			->remedy;
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof(text),
		       "It had reached the phase \"%s\". What to do: %s",
		       run_phase_names[report->phase], remedy);
	if (report->end == RUN_DEADLINE)
		warn(render, "The run was ended by its deadline.", text);
	if (report->end == RUN_CRASHED)
		warn(render, "The run crashed.", text);
	if (*report->config_error)
		warn(render, "The config was not understood, so nothing was done.",
		     report->config_error);
	if (report->udev_ran)
		warn(render, "udev had run before.",
		     "Host drivers may have loaded first: the initramfs runs "
		     "vfio-early-boot too late.");
	strays_warn(render, report);
	if (*report->left_out)
		warn(render,
		     "Only targets decide what is reserved, so this was left out "
		     "(modprobe.d, kernel command line):",
		     report->left_out);
	if (!strcmp(report->mode, "plan"))
		warn(render,
		     "Decided, but not carried out: vfio_early.mode=plan was set.", "");
	if (!strcmp(report->mode, "off"))
		warn(render, "Nothing was done: vfio_early.mode=off was set.", "");
	if (strcmp(report->path, REPORT_PATH) != 0)
		warn(render,
		     "The report was written to " REPORT_FALLBACK_PATH " instead.",
		     "/run could not be written to at that time.");
}

static void drift_warn(const struct render *render, const struct report *report,
		       const struct now *now, const struct drift *drift)
{
	if (drift->other_boot)
		warn(render, "This is the report of another boot.",
		     "At this boot the initramfs did not run vfio-early-boot.");
	if (now->config->invalid)
		warn(render,
		     "The config has an error now: the next boot would refuse it.",
		     strcmp(now->config->fault.text, report->config_error) != 0 ?
			     now->config->fault.text :
			     "It is still the same.");
	else if (drift->config_changed)
		warn(render, "The config has changed since this boot.",
		     "Rebuild the initramfs, so that the next boot uses it.");
	if (!now->host)
		warn(render,
		     "The current state could not be read: what follows is the report.",
		     "");
}

/* ---- targets ---- */

static enum render_style style_of(enum target_state state, bool optional)
{
	switch (state) {
	case TARGET_RESERVED:
		return RENDER_GOOD;
	case TARGET_ABSENT:
		return optional ? RENDER_GOOD : RENDER_BAD;
	case TARGET_SKIPPED:
	case TARGET_PENDING:
		return RENDER_WARN;
	case TARGET_REFUSED:
	case TARGET_FAILED:
	case TARGET_ROLLED_BACK:
	case TARGET_LOST:
		break;
	}
	return RENDER_BAD;
}

#define DRIVER_MAX 41

/* A driver's name as it is shown: safe, not too long, "none" for none */
static const char *driver_format(const char *driver, char text[static DRIVER_MAX])
{
	return text_escape(*driver ? driver : "none", text, DRIVER_MAX);
}

/* What the run did about the driver: before -> after */
static int change_format(const struct report_function *function,
			 char text[static DRIVERS_MAX])
{
	char before[DRIVER_MAX], after[DRIVER_MAX];
	bool same;

	driver_format(function->before, before);
	driver_format(function->after, after);
	same = !strcmp(before, after);
	if (!function->touched && !function->after_known)
		return snprintf(text, DRIVERS_MAX, "%s", before);
	if (!function->after_known)
		return snprintf(text, DRIVERS_MAX, "%s -> unknown", before);
	if (same)
		return snprintf(text, DRIVERS_MAX, "%s%s", before,
				function->given_back ? " (given back)" : "");
	return snprintf(text, DRIVERS_MAX, "%s -> %s", before, after);
}

/* And how it is now, where that differs from what the report ends with */
static void drivers_format(const struct report_function *function, const struct now *now,
			   const struct host_function *current,
			   char text[static DRIVERS_MAX])
{
	const char *last = function->after_known ? function->after : function->before;
	size_t used = (size_t)change_format(function, text);
	char driver[4 * HOST_NAME_MAX], shown[DRIVER_MAX];

	if (!now->host)
		return;
	if (!current)
		(void)snprintf(text + used, DRIVERS_MAX - used, ", now gone");
	else if (strcmp(text_escape(current->driver, driver, sizeof(driver)), last) != 0)
		(void)snprintf(text + used, DRIVERS_MAX - used, ", now %s",
			       driver_format(driver, shown));
}

static void function_line(const struct render *render,
			  const struct report_function *function,
			  const struct names *names, const char *drivers, size_t width)
{
	char name[NAMES_TEXT_MAX], line[TEXT_MAX] = "", id[64];
	struct host_function named = { 0 };
	struct pci_id parsed;

	(void)text_escape(function->id, id, sizeof(id));
	(void)snprintf(name, sizeof(name), "%s", id);
	if (!pci_id_parse(function->id, &parsed)) {
		named.id = parsed;
		names_model(names, &named, name);
	}
	text_append(line, sizeof(line), "  %-12s  %-*s  %s",
		    PCI_ADDRESS(&function->address), (int)width, drivers, name);
	text_cut(line, TEXT_COLUMNS);
	fprintf(render->out, "%s\n", line);
}

static void functions_print(const struct render *render,
			    const struct report_target *target,
			    const struct drift_target *drift, const struct now *now,
			    const struct names *names)
{
	char drivers[PLAN_FUNCTIONS_MAX][DRIVERS_MAX];
	size_t width = 0;

	for (size_t i = 0; i < target->n_functions; i++) {
		drivers_format(&target->functions[i], now, drift->functions[i],
			       drivers[i]);
		if (strlen(drivers[i]) > width)
			width = strlen(drivers[i]);
	}
	for (size_t i = 0; i < target->n_functions; i++)
		function_line(render, &target->functions[i], names, drivers[i], width);
}

/* A card that was absent at boot and is there by now: where, and on which driver */
static void appeared_print(const struct render *render,
			   const struct host_function *function)
{
	bool is_idle = !*function->driver || plan_driver_is_idle(function->driver);
	char mention[CARD_TEXT_MAX], text[TEXT_MAX], shown[TEXT_MAX];

	card_mention(function, mention);
	text_labelled(render->out, 2, "Why", "it was absent when the initramfs ran");
	(void)snprintf(text, sizeof(text), "%s is there now%s",
		       text_escape(mention, shown, sizeof(shown)),
		       *function->driver ? "" : ", without a driver");
	text_labelled(render->out, 2, "Here", text);
	if (!is_idle)
		text_labelled(
			render->out, 2, "What to do",
			function->is_vf ?
				"check that the udev rule of vfio-early is installed "
				"(61-vfio-early.rules), and create the virtual functions "
				"again: write 0, then their number, to sriov_numvfs" :
				"check that the udev rule of vfio-early is installed "
				"(61-vfio-early.rules), and plug the card in again: it "
				"is reserved when it appears, before a host driver binds "
				"to it");
	else if (*function->driver)
		text_labelled(render->out, 2, "What to do",
			      "nothing: it is not bound to a host driver");
	else
		text_labelled(render->out, 2, "What to do",
			      "`/usr/lib/vfio-early/vfio-early-boot --device ADDRESS` "
			      "reserves it now");
}

/* The reason and the remedy of a target that is not reserved */
static void reason_print(const struct render *render, const struct report_target *target,
			 const struct drift_target *drift)
{
	bool lost = drift->state == TARGET_LOST;
	enum reason reason = lost ? REASON_LOST : reason_parse(target->reason);
	const struct reason_info *info = NULL;
	const char *remedy = target->remedy;

	if (reason != REASON_COUNT)
		info = reason_info(reason);
	if (lost)
		remedy = reason_info(REASON_LOST)->remedy;
	if (drift->removed) {
		text_labelled(
			render->out, 2, "Why",
			"it was reserved at boot and then removed from the bus: it is "
			"no longer there");
		remedy = "`vfio-early --check` names udev rules that remove it, and "
			 "tools such as envycontrol and supergfxctl";
	} else if (drift->unplugged) {
		text_labelled(
			render->out, 2, "Why",
			"it was reserved and is gone: unplugged, or a virtual function "
			"that is no longer created");
		remedy = "nothing: it is reserved again when it appears";
	} else if (info && reason != REASON_NONE) {
		text_labelled(render->out, 2, "Why", info->sentence);
	}
	if (*target->detail && !lost && !drift->unplugged)
		text_labelled(render->out, 2, "Here", target->detail);
	for (size_t i = 0; i < target->n_functions; i++) {
		if (!target->functions[i].undo_failed)
			continue;
		text_paragraph(render->out, 2,
			       "Not everything could be given back to the host.");
		break;
	}
	if (*remedy)
		text_labelled(render->out, 2, "What to do", remedy);
}

static void target_print(const struct render *render, const struct report_target *target,
			 const struct drift_target *drift, const struct now *now,
			 const struct names *names)
{
	char text[TEXT_MAX];

	fprintf(render->out, "\n%s: ", text_escape(target->name, text, sizeof(text)));
	render_word(render, style_of(drift->state, target->optional),
		    target_state_names[drift->state]);
	if (*target->reason && drift->state != TARGET_LOST &&
	    drift->state != TARGET_ABSENT)
		fprintf(render->out, " (%s)",
			text_escape(target->reason, text, sizeof(text)));
	if (target->optional)
		fputs(", optional", render->out);
	if (target->late)
		fputs(", late: it appeared after the initramfs", render->out);
	fputc('\n', render->out);
	functions_print(render, target, drift, now, names);
	/* the fault in the config has been said once, ahead of all targets */
	if (drift->appeared)
		appeared_print(render, drift->appeared);
	else if (drift->state != TARGET_RESERVED &&
		 strcmp(target->reason, reason_info(REASON_CONFIG_INVALID)->code) != 0)
		reason_print(render, target, drift);
}

/* When, how long, where: in one line. */
static void headline_print(const struct render *render, const struct report *report)
{
	char text[TEXT_MAX];

	fprintf(render->out,
		"vfio-early-boot %s ran %.2f s after the start of the kernel",
		text_escape(report->program_version, text, sizeof(text)),
		(double)report->start / MICROSECONDS);
	if (report->finish >= report->start)
		fprintf(render->out, ", for %.2f s",
			(double)(report->finish - report->start) / MICROSECONDS);
	fputc('\n', render->out);
	if (*report->kernel)
		fprintf(render->out, "kernel %s",
			text_escape(report->kernel, text, sizeof(text)));
	if (*report->generator)
		fprintf(render->out, ", initramfs by %s",
			text_escape(report->generator, text, sizeof(text)));
	if (*report->kernel || *report->generator)
		fputc('\n', render->out);
}

static void notes_print(const struct render *render, const struct report *report)
{
	const json_t *notes = json_object_get(report->json, "notes");

	if (json_array_size(notes))
		fputs("\nCould not be determined at boot:\n", render->out);
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *note = json_string_value(json_array_get(notes, i));

		text_paragraph(render->out, 2, note ? note : "");
	}
}

void report_print(const struct render *render, const struct report *report,
		  const struct now *now, const struct drift *drift,
		  const struct names *names)
{
	headline_print(render, report);
	run_warn(render, report);
	guard_print(render, &report->guard);
	drift_warn(render, report, now, drift);
	for (size_t i = 0; i < report->n_targets; i++)
		target_print(render, &report->targets[i], &drift->targets[i], now, names);
	if (!report->n_targets && !*report->config_error && report->end == RUN_COMPLETED)
		fputs("\nNo target: nothing was to be reserved.\n", render->out);
	if (drift->status != STATUS_GOOD)
		notes_print(render, report);
}

/* ---- for programs ---- */

static bool function_join(json_t *object, const struct now *now,
			  const struct host_function *current)
{
	json_t *present = !now->host ? json_null() : json_boolean(current != NULL);
	json_t *driver = json_value_text(current ? current->driver : "");

	return !json_object_set_new(object, "present_now", present) &&
	       !json_object_set_new(object, "driver_now", driver);
}

static bool target_join(json_t *object, const struct now *now,
			const struct report_target *target,
			const struct drift_target *drift)
{
	const json_t *functions = json_object_get(object, "functions");
	json_t *state = json_string(target_state_names[drift->state]);
	bool good = !json_object_set(object, "state_at_boot",
				     json_object_get(object, "state")) &&
		    !json_object_set_new(object, "state", state);

	if (drift->appeared)
		good = good && !json_object_set_new(
				       object, "there_now",
				       json_value_address(&drift->appeared->address));
	if (drift->state == TARGET_LOST) {
		const struct reason_info *info = reason_info(REASON_LOST);

		good = good &&
		       !json_object_set_new(object, "reason", json_string(info->code)) &&
		       !json_object_set_new(object, "remedy", json_string(info->remedy));
	}
	for (size_t i = 0; i < target->n_functions && good; i++)
		good = function_join(json_array_get(functions, i), now,
				     drift->functions[i]);
	return good;
}

static json_t *now_to_json(const struct now *now, const struct drift *drift)
{
	const struct config *config = now->config;
	json_t *object = json_object();

	json_value_put(&object, "status", json_integer(drift->status));
	json_value_put(&object, "readable", json_boolean(now->host != NULL));
	json_value_put(&object, "other_boot", json_boolean(drift->other_boot));
	json_value_put(&object, "config_changed", json_boolean(drift->config_changed));
	json_value_put(&object, "config_error",
		       config->invalid ? json_value_text(config->fault.text) :
					 json_null());
	return object;
}

bool report_join(struct report *report, const struct now *now, const struct drift *drift)
{
	const json_t *targets = json_object_get(report->json, "targets");
	bool good = !json_object_set_new(report->json, "now", now_to_json(now, drift));

	for (size_t i = 0; i < report->n_targets && good; i++)
		good = target_join(json_array_get(targets, i), now, &report->targets[i],
				   &drift->targets[i]);
	return good;
}

/* ---- no report ---- */

static const char cause_config[] =
	"There is no config (/etc/vfio-early.conf or a drop-in): nothing is to be "
	"reserved, and the program may be missing from the initramfs. Write one and "
	"rebuild the initramfs.";

static const char cause_image[] =
	"The initramfs that was booted does not contain vfio-early-boot: rebuild it, and "
	"check that the boot loader loads the new one.";

static const char cause_run[] =
	"The initramfs ran it, but /run was not handed over to the system.";

static const char cause_none[] = "The machine was booted without an initramfs.";

static const char cause_denied[] = "You have no permission to read it: try again as "
				   "root.";

static const char cause_damaged[] =
	"It is written at each boot. If this happens again, "
	"vfio-early and the vfio-early-boot in the initramfs are of "
	"different versions.";

/* The @index-th likely cause; NULL behind the last */
static const char *cause_get(const struct fault *fault, const struct now *now,
			     size_t index)
{
	static const char *const missing[] = { cause_config, cause_image, cause_run,
					       cause_none };
	bool configured = now->config->n_files || now->config->n_targets;

	if (fault->error == -ENOENT) {
		index += configured;
		return index < ARRAY_SIZE(missing) ? missing[index] : NULL;
	}
	if (index)
		return NULL;
	return fault->error == -EACCES ? cause_denied : cause_damaged;
}

void report_missing_print(const struct render *render, const struct fault *fault,
			  const struct now *now)
{
	const char *cause;

	render_word(render, RENDER_BAD,
		    fault->error == -ENOENT ? "There is no report of this boot." :
					      "The report of this boot cannot be read.");
	fputc('\n', render->out);
	text_paragraph(render->out, 2, fault->text);
	fputs("Likely causes, and what to do:\n", render->out);
	for (size_t i = 0; (cause = cause_get(fault, now, i)); i++)
		text_paragraph(render->out, 2, cause);
	if (now->config->invalid) {
		fputs("The config has an error:\n", render->out);
		text_paragraph(render->out, 2, now->config->fault.text);
	}
}

json_t *report_missing_to_json(const struct fault *fault, const struct now *now)
{
	json_t *object = json_object(), *causes = json_array();
	const char *cause;

	for (size_t i = 0; (cause = cause_get(fault, now, i)); i++)
		json_value_add(&causes, json_value_text(cause));
	json_value_put(&object, "version", json_integer(REPORT_VERSION));
	json_value_put(&object, "missing", json_value_text(fault->text));
	json_value_put(&object, "causes", causes);
	json_value_put(&object, "config_error",
		       now->config->invalid ? json_value_text(now->config->fault.text) :
					      json_null());
	return object;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/iommu_check.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/text.h"
#include "check/scene.h"
#include "model/cmdline.h"
#include "plan/remedy.h"

#define ADVICE_MAX (FINDING_TEXT_MAX - 64)

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/*
 * Options of a parameter are comma separated, compared by their beginning, and the last
 * one that says on or off counts, over all occurrences of the parameter.
 */
static enum fact switch_of(const char *cmdline, const char *parameter)
{
	enum fact fact = FACT_UNKNOWN;
	char name[64], value[256];

	while (cmdline_next(&cmdline, name, sizeof(name), value, sizeof(value))) {
		const char *cursor = value;
		char word[LINES_WORD_MAX];

		if (!cmdline_name_equal(name, parameter))
			continue;
		while (lines_word(&cursor, ",", word))
			if (starts_with(word, "off"))
				fact = FACT_NO;
			else if (starts_with(word, "on") ||
				 starts_with(word, "force_enable"))
				fact = FACT_YES;
	}
	return fact;
}

enum iommu_cause iommu_cause_of(const char *table, const struct iommu_facts *facts,
				char word[static 64])
{
	bool is_intel = !strcmp(table, "DMAR");
	const char *own = is_intel ? "intel_iommu" : "amd_iommu";
	const struct {
		const char *parameter;
		bool counts;
	} switches[] = {
		{ own, is_intel || !strcmp(table, "IVRS") },
		{ "iommu", strcmp(table, "IORT") != 0 }, /* of x86 alone */
	};

	if (facts->evidence.built == FACT_NO)
		return IOMMU_CAUSE_NOT_BUILT;
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		if (!switches[i].counts ||
		    switch_of(facts->cmdline, switches[i].parameter) != FACT_NO)
			continue;
		(void)snprintf(word, 64, "%s=off", switches[i].parameter);
		return IOMMU_CAUSE_ASKED;
	}
	if (!is_intel || switch_of(facts->cmdline, own) == FACT_YES ||
	    facts->evidence.default_on == FACT_YES)
		return IOMMU_CAUSE_DRIVER;
	return facts->evidence.default_on == FACT_NO ? IOMMU_CAUSE_DEFAULT :
						       IOMMU_CAUSE_MAYBE_DEFAULT;
}

/* Why the firmware may describe none, and what switches it on there */
static const char *firmware_remedy(const struct iommu_facts *facts,
				   const char *without_acpi)
{
	char value[64];

	if (cmdline_get(facts->cmdline, "acpi", value, sizeof(value)) &&
	    !strcmp(value, "off"))
		return without_acpi;
	if (facts->evidence.is_guest)
		return "this machine is virtual itself: give it an emulated IOMMU (QEMU: "
		       "-device intel-iommu,intremap=on)";
	if (facts->evidence.is_amd)
		return "set IOMMU (AMD-Vi) to Enabled, not Auto, in the firmware setup; "
		       "SVM alone is not enough";
	return "enable VT-d in the firmware setup; VT-x (virtualisation) alone is not "
	       "enough";
}

/* Switched off twice: once the firmware describes it, a parameter still keeps it off. */
static void judge_kept_off(const struct iommu_facts *facts,
			   const struct bootloader *bootloader, struct findings *findings)
{
	char word[64], text[ADVICE_MAX];

	if (iommu_cause_of(facts->evidence.is_amd ? "IVRS" : "DMAR", facts, word) !=
	    IOMMU_CAUSE_ASKED)
		return;
	bootloader_advise(bootloader, false, word, text, sizeof(text));
	findings_add(findings, FINDING_FAIL, FINDING_IOMMU_PARAMETER, NULL,
		     "%s would disable it in the kernel, too" TO_DO "%s", word, text);
}

/* Xen is handled first, since it hides or changes the evidence. */
static void judge_xen(const struct host *host, struct findings *findings)
{
	if (host->xen == HOST_XEN_DOM0)
		findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
			     "this is dom0 of Xen: the hypervisor owns the IOMMU, and "
			     "there is no VFIO here" TO_DO
			     "pass the card through with `xl pci-assignable-add` or "
			     "xen-pciback.hide=, or boot without Xen; `xl dmesg` says "
			     "whether Xen uses the IOMMU");
	else
		findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
			     "this machine is a guest of Xen (domU), and its host has "
			     "given it no IOMMU" TO_DO "reserve the card in the host");
}

static void judge_device_tree(const struct iommu_facts *facts, struct findings *findings)
{
	enum fact map = facts->evidence.iommu_map;

	if (map == FACT_YES)
		findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
			     "the device tree has an IOMMU for a PCI Express controller "
			     "(iommu-map), but no unit was started" TO_DO
			     "boot a kernel with the driver of that IOMMU, and look for "
			     "iommu in the kernel log");
	else
		findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
			     "this machine is described by a device tree, and its cards "
			     "are behind no IOMMU%s" TO_DO
			     "no firmware setting can change that: a device tree with "
			     "iommu-map and a kernel with the driver of that IOMMU are "
			     "needed",
			     map == FACT_NO ? ": no node of a PCI Express controller has "
					      "iommu-map" :
					      "");
}

static void judge_arm_firmware(const struct iommu_facts *facts, struct findings *findings)
{
	findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
		     "the firmware describes no SMMU: no ACPI table IORT with a node of "
		     "type 3 or 4, and no VIOT" TO_DO "%s",
		     facts->evidence.is_guest ?
			     "this machine is virtual itself: give it an emulated IOMMU "
			     "(QEMU: -machine virt,iommu=smmuv3)" :
			     "look for an SMMU setting in the firmware setup, or for "
			     "newer firmware; without one no card of this machine can be "
			     "passed through");
}

static void judge_firmware(const struct iommu_facts *facts,
			   const struct bootloader *bootloader, struct findings *findings)
{
	char text[ADVICE_MAX], remedy[FINDING_TEXT_MAX];

	bootloader_advise(bootloader, false, "acpi=off", text, sizeof(text));
	(void)snprintf(remedy, sizeof(remedy),
		       "%s: without ACPI the kernel finds no IOMMU", text);
	findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
		     "off in the firmware: it describes none (no ACPI table DMAR, IVRS, "
		     "IORT or VIOT)" TO_DO "%s",
		     firmware_remedy(facts, remedy));
	judge_kept_off(facts, bootloader, findings);
}

/* A parameter that is to be added, or removed */
struct change {
	bool add;
	char parameter[64];
};

static const char intel_on[] = "intel_iommu=on";

/* The parameter that would switch the IOMMU on; false: there is none */
static bool change_find(const char *table, const struct iommu_facts *facts,
			struct change *change)
{
	switch (iommu_cause_of(table, facts, change->parameter)) {
	case IOMMU_CAUSE_ASKED:
		change->add = false;
		return true;
	case IOMMU_CAUSE_DEFAULT:
	case IOMMU_CAUSE_MAYBE_DEFAULT:
		change->add = true;
		memcpy(change->parameter, intel_on, sizeof(intel_on));
		return true;
	case IOMMU_CAUSE_NOT_BUILT:
	case IOMMU_CAUSE_DRIVER:
		break;
	}
	return false;
}

/* Common mistakes are an edit of the wrong file, and a missing update command. */
/* The line of the file that counts: the first, or the one that is assigned last */
static void place_judge(const struct iommu_facts *facts, enum finding_level level,
			const struct bootloader *bootloader, const struct change *change,
			struct findings *findings)
{
	const struct bootloader_kept *kept = &facts->kept;
	const char *command = bootloader->command;

	if (facts->change == IOMMU_CHANGE_BEHIND)
		findings_add(
			findings, level, FINDING_IOMMU_PARAMETER, NULL,
			"%s is on line %u of %s, of which only the first line is "
			"used" TO_DO
			"put it on the first line, which is the whole command line, run "
			"%s, and reboot",
			change->parameter, kept->line, kept->file, command);
	else
		findings_add(findings, level, FINDING_IOMMU_PARAMETER, NULL,
			     "%s was written, but %s:%u assigns %s again without it" TO_DO
			     "add it to the line there, run %s, and reboot",
			     change->parameter, kept->file, kept->line,
			     bootloader->variable, command);
}

static void others_judge(enum finding_level level, const struct bootloader *bootloader,
			 const struct change *change, struct findings *findings)
{
	findings_add(
		findings, level, FINDING_IOMMU_PARAMETER, NULL,
		"other boot entries have %s, but the one that boots next does not" TO_DO
		"boot one of the others, or make it the default%s%s%s",
		change->parameter,
		*bootloader->command ? "; if the tool writes that one, too: " : "",
		bootloader->command, "");
}

static void change_judge(const struct iommu_facts *facts, enum finding_level level,
			 const struct bootloader *bootloader, const struct change *change,
			 struct findings *findings)
{
	const char *what = change->add ? "is missing" : "switches it off";
	char text[ADVICE_MAX];

	switch (facts->change) {
	case IOMMU_CHANGE_WAITS:
		findings_add(findings, FINDING_HINT, FINDING_IOMMU_PARAMETER, NULL,
			     "%s %s now; at the next boot it will be %s" TO_DO
			     "reboot, and check again: groups are known only after the "
			     "reboot",
			     change->parameter, what, change->add ? "there" : "gone");
		return;
	case IOMMU_CHANGE_FILE:
		findings_add(findings, FINDING_HINT, FINDING_IOMMU_PARAMETER, NULL,
			     "%s is in %s, but did not reach the kernel" TO_DO
			     "%s%sreboot, if you have not done so since",
			     change->parameter, bootloader->file, bootloader->command,
			     *bootloader->command ? ", then " : "");
		return;
	case IOMMU_CHANGE_WRITTEN:
		findings_add(findings, level, FINDING_IOMMU_PARAMETER, NULL,
			     "%s %s still: %s was changed, and what the "
			     "boot loader reads was not" TO_DO "%s%sreboot",
			     change->parameter, what, bootloader->file,
			     bootloader->command, *bootloader->command ? ", then " : "");
		return;
	case IOMMU_CHANGE_BEHIND:
	case IOMMU_CHANGE_UNDONE:
		place_judge(facts, level, bootloader, change, findings);
		return;
	case IOMMU_CHANGE_OTHERS:
		others_judge(level, bootloader, change, findings);
		return;
	case IOMMU_CHANGE_NONE:
		break;
	}
	bootloader_advise(bootloader, change->add, change->parameter, text, sizeof(text));
	findings_add(findings, level, FINDING_IOMMU_PARAMETER, NULL, "%s %s" TO_DO "%s",
		     change->parameter, what, text);
}

static void judge_driver(const struct host *host, struct findings *findings)
{
	static const struct {
		const char *table, *remedy;
	} rows[] = {
		{ "IVRS",
		  "look for AMD-Vi in the kernel log; update the firmware; on Stoney "
		  "Ridge boot with amd_iommu=force_enable" },
		{ "IORT", "look for smmu in the kernel log, and update the firmware" },
		{ "VIOT", "have the module virtio-iommu in the initramfs: groups appear "
			  "when it is loaded" },
	};
	const char *remedy = "look for DMAR in the kernel log, and update the firmware";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(host->table, rows[i].table))
			remedy = rows[i].remedy;
	findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
		     "the driver failed: the firmware describes one (ACPI %s), nothing "
		     "disables it, but no unit was started" TO_DO "%s",
		     host->table, remedy);
}

static void judge_off(const struct host *host, const struct iommu_facts *facts,
		      const char *remedy, struct findings *findings)
{
	findings_add(findings,
		     facts->change >= IOMMU_CHANGE_FILE ? FINDING_WARN : FINDING_FAIL,
		     FINDING_IOMMU, NULL,
		     "off in the kernel: the firmware describes one (ACPI %s), but no "
		     "unit was started" TO_DO "%s",
		     host->table, remedy);
}

static void judge_kernel(const struct host *host, const struct iommu_facts *facts,
			 const struct bootloader *bootloader, struct findings *findings)
{
	struct change change;
	enum iommu_cause cause = iommu_cause_of(host->table, facts, change.parameter);

	if (change_find(host->table, facts, &change)) {
		judge_off(host, facts, "see the parameter below", findings);
		change_judge(facts,
			     cause == IOMMU_CAUSE_MAYBE_DEFAULT ? FINDING_WARN :
								  FINDING_FAIL,
			     bootloader, &change, findings);
	} else if (cause == IOMMU_CAUSE_NOT_BUILT) {
		judge_off(host, facts,
			  "boot another kernel: this one was built without the driver",
			  findings);
	} else {
		judge_driver(host, findings);
	}
}

static void judge_no_groups(const struct host *host, const struct iommu_facts *facts,
			    struct findings *findings)
{
	char value[128];
	bool igfx_off =
		cmdline_get(facts->cmdline, "intel_iommu", value, sizeof(value)) &&
		strstr(value, "igfx_off");

	findings_add(findings, FINDING_FAIL, FINDING_IOMMU, NULL,
		     "the driver failed: unit %s was started, but no function has a "
		     "group" TO_DO "%s",
		     host->units[0],
		     igfx_off ? "remove intel_iommu=igfx_off" :
		     remedy_is_arm(host) ?
				"look for smmu or iommu in the kernel log" :
				"look for DMAR, AMD-Vi or iommu in the kernel log");
}

static void judge_active(const struct host *host, struct findings *findings)
{
	char units[128] = "";
	size_t shown = 0;

	for (; shown < host->n_units && shown < 3 && strlen(units) < sizeof(units) / 2;
	     shown++)
		text_append(units, sizeof(units), "%s%.32s", shown ? ", " : "",
			    host->units[shown]);
	if (shown < host->n_units)
		text_append(units, sizeof(units), " and %zu more", host->n_units - shown);
	findings_add(findings, FINDING_PASS, FINDING_IOMMU, NULL,
		     "active: %s, %zu groups with PCI functions", units, host->n_groups);
}

static void judge_state(const struct host *host, const struct iommu_facts *facts,
			const struct bootloader *bootloader, struct findings *findings)
{
	switch (iommu_state_of(host)) {
	case IOMMU_STATE_ACTIVE:
		judge_active(host, findings);
		return;
	case IOMMU_STATE_FIRMWARE:
		if (remedy_is_arm(host))
			judge_arm_firmware(facts, findings);
		else
			judge_firmware(facts, bootloader, findings);
		return;
	case IOMMU_STATE_XEN_DOM0:
	case IOMMU_STATE_XEN_GUEST:
		judge_xen(host, findings);
		return;
	case IOMMU_STATE_DEVICE_TREE:
		judge_device_tree(facts, findings);
		return;
	case IOMMU_STATE_KERNEL:
		judge_kernel(host, facts, bootloader, findings);
		return;
	case IOMMU_STATE_NO_GROUPS:
		judge_no_groups(host, facts, findings);
		return;
	case IOMMU_STATE_CANNOT_TELL:
		findings_add(findings, FINDING_UNKNOWN, FINDING_IOMMU, NULL,
			     "no unit and no group; the ACPI tables, which would show "
			     "why, could not be read" TO_DO
			     "try again as root, on the machine itself");
		return;
	}
}

/* Words that the kernel does not know, or that are for the other maker's IOMMU */
static void judge_meaningless(const struct host *host, const struct iommu_facts *facts,
			      const struct bootloader *bootloader,
			      struct findings *findings)
{
	static const struct {
		const char *parameter;
		const char *value; /* NULL: any */
		const char *table; /* with this ACPI table only; NULL: with any */
		const char *why;
	} words[] = {
		{ "amd_iommu", "on", NULL,
		  "there is no such option: AMD's IOMMU is on if the firmware describes "
		  "it" },
		{ "iommu", "on", NULL, "there is no such option" },
		{ "intel_iommu", NULL, "IVRS", "this is an AMD machine" },
		{ "amd_iommu", "off", "DMAR", "this is an Intel machine" },
		{ "intel_iommu", NULL, "IORT", "this is an Arm machine" },
		{ "amd_iommu", NULL, "IORT", "this is an Arm machine" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char value[128], text[ADVICE_MAX], word[256];

		if (!cmdline_get(facts->cmdline, words[i].parameter, value,
				 sizeof(value)) ||
		    (words[i].value && strcmp(value, words[i].value) != 0) ||
		    (words[i].table && strcmp(host->table, words[i].table) != 0))
			continue;
		(void)snprintf(word, sizeof(word), "%s=%s", words[i].parameter, value);
		bootloader_advise(bootloader, false, word, text, sizeof(text));
		findings_add(findings, FINDING_HINT, FINDING_IOMMU_MEANINGLESS, NULL,
			     "%s has no effect: %s" TO_DO "%s", word, words[i].why, text);
	}
}

static void judge_noiommu(const struct host *host, struct findings *findings)
{
	bool fake = false;

	for (size_t i = 0; i < host->n_groups; i++)
		fake = fake || host->groups[i].noiommu;
	if (!fake && !host->noiommu_mode)
		return;
	findings_add(
		findings, FINDING_WARN, FINDING_NOIOMMU, NULL,
		fake ? "there are groups without an IOMMU behind them: binding works "
		       "there, but isolates nothing" :
		       "vfio.enable_unsafe_noiommu_mode is set: without an active IOMMU, "
		       "binding works, but isolates nothing");
}

/* What to do about that; @text: room for advice about the boot loader */
static const char *remapping_remedy(const struct host *host,
				    const struct iommu_facts *facts,
				    const struct bootloader *bootloader,
				    char text[static ADVICE_MAX])
{
	char value[64];

	if (remedy_is_arm(host) || remedy_remapping_forbidden(host))
		return remedy_of(host, NULL, REASON_INTERRUPT_REMAPPING);
	if (!cmdline_get(facts->cmdline, "intremap", value, sizeof(value)) ||
	    strcmp(value, "off") != 0)
		return finding_info(FINDING_INTERRUPT_REMAPPING)->remedy;
	bootloader_advise(bootloader, false, "intremap=off", text, ADVICE_MAX);
	return text;
}

static void remapping_off(const struct host *host, const struct iommu_facts *facts,
			  const struct bootloader *bootloader, struct findings *findings)
{
	const char *why = "";
	char text[ADVICE_MAX];

	if (remedy_remapping_forbidden(host))
		why = ": the kernel disables it on this chipset (an erratum)";
	else if (facts->evidence.table_remaps == FACT_NO)
		why = ": the firmware does not support it (DMAR)";
	findings_add(findings, host->unsafe_interrupts ? FINDING_WARN : FINDING_FAIL,
		     FINDING_INTERRUPT_REMAPPING, NULL,
		     "interrupts are not %s%s%s" TO_DO "%s",
		     remedy_is_arm(host) ? "isolated by a GIC ITS" : "remapped", why,
		     host->unsafe_interrupts ?
			     "; allow_unsafe_interrupts accepts that a guest can forge "
			     "them" :
			     "; the kernel refuses every virtual machine",
		     remapping_remedy(host, facts, bootloader, text));
}

static void judge_remapping(const struct host *host, const struct iommu_facts *facts,
			    const struct bootloader *bootloader,
			    struct findings *findings)
{
	if (iommu_state_of(host) != IOMMU_STATE_ACTIVE)
		return; /* it comes and goes with it */
	if (host->interrupt_remapping == FACT_YES)
		findings_add(findings, FINDING_PASS, FINDING_INTERRUPT_REMAPPING, NULL,
			     "interrupts are %s",
			     remedy_is_arm(host) ? "isolated (GIC ITS)" : "remapped");
	else if (host->interrupt_remapping == FACT_UNKNOWN)
		findings_add(findings, FINDING_UNKNOWN, FINDING_INTERRUPT_REMAPPING, NULL,
			     "it is not known whether interrupts are %s: none is in use "
			     "that would show it" TO_DO
			     "after the reboot ask the kernel: `vfio-early --check "
			     "--prove`",
			     remedy_is_arm(host) ? "isolated" : "remapped");
	else
		remapping_off(host, facts, bootloader, findings);
}

void iommu_judge(const struct host *host, const struct iommu_facts *facts,
		 const struct bootloader *bootloader, struct findings *findings)
{
	judge_state(host, facts, bootloader, findings);
	judge_meaningless(host, facts, bootloader, findings);
	judge_noiommu(host, findings);
	judge_remapping(host, facts, bootloader, findings);
}

/* ---- all of it ---- */

/* Has the parameter been changed already, and would it count? */
static enum iommu_change change_of(const struct scene *scene, struct iommu_facts *facts)
{
	const struct bootloader *bootloader = &scene->survey->bootloader;
	const struct host *host = scene->host;
	const struct parameter *parameter;
	struct bootloader_kept *kept = &facts->kept;
	struct change change;
	enum fact passes;

	if (iommu_state_of(host) != IOMMU_STATE_KERNEL ||
	    !change_find(host->table, facts, &change))
		return IOMMU_CHANGE_NONE;
	parameter = survey_parameter(scene->survey, change.parameter);
	if (!parameter)
		return IOMMU_CHANGE_NONE;
	passes = parameter->passes;
	*kept = parameter->kept;
	if (passes == (change.add ? FACT_YES : FACT_NO))
		return IOMMU_CHANGE_WAITS;
	if (change.add && !kept->found && (kept->behind || kept->undone))
		return kept->behind ? IOMMU_CHANGE_BEHIND : IOMMU_CHANGE_UNDONE;
	if (change.add && passes == FACT_NO && parameter->others)
		return IOMMU_CHANGE_OTHERS;
	/* Without the boot loader's own file, the one that it is made from counts. */
	if (!*bootloader->file || kept->found != change.add ||
	    (!change.add && passes == FACT_UNKNOWN))
		return IOMMU_CHANGE_NONE;
	return passes == FACT_UNKNOWN ? IOMMU_CHANGE_FILE : IOMMU_CHANGE_WRITTEN;
}

/* A parameter in a file that is not read */
static void judge_astray(const struct scene *scene, const struct iommu_facts *facts)
{
	const struct bootloader *bootloader = &scene->survey->bootloader;
	const struct parameter *parameter = survey_parameter(scene->survey, intel_on);

	if (!strcmp(scene->host->table, "DMAR") && !scene->host->n_units &&
	    facts->change == IOMMU_CHANGE_NONE && bootloader->kind != BOOTLOADER_GRUB &&
	    switch_of(facts->cmdline, "intel_iommu") != FACT_YES && parameter &&
	    parameter->in_grub)
		scene_warn(scene, FINDING_IOMMU_PARAMETER,
			   "%s is in /etc/default/grub, which the boot loader of this "
			   "machine (%s) does not use",
			   intel_on, bootloader_names[bootloader->kind]);
}

/* The parameter that switched it on is gone from the line of the next boot. */
static void judge_lost(const struct scene *scene, const struct iommu_facts *facts)
{
	const struct parameter *parameter = survey_parameter(scene->survey, intel_on);
	enum fact by_default = facts->evidence.default_on;
	char text[ADVICE_MAX];

	if (iommu_state_of(scene->host) != IOMMU_STATE_ACTIVE ||
	    strcmp(scene->host->table, "DMAR") != 0 || by_default == FACT_YES ||
	    switch_of(facts->cmdline, "intel_iommu") != FACT_YES || !parameter ||
	    parameter->passes != FACT_NO)
		return;
	bootloader_advise(&scene->survey->bootloader, true, intel_on, text, sizeof(text));
	scene_tell(
		scene, by_default == FACT_NO ? FINDING_FAIL : FINDING_UNKNOWN,
		FINDING_IOMMU_PARAMETER,
		"%s enabled the IOMMU at this boot, but the next boot is without it" TO_DO
		"%s",
		intel_on, text);
}

static const char *driver_origin(enum host_driver_state state)
{
	switch (state) {
	case HOST_DRIVER_MISSING:
		return "missing";
	case HOST_DRIVER_MODULE:
		return "a module";
	case HOST_DRIVER_LOADED:
		return "loaded";
	case HOST_DRIVER_BUILTIN:
		return "built in";
	}
	return "unknown";
}

static bool driver_is_wanted(const struct plan *plan, size_t driver)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		for (size_t j = 0; j < plan->targets[i].n_functions; j++)
			if (plan->targets[i].functions[j].driver == driver)
				return true;
	return !driver;
}

static void judge_drivers(const struct scene *scene)
{
	const struct host *host = scene->host;

	for (size_t i = 0; i < host->n_drivers; i++) {
		const struct host_driver *driver = &host->drivers[i];
		bool missing = driver->state == HOST_DRIVER_MISSING;

		if (!driver_is_wanted(scene->plan, i))
			continue;
		if (missing && !scene->survey->iommu.modules_known)
			scene_unknown(
				scene, FINDING_VFIO_DRIVER,
				"%s: the modules of kernel %s could not be read" TO_DO
				"after an update of the kernel: reboot first",
				driver->name, *host->kernel ? host->kernel : "(unknown)");
		else
			scene_tell(scene, missing ? FINDING_FAIL : FINDING_PASS,
				   FINDING_VFIO_DRIVER, "%s is %s (kernel %s)",
				   driver->name, driver_origin(driver->state),
				   *host->kernel ? host->kernel : "unknown");
	}
}

static void judge_type1(const struct scene *scene)
{
	const struct iommu_evidence *evidence = &scene->survey->iommu;
	const char *kernel = scene->host->kernel;

	if (evidence->type1_loaded)
		scene_pass(scene, FINDING_VFIO_TYPE1, "vfio_iommu_type1 is loaded");
	else if (evidence->type1 == FACT_YES)
		scene_pass(scene, FINDING_VFIO_TYPE1, "vfio_iommu_type1 is available");
	else if (evidence->container != FACT_YES && evidence->iommufd == FACT_YES &&
		 (evidence->container == FACT_NO || evidence->type1 == FACT_NO))
		scene_pass(scene, FINDING_VFIO_TYPE1,
			   "iommufd replaces vfio_iommu_type1 (kernel %s)", kernel);
	else if (evidence->type1 == FACT_NO)
		scene_fail(scene, FINDING_VFIO_TYPE1,
			   "vfio_iommu_type1 is missing (kernel %s)", kernel);
	else
		scene_unknown(scene, FINDING_VFIO_TYPE1,
			      "the modules of kernel %s could not be read" TO_DO
			      "after an update of the kernel: reboot first",
			      *kernel ? kernel : "(unknown)");
}

static struct iommu_facts facts_of(const struct scene *scene)
{
	struct iommu_facts facts = { .cmdline = scene->cmdline,
				     .evidence = scene->survey->iommu };

	facts.change = change_of(scene, &facts);
	return facts;
}

void iommu_check_state(const struct scene *scene)
{
	const struct iommu_facts facts = facts_of(scene);

	judge_state(scene->host, &facts, &scene->survey->bootloader, scene->findings);
	judge_astray(scene, &facts);
}

void iommu_check(const struct scene *scene)
{
	const struct iommu_facts facts = facts_of(scene);

	iommu_judge(scene->host, &facts, &scene->survey->bootloader, scene->findings);
	judge_astray(scene, &facts);
	judge_lost(scene, &facts);
	judge_drivers(scene);
	judge_type1(scene);
}

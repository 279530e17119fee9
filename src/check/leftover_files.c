// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/leftover.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "check/udev_rule.h"
#include "plan/card.h"

#define FUNCTION_TEXT 13 /* pci_0000_01_00_0 without "pci_" */

/* Without a config nothing is in conflict yet. */
static enum finding_level level_of(const struct view *view)
{
	return view->plan->n_targets ? FINDING_WARN : FINDING_HINT;
}

/* ---- scripts, and hooks of libvirt ---- */

/* `pci_0000_01_00_0`: does the line name a function that no target takes? */
static bool names_other(const struct view *view, const char *text)
{
	const char *at = strstr(text, "pci_");
	char address[FUNCTION_TEXT] = "";
	struct pci_address parsed;
	const struct host_function *function;

	if (!at)
		return false;
	(void)snprintf(address, sizeof(address), "%.12s", at + 4);
	if (strlen(address) != 12)
		return false;
	address[4] = ':';
	address[7] = ':';
	address[10] = '.';
	if (pci_address_parse(address, &parsed) < 0)
		return false;
	function = host_find(view->host, &parsed);
	return function &&
	       !card_any_takes(view->plan, (size_t)(function - view->host->functions));
}

static const char *word_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, words[i]))
			return words[i];
	return NULL;
}

/* virPCIDeviceReattach() empties driver_override and has the device probed anew. */
static bool gives_back(const struct recipe *recipe, struct view *view)
{
	static const char *const words[] = { "nodedev-reattach", "nodeDeviceReAttach",
					     "modprobe -r vfio", "rmmod vfio" };
	const char *word = word_of(recipe->text, words, ARRAY_SIZE(words));
	char origin[ORIGIN_MAX];

	if (!word || names_other(view, recipe->text) ||
	    leftover_spoken(view, recipe->path))
		return word;
	leftover_origin(recipe, origin);
	findings_add(view->findings, level_of(view), FINDING_LEFTOVER_SCRIPT, origin,
		     "in conflict: gives the card back to the host (%s); it is then lost "
		     "until the next boot" TO_DO
		     "remove that from the script; a virtual machine with managed='yes' "
		     "does not rebind a card that was on vfio-pci before it started",
		     word);
	return true;
}

void leftover_script(const struct recipe *recipe, struct view *view)
{
	static const char *const words[] = { "driver_override",	      "new_id",
					     "drivers/vfio-pci/bind", "driver/unbind",
					     "drivers_probe",	      "vfio-pci.ids" };
	const char *word = word_of(recipe->text, words, ARRAY_SIZE(words));
	char origin[ORIGIN_MAX];

	if (gives_back(recipe, view) || !word || leftover_spoken(view, recipe->path))
		return;
	leftover_origin(recipe, origin);
	leftover_advise(
		view,
		findings_add(view->findings, level_of(view), FINDING_LEFTOVER_SCRIPT,
			     origin, "in conflict: a script rebinds devices (%s)%s", word,
			     strcmp(word, "new_id") == 0 ?
				     ", and new_id binds every card with that id" :
				     ""));
}

/* Detaching what is on vfio-pci already does nothing. */
void leftover_hook(const struct recipe *recipe, struct view *view)
{
	bool detaches = strstr(recipe->text, "nodedev-detach") ||
			strstr(recipe->text, "nodeDeviceDettach");
	char origin[ORIGIN_MAX];

	if (!detaches || gives_back(recipe, view)) {
		leftover_script(recipe, view);
		return;
	}
	if (names_other(view, recipe->text) || leftover_spoken(view, recipe->path))
		return;
	leftover_origin(recipe, origin);
	findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_SCRIPT, origin,
		     "superfluous: detaches the card, which is on vfio-pci "
		     "before any virtual machine starts" TO_DO "%s",
		     view->plan->n_targets ?
			     "remove it, and anything that it stops or unloads for that "
			     "purpose" :
			     "leave it until a config reserves the card, then remove "
			     "it");
}

/* ---- rules of udev ---- */

/* A wanted card that is absent: only its id is known. */
static bool matches_absent(const struct view *view, const char *rule)
{
	for (size_t i = 0; i < view->plan->n_targets; i++) {
		const struct plan_target *target = &view->plan->targets[i];
		const struct config_target *wanted =
			&view->config->targets[target->config];

		if (target->verdict != VERDICT_ABSENT)
			continue;
		for (size_t j = 0; j < wanted->n_ids; j++) {
			const struct host_function gone = { .id = wanted->ids[j] };

			if (udev_rule_matches(rule, &gone, false))
				return true;
		}
	}
	return false;
}

/*
 * Is a function of this slot taken? Parts that are gone from a card are not in the plan.
 */
static bool in_taken_slot(const struct view *view, size_t index)
{
	for (size_t i = 0; i < view->host->n_functions; i++)
		if (card_any_takes(view->plan, i) &&
		    pci_address_same_slot(&view->host->functions[i].address,
					  &view->host->functions[index].address))
			return true;
	return false;
}

/* The maker of a wanted card, for rules about parts of it that are not there any more */
static bool maker_is_wanted(const struct view *view, const char *rule)
{
	for (size_t i = 0; i < view->host->n_functions; i++) {
		struct host_function part = { .id = view->host->functions[i].id };

		if (!card_any_takes(view->plan, i))
			continue;
		part.id.device = 0;
		if (strstr(rule, "ATTR{vendor}") && !strstr(rule, "ATTR{device}") &&
		    udev_rule_matches(rule, &part, false))
			return true;
	}
	return false;
}

static const char *remove_remedy(const char *path)
{
	if (strstr(path, "50-remove-nvidia"))
		return "envycontrol --switch hybrid, or remove the file";
	if (strstr(path, "50-pm-nvidia"))
		return "prime-select on-demand, which removes the rule";
	return "remove the rule, or add a condition that excludes the card";
}

static void removal_judge(const struct recipe *recipe, struct view *view)
{
	size_t taken[PLAN_FUNCTIONS_MAX], count = 0;
	char origin[ORIGIN_MAX], text[CARD_TEXT_MAX];

	for (size_t i = 0; i < view->host->n_functions; i++)
		if (count < PLAN_FUNCTIONS_MAX && in_taken_slot(view, i) &&
		    udev_rule_matches(recipe->text, &view->host->functions[i], true))
			taken[count++] = i;
	if (!count && !matches_absent(view, recipe->text) &&
	    !maker_is_wanted(view, recipe->text))
		return;
	if (leftover_spoken(view, recipe->path))
		return;
	leftover_origin(recipe, origin);
	card_mention_all(view->host, taken, count, text);
	findings_add(view->findings, FINDING_WARN, FINDING_LEFTOVER_RULE, origin,
		     "in conflict: a udev rule removes functions of the "
		     "card from the bus after the initramfs: %s" TO_DO "%s",
		     count ? text : "those of its vendor and class",
		     remove_remedy(recipe->path));
}

static bool wants_vendor(const struct view *view, uint16_t vendor)
{
	for (size_t i = 0; i < view->host->n_functions; i++)
		if (view->host->functions[i].id.vendor == vendor &&
		    card_any_takes(view->plan, i))
			return true;
	return false;
}

void leftover_rule(const struct recipe *recipe, struct view *view)
{
	const char *rule = recipe->text;
	bool rebinds = strstr(rule, "driver_override") || strstr(rule, "/unbind") ||
		       strstr(rule, "/bind");
	bool loads = strstr(rule, "RUN") && strstr(rule, "modprobe") &&
		     strstr(rule, "nvidia") && wants_vendor(view, 0x10de);
	char origin[ORIGIN_MAX];

	if (udev_rule_assigns(rule, "ATTR{remove}")) {
		removal_judge(recipe, view);
		return;
	}
	if ((!rebinds && !loads) || leftover_spoken(view, recipe->path))
		return;
	leftover_origin(recipe, origin);
	if (rebinds)
		leftover_advise(view, findings_add(view->findings, level_of(view),
						   FINDING_LEFTOVER_RULE, origin,
						   "in conflict: a udev rule rebinds "
						   "devices: %.200s",
						   rule));
	else
		findings_add(view->findings, FINDING_HINT, FINDING_LEFTOVER_RULE, origin,
			     "a udev rule loads the nvidia driver later; reserved "
			     "functions stay reserved" TO_DO
			     "see `vfio-early --report` if one is lost");
}

/* ---- tools that give cards away ---- */

/* driverctl keeps one file for each device, named pci-ADDRESS, with the driver in it. */
void leftover_driverctl(const struct recipe *recipe, struct view *view)
{
	const char *name = strstr(recipe->path, "pci-");
	char origin[ORIGIN_MAX], mention[CARD_TEXT_MAX];
	const struct host_function *function;
	struct pci_address address;
	bool wanted, vfio = !strcmp(recipe->text, "vfio-pci");

	if (!name || pci_address_parse(name + 4, &address) < 0)
		return;
	function = host_find(view->host, &address);
	if (!function)
		return;
	wanted =
		card_any_reserves(view->plan, (size_t)(function - view->host->functions));
	if (!wanted && !vfio)
		return;
	(void)snprintf(origin, sizeof(origin), "/%.140s", recipe->path);
	card_mention(function, mention);
	findings_add(
		view->findings, wanted && vfio ? FINDING_HINT : level_of(view),
		FINDING_LEFTOVER_RULE, origin,
		"%s: driverctl binds %s to %.40s" TO_DO "%sdriverctl unset-override %s",
		wanted && vfio ? "superfluous" : "in conflict", mention, recipe->text,
		view->plan->n_targets ? "" : "when a config reserves it: ", name + 4);
}

/* /etc/supergfxd.conf: JSON, a key in each line as the program writes it */
void leftover_supergfx(const struct recipe *recipe, struct view *view)
{
	bool removes = strstr(recipe->text, "\"Integrated\"");
	bool binds = strstr(recipe->text, "\"Vfio\"");
	char origin[ORIGIN_MAX];

	if (!strstr(recipe->text, "\"mode\"") || (!removes && !binds))
		return;
	leftover_origin(recipe, origin);
	findings_add(view->findings, level_of(view), FINDING_LEFTOVER_RULE, origin,
		     "%s" TO_DO "%ssupergfxctl -m Hybrid",
		     removes ? "in conflict: supergfxd is in the mode "
			       "Integrated, and removes the card from the "
			       "bus" :
			       "in conflict: supergfxd is in the mode Vfio, and binds "
			       "the card itself",
		     view->plan->n_targets ? "" : "when a config reserves the card: ");
}

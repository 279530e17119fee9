// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "plan/acs.h"
#include "plan/card.h"
#include "plan/remedy.h"

/* Functions of a list, for a sentence */
struct bag {
	size_t functions[PLAN_BLOCKERS_MAX];
	size_t count;
};

static void bag_add(struct bag *bag, size_t function)
{
	if (bag->count < ARRAY_SIZE(bag->functions))
		bag->functions[bag->count++] = function;
}

static bool in_group(const struct host_function *function, unsigned int group)
{
	return function->has_group && function->group == group;
}

/* Bridges do not matter: the kernel gives the group away with them in it. */
static void members_judge(const struct scene *scene, unsigned int group)
{
	const struct host *host = scene->host;
	struct bag foreign = { .count = 0 }, bridges = { .count = 0 },
		   silent = { .count = 0 };
	char text[CARD_TEXT_MAX];
	size_t own = 0;

	for (size_t i = 0; i < host->n_functions; i++) {
		if (!in_group(&host->functions[i], group))
			continue;
		if (card_is_transparent(&host->functions[i]))
			bag_add(&bridges, i);
		else if (card_any_takes(scene->plan, i))
			own++;
		else if (card_blocks_nobody(host, &host->functions[i]))
			bag_add(&silent, i);
		else
			bag_add(&foreign, i);
	}
	if (foreign.count) {
		card_mention_all(host, foreign.functions, foreign.count, text);
		scene_fail(scene, FINDING_GROUP,
			   "group %u is shared; in the way: %s" TO_DO "%s", group, text,
			   remedy_of(host, scene->target, REASON_GROUP_SHARED));
		return;
	}
	if (silent.count) {
		card_mention_all(host, silent.functions, silent.count, text);
		scene_pass(
			scene, FINDING_GROUP,
			"group %u: no driver has or would claim %s, so the kernel gives "
			"the group away with it",
			group, text);
	}
	scene_pass(scene, FINDING_GROUP,
		   "group %u has %zu function%s, all to be reserved%s", group, own,
		   own == 1 ? "" : "s",
		   bridges.count ? "; bridges in the group do not matter" : "");
}

static const char *bits_text(uint16_t bits, char text[static 96])
{
	*text = '\0';
	for (size_t i = 0; i < ACS_BITS; i++)
		if (bits & acs_bits[i].bit)
			text_list(text, 96, ", ", acs_bits[i].name);
	return text;
}

static void culprit_judge(const struct scene *scene, const struct acs_culprit *culprit)
{
	char port[CARD_TEXT_MAX], bits[96];

	card_mention(&scene->host->functions[culprit->function], port);
	switch (culprit->failure) {
	case ACS_FAILURE_CONVENTIONAL:
		scene_warn(scene, FINDING_GROUP_PORT,
			   "%s leads to a conventional PCI bus: everything behind it is "
			   "always in one group" TO_DO "use a PCI Express slot",
			   port);
		return;
	case ACS_FAILURE_MISSING:
		scene_warn(scene, FINDING_GROUP_PORT,
			   "port %s merges the group: it has no ACS (Access Control "
			   "Services)",
			   port);
		return;
	case ACS_FAILURE_OFF:
		scene_warn(scene, FINDING_GROUP_PORT,
			   "port %s merges the group: these bits of its ACS are off: "
			   "%s" TO_DO "enable ACS in the firmware setup; boot without "
			   "pci=disable_acs_redir=; since kernel 6.11 pci=config_acs= "
			   "can set the bits that the port supports",
			   port, bits_text(culprit->bits, bits));
		return;
	case ACS_FAILURE_MULTIFUNCTION:
		scene_warn(scene, FINDING_GROUP_PORT,
			   "the functions in the slot of %s have no ACS between "
			   "them, so they are one group" TO_DO "%s",
			   port,
			   scene->target->is_built_in ?
				   remedy_of(scene->host, scene->target,
					     REASON_GROUP_SHARED) :
				   "pass them through together");
		return;
	}
}

/* No port above could be read. */
static bool ports_unknown(const struct host *host, size_t function)
{
	size_t at = host->functions[function].parent, depth = 0;

	for (; at != HOST_NO_PARENT && depth < PCI_PATH_DEPTH_MAX;
	     at = host->functions[at].parent, depth++)
		if (host->functions[at].port == HOST_PORT_UNKNOWN ||
		    host->functions[at].acs.known == FACT_UNKNOWN)
			return true;
	return false;
}

/* The VMD function that it is behind; HOST_NO_PARENT: none */
static size_t holder_of(const struct host *host, const struct plan_target *target)
{
	size_t holder = HOST_NO_PARENT;

	for (size_t i = 0; i < target->n_functions && holder == HOST_NO_PARENT; i++)
		holder = card_at(host, target, i)->holder;
	return holder;
}

static void port_judge(const struct scene *scene)
{
	const struct plan_target *target = scene->target;
	size_t holder = holder_of(scene->host, target);
	char text[CARD_TEXT_MAX];

	if (holder != HOST_NO_PARENT) {
		card_mention(&scene->host->functions[holder], text);
		scene_warn(scene, FINDING_GROUP_PORT,
			   "everything behind Intel VMD does DMA under the id of %s and "
			   "is in its group" TO_DO
			   "disable VMD for this port in the firmware setup",
			   text);
		return;
	}
	if (target->has_culprit) {
		culprit_judge(scene, &target->culprit);
		return;
	}
	if (ports_unknown(scene->host, target->functions[0].function))
		scene_unknown(scene, FINDING_GROUP_PORT,
			      "the port that merges the group is not known: its "
			      "registers could not be read" TO_DO "try again as root");
	else
		scene_warn(scene, FINDING_GROUP_PORT,
			   "all ports above the card have ACS: the group is "
			   "shared by a DMA alias or a quirk of the kernel" TO_DO
			   "look for \"iommu group\" and \"ACS\" in the "
			   "kernel log");
}

static size_t below_count(const struct host *host, size_t bridge, size_t *ret_index)
{
	size_t count = 0;

	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].parent == bridge) {
			*ret_index = i;
			count++;
		}
	return count;
}

static bool port_isolates(const struct host_function *port)
{
	return port->port == HOST_PORT_ROOT && port->acs.known == FACT_YES &&
	       !acs_off(&port->acs);
}

/* Is the port alone in its group, but for what is behind it? */
static bool port_is_alone(const struct host *host, size_t port)
{
	const struct host_function *function = &host->functions[port];

	for (size_t i = 0; i < host->n_functions && function->has_group; i++)
		if (i != port && in_group(&host->functions[i], function->group) &&
		    host->functions[i].parent != port)
			return false;
	return function->has_group;
}

/* Root ports that isolate, with nothing behind them or with a card to change with */
static void slots_judge(const struct scene *scene)
{
	const struct host *host = scene->host;
	struct bag empty = { .count = 0 }, used = { .count = 0 };
	char text[CARD_TEXT_MAX];
	size_t below = 0;

	for (size_t i = 0; i < host->n_functions; i++) {
		if (!port_isolates(&host->functions[i]) || !port_is_alone(host, i))
			continue;
		if (!below_count(host, i, &below))
			bag_add(&empty, i);
		else if (!card_touches(host, scene->target, below))
			bag_add(&used, i);
	}
	if (empty.count) {
		card_mention_all(host, empty.functions, empty.count, text);
		scene_hint(scene, FINDING_GROUP_SLOT,
			   "root ports with ACS and nothing behind them: %s; in a slot "
			   "there the card would have a group of its own",
			   text);
	} else if (used.count) {
		card_mention_all(host, used.functions, used.count, text);
		scene_hint(scene, FINDING_GROUP_SLOT,
			   "root ports with ACS that another card uses: %s; if the two "
			   "cards changed places, this one would have a group of its own",
			   text);
	} else if (!ports_unknown(host, scene->target->functions[0].function)) {
		scene_hint(scene, FINDING_GROUP_SLOT,
			   "no other root port with ACS is known on this machine; empty "
			   "ports may be hidden" TO_DO
			   "try the other slots, and compare `vfio-early --groups`");
	}
}

static void bridges_judge(const struct scene *scene, unsigned int group)
{
	const struct host *host = scene->host;
	bool refused = scene->target->reasons >> REASON_BRIDGE_DRIVER & 1;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		char text[CARD_TEXT_MAX];

		if (!in_group(function, group) || !card_is_transparent(function) ||
		    card_bridge_driver_is_fine(function->driver))
			continue;
		card_mention(function, text);
		scene_tell(scene, refused ? FINDING_FAIL : FINDING_WARN,
			   FINDING_GROUP_BRIDGE,
			   "bridge %s has a driver with which kernels since 5.19 do not "
			   "give the group away%s",
			   text,
			   !strcmp(function->driver, "shpchp") ? TO_DO
				   "blacklist shpchp; if it is built in, bind the bridge "
				   "to pci-stub" :
								 "");
	}
}

static bool seen_before(const struct scene *scene, size_t index)
{
	const struct host_function *own = card_at(scene->host, scene->target, index);

	for (size_t i = 0; i < index; i++)
		if (in_group(card_at(scene->host, scene->target, i), own->group))
			return true;
	return false;
}

static void target_judge(const struct scene *scene)
{
	for (size_t i = 0; i < scene->target->n_functions; i++) {
		const struct host_function *function =
			card_at(scene->host, scene->target, i);

		if (!function->has_group || seen_before(scene, i))
			continue;
		members_judge(scene, function->group);
		bridges_judge(scene, function->group);
	}
	if (!(scene->target->reasons >> REASON_GROUP_SHARED & 1))
		return;
	port_judge(scene);
	if (!scene->target->is_built_in &&
	    holder_of(scene->host, scene->target) == HOST_NO_PARENT)
		slots_judge(scene);
}

/*
 * The ports above a card do not isolate it, but its group does: this is the override, or
 * a quirk of the kernel.
 */
static bool override_shows(const struct host *host, const struct plan_target *target)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		struct acs_culprit culprit;

		if (acs_find_culprit(host, target->functions[i].function, &culprit) &&
		    !card_takes(target, culprit.function) &&
		    !in_group(&host->functions[culprit.function],
			      card_at(host, target, i)->group))
			return true;
	}
	return false;
}

static void override_judge(const struct scene *scene)
{
	const struct host *host = scene->host;
	const struct plan *plan = scene->plan;
	bool shows = false;

	if (!host->acs_override)
		return;
	for (size_t i = 0; i < plan->n_targets; i++)
		shows = shows || override_shows(host, &plan->targets[i]);
	scene_warn(scene, FINDING_ACS_OVERRIDE, "%s",
		   shows ? "pcie_acs_override= is in effect: these groups are not really "
			   "isolated, and a guest may access neighbouring devices" :
			   "pcie_acs_override= is on the kernel command line: if this "
			   "kernel supports it, groups are not really isolated");
}

void group_check(const struct scene *scene)
{
	override_judge(scene);
	for (size_t i = 0; i < scene->plan->n_targets; i++) {
		const struct scene target =
			scene_of_target(scene, &scene->plan->targets[i]);

		if (target.target->n_functions)
			target_judge(&target);
	}
}

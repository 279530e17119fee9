// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/narrow.h"

#include <stddef.h>
#include <string.h>

#include "plan/card.h"
#include "plan/select.h"

static bool id_is_of(const struct config_target *target, const struct pci_id *id,
		     bool vendor_only)
{
	for (size_t i = 0; i < target->n_ids; i++)
		if (target->ids[i].vendor == id->vendor &&
		    (vendor_only || target->ids[i].device == id->device))
			return true;
	return false;
}

static bool place_is_near(const struct config_target *target,
			  const struct pci_address *address)
{
	const struct pci_path *path = &target->path;

	if (target->has_address && target->address.domain == address->domain &&
	    target->address.bus == address->bus &&
	    target->address.device == address->device)
		return true;
	return target->has_path && path->depth && path->domain == address->domain &&
	       path->devfn[path->depth - 1] >> 3 == address->device;
}

bool device_may_matter(const struct config *config, const struct pci_address *address,
		       const struct pci_id *id, uint32_t class_code)
{
	bool companion = select_is_card_class(class_code);

	for (size_t i = 0; i < config->n_targets; i++) {
		const struct config_target *target = &config->targets[i];

		if (target->take_peers || place_is_near(target, address) ||
		    id_is_of(target, id, companion))
			return true;
	}
	return false;
}

static bool target_is_done(const struct plan_target *target, const struct host *host)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct plan_function *function = &target->functions[i];

		if (strcmp(host->functions[function->function].driver,
			   host->drivers[function->driver].name) != 0)
			return false;
	}
	return target->verdict == VERDICT_RESERVE;
}

static bool bundle_has(const struct plan *plan, size_t bundle, size_t function)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->targets[i].bundle == bundle &&
		    card_takes(&plan->targets[i], function))
			return true;
	return false;
}

/* @moved: new index of each target; PLAN_NOWHERE: it is gone */
static void targets_keep(struct plan *plan, size_t function,
			 size_t moved[static PLAN_TARGETS_MAX])
{
	size_t n_targets = 0;

	for (size_t i = 0; i < plan->n_targets; i++) {
		bool keep = bundle_has(plan, plan->targets[i].bundle, function);

		moved[i] = keep ? n_targets++ : PLAN_NOWHERE;
	}
	for (size_t i = 0; i < plan->n_targets; i++)
		if (moved[i] != PLAN_NOWHERE && moved[i] != i)
			plan->targets[moved[i]] = plan->targets[i];
	plan->n_targets = n_targets;
	plan->narrowed = true;
	/* A bundle is named by the index of one of its targets. */
	for (size_t i = 0; i < n_targets; i++)
		plan->targets[i].bundle = moved[plan->targets[i].bundle];
}

static void actions_keep(struct plan *plan, const size_t moved[static PLAN_TARGETS_MAX])
{
	size_t n_actions = 0;

	for (size_t i = 0; i < plan->n_actions; i++) {
		struct action action = plan->actions[i];

		if (moved[action.target] == PLAN_NOWHERE)
			continue;
		action.target = moved[action.target];
		plan->actions[n_actions++] = action;
	}
	plan->n_actions = n_actions;
}

bool device_narrow(const struct host *host, const struct pci_address *address,
		   struct plan *plan)
{
	const struct host_function *wanted = host_find(host, address);
	size_t moved[PLAN_TARGETS_MAX];
	bool done = true;

	if (!wanted)
		return false;
	targets_keep(plan, (size_t)(wanted - host->functions), moved);
	actions_keep(plan, moved);
	for (size_t i = 0; i < plan->n_targets; i++)
		done = done && target_is_done(&plan->targets[i], host);
	return !done;
}

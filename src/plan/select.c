// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/select.h"

#include "base/address.h"
#include "plan/own_switch.h"

static bool id_matches(const struct pci_id *wanted, const struct pci_id *id)
{
	if (wanted->vendor != id->vendor || wanted->device != id->device)
		return false;
	return !wanted->has_subsystem ||
	       (wanted->subvendor == id->subvendor && wanted->subdevice == id->subdevice);
}

bool select_id_matches(const struct config_target *wanted,
		       const struct host_function *function)
{
	for (size_t i = 0; i < wanted->n_ids; i++)
		if (id_matches(&wanted->ids[i], &function->id))
			return true;
	return false;
}

bool select_is_card_class(uint32_t class_code)
{
	switch (class_code >> 8) {
	case 0x0401: /* multimedia audio controller */
	case 0x0403: /* HD audio */
	case 0x0480: /* other multimedia */
	case 0x0c03: /* USB */
	case 0x0c80: /* other serial bus */
		return true;
	default:
		return host_class_is_gpu(class_code);
	}
}

/* Two functions may be of one card when they share a slot and neither is virtual. */
static bool same_slot(const struct host_function *a, const struct host_function *b)
{
	if (a->is_vf || b->is_vf)
		return a == b;
	return pci_address_same_slot(&a->address, &b->address);
}

/* The same, or on other buses of the card, behind its own switch. */
static bool same_card(const struct host *host, const struct host_function *a,
		      const struct host_function *b)
{
	return same_slot(a, b) ||
	       own_switch_is_shared(host, (size_t)(a - host->functions),
				    (size_t)(b - host->functions));
}

static void found_add(size_t found[static PLAN_FOUND_MAX], size_t *n_found,
		      size_t function)
{
	if (*n_found < PLAN_FOUND_MAX)
		found[(*n_found)++] = function;
}

/* Every function that an id of the target names, wherever it is. */
static void find_by_id(const struct config_target *wanted, const struct host *host,
		       size_t found[static PLAN_FOUND_MAX], size_t *n_found)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (select_id_matches(wanted, &host->functions[i]))
			found_add(found, n_found, i);
}

static const struct host_function *find_by_path(const struct host *host,
						const struct pci_path *path)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (pci_path_equal(&host->functions[i].path, path))
			return &host->functions[i];
	return NULL;
}

static unsigned int routing_id(const struct pci_address *address)
{
	return (unsigned int)address->bus << 8 | (unsigned int)address->device << 3 |
	       address->function;
}

/* Would it be one of this function's virtual functions? (SR-IOV 1.1 3.3.9, 3.3.10) */
static bool is_vf_of(const struct host_function *pf, unsigned int id)
{
	unsigned int first = routing_id(&pf->address) + pf->vf_offset;

	if (!pf->vf_offset) /* not said: nearer than the next bus but one */
		return id > first && id - first <= 0x100u + pf->vfs_total;
	return id >= first &&
	       (pf->vf_stride ? (id - first) % pf->vf_stride == 0 &&
					(id - first) / pf->vf_stride < pf->vfs_total :
				id == first);
}

/*
 * The same way through the bridges, and a last step that one of its functions would have
 */
static bool path_is_vf_of(const struct host_function *pf, const struct pci_path *path)
{
	unsigned int bus = (unsigned int)pf->address.bus << 8;
	struct pci_path same = *path;

	same.devfn[path->depth - 1] = pf->path.devfn[path->depth - 1];
	if (!pci_path_equal(&same, &pf->path))
		return false;
	/* Virtual functions beyond the bus are children of the same bridge. */
	for (unsigned int id = bus | path->devfn[path->depth - 1]; id <= UINT16_MAX;
	     id += 0x100)
		if (is_vf_of(pf, id))
			return true;
	return false;
}

/* Nothing is there yet, and a function of the machine could make it. */
static bool waits_for_vf(const struct config_target *wanted, const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *pf = &host->functions[i];

		if (!pf->vfs_total)
			continue;
		if (wanted->has_address ?
			    pf->address.domain == wanted->address.domain &&
				    is_vf_of(pf, routing_id(&wanted->address)) :
			    path_is_vf_of(pf, &wanted->path))
			return true;
	}
	return false;
}

/*
 * Nothing is there, the target may be without it, and the way there leads through a port
 * that cards are plugged into: another one with its id is another card.
 */
static bool waits_for_plug(const struct config_target *wanted, const struct host *host)
{
	struct pci_path way = wanted->path;

	if (!wanted->optional || !wanted->has_path)
		return false;
	while (way.depth > 1) {
		const struct host_function *bridge;

		way.depth--;
		bridge = find_by_path(host, &way);
		if (bridge && (bridge->hotplug || bridge->removable))
			return true;
	}
	return false;
}

/* Only the bus number has moved: path and id lead to one function, address to another. */
static bool address_has_moved(const struct config_target *wanted,
			      const struct host_function *at_path,
			      const struct host_function *at_address)
{
	return wanted->n_ids && select_id_matches(wanted, at_path) &&
	       !(at_address && select_id_matches(wanted, at_address));
}

/* The one function at address or path; every selector that is given must agree. */
static void select_placed(const struct config_target *wanted, const struct host *host,
			  struct selection *selection)
{
	const struct host_function *at_path = NULL, *function = NULL;

	if (wanted->has_path)
		at_path = find_by_path(host, &wanted->path);
	function = wanted->has_address ? host_find(host, &wanted->address) : at_path;
	if (wanted->has_path && at_path && function != at_path) {
		found_add(selection->found, &selection->n_found,
			  (size_t)(at_path - host->functions));
		selection->reason = address_has_moved(wanted, at_path, function) ?
					    REASON_ADDRESS_MOVED :
					    REASON_PATH_MISMATCH;
		return;
	}
	if (!function && waits_for_vf(wanted, host)) {
		selection->reason = REASON_ABSENT;
		return;
	}
	if (function && (!wanted->n_ids || select_id_matches(wanted, function))) {
		selection->reason = wanted->has_path && !at_path ? REASON_PATH_MISMATCH :
								   REASON_NONE;
		selection->heads[selection->n_heads++] =
			(size_t)(function - host->functions);
		return;
	}
	find_by_id(wanted, host, selection->found, &selection->n_found);
	selection->reason =
		function || (selection->n_found && !waits_for_plug(wanted, host)) ?
			REASON_ID_MISMATCH :
			REASON_ABSENT;
}

static bool is_listed(const struct config_target *wanted,
		      const struct host_function *function)
{
	return wanted->has_functions &&
	       wanted->functions >> function->address.function & 1;
}

/*
 * The head that already stands for a function; NULL: none. Displays of one slot are one
 * card, and a list of functions distinguishes them; other functions with one id, such as
 * the ports of a network card, are separate devices.
 */
static size_t *head_find(const struct config_target *wanted, const struct host *host,
			 struct selection *selection,
			 const struct host_function *function)
{
	for (size_t i = 0; i < selection->n_heads; i++) {
		const struct host_function *head = &host->functions[selection->heads[i]];

		if (same_slot(head, function) &&
		    (wanted->has_functions || host_is_gpu(head) || host_is_gpu(function)))
			return &selection->heads[i];
	}
	return NULL;
}

/* By id alone: the first id names the card, the others are checked in its slot. */
static void select_by_id(const struct config_target *wanted, const struct host *host,
			 struct selection *selection)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		size_t *head;

		if (!id_matches(&wanted->ids[0], &function->id))
			continue;
		head = head_find(wanted, host, selection, function);
		if (head && !is_listed(wanted, &host->functions[*head]) &&
		    is_listed(wanted, function))
			*head = i;
		if (head)
			continue;
		found_add(selection->found, &selection->n_found, i);
		if (selection->n_heads == SELECT_CARDS_MAX) {
			selection->reason = wanted->all ? REASON_LIMIT : REASON_AMBIGUOUS;
			return;
		}
		selection->heads[selection->n_heads++] = i;
	}
	if (selection->n_heads > 1 && !wanted->all)
		selection->reason = REASON_AMBIGUOUS;
	if (selection->n_heads)
		return;
	find_by_id(wanted, host, selection->found, &selection->n_found);
	selection->reason = selection->n_found ? REASON_ID_MISMATCH : REASON_ABSENT;
}

void select_cards(const struct config_target *wanted, const struct host *host,
		  struct selection *ret_selection)
{
	struct selection selection = { .reason = REASON_NONE };

	if (wanted->has_address || wanted->has_path)
		select_placed(wanted, host, &selection);
	else
		select_by_id(wanted, host, &selection);
	if (selection.reason == REASON_NONE)
		selection.n_found = 0;
	*ret_selection = selection;
}

static bool function_add(struct plan_target *target, size_t function, enum role role)
{
	if (target->n_functions == PLAN_FUNCTIONS_MAX)
		return false;
	target->functions[target->n_functions++] = (struct plan_function){
		.function = function,
		.role = role,
	};
	return true;
}

/* An id that the head does not have names another function of the card. */
static bool is_named_beside(const struct config_target *wanted,
			    const struct host_function *head,
			    const struct host_function *function)
{
	for (size_t i = 0; i < wanted->n_ids; i++)
		if (id_matches(&wanted->ids[i], &function->id) &&
		    !id_matches(&wanted->ids[i], &head->id))
			return true;
	return false;
}

/* Only a display has companions: is the head one, or a function that an id names? */
static bool has_companions(const struct config_target *wanted, const struct host *host,
			   const struct host_function *head)
{
	if (host_is_gpu(head))
		return true;
	for (size_t i = 0; i < host->n_functions; i++)
		if (host_is_gpu(&host->functions[i]) &&
		    is_named_beside(wanted, head, &host->functions[i]) &&
		    same_card(host, head, &host->functions[i]))
			return true;
	return false;
}

/* functions = slot, or bit of the list */
static bool belongs(const struct config_target *wanted, const struct host *host,
		    const struct host_function *head, bool companions,
		    const struct host_function *function)
{
	if (wanted->has_functions)
		return same_slot(head, function) && is_listed(wanted, function);
	return function == head ||
	       ((is_named_beside(wanted, head, function) ||
		 (companions && function->id.vendor == head->id.vendor &&
		  select_is_card_class(function->class_code))) &&
		same_card(host, head, function));
}

/* Each id must be found on the card: a missing one may be on another card. */
static enum reason ids_check(const struct config_target *wanted, const struct host *host,
			     const struct host_function *head, struct plan_target *target)
{
	for (size_t i = 0; i < wanted->n_ids; i++) {
		bool found = false;

		for (size_t j = 0; j < host->n_functions && !found; j++)
			found = id_matches(&wanted->ids[i], &host->functions[j].id) &&
				same_card(host, head, &host->functions[j]);
		if (!found) {
			find_by_id(wanted, host, target->found, &target->n_found);
			return REASON_ID_MISMATCH;
		}
	}
	return REASON_NONE;
}

enum reason select_functions(const struct config_target *wanted, const struct host *host,
			     size_t head, struct plan_target *target)
{
	const struct host_function *named = &host->functions[head];
	bool companions = has_companions(wanted, host, named);
	uint8_t seen = 0;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		bool is_named = i == head || select_id_matches(wanted, function);

		if (!belongs(wanted, host, named, companions, function))
			continue;
		seen |= (uint8_t)(1U << function->address.function);
		if (!function_add(target, i, is_named ? ROLE_TARGET : ROLE_COMPANION))
			return REASON_LIMIT;
	}
	if (wanted->has_functions &&
	    (seen != wanted->functions || !(seen >> named->address.function & 1)))
		return REASON_FUNCTION_MISSING;
	return ids_check(wanted, host, named, target);
}

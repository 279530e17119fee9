// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: Near and far
 *
 * A function is near when a rule may ask about it:
 *
 *  - it is in the slot of an address or of a path that a target names, or of a function
 *    that has an id of a target which names no place;
 *  - it is behind the switch that the card of such a function brings along;
 *  - the kernel says that it is in a group of a near function (R13: the group's own list
 *    is complete, whatever of its members can be read);
 *  - the plan names it: where the wanted device is instead, what is in the way;
 *  - it is a bridge above a function that shares its group: the culprit; or on the way to
 *    an optional target that is not there;
 *  - a disk of the host is on it, as far as disks were looked at: what the image recorded
 *    of them has to know it;
 *  - interrupts are not remapped: it may be the chipset on which the kernel forbids it;
 *  - no framebuffer shows which display the boot is on: then all displays are asked
 *    (R18), and only a function itself says whether it is a display;
 *  - no function so far has a group: some other may have (R11).
 *
 * All others are far, and no rule finds them: their ids are not wanted, they are in no
 * slot and in no group. Where the kernel has no lists of groups, all functions are near.
 *
 * Of some far functions a little is asked: of those that the image's record names, if
 * they are what it says; where a placed target is not there, if they could have a virtual
 * function in its place.
 */

#include "plan/near.h"

#include <string.h>

#define FIRST_LOOK 8 /* functions that are asked for a group; then twice as many */

/* Input and state of near_find() */
struct search {
	const struct config *config;
	const struct host *host;
	const struct plan *plan;
	struct near *near;
	bool more;
};

/* Each fact is wanted only once: a failed read would fail again. */
static void want(struct search *search, size_t function, unsigned int what)
{
	unsigned int fresh = what & ~(unsigned int)search->near->asked[function];

	if (!search->host->functions[function].far)
		fresh &= HOST_WANT_PORT;
	search->near->want[function] |= (uint8_t)fresh;
	if (fresh & HOST_WANT_SUBSYSTEM) /* which comes with it, and would be lost */
		search->near->asked[function] |= HOST_WANT_ID;
	search->near->asked[function] |= (uint8_t)fresh;
	search->more = search->more || fresh;
}

static void want_all(struct search *search, unsigned int what)
{
	for (size_t i = 0; i < search->host->n_functions; i++)
		want(search, i, what);
}

/* Functions are ordered by address, so those of a slot stand side by side. */
static void want_slot(struct search *search, size_t function)
{
	const struct host_function *functions = search->host->functions;
	size_t first = function;

	while (first && pci_address_same_slot(&functions[first - 1].address,
					      &functions[function].address))
		first--;
	for (size_t i = first;
	     i < search->host->n_functions &&
	     pci_address_same_slot(&functions[i].address, &functions[function].address);
	     i++)
		want(search, i, HOST_WANT_FUNCTION);
}

static void want_address(struct search *search, const struct pci_address *address)
{
	struct pci_address slot = *address;

	for (slot.function = 0; slot.function < 8; slot.function++) {
		const struct host_function *found = host_find(search->host, &slot);

		if (found) {
			want_slot(search, (size_t)(found - search->host->functions));
			return;
		}
	}
}

/*
 * Can a function be at the end of a path? On a root bus the path is its address, and
 * below a bridge its address ends like the path.
 */
static bool may_end(const struct host_function *function, const struct pci_path *path)
{
	const struct pci_address *address = &function->address;

	return path->depth && address->domain == path->domain &&
	       (address->device << 3 | address->function) ==
		       path->devfn[path->depth - 1] &&
	       (address->bus == path->bus) == (path->depth == 1);
}

static void want_path(struct search *search, const struct pci_path *path)
{
	for (size_t i = 0; i < search->host->n_functions; i++) {
		const struct host_function *function = &search->host->functions[i];

		if (!may_end(function, path))
			continue;
		want(search, i, HOST_WANT_PATH);
		if (pci_path_equal(&function->path, path))
			want_slot(search, i);
	}
}

/* Returns whether it is there, and what the record says. */
static bool want_place(struct search *search, const struct record_place *place)
{
	for (size_t i = 0; i < search->host->n_functions; i++) {
		const struct host_function *function = &search->host->functions[i];

		if (!may_end(function, &place->path))
			continue;
		want(search, i, HOST_WANT_PATH);
		if (!pci_path_equal(&function->path, &place->path))
			continue;
		want(search, i, HOST_WANT_SUBSYSTEM);
		return pci_id_equal(&function->id, &place->id);
	}
	return false;
}

/*
 * A record is valid when nothing in it is wrong and something is right: about the disks,
 * the network and the display, or else about any function.
 */
static void want_record(struct search *search)
{
	const struct near *near = search->near;
	bool agreed = false;

	for (size_t i = 0; i < near->n_places; i++)
		if (near->places[i].evident)
			agreed |= want_place(search, &near->places[i]);
	for (size_t i = 0; i < near->n_places && !agreed && !search->more; i++)
		if (!near->places[i].evident)
			agreed = want_place(search, &near->places[i]);
}

static bool has_id(const struct config_target *target, const struct pci_id *id)
{
	for (size_t i = 0; i < target->n_ids; i++)
		if (target->ids[i].vendor == id->vendor &&
		    target->ids[i].device == id->device)
			return true;
	return false;
}

static void want_ids(struct search *search, const struct config_target *target)
{
	for (size_t i = 0; i < search->host->n_functions; i++) {
		const struct host_function *function = &search->host->functions[i];

		if (function->far)
			want(search, i, HOST_WANT_ID);
		if (!function->id_unknown && has_id(target, &function->id))
			want_slot(search, i);
	}
}

/* Its place is empty or has another device: where is the wanted one? */
static bool is_lost(const struct plan *plan, size_t config)
{
	const uint64_t lost = UINT64_C(1) << REASON_ABSENT |
			      UINT64_C(1) << REASON_ID_MISMATCH |
			      UINT64_C(1) << REASON_ADDRESS_MOVED;

	for (size_t i = 0; plan && i < plan->n_targets; i++)
		if (plan->targets[i].config == config && plan->targets[i].reasons & lost)
			return true;
	return false;
}

/*
 * Nothing is there: could a function of the machine have a virtual one there? Its address
 * is behind that of the function, its path but for the last step the same.
 */
static void want_vfs(struct search *search, const struct config_target *target)
{
	const struct pci_path *path = &target->path;

	if (target->has_address && host_find(search->host, &target->address))
		return;
	for (size_t i = 0; i < search->host->n_functions; i++) {
		const struct host_function *function = &search->host->functions[i];
		struct pci_path same = function->path;

		if (target->has_address) {
			if (function->address.domain == target->address.domain &&
			    pci_address_compare(&function->address, &target->address) < 0)
				want(search, i, HOST_WANT_VFS);
		} else if (function->address.domain == path->domain && path->depth) {
			want(search, i, HOST_WANT_PATH);
			if (same.depth == path->depth)
				same.devfn[path->depth - 1] =
					path->devfn[path->depth - 1];
			if (pci_path_equal(&same, path))
				want(search, i, HOST_WANT_VFS);
		}
	}
}

/* An optional one is not there: is a port on the way that cards are plugged into? */
static void want_way(struct search *search, const struct config_target *target)
{
	struct pci_path way = target->path;

	if (!target->optional || !target->has_path)
		return;
	while (way.depth-- > 1)
		for (size_t i = 0; i < search->host->n_functions; i++) {
			const struct host_function *bridge = &search->host->functions[i];

			if (!may_end(bridge, &way))
				continue;
			want(search, i, HOST_WANT_PATH);
			if (pci_path_equal(&bridge->path, &way))
				want(search, i, HOST_WANT_FUNCTION | HOST_WANT_PORT);
		}
}

static void want_target(struct search *search, size_t config)
{
	const struct config_target *target = &search->config->targets[config];
	bool is_placed = target->has_address || target->has_path;

	if (target->has_address)
		want_address(search, &target->address);
	if (target->has_path)
		want_path(search, &target->path);
	if (target->n_ids && (!is_placed || is_lost(search->plan, config)))
		want_ids(search, target);
	if (!is_placed || !is_lost(search->plan, config))
		return;
	want_vfs(search, target);
	want_way(search, target);
}

/*
 * A bridge that may be one of a card's own switch (own_switch.c): of the card's vendor,
 * no root port, no slot. Its type is asked for only when its vendor is right, and all
 * else only when its type is.
 *
 * Return: HOST_NO_PARENT: there is none, or it is not known yet
 */
static size_t switch_port(struct search *search, size_t function, uint16_t vendor)
{
	size_t above = search->host->functions[function].parent;
	const struct host_function *bridge;

	if (above == HOST_NO_PARENT)
		return HOST_NO_PARENT;
	bridge = &search->host->functions[above];
	want(search, above, HOST_WANT_ID);
	if (bridge->id.vendor != vendor)
		return HOST_NO_PARENT;
	want(search, above, HOST_WANT_PORT);
	if (search->near->want[above] & HOST_WANT_PORT || bridge->port == HOST_PORT_ROOT)
		return HOST_NO_PARENT;
	want(search, above, HOST_WANT_FUNCTION);
	return bridge->far || bridge->port == HOST_PORT_ROOT || bridge->hotplug ?
		       HOST_NO_PARENT :
		       above;
}

/*
 * Other functions behind the switch of a card, which are found by the paths of all
 * functions
 */
static void want_behind(struct search *search, size_t upstream)
{
	const struct host_function *functions = search->host->functions;

	want_all(search, HOST_WANT_PATH);
	for (size_t i = 0; i < search->host->n_functions; i++) {
		size_t above = functions[i].parent;

		if (above == HOST_NO_PARENT || functions[above].parent != upstream)
			continue;
		want(search, i, HOST_WANT_FUNCTION);
		want(search, above, HOST_WANT_FUNCTION | HOST_WANT_PORT);
	}
}

/* A root port, the two ports of a switch, the function: own_switch.c port_above() */
#define SWITCHED_DEPTH 4

static void want_switches(struct search *search)
{
	const struct host *host = search->host;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		size_t port;

		if (function->far || function->is_vf || function->header_type == 1 ||
		    function->path.depth < SWITCHED_DEPTH)
			continue;
		port = switch_port(search, i, function->id.vendor);
		if (port != HOST_NO_PARENT)
			port = switch_port(search, port, function->id.vendor);
		if (port != HOST_NO_PARENT)
			want_behind(search, port);
	}
}

/* By their groups; and those that were marked when disks were looked at */
static void want_marked(struct search *search)
{
	const struct host *host = search->host;

	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].far &&
		    (host->functions[i].has_group || host->functions[i].is_host_disk))
			want(search, i, HOST_WANT_FUNCTION);
	if (host->n_groups && !host->groups_listed)
		want_all(search, HOST_WANT_FUNCTION);
}

/* Some function of the machine has to show that there is an IOMMU. */
static void want_evidence(struct search *search)
{
	const struct host *host = search->host;
	size_t near = FIRST_LOOK, left;

	if (search->more || host_iommu_active(host))
		return;
	for (size_t i = 0; i < host->n_functions; i++)
		near += !host->functions[i].far;
	left = near;
	for (size_t i = 0; i < host->n_functions && left; i++) {
		if (!host->functions[i].far ||
		    search->near->asked[i] & HOST_WANT_FUNCTION)
			continue;
		want(search, i, HOST_WANT_FUNCTION);
		left--;
	}
}

static void want_listed(struct search *search, const size_t *functions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		want(search, functions[i], HOST_WANT_FUNCTION);
}

/* The way up, one bridge at a time: a function that was read knows what is above it. */
static void want_bridges(struct search *search, const struct plan_target *target)
{
	const struct host_function *functions = search->host->functions;

	for (size_t i = 0; i < target->n_functions; i++)
		for (size_t at = target->functions[i].function, depth = 0;
		     at != HOST_NO_PARENT && depth < PCI_PATH_DEPTH_MAX;
		     at = functions[at].parent, depth++)
			want(search, at, HOST_WANT_FUNCTION | HOST_WANT_PORT);
}

/* Has a display its boot_display attribute? Of 6.17; unknown: it may have */
static bool displays_tell(const struct host *host)
{
	return !host->kernel_major || host->kernel_major > 6 ||
	       (host->kernel_major == 6 && host->kernel_minor >= 17);
}

static bool may_show_boot(const struct host_function *function)
{
	return host_is_display(function) || function->boot_vga == FACT_YES;
}

/* Those that a target takes, and those that it could take too (peers = take) */
static void want_displays(struct search *search, const struct plan_target *target)
{
	const struct host *host = search->host;
	bool matters = false;

	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].framebuffer[0])
			return;
	if (!host->framebuffer_orphan && !displays_tell(host))
		return;
	for (size_t i = 0; i < target->n_functions; i++)
		matters |= may_show_boot(&host->functions[target->functions[i].function]);
	for (size_t i = 0; i < target->n_blockers; i++)
		matters |= may_show_boot(&host->functions[target->blockers[i]]);
	if (matters)
		want_all(search, HOST_WANT_FUNCTION);
}

/* Chipsets have a remedy of their own (remedy.h). */
static void want_chipset(struct search *search)
{
	want_all(search, HOST_WANT_ID);
	for (size_t i = 0; i < search->host->n_functions; i++)
		if (search->host->functions[i].id.vendor == 0x8086 &&
		    search->host->functions[i].id.device >> 4 == 0x340)
			want(search, i, HOST_WANT_FUNCTION);
}

static void want_planned(struct search *search)
{
	for (size_t i = 0; i < search->plan->n_targets; i++) {
		const struct plan_target *target = &search->plan->targets[i];

		for (size_t j = 0; j < target->n_functions; j++)
			want_slot(search, target->functions[j].function);
		for (size_t j = 0; j < target->n_blockers; j++)
			want_slot(search, target->blockers[j]); /* peers = take */
		want_listed(search, target->found, target->n_found);
		if (target->at != PLAN_NOWHERE)
			want(search, target->at, HOST_WANT_FUNCTION);
		if (target->reasons >> REASON_GROUP_SHARED & 1)
			want_bridges(search, target);
		if (target->reasons >> REASON_INTERRUPT_REMAPPING & 1)
			want_chipset(search);
		want_displays(search, target);
	}
}

void near_forget(struct near *near, const struct host *host)
{
	memset(near->asked, 0, host->n_functions);
}

void near_begin(struct near *near, uint8_t *memory, const struct host *host,
		const struct record_place *places, size_t n_places)
{
	near->want = memory;
	near->asked = memory + host->n_functions;
	near->places = places;
	near->n_places = n_places;
	near_forget(near, host);
}

bool near_find(const struct config *config, const struct host *host,
	       const struct plan *plan, struct near *near)
{
	struct search search = {
		.config = config,
		.host = host,
		.plan = plan,
		.near = near,
	};

	memset(near->want, 0, host->n_functions);
	for (size_t i = 0; i < config->n_targets; i++)
		want_target(&search, i);
	want_record(&search);
	want_switches(&search);
	want_marked(&search);
	if (plan)
		want_planned(&search);
	want_evidence(&search);
	return search.more;
}

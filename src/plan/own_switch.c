// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/own_switch.h"

#include "base/address.h"

/* The bridge above one, when it is of the same vendor and no root port */
static size_t port_above(const struct host *host, size_t function)
{
	size_t above = host->functions[function].parent;
	const struct host_function *bridge;

	if (above == HOST_NO_PARENT)
		return HOST_NO_PARENT;
	bridge = &host->functions[above];
	return bridge->id.vendor == host->functions[function].id.vendor &&
			       bridge->port != HOST_PORT_ROOT &&
			       bridge->parent != HOST_NO_PARENT && !bridge->hotplug ?
		       above :
		       HOST_NO_PARENT;
}

static size_t switch_above(const struct host *host, size_t function)
{
	size_t port = port_above(host, function);

	return port == HOST_NO_PARENT ? port : port_above(host, port);
}

/* The upstream port of the card's switch; HOST_NO_PARENT: it is on no such card */
static size_t switch_find(const struct host *host, size_t function)
{
	size_t above = host->functions[function].is_vf ? HOST_NO_PARENT :
							 switch_above(host, function);
	const struct host_function *display = NULL;

	if (above == HOST_NO_PARENT)
		return HOST_NO_PARENT;
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *other = &host->functions[i];

		if (!host_is_gpu(other) || other->is_vf || switch_above(host, i) != above)
			continue;
		/* Two graphics processors on one board: each is a card of its own. */
		if (display && !pci_address_same_slot(&display->address, &other->address))
			return HOST_NO_PARENT;
		display = other;
	}
	return display ? above : HOST_NO_PARENT;
}

bool own_switch_is_shared(const struct host *host, size_t a, size_t b)
{
	return !host->functions[b].is_vf &&
	       host->functions[a].id.vendor == host->functions[b].id.vendor &&
	       switch_above(host, b) != HOST_NO_PARENT &&
	       switch_find(host, a) == switch_above(host, b);
}

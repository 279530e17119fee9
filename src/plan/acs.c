// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/acs.h"

#include <assert.h>

#include "base/array.h"

const char *const acs_failure_names[] = {
	[ACS_FAILURE_CONVENTIONAL] = "conventional",
	[ACS_FAILURE_MISSING] = "missing",
	[ACS_FAILURE_OFF] = "off",
	[ACS_FAILURE_MULTIFUNCTION] = "multifunction",
};

static_assert(ARRAY_SIZE(acs_failure_names) == ACS_FAILURE_MULTIFUNCTION + 1,
	      "an acs_failure has no name");

const struct acs_bit acs_bits[ACS_BITS] = {
	{ ACS_SOURCE_VALIDATION, "SV", "source validation" },
	{ ACS_REQUEST_REDIRECT, "RR", "request redirect" },
	{ ACS_COMPLETION_REDIRECT, "CR", "completion redirect" },
	{ ACS_UPSTREAM_FORWARDING, "UF", "upstream forwarding" },
};

/*
 * Bits that are not implemented count as on (drivers/pci/pci.c pci_acs_flags_enabled()).
 */
uint16_t acs_off(const struct host_acs *acs)
{
	return ACS_REQUIRED & acs->capability & (uint16_t)~acs->control;
}

/* The core also sets the bit for any function above 0 (drivers/pci/probe.c). */
static bool is_multifunction(const struct host_function *function)
{
	return function->multifunction || function->address.function;
}

/*
 * What the kernel counts as isolated, whatever the registers say, on machines where cards
 * are given away: drivers/pci/quirks.c pci_quirk_rciep_acs() for what Intel integrates,
 * pci_quirk_intel_pch_acs() for the root ports of its older chipsets, which have no
 * capability. Its list of endpoints does not matter for a port that merges a group.
 */
static bool is_vouched_for(const struct host_function *function)
{
	static const struct {
		uint16_t first;
		uint16_t last;
	} ports[] = {
		{ 0x1c10, 0x1c1f }, /* 6 series */
		{ 0x1d10, 0x1d1e }, /* X79 */
		{ 0x1e10, 0x1e1f }, /* 7 series */
		{ 0x3b42, 0x3b51 }, /* 5 series */
		{ 0x8c10, 0x8c1f }, /* 8 series */
		{ 0x8c90, 0x8c9e }, /* 9 series */
		{ 0x8d10, 0x8d1e }, /* X99 */
		{ 0x9c10, 0x9c1b }, /* 8 series, mobile */
		{ 0x9c90, 0x9c9b }, /* 9 series, mobile */
	};

	if (function->id.vendor != 0x8086)
		return false;
	if (function->port != HOST_PORT_ROOT || function->acs.known != FACT_NO)
		return function->port == HOST_PORT_INTEGRATED_ENDPOINT;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		if (function->id.device >= ports[i].first &&
		    function->id.device <= ports[i].last)
			return true;
	return false;
}

static bool registers_fail(const struct host_function *function,
			   struct acs_culprit *culprit)
{
	const struct host_acs *acs = &function->acs;

	switch (acs->known) {
	case FACT_UNKNOWN:
		return false;
	case FACT_NO:
		culprit->failure = ACS_FAILURE_MISSING;
		return true;
	case FACT_YES:
		break;
	}
	culprit->failure = ACS_FAILURE_OFF;
	culprit->bits = acs_off(acs);
	return culprit->bits;
}

/* pci_acs_enabled() of drivers/pci/pci.c */
static bool function_fails(const struct host_function *function,
			   struct acs_culprit *culprit)
{
	if (is_vouched_for(function))
		return false;
	switch (function->port) {
	case HOST_PORT_UNKNOWN:
		break;
	case HOST_PORT_CONVENTIONAL:
	case HOST_PORT_TO_PCI:
	case HOST_PORT_FROM_PCI:
	case HOST_PORT_EVENT_COLLECTOR:
		culprit->failure = ACS_FAILURE_CONVENTIONAL;
		return true;
	case HOST_PORT_ROOT:
	case HOST_PORT_DOWNSTREAM:
		return registers_fail(function, culprit);
	case HOST_PORT_UPSTREAM:
	case HOST_PORT_ENDPOINT:
	case HOST_PORT_LEGACY_ENDPOINT:
	case HOST_PORT_INTEGRATED_ENDPOINT:
		if (!is_multifunction(function) || !registers_fail(function, culprit))
			return false;
		if (culprit->failure == ACS_FAILURE_MISSING)
			culprit->failure = ACS_FAILURE_MULTIFUNCTION;
		return true;
	}
	return false;
}

/* Does it share slot and group with another function? */
static bool has_slot_mates(const struct host *host, const struct host_function *function)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *other = &host->functions[i];

		if (other != function && other->has_group && function->has_group &&
		    other->group == function->group &&
		    pci_address_same_slot(&other->address, &function->address))
			return true;
	}
	return false;
}

bool acs_find_culprit(const struct host *host, size_t function,
		      struct acs_culprit *ret_culprit)
{
	bool found = false;

	/* Upwards, so that the failing one nearest the root is kept. */
	for (size_t at = function, depth = 0;
	     at != HOST_NO_PARENT && depth < PCI_PATH_DEPTH_MAX;
	     at = host->functions[at].parent, depth++) {
		struct acs_culprit culprit = { .function = at };
		bool is_leaf = at == function;

		if (!function_fails(&host->functions[at], &culprit))
			continue;
		/* get_pci_function_alias_group() of drivers/iommu/iommu.c */
		if (is_leaf && culprit.failure == ACS_FAILURE_CONVENTIONAL) {
			if (!is_multifunction(&host->functions[at]) ||
			    !has_slot_mates(host, &host->functions[at]))
				continue;
			culprit.failure = ACS_FAILURE_MULTIFUNCTION;
		}
		*ret_culprit = culprit;
		found = true;
	}
	return found;
}

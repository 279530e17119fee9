// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/domain.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"

const char *const guest_kind_names[] = {
	[GUEST_LIBVIRT] = "libvirt",
	[GUEST_PROXMOX] = "proxmox",
};

static_assert(ARRAY_SIZE(guest_kind_names) == GUEST_KINDS, "a kind has no name");

const char *const guest_machine_names[] = {
	[GUEST_MACHINE_DEFAULT] = "i440fx",
	[GUEST_MACHINE_Q35] = "q35",
	[GUEST_MACHINE_I440FX] = "i440fx",
	[GUEST_MACHINE_OTHER] = "another machine",
};

static_assert(ARRAY_SIZE(guest_machine_names) == GUEST_MACHINES, "a machine has no name");

void guest_cpus_add(struct guest_cpus *cpus, unsigned int cpu)
{
	cpus->bits[cpu / 64] |= UINT64_C(1) << cpu % 64;
}

bool guest_cpus_has(const struct guest_cpus *cpus, unsigned int cpu)
{
	return cpu < GUEST_CPUS_MAX && cpus->bits[cpu / 64] >> cpu % 64 & 1;
}

unsigned int guest_cpus_count(const struct guest_cpus *cpus)
{
	unsigned int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cpus->bits); i++)
		count += (unsigned int)__builtin_popcountll(cpus->bits[i]);
	return count;
}

bool guest_cpus_meet(const struct guest_cpus *a, const struct guest_cpus *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(a->bits); i++)
		if (a->bits[i] & b->bits[i])
			return true;
	return false;
}

static size_t trimmed(const char **text, size_t length)
{
	while (length && strchr(" \t\n", **text)) {
		++*text;
		length--;
	}
	while (length && strchr(" \t\n", (*text)[length - 1]))
		length--;
	return length;
}

/* One part between commas: 8, 0-3, ^2 */
static int part_take(const char *part, size_t length, struct guest_cpus *cpus)
{
	uint64_t first, last;
	const char *dash;
	bool without;
	int result;

	length = trimmed(&part, length);
	without = length && *part == '^';
	part += without;
	length -= without;
	dash = without ? NULL : memchr(part, '-', length);
	result = number_parse(part, dash ? (size_t)(dash - part) : length, 10,
			      GUEST_CPUS_MAX - 1, &first);
	last = first;
	if (!result && dash)
		result = number_parse(dash + 1, length - (size_t)(dash + 1 - part), 10,
				      GUEST_CPUS_MAX - 1, &last);
	if (result || last < first)
		return result ? result : -EINVAL;
	for (; first <= last; first++)
		if (without)
			cpus->bits[first / 64] &= ~(UINT64_C(1) << first % 64);
		else
			cpus->bits[first / 64] |= UINT64_C(1) << first % 64;
	return 0;
}

int guest_cpus_parse(const char *text, struct guest_cpus *ret_cpus)
{
	struct guest_cpus cpus = { 0 };

	do {
		size_t length = strcspn(text, ",");
		int result = part_take(text, length, &cpus);

		if (result)
			return result;
		text += length;
	} while (*text++);
	*ret_cpus = cpus;
	return 0;
}

const struct guest_cpus *guest_pin_of(const struct guest *guest, unsigned int vcpu)
{
	for (size_t i = 0; i < guest->pins.n_vcpus; i++)
		if (guest->pins.vcpus[i].number == vcpu)
			return &guest->pins.vcpus[i].cpus;
	return guest->pins.has_all ? &guest->pins.all : NULL;
}

const struct guest_feature *guest_feature_find(const struct guest *guest,
					       const char *name)
{
	for (size_t i = guest->cpu.n_features; i-- > 0;)
		if (!strcmp(guest->cpu.features[i].name, name))
			return &guest->cpu.features[i];
	return NULL;
}

bool guest_is_q35(const struct guest *guest)
{
	return guest->machine == GUEST_MACHINE_Q35;
}

bool guest_has_screen(const struct guest *guest)
{
	for (size_t i = 0; i < guest->wiring.n_screens; i++)
		if (strcmp(guest->wiring.screens[i].model, "none") != 0)
			return true;
	return false;
}

unsigned int guest_next_bus(const struct guest *guest)
{
	unsigned int next = 1;

	for (size_t i = 0; i < guest->n_controllers; i++)
		if (guest->controllers[i].index >= next)
			next = guest->controllers[i].index + 1;
	for (size_t i = 0; i < guest->n_places; i++)
		if (guest->places[i].bus >= next)
			next = guest->places[i].bus + 1u;
	return next;
}

size_t guest_takes(const struct guest *guest, const struct pci_address *address)
{
	for (size_t i = 0; i < guest->n_hostdevs; i++) {
		const struct guest_hostdev *hostdev = &guest->hostdevs[i];

		if (*hostdev->mapping)
			continue;
		if (!pci_address_compare(&hostdev->host, address) ||
		    (hostdev->whole_slot &&
		     pci_address_same_slot(&hostdev->host, address)))
			return i;
	}
	return SIZE_MAX;
}

// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * A guest of any hypervisor is accepted or refused with a message; the same bytes give
 * the same guest; and an accepted guest keeps the limits of domain.h.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest/domain.h"
#include "guest/guest_find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

static void hostdev_check(const struct guest_hostdev *hostdev)
{
	demand(hostdev->host.device < 32 && hostdev->host.function < 8);
	demand(hostdev->place.device < 32 && hostdev->place.function < 8);
	demand(memchr(hostdev->rom, '\0', sizeof(hostdev->rom)) != NULL);
	demand(memchr(hostdev->driver, '\0', sizeof(hostdev->driver)) != NULL);
}

static void guest_limits(const struct guest *guest)
{
	demand(*guest->name && memchr(guest->name, '\0', sizeof(guest->name)));
	demand(guest->n_hostdevs <= GUEST_HOSTDEVS_MAX);
	demand(guest->n_places <= GUEST_PLACES_MAX);
	demand(guest->n_controllers <= GUEST_PLACES_MAX);
	demand(guest->cpu.n_features <= GUEST_FEATURES_MAX);
	demand(guest->pins.n_vcpus <= GUEST_PINS_MAX);
	demand(guest->pins.n_iothreads <= GUEST_NODES_MAX);
	demand(guest->wiring.n_screens <= GUEST_SCREENS_MAX);
	for (size_t i = 0; i < guest->n_hostdevs; i++)
		hostdev_check(&guest->hostdevs[i]);
	demand(guest_next_bus(guest) <= 256);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guest guest, again;
	struct fault fault = { 0 }, fault_again = { 0 };
	char *bytes = malloc(size ? size : 1);
	int result;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	result = guest_parse("1.conf", bytes, size, &guest, &fault);
	demand((result < 0) == (*fault.text != '\0'));
	demand(guest_parse("1.conf", bytes, size, &again, &fault_again) == result);
	demand(!strcmp(fault.text, fault_again.text));
	if (!result) {
		guest_limits(&guest);
		demand(!memcmp(&guest, &again, sizeof(guest)));
	}
	free(bytes);
	return 0;
}

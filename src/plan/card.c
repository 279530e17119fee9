// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/card.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/array.h"

#define MENTIONED_MAX 6 /* more are hard to read in a sentence */

const struct host_function *card_at(const struct host *host,
				    const struct plan_target *target, size_t index)
{
	return &host->functions[target->functions[index].function];
}

bool card_takes(const struct plan_target *target, size_t function)
{
	for (size_t i = 0; i < target->n_functions; i++)
		if (target->functions[i].function == function)
			return true;
	return false;
}

bool card_any_takes(const struct plan *plan, size_t function)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (card_takes(&plan->targets[i], function))
			return true;
	return false;
}

bool card_any_reserves(const struct plan *plan, size_t function)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->targets[i].verdict == VERDICT_RESERVE &&
		    card_takes(&plan->targets[i], function))
			return true;
	return false;
}

bool card_touches(const struct host *host, const struct plan_target *target,
		  size_t function)
{
	const struct host_function *other = &host->functions[function];

	if (card_takes(target, function))
		return true;
	for (size_t i = 0; i < target->n_functions && other->has_group; i++) {
		const struct host_function *own = card_at(host, target, i);

		if (own->has_group && own->group == other->group)
			return true;
	}
	return false;
}

bool card_is_transparent(const struct host_function *function)
{
	unsigned int class = function->class_code >> 8;

	return class == 0x0600 || class == 0x0604 || host_is_bridge(function);
}

bool card_bridge_driver_is_fine(const char *driver)
{
	return !*driver || !strcmp(driver, "pcieport") || !strcmp(driver, "pci-stub") ||
	       strstr(driver, "vfio");
}

/*
 * Since 5.19 only drivers count (drivers/iommu/iommu.c iommu_group_claim_dma_owner(), and
 * really_probe() of drivers/base/dd.c through pci_dma_configure()): what has none, and
 * by the image's record would get none, blocks no card. Before, a driver that came into a
 * group in use was a BUG() (drivers/vfio/vfio.c vfio_iommu_group_notifier()).
 */
bool card_blocks_nobody(const struct host *host, const struct host_function *function)
{
	bool since_5_19 = host->kernel_major && !host_kernel_is_before(host, 5, 19);

	return since_5_19 && !function->driver[0] && !function->override[0] &&
	       function->recorded & HOST_RECORDED_UNCLAIMED;
}

bool card_is_vfio(const struct host *host, const char *driver)
{
	return *driver && (host_driver_find(host, driver) || strstr(driver, "vfio-pci") ||
			   strstr(driver, "vfio_pci"));
}

bool card_is_reserved(const struct host *host, const struct plan_target *target)
{
	for (size_t i = 0; i < target->n_functions; i++)
		if (!card_is_vfio(host, card_at(host, target, i)->driver))
			return false;
	return target->n_functions != 0;
}

void card_mention(const struct host_function *function, char text[static CARD_TEXT_MAX])
{
	struct pci_id plain = function->id;

	plain.has_subsystem = false;
	(void)snprintf(text, CARD_TEXT_MAX, "%s [%s]%s%s%s",
		       PCI_ADDRESS(&function->address), PCI_ID(&plain),
		       *function->driver ? " (" : "", function->driver,
		       *function->driver ? ")" : "");
}

void card_mention_all(const struct host *host, const size_t *functions, size_t count,
		      char text[static CARD_TEXT_MAX])
{
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < count; i++) {
		char one[CARD_TEXT_MAX];
		size_t length;

		card_mention(&host->functions[functions[i]], one);
		length = strlen(one);
		/* leaves room for the end */
		if (i == MENTIONED_MAX || used + length + 32 > CARD_TEXT_MAX) {
			(void)snprintf(text + used, CARD_TEXT_MAX - used, " and %zu more",
				       count - i);
			return;
		}
		used += (size_t)snprintf(text + used, CARD_TEXT_MAX - used, "%s%s",
					 i ? ", " : "", one);
	}
}

/* Device ids as in the driver amdgpu */
const char *card_reset_bug(const struct host_function *function)
{
	static const struct {
		uint16_t first, last;
		const char *family;
	} families[] = {
		{ 0x67c0, 0x67df, "Polaris 10" }, { 0x67e0, 0x67ff, "Polaris 11" },
		{ 0x6860, 0x687f, "Vega 10" },	  { 0x6980, 0x699f, "Polaris 12" },
		{ 0x69a0, 0x69af, "Vega 12" },	  { 0x66a0, 0x66af, "Vega 20" },
		{ 0x7310, 0x731f, "Navi 10" },	  { 0x7340, 0x734f, "Navi 14" },
		{ 0x7360, 0x7362, "Navi 12" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(families) && function->id.vendor == 0x1002; i++)
		if (function->id.device >= families[i].first &&
		    function->id.device <= families[i].last)
			return families[i].family;
	return NULL;
}

bool card_has_no_bus_reset(const struct host_function *function)
{
	uint16_t device = function->id.device;

	return function->id.vendor == 0x10de && ((device >= 0x2340 && device <= 0x237f) ||
						 device == 0x22ce || device == 0x22d0);
}

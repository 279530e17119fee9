// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/target.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

/* What the name of a target begins with: the first row that fits the class */
static const char *kind_of(uint32_t class_code)
{
	static const struct {
		uint32_t code;
		unsigned int shift;
		const char *kind;
	} kinds[] = {
		{ 0x03, 16, "gpu" },  { 0x12, 16, "gpu" },   { 0x04, 16, "audio" },
		{ 0x0c03, 8, "usb" }, { 0x0108, 8, "nvme" }, { 0x01, 16, "disk" },
		{ 0x02, 16, "net" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (class_code >> kinds[i].shift == kinds[i].code)
			return kinds[i].kind;
	return "card";
}

void target_of_function(const struct host *host, size_t index,
			struct config_target *ret_target)
{
	const struct host_function *function = &host->functions[index];
	const struct pci_address *address = &function->address;
	char domain[16] = "";

	memset(ret_target, 0, sizeof(*ret_target));
	if (address->domain)
		(void)snprintf(domain, sizeof(domain), "-%04x", address->domain);
	(void)snprintf(ret_target->name, sizeof(ret_target->name), "%s%s-%02x-%02x.%x",
		       kind_of(function->class_code), domain, address->bus,
		       address->device, address->function);
	if (!function->unreadable) {
		ret_target->ids[0] = function->id;
		ret_target->ids[0].has_subsystem = false;
		ret_target->n_ids = 1;
	}
	ret_target->has_path = function->path.depth > 0;
	ret_target->path = function->path;
	ret_target->has_address = !ret_target->has_path;
	ret_target->address = *address;
	ret_target->optional = host_may_come_later(host, index);
}

const struct plan_target *target_try(const struct host *host,
				     const struct config_target *wanted,
				     struct trial *trial)
{
	config_init(&trial->config);
	trial->config.targets[0] = *wanted;
	trial->config.n_targets = 1;
	plan_build(&trial->config, host, &trial->plan);
	return &trial->plan.targets[0];
}

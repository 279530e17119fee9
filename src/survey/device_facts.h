/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_FACTS_H
#define VFIO_EARLY_DEVICE_FACTS_H

/* Facts about a card that no rule uses: memory windows, resets, cables, lockdown. */

#include <stdbool.h>
#include <stdint.h>

#include "base/sysroot.h"
#include "model/host.h"

#define DEVICE_BARS 6 /* of an endpoint (PCI Local Bus 3.0, 6.2.5) */

/**
 * struct device_facts - a function
 * @has_reset_method: the attribute reset_method exists (5.15 and later)
 * @sizes: bytes of each BAR; 0: none, or no address
 * @resizable: bit n set: the BAR can have 2^(20+n) bytes (6.1 and later); 0: unknown or
 *	not resizable
 * @is_removable: it, or a bridge above it, can be unplugged (attribute removable, 5.14)
 */
struct device_facts {
	bool has_reset_method;
	uint64_t sizes[DEVICE_BARS];
	uint64_t resizable[DEVICE_BARS];
	bool is_removable;
};

/** enum lockdown - lockdown of the kernel; LOCKDOWN_ABSENT: not supported */
enum lockdown { LOCKDOWN_ABSENT, LOCKDOWN_UNKNOWN, LOCKDOWN_OFF, LOCKDOWN_ON };

/**
 * struct device_setting - facts for all functions
 * @has_rule: our udev rule for functions that appear later is installed
 * @thunderbolt: the machine has Thunderbolt
 * @lockdown: see there
 * @secure_boot: Secure Boot is on
 */
struct device_setting {
	bool has_rule;
	bool thunderbolt;
	enum lockdown lockdown;
	bool secure_boot;
};

/** device_facts_read() - read the facts about host.functions[@function] */
void device_facts_read(const struct sysroot *root, const struct host *host,
		       size_t function, struct device_facts *facts);

void device_setting_read(const struct sysroot *root, struct device_setting *setting);

#endif

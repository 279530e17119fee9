/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_CHECK_H
#define VFIO_EARLY_DEVICE_CHECK_H

/* `--check`: the cards themselves: companions, resets, power, memory windows, display. */

#include <stdint.h>

#include "base/sysroot.h"
#include "check/finding.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

#define DEVICE_BARS 6 /* of an endpoint (PCI Local Bus 3.0, 6.2.5) */

/**
 * struct device_facts - what struct host does not hold of a function
 * @has_reset_method: the attribute reset_method is there (5.15 and later)
 * @sizes: bytes of each BAR; 0: none, or no address
 * @resizable: bit n set: the BAR can have 2^(20+n) bytes (6.1 and later); 0: unknown or
 *	not resizable
 * @is_removable: it, or a bridge above it, can be pulled out (attribute removable, 5.14)
 * @has_rule: our udev rule for functions that appear later is installed
 */
struct device_facts {
	bool has_reset_method;
	uint64_t sizes[DEVICE_BARS];
	uint64_t resizable[DEVICE_BARS];
	bool is_removable;
	bool has_rule;
};

/**
 * device_judge() - findings about one function. Pure.
 * @host: the machine
 * @target: that takes it
 * @index: in target.functions
 * @facts: of the function
 * @name: of the target
 * @findings: grows
 */
void device_judge(const struct host *host, const struct plan_target *target, size_t index,
		  const struct device_facts *facts, const char *name,
		  struct findings *findings);

/**
 * device_check() - findings about the cards of all targets
 * @root: the machine
 * @config: what is wanted
 * @host: what there is
 * @plan: what would be done
 * @findings: grows; subjects are the targets' names
 */
void device_check(const struct sysroot *root, const struct config *config,
		  const struct host *host, const struct plan *plan,
		  struct findings *findings);

#endif

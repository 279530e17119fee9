/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NARROW_H
#define VFIO_EARLY_NARROW_H

/*
 * A function that appears after the run in the initramfs: by Thunderbolt, VMD, a slow
 * link, or plugged in later. The same rules apply to it; other cards are not touched.
 */

#include <stdbool.h>

#include "base/address.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * device_may_matter() - can a target concern this function, by its ids and class?
 * @class_code: base class, subclass, interface
 *
 * A quick answer for a machine that creates 500 virtual functions at once: with false the
 * machine need not be read.
 *
 * Return: false when no target can have it as target, companion or peer
 */
bool device_may_matter(const struct config *config, const struct pci_address *address,
		       const struct pci_id *id, uint32_t class_code);

/**
 * device_narrow() - keep only the targets of a plan that concern a function
 * @host: facts that @plan points into
 * @plan: only targets with the function stay, and those that share a group with them; the
 *	order is kept
 *
 * Return: false when there is nothing to do: no target has the function, or all functions
 * of these targets have their drivers already
 */
bool device_narrow(const struct host *host, const struct pci_address *address,
		   struct plan *plan);

#endif

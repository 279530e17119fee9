/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NARROW_H
#define VFIO_EARLY_NARROW_H

/*
 * A function that appears after the initramfs has run us: behind Thunderbolt, VMD, a slow
 * link, or plugged in. The same rules apply to it; other cards are left alone.
 */

#include <stdbool.h>

#include "base/address.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * device_may_matter() - can a target be about this function, by what it is?
 * @class_code: base class, subclass, interface
 *
 * For a machine that makes 500 virtual functions at once: false needs no look at it.
 *
 * Return: false when no target can have it as target, companion or peer
 */
bool device_may_matter(const struct config *config, const struct pci_address *address,
		       const struct pci_id *id, uint32_t class_code);

/**
 * device_narrow() - leave of a plan only what a function is about
 * @host: facts that @plan points into
 * @plan: only the targets that have the function stay, with those whose group they share;
 *	they keep their order
 *
 * Return: false when there is nothing to do: no target has the function, or all functions
 * of those that have it are with their drivers already
 */
bool device_narrow(const struct host *host, const struct pci_address *address,
		   struct plan *plan);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REMEDY_H
#define VFIO_EARLY_REMEDY_H

/* What to do about a reason on this machine, in the terms of its platform. */

#include "plan/plan.h"

/**
 * remedy_of() - the remedy of a reason on this machine; usually that of its row
 * @target: refused for it; NULL: none. peers = take is offered only where the target
 *	would be reserved with it, and another slot only for a card in a slot.
 */
const char *remedy_of(const struct host *host, const struct plan_target *target,
		      enum reason reason);

/** remedy_is_arm() - is this an Arm machine, or another one with a device tree? */
bool remedy_is_arm(const struct host *host);

/**
 * remedy_remapping_forbidden() - does the kernel disable interrupt remapping on this
 * chipset?
 *
 * Chipsets that may lose interrupts with it: 8086:3403, 3405, 3406 up to revision 13 and
 * 3405 of revision 22 (arch/x86/kernel/early-quirks.c intel_remapping_check()).
 */
bool remedy_remapping_forbidden(const struct host *host);

/** remedy_mapping() - name of a fixed memory mapping of the firmware on this platform */
const char *remedy_mapping(const struct host *host);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_NOTE_H
#define VFIO_EARLY_GUARD_NOTE_H

/* The guard's part of a run: before the first write. */

#include "base/sysroot.h"
#include "report/run.h"

/**
 * guard_note() - judge the boot, and note it when it is a trial
 * @run: decided; its guard is filled
 *
 * What asks the firmware is a process of its own, waited for two seconds at most.
 * Whatever fails is GUARD_NONE with the reason: no guard, and no boot less.
 */
void guard_note(const struct sysroot *root, struct run *run);

#endif

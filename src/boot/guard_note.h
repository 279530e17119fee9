/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_NOTE_H
#define VFIO_EARLY_GUARD_NOTE_H

/* The guard's part of a run, before the first write. */

#include "base/sysroot.h"
#include "report/run.h"

/**
 * guard_note() - judge the boot, and write a note to the firmware when it is a trial
 * @run: decided; its guard is filled
 *
 * A separate process asks the firmware; it is waited for two seconds at most. After any
 * failure the guard is GUARD_NONE, with the reason, and the boot goes on without a guard.
 */
void guard_note(const struct sysroot *root, struct run *run);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SNAPSHOT_ROOT_H
#define VFIO_EARLY_SNAPSHOT_ROOT_H

#include <stdbool.h>

#include "base/sysroot.h"

/**
 * snapshot_root_is() - is the root a read-only snapshot, which transactional-update(8)
 * replaces (openSUSE MicroOS, Aeon, SLE Micro)?
 *
 * Nothing else can write images and grub.cfg there. What it writes is in a new snapshot,
 * which boots next; without --continue a call drops what an earlier one did.
 */
bool snapshot_root_is(const struct sysroot *root);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_WRITE_H
#define VFIO_EARLY_GUARD_WRITE_H

/* The only file that writes to NVRAM, and only the guard's own variable. */

#include "base/fault.h"
#include "model/guard.h"

/**
 * guard_write() - write the variable, and see that it is there
 * @dir: of guard_store_open()
 *
 * Return: 0 or -errno: -ENOSPC when the store is full, -EROFS when it is read-only, -EIO
 * when it was written and is not there. After a failure the old one is there, or the new.
 */
int guard_write(int dir, const struct guard_record *record, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_WRITE_H
#define VFIO_EARLY_GUARD_WRITE_H

/* The only code that writes to NVRAM; it writes only the guard's variable. */

#include "base/fault.h"
#include "model/guard.h"

/**
 * guard_write() - write the variable, and check it
 * @dir: of guard_store_open()
 *
 * Return: 0 or -errno: -ENOSPC when the store is full, -EROFS when it is read-only, -EIO
 * when it differs after the write. After a failure the variable is the old or the new
 * one.
 */
int guard_write(int dir, const struct guard_record *record, struct fault *fault);

#endif

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

/**
 * guard_end() - write a record in which no trial is open, or remove the variable
 * @ret_kept: the record is kept; else the store was too full even for that, so that the
 *	next boot is a trial, and no fallback
 *
 * Return: 0 or -errno
 */
int guard_end(int dir, const struct guard_record *record, bool *ret_kept,
	      struct fault *fault);

#endif

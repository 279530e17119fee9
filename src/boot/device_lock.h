/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_LOCK_H
#define VFIO_EARLY_DEVICE_LOCK_H

/* One late run at a time: both would act on the same card, and write the same report. */

#include "base/fault.h"
#include "base/sysroot.h"

#define DEVICE_LOCK_SECONDS \
	60 /* a run ends within 26 s, if vfio_early.deadline is unset */

/**
 * device_lock() - wait until no other late run is under way
 * @root: where run/vfio-early is, made when it is missing
 * @ret_fd: close it to let the next one go on; the lock is of this process alone, so a
 *	child that never ends does not hold it
 * @fault: filled on failure
 *
 * Return: 0; -ETIMEDOUT; -errno
 */
int device_lock(const struct sysroot *root, int *ret_fd, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_LOCK_H
#define VFIO_EARLY_DEVICE_LOCK_H

/*
 * One run at a time, from facts to report: two would act on the same card, and write the
 * same report. The lock belongs to the open file, so all processes of a run share it; the
 * supervisor gives it back at the end, also when one of them hangs.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"

/* Of what udev lets the run of a late function take (supervise.c UDEV_SECONDS) */
#define DEVICE_LOCK_SECONDS 90

/**
 * device_lock_open() - the file that is locked
 * @root: where run/vfio-early is, made when it is missing
 *
 * Return: 0; -errno
 */
int device_lock_open(const struct sysroot *root, int *ret_fd, struct fault *fault);

/**
 * device_lock_take() - be the one that acts
 * @wait: sleep in the kernel until it is free, without a limit: for a process that an
 *	alarm or another process ends
 *
 * Return: 0; -EAGAIN: it is not free; -errno
 */
int device_lock_take(int fd, bool wait);

/**
 * device_lock_release() - let the next one go on, also while a child has the file open
 * @fd: of device_lock_open(), or -1
 */
void device_lock_release(int fd);

#endif

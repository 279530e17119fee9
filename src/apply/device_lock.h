/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DEVICE_LOCK_H
#define VFIO_EARLY_DEVICE_LOCK_H

/*
 * Only one run at a time, from facts to report: two runs would act on the same card and
 * write the same report. The lock belongs to the open file, so all processes of a run
 * share it; the supervisor releases it at the end, even when one of them hangs.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"

/*
 * Longest wait for the lock, within udev's limit for a late run (supervise.c
 * UDEV_SECONDS)
 */
#define DEVICE_LOCK_SECONDS 90

/**
 * device_lock_open() - open the lock file
 * @root: where run/vfio-early is, made when it is missing
 *
 * Return: 0; -errno
 */
int device_lock_open(const struct sysroot *root, int *ret_fd, struct fault *fault);

/**
 * device_lock_take() - take the lock
 * @wait: sleep in the kernel until the lock is free, without a limit: only for a process
 *	that an alarm or another process ends
 *
 * Return: 0; -EAGAIN: another run has it; -errno
 */
int device_lock_take(int fd, bool wait);

/**
 * device_lock_release() - release the lock, even while a child has the file open
 * @fd: of device_lock_open(), or -1
 */
void device_lock_release(int fd);

#endif

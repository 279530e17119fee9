/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CALLS_H
#define VFIO_EARLY_CALLS_H

/* System calls of 64-bit Arm for boot/confine.c; there are no calls in older forms */

#include <linux/audit.h>
#include <sys/syscall.h>

#define CALLS_MACHINE AUDIT_ARCH_AARCH64
/* None: the most frequent call is listed in their place. */
#define CALLS_OLDER SYS_openat

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CALLS_H
#define VFIO_EARLY_CALLS_H

/* What boot/confine.c has to know of 64-bit Arm, which has no calls in older forms */

#include <linux/audit.h>
#include <sys/syscall.h>

#define CALLS_MACHINE AUDIT_ARCH_AARCH64
/* None: the one that is asked for most stands for them. */
#define CALLS_OLDER SYS_openat

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CALLS_H
#define VFIO_EARLY_CALLS_H

/* A machine whose system calls were not looked at: they are not filtered. */

#include <sys/syscall.h>

#define CALLS_MACHINE 0
/* None: the one that is asked for most stands for them. */
#define CALLS_OLDER SYS_openat

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CALLS_H
#define VFIO_EARLY_CALLS_H

/* An architecture whose system calls were not checked: there is no filter. */

#include <sys/syscall.h>

#define CALLS_MACHINE 0
/* None: the most frequent call is listed in their place. */
#define CALLS_OLDER SYS_openat

#endif

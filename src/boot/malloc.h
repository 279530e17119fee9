/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MALLOC_H
#define VFIO_EARLY_MALLOC_H

/* What malloc.c defines is what the C library declares. */

#include <malloc.h>
#include <stdlib.h>

#endif

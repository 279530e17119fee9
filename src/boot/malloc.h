/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MALLOC_H
#define VFIO_EARLY_MALLOC_H

/* The C library declares the functions that malloc.c defines. */

#include <malloc.h>
#include <stdlib.h>

#endif

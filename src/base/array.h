/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ARRAY_H
#define VFIO_EARLY_ARRAY_H

/* Elements of a true array (not of a pointer). */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif

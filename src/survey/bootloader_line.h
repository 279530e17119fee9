/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOTLOADER_LINE_H
#define VFIO_EARLY_BOOTLOADER_LINE_H

/* Of bootloader.h: bootloader_kept(), bootloader_keeps() and bootloader_passes(). */

#include "survey/bootloader.h"

#endif

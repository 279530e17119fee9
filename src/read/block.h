/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BLOCK_H
#define VFIO_EARLY_BLOCK_H

/* Other names of a block device, by its name in /sys/class/block. */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"

#define BLOCK "sys/class/block"
#define BLOCK_NAME_MAX 256 /* a file name */
#define BLOCK_PATH_MAX (BLOCK_NAME_MAX + 64)
#define BLOCK_NUMBER_MAX 32

/** block_path() - path below /dev; '!' in the name stands for '/' */
void block_path(const char *name, char text[static BLOCK_PATH_MAX]);

/**
 * block_mapped() - name below /dev/mapper
 *
 * Return: false, and @text empty, when it is no device of device mapper
 */
bool block_mapped(const struct sysroot *root, const char *name,
		  char text[static BLOCK_PATH_MAX]);

/** block_number() - MAJOR:MINOR; false, and @number empty, when it cannot be read */
bool block_number(const struct sysroot *root, const char *name,
		  char number[static BLOCK_NUMBER_MAX]);

/** block_notes() - path of udev's database entry; false: its number is unknown */
bool block_notes(const struct sysroot *root, const char *name,
		 char path[static BLOCK_PATH_MAX]);

#endif

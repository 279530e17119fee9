/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CPIO_READ_H
#define VFIO_EARLY_CPIO_READ_H

/*
 * Entries of a cpio archive in the one format that the kernel unpacks (Documentation/
 * driver-api/early-userspace/buffer-format.rst, init/initramfs.c). libarchive's reader is
 * not used: it skips garbage up to the next header, where the kernel stops, and it does
 * not report where an archive in a compressed stream ends and the next one begins.
 */

#include <stdint.h>

#include "image/unpack.h"

#define CPIO_PATH_MAX 4096 /* kernel: PATH_MAX, NUL included */

/**
 * struct cpio_entry - the header of a file
 * @inode: names with the same @inode, @major and @minor are one file
 * @mode: type and permissions
 * @uid: owner
 * @links: number of names of this file
 * @size: bytes after the header
 * @major: device number of its file system
 * @minor: likewise
 * @path: as in the archive
 */
struct cpio_entry {
	uint32_t inode;
	uint32_t mode;
	uint32_t uid;
	uint32_t links;
	uint32_t size;
	uint32_t major;
	uint32_t minor;
	char path[CPIO_PATH_MAX];
};

/**
 * cpio_next() - read the next header
 * @part: positioned at an entry, or at zeros between archives
 *
 * Return: 1: there is an entry, and cpio_body() has to take its @size bytes; 0: an
 * archive has ended; -ENODATA: the part has ended (@fault is not filled); -EBADMSG:
 * damaged; -errno
 */
int cpio_next(struct unpack_part *part, struct cpio_entry *entry, struct fault *fault);

/**
 * cpio_body() - read the content of a file, and move to the next header
 * @bytes: filled with the first @size bytes
 * @size: at most that of @entry; further bytes are skipped
 *
 * Return: 0; -EBADMSG: damaged; -errno
 */
int cpio_body(struct unpack_part *part, const struct cpio_entry *entry, char *bytes,
	      size_t size, struct fault *fault);

#endif

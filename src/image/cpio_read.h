/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CPIO_READ_H
#define VFIO_EARLY_CPIO_READ_H

/*
 * Entries of a cpio archive in the one format that the kernel unpacks (Documentation/
 * driver-api/early-userspace/buffer-format.rst, init/initramfs.c). libarchive's reader is
 * not used for it: over garbage it looks for the next header, where the kernel stops, and
 * it does not tell where in a compressed stream an archive ends and the next one begins.
 */

#include <stdint.h>

#include "image/unpack.h"

#define CPIO_PATH_MAX 4096 /* kernel: PATH_MAX, NUL included */

/**
 * struct cpio_entry - the header of a file
 * @inode: names with the same one, @major and @minor are the same file
 * @mode: type and permissions
 * @uid: owner
 * @links: names of this file
 * @size: bytes behind the header
 * @major: of the device that it was on
 * @minor: likewise
 * @path: as it is written in the archive
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
 * @part: at the beginning of an entry, or of zeros between archives
 *
 * Return: 1: there is an entry, whose @size bytes have to be taken by cpio_body(); 0: an
 * archive has ended; -ENODATA: the part has ended (no fault); -EBADMSG: damaged; -errno
 */
int cpio_next(struct unpack_part *part, struct cpio_entry *entry, struct fault *fault);

/**
 * cpio_body() - read what a file holds, and move behind it
 * @bytes: filled with the first @size bytes
 * @size: at most that of @entry; the rest is passed over
 *
 * Return: 0; -EBADMSG: damaged; -errno
 */
int cpio_body(struct unpack_part *part, const struct cpio_entry *entry, char *bytes,
	      size_t size, struct fault *fault);

#endif

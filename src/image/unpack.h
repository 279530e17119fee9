/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_UNPACK_H
#define VFIO_EARLY_UNPACK_H

/*
 * The parts of an initramfs image, unpacked by libarchive. The kernel takes one part
 * after the other from the same file (init/initramfs.c unpack_to_rootfs()): a cpio
 * archive as it is, at an offset that four divides, or a compressed stream of one or more
 * of them; zeros between parts are skipped. Where a compressed part ends has to be found
 * here, as most of libarchive's readers take what follows for a part of theirs.
 */

#include <archive.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

#define UNPACK_BLOCK 65536

/**
 * struct unpack_file - where in a file we are
 * @fd: of the file
 * @path: for messages
 * @at: offset of the next byte
 * @end: offset behind the last one
 * @budget: bytes that may still be unpacked
 */
struct unpack_file {
	int fd;
	const char *path;
	uint64_t at;
	uint64_t end;
	uint64_t budget;
};

/**
 * struct unpack_part - one part
 * @file: that it is read from
 * @archive: of libarchive; NULL: the part is not compressed
 * @filter: how it is compressed: "zstd"; empty: not at all
 * @start: offset of its first byte in the file
 * @end: offset behind the last byte that may belong to it
 * @next: offset of what libarchive gets next
 * @taken: bytes that were taken out
 * @block: what libarchive looks at
 * @dropped: what is passed over
 */
struct unpack_part {
	struct unpack_file *file;
	struct archive *archive;
	const char *filter;
	uint64_t start;
	uint64_t end;
	uint64_t next;
	uint64_t taken;
	unsigned char block[UNPACK_BLOCK];
	unsigned char dropped[4096];
};

/**
 * unpack_open() - begin with the next part of a file
 * @part: filled; large
 * @file: its @at is moved over zeros
 *
 * Return: 1: there is one, to be closed by unpack_close(); 0: the file has no more;
 * -EBADMSG: the kernel would not know what this is; -EOPNOTSUPP: libarchive does not;
 * -errno
 */
int unpack_open(struct unpack_part *part, struct unpack_file *file, struct fault *fault);

/**
 * unpack_take() - take unpacked bytes
 * @bytes: filled; NULL: they are passed over
 *
 * Return: the number of bytes, less than @size at the end of the part; -EBADMSG when it
 * is damaged; -E2BIG when the budget is used up; -errno
 */
ssize_t unpack_take(struct unpack_part *part, void *bytes, size_t size,
		    struct fault *fault);

/** unpack_close() - end with a part, and move its file behind it */
void unpack_close(struct unpack_part *part);

/** unpack_damaged() - say that a part is damaged */
int unpack_damaged(const struct unpack_part *part, const char *what, struct fault *fault);

#endif

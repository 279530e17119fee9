/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_UNPACK_H
#define VFIO_EARLY_UNPACK_H

/*
 * The parts of an initramfs image, unpacked by libarchive. The kernel takes one part
 * after the other from the same file (init/initramfs.c unpack_to_rootfs()): a plain cpio
 * archive, at an offset that is a multiple of four, or a compressed stream of one or more
 * archives; zeros between parts are skipped. The end of a compressed part has to be found
 * here, since most of libarchive's readers take the following bytes for a part of theirs.
 */

#include <archive.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

#define UNPACK_BLOCK 65536

/**
 * struct unpack_file - position in a file
 * @fd: of the file
 * @path: for messages
 * @start: offset of the first byte: a cpio archive is at a multiple of 4 from there
 * @at: offset of the next byte
 * @end: offset after the last byte
 * @budget: bytes that may still be unpacked
 */
struct unpack_file {
	int fd;
	const char *path;
	uint64_t start;
	uint64_t at;
	uint64_t end;
	uint64_t budget;
};

/**
 * struct unpack_part - one part
 * @file: file that it is read from
 * @archive: reader of libarchive; NULL: the part is not compressed
 * @filter: compression: "zstd"; empty: none
 * @start: offset of its first byte in the file
 * @end: offset after the last byte that may belong to it
 * @next: offset of the next block for libarchive
 * @taken: bytes that were unpacked
 * @block: buffer for libarchive
 * @dropped: buffer for skipped bytes
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
 * Return: 1: there is one, to be closed by unpack_close(); 0: there are no more;
 * -EBADMSG: the kernel does not know the format; -EOPNOTSUPP: libarchive does not; -errno
 */
int unpack_open(struct unpack_part *part, struct unpack_file *file, struct fault *fault);

/**
 * unpack_take() - take unpacked bytes
 * @bytes: filled; NULL: the bytes are skipped
 *
 * Return: the number of bytes, less than @size at the end of the part; -EBADMSG when the
 * part is damaged; -E2BIG when the budget is used up; -errno
 */
ssize_t unpack_take(struct unpack_part *part, void *bytes, size_t size,
		    struct fault *fault);

/** unpack_close() - end a part, and move its file past it */
void unpack_close(struct unpack_part *part);

/** unpack_damaged() - fill a fault: a part is damaged */
int unpack_damaged(const struct unpack_part *part, const char *what, struct fault *fault);

#endif

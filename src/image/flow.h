/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FLOW_H
#define VFIO_EARLY_FLOW_H

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

#define FLOW_BLOCK 65536

/**
 * struct flow_file - where in a file we are
 * @fd: of the file
 * @path: for messages
 * @at: offset of the next byte
 * @end: offset behind the last one
 * @budget: bytes that may still be unpacked
 */
struct flow_file {
	int fd;
	const char *path;
	uint64_t at;
	uint64_t end;
	uint64_t budget;
};

/**
 * struct flow - one part
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
struct flow {
	struct flow_file *file;
	struct archive *archive;
	const char *filter;
	uint64_t start;
	uint64_t end;
	uint64_t next;
	uint64_t taken;
	unsigned char block[FLOW_BLOCK];
	unsigned char dropped[4096];
};

/**
 * flow_open() - begin with the next part of a file
 * @flow: filled; large
 * @file: its @at is moved over zeros
 * @fault: filled on failure
 *
 * Return: 1: there is one, to be closed by flow_close(); 0: the file has no more;
 * -EBADMSG: the kernel would not know what this is; -EOPNOTSUPP: libarchive does not;
 * -errno
 */
int flow_open(struct flow *flow, struct flow_file *file, struct fault *fault);

/**
 * flow_take() - take unpacked bytes
 * @flow: opened
 * @bytes: filled; NULL: they are passed over
 * @size: how many
 * @fault: filled on failure
 *
 * Return: the number of bytes, less than @size at the end of the part; -EBADMSG when it
 * is damaged; -E2BIG when the budget is used up; -errno
 */
ssize_t flow_take(struct flow *flow, void *bytes, size_t size, struct fault *fault);

/**
 * flow_close() - end with a part, and move its file behind it
 * @flow: opened
 */
void flow_close(struct flow *flow);

/**
 * flow_damaged() - say that a part is damaged
 * @flow: opened
 * @what: is wrong
 * @fault: filled
 *
 * Return: -EBADMSG
 */
int flow_damaged(const struct flow *flow, const char *what, struct fault *fault);

#endif

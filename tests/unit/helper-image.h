/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELPER_IMAGE_H
#define HELPER_IMAGE_H

/* Initramfs images, byte by byte. */

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "helper-tree.h"

#define IMAGE_BYTES_MAX (1u << 20)

/**
 * struct bytes - an image that grows
 * @at: its bytes
 * @count: how many
 * @inodes: given so far
 */
struct bytes {
	unsigned char at[IMAGE_BYTES_MAX];
	size_t count;
	uint32_t inodes;
};

/**
 * bytes_add() - put bytes behind the others
 * @bytes: the image
 * @more: to be added; NULL: zeros
 * @count: how many
 */
void bytes_add(struct bytes *bytes, const void *more, size_t count);

/**
 * cpio_add() - put a file behind the others
 * @bytes: the image
 * @path: its name
 * @mode: its type and permissions
 * @text: its content
 * @size: of @text
 */
void cpio_add(struct bytes *bytes, const char *path, uint32_t mode, const void *text,
	      size_t size);

/**
 * cpio_file() - put a regular file with permissions 0644 behind the others
 * @bytes: the image
 * @path: its name
 * @text: its content
 */
void cpio_file(struct bytes *bytes, const char *path, const char *text);

/**
 * cpio_link() - put a symbolic link behind the others
 * @bytes: the image
 * @path: its name
 * @target: its target
 */
void cpio_link(struct bytes *bytes, const char *path, const char *target);

/**
 * cpio_hard() - put one name of a file with several behind the others
 * @bytes: the image
 * @path: the name
 * @inode: which file
 * @text: its content, or "" for all names but the last
 */
void cpio_hard(struct bytes *bytes, const char *path, uint32_t inode, const char *text);

/**
 * cpio_end() - end an archive
 * @bytes: the image
 */
void cpio_end(struct bytes *bytes);

/**
 * bytes_pack() - put a compressed copy behind the others
 * @filter: "gzip", "xz", "zstd", "lz4", "bzip2", "lzma"; "": as it is
 * @from: what is compressed
 */
void bytes_pack(struct bytes *bytes, const char *filter, const struct bytes *from);

/** bytes_put() - write an image to a file of a tree */
void bytes_put(const struct bytes *bytes, struct tree *tree, const char *path);

/** bytes_wrap() - make a PE file with one section, of this name and these bytes */
void bytes_wrap(struct bytes *bytes, const char *name, const struct bytes *from);

#endif

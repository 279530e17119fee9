// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper-image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

void bytes_add(struct bytes *bytes, const void *more, size_t count)
{
	assert_true(count <= sizeof(bytes->at) - bytes->count);
	if (more)
		memcpy(bytes->at + bytes->count, more, count);
	else
		memset(bytes->at + bytes->count, 0, count);
	bytes->count += count;
}

static void entry_add(struct bytes *bytes, const char *path, uint32_t mode,
		      uint32_t inode, uint32_t links, const void *text, size_t size)
{
	char header[128];
	size_t name = strlen(path) + 1;

	(void)snprintf(header, sizeof(header),
		       "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		       inode, mode, 0u, 0u, links, 0u, size, 8u, 1u, 0u, 0u, name, 0u);
	bytes_add(bytes, header, 110);
	bytes_add(bytes, path, name);
	bytes_add(bytes, NULL, -(110 + name) & 3);
	bytes_add(bytes, text, size);
	bytes_add(bytes, NULL, -size & 3);
}

void cpio_add(struct bytes *bytes, const char *path, uint32_t mode, const void *text,
	      size_t size)
{
	entry_add(bytes, path, mode, ++bytes->inodes, 1, text, size);
}

void cpio_file(struct bytes *bytes, const char *path, const char *text)
{
	cpio_add(bytes, path, S_IFREG | 0644, text, strlen(text));
}

void cpio_link(struct bytes *bytes, const char *path, const char *target)
{
	cpio_add(bytes, path, S_IFLNK | 0777, target, strlen(target));
}

void cpio_hard(struct bytes *bytes, const char *path, uint32_t inode, const char *text)
{
	entry_add(bytes, path, S_IFREG | 0644, inode, 2, text, strlen(text));
}

void cpio_end(struct bytes *bytes)
{
	cpio_add(bytes, "TRAILER!!!", 0, "", 0);
}

/* The format of `lz4 -l`, which the kernel takes: one block of nothing but literals */
static void lz4_pack(struct bytes *bytes, const struct bytes *from)
{
	static const unsigned char magic[] = { 0x02, 0x21, 0x4c, 0x18 };
	size_t left = from->count - 15;
	uint32_t size = (uint32_t)(1 + left / 255 + 1 + from->count);
	unsigned char token = 0xf0, little[4];

	for (size_t i = 0; i < sizeof(little); i++)
		little[i] = (unsigned char)(size >> 8 * i);
	bytes_add(bytes, magic, sizeof(magic));
	bytes_add(bytes, little, sizeof(little));
	bytes_add(bytes, &token, 1);
	for (; left >= 255; left -= 255)
		bytes_add(bytes, "\xff", 1);
	token = (unsigned char)left;
	bytes_add(bytes, &token, 1);
	bytes_add(bytes, from->at, from->count);
}

void bytes_pack(struct bytes *bytes, const char *filter, const struct bytes *from)
{
	struct archive *archive;
	struct archive_entry *entry;
	size_t used = 0;

	if (!*filter || !strcmp(filter, "lz4")) {
		if (*filter)
			lz4_pack(bytes, from);
		else
			bytes_add(bytes, from->at, from->count);
		return;
	}
	archive = archive_write_new();
	entry = archive_entry_new();
	assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter_by_name(archive, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_per_block(archive, 1), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(archive, bytes->at + bytes->count,
						   sizeof(bytes->at) - bytes->count,
						   &used),
			 ARCHIVE_OK);
	archive_entry_set_pathname(entry, "image");
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, from->at, from->count), from->count);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(archive);
	bytes->count += used;
}

void bytes_put(const struct bytes *bytes, struct tree *tree, const char *path)
{
	tree_bytes(tree, path, bytes->at, bytes->count);
}

void bytes_wrap(struct bytes *bytes, const char *name, const struct bytes *from)
{
	uint32_t size = (uint32_t)from->count, row[10] = { 0 };
	unsigned char dos[64] = "MZ", coff[24] = "PE\0";

	bytes->count = 0;
	dos[60] = sizeof(dos);
	coff[6] = 2; /* sections */
	memcpy(row, ".linux\0\0", 8);
	row[4] = row[5] = 0;
	bytes_add(bytes, dos, sizeof(dos));
	bytes_add(bytes, coff, sizeof(coff));
	bytes_add(bytes, row, sizeof(row));
	memset(row, 0, sizeof(row));
	memcpy(row, name, strnlen(name, 8));
	row[2] = size; /* in memory */
	row[4] = (size + 511) & ~511u; /* in the file */
	row[5] = 512; /* where */
	bytes_add(bytes, row, sizeof(row));
	bytes_add(bytes, NULL, 512 - bytes->count);
	bytes_add(bytes, from->at, size);
	/* Not zeros: the bytes must not be read. */
	while (bytes->count < 512 + row[4])
		bytes_add(bytes, "x", 1);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/unpack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/sysroot.h"

#define MAGIC_MAX 6
#define XZ_HEADER 12 /* the footer is as long */
#define XZ_BLOCK 4096
#define LZ4_BLOCK_MAX 0x810000u /* kernel: LZ4_compressBound(8 MiB), rounded up */

/* Bytes at an offset; fewer at the end of the part. */
static ssize_t bytes_read(const struct unpack_file *file, uint64_t offset, uint64_t end,
			  void *bytes, size_t size)
{
	uint64_t left = offset < end ? end - offset : 0;

	return sysroot_pread(file->fd, bytes, left < size ? (size_t)left : size, offset);
}

static uint32_t little(const unsigned char *bytes, size_t size)
{
	uint32_t value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

static int file_fault(const struct unpack_file *file, int error, uint64_t offset,
		      const char *what, struct fault *fault)
{
	return fault_set(fault, error, "/%s: byte %" PRIu64 ": %s", file->path, offset,
			 what);
}

/* ---- where compressed parts end ---- */

/* RFC 8878, section 3.1.1: one frame; the kernel takes one at a time too. */
static int zstd_end(const struct unpack_file *file, uint64_t *ret_end)
{
	static const unsigned char ids[] = { 0, 1, 2, 4 }, sizes[] = { 0, 2, 4, 8 };
	unsigned char bytes[5];
	uint64_t at = file->at;
	bool single, last = false;

	if (bytes_read(file, at, file->end, bytes, 5) != 5)
		return -EBADMSG;
	single = bytes[4] & 0x20;
	at += 5u + !single + ids[bytes[4] & 3] + sizes[bytes[4] >> 6];
	at += single && !(bytes[4] >> 6);
	while (!last) {
		unsigned char block[3];
		uint32_t value;

		if (bytes_read(file, at, file->end, block, 3) != 3)
			return -EBADMSG;
		value = little(block, 3);
		last = value & 1;
		if ((value >> 1 & 3) == 3)
			return -EBADMSG;
		at += 3 + ((value >> 1 & 3) == 1 ? 1 : value >> 3);
	}
	at += bytes[4] & 4; /* a checksum of four bytes */
	if (at > file->end)
		return -EBADMSG;
	*ret_end = at;
	return 0;
}

/* kernel: lib/decompress_unlz4.c: blocks until one of no bytes, or the end */
static int lz4_end(const struct unpack_file *file, uint64_t *ret_end)
{
	static const unsigned char magic[] = { 0x02, 0x21, 0x4c, 0x18 };
	uint64_t at = file->at + sizeof(magic);
	unsigned char bytes[4] = { 0 };

	while (at < file->end) {
		ssize_t length = bytes_read(file, at, file->end, bytes, sizeof(bytes));
		uint32_t size = little(bytes, sizeof(bytes));

		if (length != sizeof(bytes))
			return -EBADMSG;
		if (!size)
			break;
		at += sizeof(bytes);
		if (!memcmp(bytes, magic, sizeof(magic)))
			continue;
		if (size > LZ4_BLOCK_MAX || size > file->end - at)
			return -EBADMSG;
		at += size;
	}
	*ret_end = at;
	return 0;
}

/* CRC-32 as in IEEE 802.3, of so few bytes that it needs no table */
static uint32_t crc32_of(const unsigned char *bytes, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* The XZ File Format 1.1.0, section 2.1.2: checksum, size of the index, flags, "YZ" */
static bool xz_is_footer(const unsigned char *footer, const unsigned char *flags)
{
	return footer[10] == 'Y' && footer[11] == 'Z' && !memcmp(footer + 8, flags, 2) &&
	       little(footer, 4) == crc32_of(footer + 4, 6);
}

/*
 * The beginning of a stream does not show its length, but its end cannot be mistaken for
 * anything else. All parts of a stream are multiples of four bytes.
 */
static int xz_end(const struct unpack_file *file, uint64_t *ret_end)
{
	unsigned char block[XZ_BLOCK], header[XZ_HEADER];
	uint64_t at = file->at + XZ_HEADER;
	ssize_t length;

	if (bytes_read(file, file->at, file->end, header, XZ_HEADER) != XZ_HEADER)
		return -EBADMSG;
	while ((length = bytes_read(file, at, file->end, block, XZ_BLOCK)) >= XZ_HEADER) {
		size_t last = (size_t)length - XZ_HEADER;

		for (size_t i = 0; i <= last; i += 4)
			if (xz_is_footer(block + i, header + 6)) {
				*ret_end = at + i + XZ_HEADER;
				return 0;
			}
		at += last / 4 * 4 + 4;
	}
	return -EBADMSG;
}

/**
 * struct format - a way to compress
 * @name: of it
 * @magic: first bytes (kernel: lib/decompress.c compressed_formats[])
 * @size: of @magic
 * @support: makes libarchive understand it; NULL: it cannot
 * @end: finds the end of the part; NULL: libarchive does
 */
struct format {
	const char *name;
	unsigned char magic[MAGIC_MAX];
	size_t size;
	int (*support)(struct archive *archive);
	int (*end)(const struct unpack_file *file, uint64_t *ret_end);
};

static const struct format formats[] = {
	{ .name = "gzip",
	  .magic = { 0x1f, 0x8b },
	  .size = 2,
	  .support = archive_read_support_filter_gzip },
	{ .name = "xz",
	  .magic = { 0xfd, '7', 'z', 'X', 'Z', 0 },
	  .size = 6,
	  .support = archive_read_support_filter_xz,
	  .end = xz_end },
	{ .name = "zstd",
	  .magic = { 0x28, 0xb5, 0x2f, 0xfd },
	  .size = 4,
	  .support = archive_read_support_filter_zstd,
	  .end = zstd_end },
	{ .name = "lz4",
	  .magic = { 0x02, 0x21, 0x4c, 0x18 },
	  .size = 4,
	  .support = archive_read_support_filter_lz4,
	  .end = lz4_end },
	{ .name = "bzip2",
	  .magic = { 'B', 'Z', 'h' },
	  .size = 3,
	  .support = archive_read_support_filter_bzip2 },
	{ .name = "lzma",
	  .magic = { 0x5d, 0, 0 },
	  .size = 3,
	  .support = archive_read_support_filter_lzma },
	{ .name = "lzo", .magic = { 0x89, 'L', 'Z', 'O' }, .size = 4 },
};

static const struct format *format_find(const unsigned char *magic, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (size >= formats[i].size &&
		    !memcmp(magic, formats[i].magic, formats[i].size))
			return &formats[i];
	return NULL;
}

/* ---- opening ---- */

static la_ssize_t part_read(struct archive *archive, void *context,
			    const void **ret_bytes)
{
	struct unpack_part *part = context;
	ssize_t length = bytes_read(part->file, part->next, part->end, part->block,
				    sizeof(part->block));

	if (length < 0) {
		archive_set_error(archive, (int)-length, "%s", strerror((int)-length));
		return ARCHIVE_FATAL;
	}
	part->next += (uint64_t)length;
	*ret_bytes = part->block;
	return length;
}

/* "raw": whatever is in it is one file */
static int archive_begin(struct unpack_part *part, const struct format *format,
			 struct fault *fault)
{
	struct archive_entry *entry;

	part->archive = archive_read_new();
	if (!part->archive)
		return file_fault(part->file, -ENOMEM, part->start, strerror(ENOMEM),
				  fault);
	/* A warning: it would run another program. */
	if (!format->support || format->support(part->archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(part->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(part->archive) != ARCHIVE_OK)
		return fault_set(fault, -EOPNOTSUPP,
				 "/%s: it is compressed by %s, which libarchive cannot "
				 "unpack here",
				 part->file->path, format->name);
	if (archive_read_open(part->archive, part, NULL, part_read, NULL) == ARCHIVE_OK &&
	    archive_read_next_header(part->archive, &entry) >= ARCHIVE_OK)
		return 0;
	return unpack_damaged(part, archive_error_string(part->archive), fault);
}

static int part_begin(struct unpack_part *part, const struct format *format,
		      struct fault *fault)
{
	int error;

	part->filter = format->name;
	if (format->end && format->end(part->file, &part->end) < 0)
		return unpack_damaged(part, "the compressed data ends too early", fault);
	error = archive_begin(part, format, fault);
	if (error && part->archive) {
		archive_read_free(part->archive);
		part->archive = NULL;
	}
	return error;
}

/* Move over zeros; how many bytes of the next part are in @magic */
static ssize_t zeros_skip(struct unpack_file *file, unsigned char *block, size_t size,
			  unsigned char magic[static MAGIC_MAX])
{
	while (file->at < file->end) {
		ssize_t length = bytes_read(file, file->at, file->end, block, size);
		size_t zeros = 0;

		if (length <= 0)
			return length;
		while (zeros < (size_t)length && !block[zeros])
			zeros++;
		file->at += zeros;
		if (zeros < (size_t)length)
			return bytes_read(file, file->at, file->end, magic, MAGIC_MAX);
	}
	return 0;
}

int unpack_open(struct unpack_part *part, struct unpack_file *file, struct fault *fault)
{
	unsigned char magic[MAGIC_MAX];
	ssize_t length = zeros_skip(file, part->block, sizeof(part->block), magic);
	const struct format *format;
	int error;

	if (length < 0)
		return file_fault(file, (int)length, file->at, strerror((int)-length),
				  fault);
	if (!length)
		return 0;
	part->file = file;
	part->archive = NULL;
	part->filter = "";
	part->start = part->next = file->at;
	part->end = file->end;
	part->taken = 0;
	if (magic[0] == '0' && !((file->at - file->start) & 3))
		return 1;
	format = format_find(magic, (size_t)length);
	if (!format)
		return file_fault(file, -EBADMSG, file->at,
				  "neither a cpio archive nor compressed data", fault);
	error = part_begin(part, format, fault);
	return error ? error : 1;
}

/* ---- taking ---- */

static ssize_t raw_take(struct unpack_part *part, void *bytes, size_t size)
{
	uint64_t left = part->end - part->next;
	ssize_t length;

	if (bytes)
		length = bytes_read(part->file, part->next, part->end, bytes, size);
	else
		length = (ssize_t)(left < size ? left : size);
	if (length > 0)
		part->next += (uint64_t)length;
	return length;
}

static ssize_t unpacked_take(struct unpack_part *part, void *bytes, size_t size)
{
	size_t used = 0;

	while (used < size) {
		size_t rest = size - used;
		void *to = bytes ? (char *)bytes + used : (char *)part->dropped;
		la_ssize_t length;

		if (!bytes && rest > sizeof(part->dropped))
			rest = sizeof(part->dropped);
		length = archive_read_data(part->archive, to, rest);
		if (length < 0)
			return -EBADMSG;
		if (!length)
			break;
		used += (size_t)length;
	}
	return (ssize_t)used;
}

ssize_t unpack_take(struct unpack_part *part, void *bytes, size_t size,
		    struct fault *fault)
{
	ssize_t length;

	if (size > part->file->budget)
		return file_fault(part->file, -E2BIG, part->start,
				  "more unpacked bytes than this program reads", fault);
	length = part->archive ? unpacked_take(part, bytes, size) :
				 raw_take(part, bytes, size);
	if (length < 0)
		return part->archive ?
			       unpack_damaged(part, archive_error_string(part->archive),
					      fault) :
			       file_fault(part->file, (int)length, part->next,
					  strerror((int)-length), fault);
	part->taken += (uint64_t)length;
	part->file->budget -= (uint64_t)length;
	return length;
}

void unpack_close(struct unpack_part *part)
{
	uint64_t used;

	if (!part->archive) {
		part->file->at = part->next;
		return;
	}
	used = (uint64_t)archive_filter_bytes(part->archive, -1);
	part->file->at = part->start + used;
	/*
	 * All bytes up to the end that was found belong to the part, even if libarchive
	 * read less.
	 */
	if (part->end < part->file->end)
		part->file->at = part->end;
	archive_read_free(part->archive);
	part->archive = NULL;
}

int unpack_damaged(const struct unpack_part *part, const char *what, struct fault *fault)
{
	return fault_set(fault, -EBADMSG, "/%s: damaged at byte %" PRIu64 "%s%s: %s",
			 part->file->path, part->archive ? part->start : part->next,
			 *part->filter ? ", compressed by " : "", part->filter,
			 what ? what : "it cannot be unpacked");
}

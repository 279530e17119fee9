// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/flow.h"

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
static ssize_t bytes_read(const struct flow_file *file, uint64_t offset, uint64_t end,
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

static int file_fault(const struct flow_file *file, int error, uint64_t offset,
		      const char *what, struct fault *fault)
{
	return fault_set(fault, error, "/%s: byte %" PRIu64 ": %s", file->path, offset,
			 what);
}

/* ---- where compressed parts end ---- */

/* RFC 8878, section 3.1.1: one frame; the kernel takes one at a time too. */
static int zstd_end(const struct flow_file *file, uint64_t *ret_end)
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
static int lz4_end(const struct flow_file *file, uint64_t *ret_end)
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
 * Nothing at the beginning of a stream tells how long it is, but its end cannot be taken
 * for anything else. All parts of a stream are multiples of four bytes.
 */
static int xz_end(const struct flow_file *file, uint64_t *ret_end)
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
	int (*end)(const struct flow_file *file, uint64_t *ret_end);
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
	struct flow *flow = context;
	ssize_t length = bytes_read(flow->file, flow->next, flow->end, flow->block,
				    sizeof(flow->block));

	if (length < 0) {
		archive_set_error(archive, (int)-length, "%s", strerror((int)-length));
		return ARCHIVE_FATAL;
	}
	flow->next += (uint64_t)length;
	*ret_bytes = flow->block;
	return length;
}

/* "raw": whatever is in it is one file */
static int archive_begin(struct flow *flow, const struct format *format,
			 struct fault *fault)
{
	struct archive_entry *entry;

	flow->archive = archive_read_new();
	if (!flow->archive)
		return file_fault(flow->file, -ENOMEM, flow->start, strerror(ENOMEM),
				  fault);
	/* A warning: it would run another program. */
	if (!format->support || format->support(flow->archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(flow->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(flow->archive) != ARCHIVE_OK)
		return fault_set(fault, -EOPNOTSUPP,
				 "/%s: it is compressed by %s, which libarchive cannot "
				 "unpack here",
				 flow->file->path, format->name);
	if (archive_read_open(flow->archive, flow, NULL, part_read, NULL) == ARCHIVE_OK &&
	    archive_read_next_header(flow->archive, &entry) >= ARCHIVE_OK)
		return 0;
	return flow_damaged(flow, archive_error_string(flow->archive), fault);
}

static int part_begin(struct flow *flow, const struct format *format, struct fault *fault)
{
	int error;

	flow->filter = format->name;
	if (format->end && format->end(flow->file, &flow->end) < 0)
		return flow_damaged(flow, "the compressed data end too early", fault);
	error = archive_begin(flow, format, fault);
	if (error && flow->archive) {
		archive_read_free(flow->archive);
		flow->archive = NULL;
	}
	return error;
}

/* Move over zeros; how many bytes of the next part are in @magic */
static ssize_t zeros_skip(struct flow_file *file, unsigned char *block, size_t size,
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

int flow_open(struct flow *flow, struct flow_file *file, struct fault *fault)
{
	unsigned char magic[MAGIC_MAX];
	ssize_t length = zeros_skip(file, flow->block, sizeof(flow->block), magic);
	const struct format *format;
	int error;

	if (length < 0)
		return file_fault(file, (int)length, file->at, strerror((int)-length),
				  fault);
	if (!length)
		return 0;
	flow->file = file;
	flow->archive = NULL;
	flow->filter = "";
	flow->start = flow->next = file->at;
	flow->end = file->end;
	flow->taken = 0;
	if (magic[0] == '0' && !(file->at & 3))
		return 1;
	format = format_find(magic, (size_t)length);
	if (!format)
		return file_fault(file, -EBADMSG, file->at,
				  "neither a cpio archive nor compressed data", fault);
	error = part_begin(flow, format, fault);
	return error ? error : 1;
}

/* ---- taking ---- */

static ssize_t raw_take(struct flow *flow, void *bytes, size_t size)
{
	uint64_t left = flow->end - flow->next;
	ssize_t length;

	if (bytes)
		length = bytes_read(flow->file, flow->next, flow->end, bytes, size);
	else
		length = (ssize_t)(left < size ? left : size);
	if (length > 0)
		flow->next += (uint64_t)length;
	return length;
}

static ssize_t unpacked_take(struct flow *flow, void *bytes, size_t size)
{
	size_t used = 0;

	while (used < size) {
		size_t rest = size - used;
		void *to = bytes ? (char *)bytes + used : (char *)flow->dropped;
		la_ssize_t length;

		if (!bytes && rest > sizeof(flow->dropped))
			rest = sizeof(flow->dropped);
		length = archive_read_data(flow->archive, to, rest);
		if (length < 0)
			return -EBADMSG;
		if (!length)
			break;
		used += (size_t)length;
	}
	return (ssize_t)used;
}

ssize_t flow_take(struct flow *flow, void *bytes, size_t size, struct fault *fault)
{
	ssize_t length;

	if (size > flow->file->budget)
		return file_fault(flow->file, -E2BIG, flow->start,
				  "more unpacked bytes than this program looks at",
				  fault);
	length = flow->archive ? unpacked_take(flow, bytes, size) :
				 raw_take(flow, bytes, size);
	if (length < 0)
		return flow->archive ?
			       flow_damaged(flow, archive_error_string(flow->archive),
					    fault) :
			       file_fault(flow->file, (int)length, flow->next,
					  strerror((int)-length), fault);
	flow->taken += (uint64_t)length;
	flow->file->budget -= (uint64_t)length;
	return length;
}

void flow_close(struct flow *flow)
{
	uint64_t used;

	if (!flow->archive) {
		flow->file->at = flow->next;
		return;
	}
	used = (uint64_t)archive_filter_bytes(flow->archive, -1);
	flow->file->at = flow->start + used;
	/* What was marked off belongs to the part, whether libarchive took it or not. */
	if (flow->end < flow->file->end)
		flow->file->at = flow->end;
	archive_read_free(flow->archive);
	flow->archive = NULL;
}

int flow_damaged(const struct flow *flow, const char *what, struct fault *fault)
{
	return fault_set(fault, -EBADMSG, "/%s: damaged at byte %" PRIu64 "%s%s: %s",
			 flow->file->path, flow->archive ? flow->start : flow->next,
			 *flow->filter ? ", compressed by " : "", flow->filter,
			 what ? what : "it cannot be unpacked");
}

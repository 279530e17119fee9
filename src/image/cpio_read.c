// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/cpio_read.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/number.h"

#define HEADER_SIZE 110
#define FIELDS 13
#define FIELD_SIZE 8
#define MAGIC_SIZE 6

/* In the order in which they stand in the header */
enum field {
	FIELD_INODE,
	FIELD_MODE,
	FIELD_UID,
	FIELD_GID,
	FIELD_LINKS,
	FIELD_TIME,
	FIELD_SIZE_OF_FILE,
	FIELD_MAJOR,
	FIELD_MINOR,
	FIELD_RMAJOR,
	FIELD_RMINOR,
	FIELD_SIZE_OF_NAME,
};

static int bytes_need(struct unpack_part *part, void *bytes, size_t size,
		      struct fault *fault)
{
	ssize_t length = unpack_take(part, bytes, size, fault);

	if (length < 0)
		return (int)length;
	if ((size_t)length < size)
		return unpack_damaged(part, "it ends in the middle of a file", fault);
	return 0;
}

static int padding_skip(struct unpack_part *part, uint64_t size, struct fault *fault)
{
	return bytes_need(part, NULL, (size_t)(-size & 3), fault);
}

/* Zeros between archives; after them four bytes of the next header */
static int zeros_skip(struct unpack_part *part, char bytes[static 4], struct fault *fault)
{
	static const char zeros[4];
	ssize_t length;

	do {
		length = unpack_take(part, bytes, 4, fault);
		if (length < 0)
			return (int)length;
	} while (length == 4 && !memcmp(bytes, zeros, 4));
	if (length == 4)
		return 0;
	if (!memcmp(bytes, zeros, (size_t)length))
		return -ENODATA;
	return unpack_damaged(part, "it ends in the middle of a header", fault);
}

static bool header_parse(const char *header, uint32_t values[static FIELDS])
{
	if (memcmp(header, "070701", MAGIC_SIZE) != 0 &&
	    memcmp(header, "070702", MAGIC_SIZE) != 0)
		return false;
	for (size_t i = 0; i < FIELDS; i++) {
		uint64_t value;

		if (number_parse(header + MAGIC_SIZE + i * FIELD_SIZE, FIELD_SIZE, 16,
				 UINT32_MAX, &value) < 0)
			return false;
		values[i] = (uint32_t)value;
	}
	return true;
}

static int name_read(struct unpack_part *part, size_t size, struct cpio_entry *entry,
		     struct fault *fault)
{
	int error;

	if (!size || size > CPIO_PATH_MAX)
		return unpack_damaged(
			part, "the name of a file has an implausible length", fault);
	error = bytes_need(part, entry->path, size, fault);
	if (error)
		return error;
	if (entry->path[size - 1])
		return unpack_damaged(part, "the name of a file does not end", fault);
	return padding_skip(part, HEADER_SIZE + size, fault);
}

int cpio_next(struct unpack_part *part, struct cpio_entry *entry, struct fault *fault)
{
	uint32_t values[FIELDS];
	char header[HEADER_SIZE] = { 0 };
	int error = zeros_skip(part, header, fault);

	if (!error)
		error = bytes_need(part, header + 4, sizeof(header) - 4, fault);
	if (error)
		return error;
	if (!header_parse(header, values))
		return unpack_damaged(part, "no header of a cpio archive (newc)", fault);
	entry->inode = values[FIELD_INODE];
	entry->mode = values[FIELD_MODE];
	entry->uid = values[FIELD_UID];
	entry->links = values[FIELD_LINKS];
	entry->size = values[FIELD_SIZE_OF_FILE];
	entry->major = values[FIELD_MAJOR];
	entry->minor = values[FIELD_MINOR];
	error = name_read(part, values[FIELD_SIZE_OF_NAME], entry, fault);
	if (error)
		return error;
	return strcmp(entry->path, "TRAILER!!!") != 0;
}

int cpio_body(struct unpack_part *part, const struct cpio_entry *entry, char *bytes,
	      size_t size, struct fault *fault)
{
	int error = bytes_need(part, bytes, size, fault);

	if (!error)
		error = bytes_need(part, NULL, entry->size - size, fault);
	return error ? error : padding_skip(part, entry->size, fault);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/pe.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sysroot.h"

#define NAME_SIZE 8
#define ROW_SIZE 40
#define HEADER_SIZE 24 /* signature and COFF header */
#define SECTIONS_MAX 96 /* what the Windows loader takes */

static uint32_t little(const unsigned char *bytes, size_t size)
{
	uint32_t value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

static int bytes_read(int fd, uint64_t offset, unsigned char *bytes, size_t size)
{
	ssize_t length = sysroot_pread(fd, bytes, size, offset);

	if (length < 0)
		return (int)length;
	return (size_t)length == size ? 0 : -EBADMSG;
}

bool pe_is(int fd)
{
	unsigned char bytes[2];

	return !bytes_read(fd, 0, bytes, sizeof(bytes)) && !memcmp(bytes, "MZ", 2);
}

/* Where the table of sections begins, and how many rows it has */
static int table_find(int fd, uint64_t *ret_offset, unsigned int *ret_count)
{
	unsigned char dos[64], header[HEADER_SIZE];
	uint64_t start;
	int error = bytes_read(fd, 0, dos, sizeof(dos));

	if (error)
		return error;
	start = little(dos + 60, 4);
	if (memcmp(dos, "MZ", 2) != 0)
		return -EBADMSG;
	error = bytes_read(fd, start, header, sizeof(header));
	if (error)
		return error;
	if (memcmp(header, "PE\0\0", 4) != 0 || little(header + 6, 2) > SECTIONS_MAX)
		return -EBADMSG;
	*ret_count = little(header + 6, 2);
	*ret_offset = start + HEADER_SIZE + little(header + 20, 2);
	return 0;
}

/* The size in memory is the true one; in the file there may be padding behind it. */
static int section_check(int fd, const unsigned char *row, struct pe_section *ret_section)
{
	uint32_t memory = little(row + 8, 4), file = little(row + 16, 4);
	struct pe_section section = {
		.offset = little(row + 20, 4),
		.size = memory && memory < file ? memory : file,
	};
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (section.offset + section.size > (uint64_t)status.st_size)
		return -EBADMSG;
	*ret_section = section;
	return 0;
}

int pe_find(int fd, const char *name, struct pe_section *ret_section)
{
	unsigned char row[ROW_SIZE], wanted[NAME_SIZE] = { 0 };
	uint64_t offset;
	unsigned int count;
	int error = table_find(fd, &offset, &count);

	memcpy(wanted, name, strnlen(name, sizeof(wanted)));
	while (!error && count--) {
		error = bytes_read(fd, offset, row, sizeof(row));
		if (!error && !memcmp(row, wanted, sizeof(wanted)))
			return section_check(fd, row, ret_section);
		offset += ROW_SIZE;
	}
	return error ? error : -ENOENT;
}

bool pe_elsewhere(int fd, char *path, size_t size)
{
	struct pe_section section = { 0 };

	if (pe_find(fd, ".initrdh", &section) < 0 ||
	    pe_find(fd, ".initrd", &section) < 0 || section.size >= size ||
	    bytes_read(fd, section.offset, (unsigned char *)path, section.size) < 0)
		return false;
	path[section.size] = '\0';
	for (char *at = path; (at = strchr(at, '\\'));)
		*at = '/';
	return true;
}

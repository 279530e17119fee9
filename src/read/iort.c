// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/iort.h"

#include <fcntl.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/sysroot.h"

/* Offsets in the table, and in the head of a node (DEN 0049E, 3 and 3.1) */
#define TABLE_NODE_COUNT 36
#define TABLE_HEAD 48
#define NODE_HEAD 16
#define NODE_SMMU 3
#define NODE_SMMU_V3 4

static uint32_t word(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static bool bytes_read(int fd, uint64_t offset, uint8_t *bytes, size_t size)
{
	return sysroot_pread(fd, bytes, size, offset) == (ssize_t)size;
}

enum fact iort_has_smmu(int dir, const char *name)
{
	cleanup_close int fd = sysroot_file_open(dir, name);
	uint8_t table[TABLE_HEAD], node[NODE_HEAD];
	uint32_t count;
	uint64_t offset;

	if (fd < 0 || !bytes_read(fd, 0, table, sizeof(table)))
		return FACT_UNKNOWN;
	count = word(table + TABLE_NODE_COUNT);
	offset = word(table + TABLE_NODE_COUNT + 4);
	if (count > IORT_NODES_MAX || (count && offset < TABLE_HEAD))
		return FACT_UNKNOWN;
	for (uint32_t i = 0; i < count; i++) {
		unsigned int length;

		if (!bytes_read(fd, offset, node, sizeof(node)))
			return FACT_UNKNOWN;
		if (node[0] == NODE_SMMU || node[0] == NODE_SMMU_V3)
			return FACT_YES;
		length = node[1] | (unsigned int)node[2] << 8;
		if (length < NODE_HEAD)
			return FACT_UNKNOWN;
		offset += length;
	}
	return FACT_NO;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checksum of modules in .xz files for liblzma, whose own crc32_small.c looks at one
 * byte at a time, and crc32_fast.c brings 8 KB of tables. These tables are made when the
 * first checksum is asked for.
 */
#include <endian.h>
#include <lzma.h>
#include <string.h>

#define POLYNOMIAL 0xEDB88320u /* of IEEE 802.3, the lowest bit first */
#define BYTES 8 /* at a time */

/* Rest of a byte that has n bytes of zero behind it: at 256 * n */
static uint32_t rests[BYTES * 256];

static void rests_fill(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t rest = byte;

		for (int bit = 0; bit < 8; bit++)
			rest = rest >> 1 ^ (rest & 1 ? POLYNOMIAL : 0);
		rests[byte] = rest;
	}
	for (uint32_t at = 256; at < BYTES * 256; at++)
		rests[at] = rests[at - 256] >> 8 ^ rests[rests[at - 256] & 0xff];
}

uint32_t lzma_crc32(const uint8_t *bytes, size_t size, uint32_t before)
{
	uint32_t crc = ~before;

	if (!rests[1])
		rests_fill();
	for (; size >= BYTES; size -= BYTES, bytes += BYTES) {
		uint64_t word;

		memcpy(&word, bytes, sizeof(word));
		word = le64toh(word) ^ crc;
		crc = 0;
#pragma GCC unroll 8
		for (int i = 0; i < BYTES; i++)
			crc ^= rests[256 * (BYTES - 1 - i) + (word >> 8 * i & 0xff)];
	}
	for (; size; size--)
		crc = crc >> 8 ^ rests[(crc ^ *bytes++) & 0xff];
	return ~crc;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checksum of zlib's own format, in which no module is: .ko.gz has a crc32. zlib's
 * function is unrolled, 700 bytes more.
 */
#include <zlib.h>

#define BASE 65521

uLong adler32(uLong before, const Bytef *bytes, uInt size)
{
	uLong low = before & 0xffff, high = before >> 16;

	if (!bytes)
		return 1;
	for (; size; size--) {
		low = (low + *bytes++) % BASE;
		high = (high + low) % BASE;
	}
	return high << 16 | low;
}

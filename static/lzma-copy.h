/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What liblzma's decoder copies within its window has ten bytes or so, tens of thousands
 * of times in a module. musl's memcpy() takes twice as long for that.
 */
#ifndef VFIO_EARLY_LZMA_COPY_H
#define VFIO_EARLY_LZMA_COPY_H

#include <stdint.h>
#include <string.h>

/* By two words that may overlap at its end */
static inline void *copy_short(void *to, const void *from, size_t size)
{
	const uint8_t *source = from;
	uint8_t *target = to;

	if (size >= 8) {
		for (size_t i = 0; i < size - 8; i += 8)
			__builtin_memcpy(target + i, source + i, 8);
		__builtin_memcpy(target + size - 8, source + size - 8, 8);
	} else if (size >= 4) {
		__builtin_memcpy(target, source, 4);
		__builtin_memcpy(target + size - 4, source + size - 4, 4);
	} else if (size) {
		target[size / 2] = source[size / 2];
		target[0] = source[0];
		target[size - 1] = source[size - 1];
	}
	return to;
}

#define memcpy copy_short

#endif

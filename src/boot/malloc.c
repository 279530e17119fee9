// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * libc's names for the arena, for the boot program and all its libraries. In no archive:
 * the tests keep the allocator of their sanitizer.
 */

#include "boot/malloc.h"

#include <errno.h>
#include <stddef.h>

#include "boot/arena.h"

#define ANY _Alignof(max_align_t)

/* Parameters have names of the language in the headers of a C library, reserved ones. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
__attribute__((used)) void *malloc(size_t size)
{
	return arena_take(size, ANY);
}

__attribute__((used)) void *calloc(size_t count, size_t size)
{
	return arena_take_clear(count, size);
}

__attribute__((used)) void *realloc(void *block, size_t size)
{
	return arena_resize(block, size);
}

__attribute__((used)) void free(void *block)
{
	arena_give(block);
}

__attribute__((used)) void *memalign(size_t alignment, size_t size)
{
	return arena_take(size, alignment);
}

__attribute__((used)) void *aligned_alloc(size_t alignment, size_t size)
{
	return arena_take(size, alignment);
}

__attribute__((used)) int posix_memalign(void **ret_block, size_t alignment, size_t size)
{
	void *block = arena_take(size, alignment);

	if (!block)
		return ENOMEM;
	*ret_block = block;
	return 0;
}

__attribute__((used)) size_t malloc_usable_size(void *block)
{
	return arena_room(block);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

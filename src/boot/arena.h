/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ARENA_H
#define VFIO_EARLY_ARENA_H

/*
 * Memory for a program that runs for a few milliseconds. Freed blocks are used again, but
 * go back to the kernel only when the process ends: each system call that maps or unmaps
 * memory costs as much as reading a file of sysfs.
 */

#include <stddef.h>

/** arena_take() - a block of at least @size bytes; NULL with errno: no memory */
void *arena_take(size_t size, size_t alignment);

/** arena_take_clear() - as calloc() */
void *arena_take_clear(size_t count, size_t size);

/** arena_resize() - as realloc() */
void *arena_resize(void *memory, size_t size);

/** arena_give() - as free() */
void arena_give(void *memory);

/** arena_room() - as malloc_usable_size() */
size_t arena_room(const void *memory);

#endif

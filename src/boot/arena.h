/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ARENA_H
#define VFIO_EARLY_ARENA_H

/*
 * Memory for a program that runs for some milliseconds. What was given back is used
 * again, but the kernel gets it only when the process ends: each call that maps memory or
 * gives it up costs as much as reading a file of sysfs.
 */

#include <stddef.h>

/** arena_take() - a block of at least that many bytes; NULL with errno: no memory */
void *arena_take(size_t size, size_t alignment);

/** arena_take_clear() - the same, aligned for everything and filled with zeros */
void *arena_take_clear(size_t count, size_t size);

/** arena_resize() - as realloc() */
void *arena_resize(void *memory, size_t size);

/** arena_give() - as free() */
void arena_give(void *memory);

/** arena_room() - bytes of a block that can be used */
size_t arena_room(const void *memory);

#endif

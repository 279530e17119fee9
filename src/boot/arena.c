// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: The arena
 *
 * Blocks are cut from a piece of memory, one after the other. The last block can grow,
 * and its memory is free again when it is freed; other blocks go to a list for their
 * size. A block above ARENA_LARGE has its own mapping: these are unpacked modules, which
 * are large and few. A mapping that was given back is kept for the next module, and one
 * that grows is moved by the kernel: a page that is new costs more than one that is
 * copied.
 *
 * Memory above the highest block so far was never used, so it need not be cleared.
 */

#include "boot/arena.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"

#define ARENA_UNIT ((size_t)16) /* alignment and granularity */
#define ARENA_PIECE (256u << 10)
#define ARENA_LARGE (64u << 10)
#define ARENA_KEPT ((size_t)4) /* mappings: what zstd needs for one module */
#define ARENA_KEPT_MAX ((size_t)4 << 20) /* bytes of one */
#define ARENA_LISTS 192 /* sizes of one unit, two units, ...: a DIR and a FILE fit */

/**
 * struct block - in front of each block
 * @size: bytes behind it
 * @before: bytes between the start of the mapping and this; ARENA_NOT_MAPPED: in the
 *	arena
 */
struct block {
	size_t size;
	size_t before;
};

#define ARENA_NOT_MAPPED SIZE_MAX

static_assert(sizeof(struct block) == ARENA_UNIT, "what follows is aligned");

/* A block that was given back */
struct spare {
	struct spare *next;
};

static struct {
	char *next;
	char *used; /* memory above it was never used */
	char *end;
	struct spare *spares[ARENA_LISTS];
	struct block *kept[ARENA_KEPT]; /* NULL: room for one */
} arena;

static struct block *block_of(void *memory)
{
	return (struct block *)memory - 1;
}

static bool is_last(void *memory)
{
	return (char *)memory + block_of(memory)->size == arena.next;
}

static void *map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* The smallest that is large enough, or NULL */
static void *kept_take(size_t size)
{
	struct block **best = NULL, *block;

	for (size_t i = 0; i < ARENA_KEPT; i++) {
		block = arena.kept[i];
		if (block && block->size >= size &&
		    (!best || block->size < (*best)->size))
			best = &arena.kept[i];
	}
	if (!best)
		return NULL;
	block = *best;
	*best = NULL;
	return block + 1;
}

/* What is small and has its own mapping for its alignment would serve no other. */
static bool keep(struct block *block)
{
	if (block->size <= ARENA_LARGE || block->size > ARENA_KEPT_MAX)
		return false;
	for (size_t i = 0; i < ARENA_KEPT; i++)
		if (!arena.kept[i]) {
			arena.kept[i] = block;
			return true;
		}
	return false;
}

/* It is zero. */
static void *large_map(size_t size, size_t alignment)
{
	size_t before = alignment > ARENA_UNIT ? alignment : 0;
	char *start = map(size + before + sizeof(struct block));
	char *memory;

	if (!start)
		return NULL;
	memory = start + sizeof(struct block) + before;
	memory -= (uintptr_t)memory % alignment;
	*block_of(memory) = (struct block){
		.size = size,
		.before = (size_t)(memory - start) - sizeof(struct block),
	};
	return memory;
}

static void *large_take(size_t size, size_t alignment, size_t *ret_used)
{
	void *memory = alignment > ARENA_UNIT ? NULL : kept_take(size);

	*ret_used = memory ? size : 0;
	return memory ? memory : large_map(size, alignment);
}

static size_t length_of(const struct block *block)
{
	return block->before + sizeof(*block) + block->size;
}

/* The first one is of the program itself: neither a call nor a table of pages. */
static bool piece_begin(void)
{
	static _Alignas(ARENA_UNIT) char first[ARENA_PIECE];
	char *start = arena.end ? map(ARENA_PIECE) : first;

	if (!start)
		return false;
	arena.next = arena.used = start;
	arena.end = start + ARENA_PIECE;
	return true;
}

/* *@ret_used: bytes at its start that may not be zero; all others are */
static void *small_take(size_t size, size_t *ret_used)
{
	struct spare **list = &arena.spares[size / ARENA_UNIT % ARENA_LISTS];
	struct spare *spare = size / ARENA_UNIT < ARENA_LISTS ? *list : NULL;
	size_t needed = size + sizeof(struct block);
	char *start;

	*ret_used = size;
	if (spare) {
		*list = spare->next;
		return spare;
	}
	if ((size_t)(arena.end - arena.next) < needed && !piece_begin())
		return NULL;
	start = arena.next;
	*(struct block *)(void *)start =
		(struct block){ .size = size, .before = ARENA_NOT_MAPPED };
	arena.next += needed;
	start += sizeof(struct block);
	*ret_used = arena.used > start ? (size_t)(arena.used - start) : 0;
	if (arena.next > arena.used)
		arena.used = arena.next;
	return start;
}

/* Return: a multiple of the unit; 0: too large for any machine */
static size_t size_round(size_t size)
{
	if (size > PTRDIFF_MAX - 4 * ARENA_UNIT)
		return 0;
	return size ? (size + ARENA_UNIT - 1) / ARENA_UNIT * ARENA_UNIT : ARENA_UNIT;
}

static void *take(size_t size, size_t alignment, size_t *ret_used)
{
	size_t rounded = size_round(size);
	void *memory = NULL;

	*ret_used = 0;
	if (rounded && alignment <= ARENA_LARGE)
		memory = rounded > ARENA_LARGE || alignment > ARENA_UNIT ?
				 large_take(rounded, alignment, ret_used) :
				 small_take(rounded, ret_used);
	if (!memory)
		errno = ENOMEM;
	return memory;
}

void *arena_take(size_t size, size_t alignment)
{
	size_t used;

	return take(size, alignment, &used);
}

void *arena_take_clear(size_t count, size_t size)
{
	void *memory;
	size_t bytes, used;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	memory = take(bytes, ARENA_UNIT, &used);
	if (memory && used)
		memset(memory, 0, used < bytes ? used : bytes);
	return memory;
}

void arena_give(void *memory)
{
	struct block *block;
	struct spare **list;
	int error = errno;

	if (!memory)
		return;
	block = block_of(memory);
	if (block->before != ARENA_NOT_MAPPED) {
		if (!keep(block))
			(void)munmap((char *)block - block->before, length_of(block));
	} else if (is_last(memory)) {
		arena.next = (char *)block;
	} else if (block->size / ARENA_UNIT < ARENA_LISTS) {
		list = &arena.spares[block->size / ARENA_UNIT];
		((struct spare *)memory)->next = *list;
		*list = memory;
	}
	errno = error;
}

/* A mapping grows; where it cannot, it stays as it is. */
static void *remap(struct block *block, size_t size)
{
	size_t before = block->before, length = length_of(block);
	char *start = (char *)block - before;

	start = mremap(start, length, length + size - block->size, MREMAP_MAYMOVE);
	if (start == MAP_FAILED)
		return NULL;
	block = (struct block *)(void *)(start + before);
	block->size = size;
	return block + 1;
}

/* The last block goes on growing where it is. */
static bool grow(void *memory, size_t size)
{
	struct block *block = block_of(memory);
	size_t more = size - block->size;

	if (block->before != ARENA_NOT_MAPPED || !is_last(memory) ||
	    (size_t)(arena.end - arena.next) < more)
		return false;
	block->size = size;
	arena.next += more;
	if (arena.next > arena.used)
		arena.used = arena.next;
	return true;
}

void *arena_resize(void *memory, size_t size)
{
	size_t rounded = size_round(size);
	void *larger;

	if (!memory)
		return arena_take(size, ARENA_UNIT);
	if (rounded && (rounded <= block_of(memory)->size || grow(memory, rounded)))
		return memory;
	if (rounded && block_of(memory)->before != ARENA_NOT_MAPPED) {
		larger = remap(block_of(memory), rounded);
		if (!larger)
			errno = ENOMEM;
		return larger;
	}
	larger = arena_take(size, ARENA_UNIT);
	if (!larger)
		return NULL;
	memcpy(larger, memory, block_of(memory)->size);
	arena_give(memory);
	return larger;
}

size_t arena_room(const void *memory)
{
	return memory ? ((const struct block *)memory - 1)->size : 0;
}

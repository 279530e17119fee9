// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/array.h"
#include "boot/arena.h"
#include "helper-dice.h"

#define ROUNDS 200000
#define SLOTS 64
#define ANY _Alignof(max_align_t)

struct slot {
	unsigned char *block;
	size_t size;
	unsigned char filled;
};

static void slot_check(const struct slot *slot)
{
	for (size_t i = 0; i < slot->size; i++)
		if (slot->block[i] != slot->filled)
			fail_msg("byte %zu of %zu is another one", i, slot->size);
}

static void slot_fill(struct slot *slot)
{
	assert_non_null(slot->block);
	assert_true(arena_room(slot->block) >= slot->size);
	slot->filled = (unsigned char)dice(256);
	memset(slot->block, slot->filled, slot->size);
}

static size_t random_size(void)
{
	return dice(50) ? dice(300) : dice(200 * 1024);
}

static void slot_begin(struct slot *slot)
{
	const size_t alignments[] = { ANY, ANY, ANY, 32, 4096 };
	size_t alignment = alignments[dice(ARRAY_SIZE(alignments))];

	slot->size = random_size();
	if (dice(2)) {
		slot->block = arena_take_clear(1, slot->size);
		slot->filled = 0;
		slot_check(slot); /* also where something was before */
		alignment = ANY;
	} else {
		slot->block = arena_take(slot->size, alignment);
	}
	assert_int_equal((uintptr_t)slot->block % alignment, 0);
	slot_fill(slot);
}

static void slot_resize(struct slot *slot)
{
	size_t size = random_size();

	slot->block = arena_resize(slot->block, size);
	slot->size = size < slot->size ? size : slot->size;
	slot_check(slot);
	slot->size = size;
	slot_fill(slot);
}

/* No block touches another one, whatever is taken, resized and given back. */
static void test_random(void **state)
{
	static struct slot slots[SLOTS];

	(void)state;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct slot *slot = &slots[dice(SLOTS)];

		if (!slot->block) {
			slot_begin(slot);
			continue;
		}
		slot_check(slot);
		if (!dice(3)) {
			slot_resize(slot);
			continue;
		}
		arena_give(slot->block);
		slot->block = NULL;
	}
}

/* What was given back is used again: a run that looks many times does not grow. */
static void test_again(void **state)
{
	void *kept, *block = arena_take(100, ANY);
	uintptr_t first;

	(void)state;
	kept = arena_take(100, ANY);
	first = (uintptr_t)block;
	arena_give(block);
	block = arena_take(100, ANY);
	assert_true((uintptr_t)block == first);
	arena_give(kept);
	arena_give(block);
	arena_give(NULL);
	assert_int_equal(arena_room(NULL), 0);
}

/* So is a mapping, by the smallest block that fits: modules are unpacked one by one. */
static void test_mapping_again(void **state)
{
	const size_t large = 1 << 20, larger = 2 << 20;
	uintptr_t kept = (uintptr_t)arena_take(large, ANY);
	uintptr_t other = (uintptr_t)arena_take(larger, ANY);
	struct slot slot = { .size = large - 1000 };
	void *block;

	(void)state;
	arena_give((void *)other);
	arena_give((void *)kept);
	slot.block = arena_take(slot.size, ANY);
	assert_true((uintptr_t)slot.block == kept);
	block = arena_take(larger, ANY);
	assert_true((uintptr_t)block == other);
	slot_fill(&slot);
	slot.block = arena_resize(slot.block, larger);
	slot_check(&slot);
	slot.size = larger;
	slot_fill(&slot);
	arena_give(slot.block);
	slot.block = arena_take_clear(1, larger);
	slot.filled = 0;
	slot_check(&slot);
	arena_give(slot.block);
	arena_give(block);
}

/* One for which there is no room is unmapped: what is kept has a bound. */
static void test_mappings_kept(void **state)
{
	void *blocks[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		blocks[i] = arena_take(3 << 20, ANY);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		arena_give(blocks[i]);
	for (size_t i = ARRAY_SIZE(blocks) / 2; i < ARRAY_SIZE(blocks); i++) {
		void *page = (void *)((uintptr_t)blocks[i] / 4096 * 4096);

		assert_int_equal(msync(page, 4096, MS_ASYNC), -1);
		assert_int_equal(errno, ENOMEM);
	}
	blocks[0] = arena_take(5 << 20, ANY);
	arena_give(blocks[0]);
	blocks[1] = (void *)((uintptr_t)blocks[0] / 4096 * 4096);
	assert_int_equal(msync(blocks[1], 4096, MS_ASYNC), -1);
}

static void test_too_much(void **state)
{
	(void)state;
	errno = 0;
	assert_null(arena_take_clear(SIZE_MAX / 2, 4));
	assert_int_equal(errno, ENOMEM);
	assert_null(arena_take(SIZE_MAX, ANY));
	assert_null(arena_take(PTRDIFF_MAX, ANY));
}

/* The kernel has no more: what is there stays as it is. */
static void test_no_memory(void **state)
{
	struct slot slot = { .size = 1000, .block = arena_take(1000, ANY) };
	struct slot mapped = { .size = 100000, .block = arena_take(100000, ANY) };
	struct rlimit before, none;

	(void)state;
	slot_fill(&slot);
	slot_fill(&mapped);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	assert_null(arena_take(8 << 20, ANY));
	assert_null(arena_resize(slot.block, 8 << 20));
	errno = 0;
	assert_null(arena_resize(mapped.block, 8 << 20));
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	slot_check(&slot);
	slot_check(&mapped);
	arena_give(slot.block);
	arena_give(mapped.block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mapping_again), /* while none is kept */
		cmocka_unit_test(test_random),	      cmocka_unit_test(test_again),
		cmocka_unit_test(test_mappings_kept), cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

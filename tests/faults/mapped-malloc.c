// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An allocator for a boot program in which every block has its own mapping: each
 * allocation is then a system call, which inject.c can make fail (tests/faults).
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

/* In front of a block, whose page is its own or, when it is aligned, the one before */
struct head {
	void *start;
	size_t mapped;
	size_t size;
	size_t unused;
};

/* A tool's memory, not the program's: the names of libc need no declaration of ours. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void *memalign(size_t alignment, size_t size)
{
	size_t room = alignment > sizeof(struct head) ? alignment : sizeof(struct head);
	size_t mapped = (size + 2 * room + PAGE - 1) / PAGE * PAGE;
	uintptr_t start, block;

	if (size > PTRDIFF_MAX - 2 * room - PAGE) {
		errno = ENOMEM;
		return NULL;
	}
	start = (uintptr_t)mmap(NULL, mapped, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == (uintptr_t)MAP_FAILED)
		return NULL;
	block = (start + sizeof(struct head) + room - 1) / room * room;
	((struct head *)block)[-1] =
		(struct head){ .start = (void *)start, .mapped = mapped, .size = size };
	return (void *)block;
}

void *malloc(size_t size)
{
	return memalign(sizeof(struct head), size);
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return malloc(bytes);
}

void free(void *block)
{
	struct head *head = block;
	int error = errno;

	if (head)
		(void)munmap(head[-1].start, head[-1].mapped);
	errno = error;
}

void *realloc(void *block, size_t size)
{
	const struct head *head = block;
	void *larger = malloc(size);

	if (!larger || !block)
		return larger;
	memcpy(larger, block, head[-1].size < size ? head[-1].size : size);
	free(block);
	return larger;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **ret_block, size_t alignment, size_t size)
{
	void *block = memalign(alignment, size);

	if (!block)
		return ENOMEM;
	*ret_block = block;
	return 0;
}

size_t malloc_usable_size(void *block)
{
	return block ? ((const struct head *)block)[-1].size : 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the static program starts: its packed relative relocations (DT_RELR) are applied,
 * then libc's own start is jumped to. Packed, the 850 pointers in its tables cost 400
 * bytes instead of 20 KB. musl's static start knows the packed form from 1.2.4 on and
 * Debian 12 has 1.2.3, so it is done here for all, and DT_RELRSZ is set to 0, so that it
 * is not done twice.
 *
 * The form: a word with bit 0 clear is an address to relocate; one with it set is a
 * bitmap of the 63 words that follow (System V gABI, "Relocation", SHT_RELR).
 *
 * x86-64 only. It runs before libc has set anything up: no stack protector, no calls.
 */
#include <elf.h>
#include <stddef.h>

#define DYNAMIC_RELRSZ 35
#define DYNAMIC_RELR 36
#define BITMAP_WORDS 63

extern Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

void relr_apply(void);

/* The kernel jumps here with a stack aligned to 16 bytes, as a call expects it. */
__asm__(".pushsection .text.relr_start,\"ax\",@progbits\n"
	".globl relr_start\n"
	".type relr_start,@function\n"
	"relr_start:\n"
	"	call relr_apply\n"
	"	jmp _start\n"
	".popsection\n");

static Elf64_Addr *relocate_bitmap(Elf64_Addr *where, Elf64_Addr bitmap, Elf64_Addr base)
{
	for (bitmap >>= 1; bitmap; bitmap &= bitmap - 1)
		where[__builtin_ctzll(bitmap)] += base;
	return where + BITMAP_WORDS;
}

static void relocate(const Elf64_Addr *packed, size_t count, Elf64_Addr base)
{
	Elf64_Addr *where = NULL;

	for (size_t i = 0; i < count; i++) {
		if (packed[i] & 1) {
			where = relocate_bitmap(where, packed[i], base);
			continue;
		}
		where = (Elf64_Addr *)(base + packed[i]);
		*where++ += base;
	}
}

void relr_apply(void)
{
	Elf64_Addr base = (Elf64_Addr)__ehdr_start, table = 0, size = 0;

	for (Elf64_Dyn *entry = _DYNAMIC; entry->d_tag; entry++) {
		if (entry->d_tag == DYNAMIC_RELR)
			table = base + entry->d_un.d_ptr;
		if (entry->d_tag == DYNAMIC_RELRSZ) {
			size = entry->d_un.d_val;
			entry->d_un.d_val = 0;
		}
	}
	relocate((const Elf64_Addr *)table, size / sizeof(Elf64_Addr), base);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Expansion ROMs built here, byte by byte, and what is found in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "guest/rom.h"

#define UNIT 512

/**
 * struct part - one image to build, or a container
 * @type: code type; -1: a container, whose first bytes are @structure
 * @units: length in 512 bytes
 * @signature: the first two bytes; NULL: 55 aa
 * @structure: four letters; NULL: PCIR
 * @last: bit 7 of the indicator
 * @npde: 0: no extension; else its length in 512 bytes
 * @npde_last: bit 7 of the extension's byte
 * @machine: of a UEFI image
 * @compressed: of a UEFI image
 * @ids: further device ids, behind the structure
 * @spoil: add 1 to a byte after the checksum was made
 * @at: where the structure is; 0: at 0x1c
 */
struct part {
	int type;
	unsigned int units;
	const char *signature;
	const char *structure;
	bool last;
	unsigned int npde;
	bool npde_last;
	uint16_t vendor;
	uint16_t device;
	uint16_t machine;
	bool compressed;
	uint16_t ids[2];
	bool spoil;
	unsigned int at;
};

static void put16(unsigned char *to, unsigned int value)
{
	to[0] = (unsigned char)value;
	to[1] = (unsigned char)(value >> 8);
}

/* The structure with its extension: 0x18 bytes, or 0x1c of revision 3 */
static void structure_put(const struct part *part, unsigned char *image, unsigned int at)
{
	unsigned int length = part->ids[0] ? 0x1c : 0x18;
	unsigned char *to = image + at;
	unsigned int extension = (at + length + 15) & ~15u;

	memcpy(to, part->structure ? part->structure : "PCIR", 4);
	put16(to + 4, part->vendor);
	put16(to + 6, part->device);
	put16(to + 8, part->ids[0] ? 0x80 : 0);
	put16(to + 0x0a, length);
	to[0x0c] = part->ids[0] ? 3 : 0;
	to[0x0f] = 3;
	put16(to + 0x10, part->units);
	to[0x14] = (unsigned char)part->type;
	to[0x15] = part->last ? 0x80 : 0;
	for (size_t i = 0; i < 2 && part->ids[0]; i++)
		put16(to + 0x80 + 2 * i, part->ids[i]);
	if (!part->npde)
		return;
	memcpy(image + extension, "NPDE", 4);
	put16(image + extension + 4, 0x100);
	put16(image + extension + 6, 0x14);
	put16(image + extension + 8, part->npde);
	image[extension + 0x0a] = part->npde_last ? 0x80 : 0;
}

static void image_put(const struct part *part, unsigned char *image)
{
	unsigned int at = part->at ? part->at : 0x1c;
	unsigned char sum = 0;

	if (part->type < 0) {
		memset(image, 0x5a, part->units * UNIT);
		memcpy(image, part->structure, 4);
		return;
	}
	memcpy(image, part->signature ? part->signature : "\x55\xaa", 2);
	image[2] = (unsigned char)part->units;
	put16(image + 0x18, at);
	structure_put(part, image, at);
	if (part->type == ROM_UEFI) {
		put16(image + 4, 0x0ef1);
		put16(image + 8, 0x0b);
		put16(image + 10, part->machine);
		put16(image + 12, part->compressed);
	}
	for (unsigned int i = 0; i < part->units * UNIT; i++)
		sum = (unsigned char)(sum + image[i]);
	image[part->units * UNIT - 1] = (unsigned char)(0x100 - sum);
	if (part->spoil)
		image[0x100]++;
}

#define PARTS_MAX 6

/**
 * struct row - a ROM, and what is found in it
 * @cut: bytes taken away at its end
 * @more: bytes 0xff added at its end
 * @want: as shown() writes it
 */
struct row {
	const char *name;
	struct part parts[PARTS_MAX];
	size_t cut;
	size_t more;
	const char *want;
};

#define PC .type = ROM_PC, .vendor = 0x10de, .device = 0x1b80
#define EFI                                                                      \
	.type = ROM_UEFI, .vendor = 0x10de, .device = 0x1b80, .machine = 0x8664, \
	.compressed = true

static const struct row rows[] = {
	{ "PC",
	  { { PC, .units = 2, .last = true } },
	  .want = "0+1024 pc:1b80 sum reached; ended" },
	{ "UEFI",
	  { { EFI, .units = 2, .last = true } },
	  .want = "0+1024 uefi:1b80 8664 packed reached; ended" },
	{ "PC and UEFI, erased behind",
	  { { PC, .units = 2 }, { EFI, .units = 3, .last = true } },
	  .more = 700,
	  .want = "0+1024 pc:1b80 sum reached, "
		  "1024+1536 uefi:1b80 8664 packed reached; ended" },
	{ "UEFI for another processor, plain",
	  { { .type = ROM_UEFI, .units = 1, .machine = 0xaa64, .last = true } },
	  .want = "0+512 uefi:0000 aa64 reached; ended" },
	{ "wrong checksum",
	  { { PC, .units = 2, .last = true, .spoil = true } },
	  .want = "0+1024 pc:1b80 reached; ended" },
	{ "container of 0xa00 bytes",
	  { { -1, .units = 5, .structure = "NVGI" }, { PC, .units = 1, .last = true } },
	  .want = "2560+512 pc:1b80 sum reached; ended" },
	{ "container of 0x9200 bytes",
	  { { -1, .units = 0x49, .structure = "NVGI" },
	    { PC, .units = 1, .last = true } },
	  .want = "37376+512 pc:1b80 sum reached; ended" },
	{ "container without a known name",
	  { { -1, .units = 1, .structure = "\x55\xaa\x55\xaa" },
	    { PC, .units = 1, .last = true } },
	  .want = "512+512 pc:1b80 sum reached; ended" },
	{ "container alone",
	  { { -1, .units = 5, .structure = "NVGI" } },
	  .want = "nothing" },
	{ "extension: the last image is not the last one",
	  { { PC, .units = 2, .npde = 2 },
	    { EFI, .units = 2, .last = true, .npde = 2 },
	    { .type = 0xe0,
	      .units = 1,
	      .structure = "NPDS",
	      .vendor = 0x10de,
	      .npde = 1,
	      .npde_last = true } },
	  .want = "0+1024 pc:1b80 sum reached, 1024+1024 uefi:1b80 8664 packed reached, "
		  "2048+512 e0:0000 part; ended" },
	{ "extension: parts of the vendor first",
	  { { .type = 0x70,
	      .units = 1,
	      .signature = "\x77\xbb",
	      .structure = "NPDS",
	      .vendor = 0x10de },
	    { PC, .units = 1, .last = true } },
	  .want = "512+512 pc:1b80 sum reached; ended" },
	{ "extension: shorter than the structure says",
	  { { PC, .units = 2, .npde = 1, .npde_last = true } },
	  .want = "0+512 pc:1b80 reached; ended" },
	{ "UEFI image behind what the structure calls the last one",
	  { { PC, .units = 1, .last = true, .npde = 1 },
	    { EFI, .units = 1, .last = true, .npde = 1, .npde_last = true } },
	  .want = "0+512 pc:1b80 sum reached, 512+512 uefi:1b80 8664 packed; ended" },
	{ "part with a header of NV",
	  { { PC, .units = 1, .npde = 1 },
	    { .type = 0xe0,
	      .units = 1,
	      .signature = "VN",
	      .structure = "NPDS",
	      .vendor = 0x10de,
	      .last = true } },
	  .want = "0+512 pc:1b80 sum reached, 512+512 e0:0000 part; ended" },
	{ "cut",
	  { { PC, .units = 2 }, { EFI, .units = 3, .last = true } },
	  .cut = 100,
	  .want = "0+1024 pc:1b80 sum reached, "
		  "1024+1436 uefi:1b80 8664 packed cut reached; ended" },
	{ "cut between images",
	  { { PC, .units = 2 }, { EFI, .units = 3, .last = true } },
	  .cut = 1536,
	  .want = "0+1024 pc:1b80 sum reached; not ended" },
	{ "further ids",
	  { { PC, .units = 1, .last = true, .ids = { 0x1b81, 0x1b82 } } },
	  .want = "0+512 pc:1b80,1b81,1b82 sum reached; ended" },
	{ "Open Firmware",
	  { { .type = ROM_OPEN_FIRMWARE, .units = 1, .last = true } },
	  .want = "0+512 01:0000 reached; ended" },
	{ "structure at the very end",
	  { { PC, .units = 1, .last = true, .at = 512 - 0x18 } },
	  .want = "0+512 pc:1b80 sum reached; ended" },
	{ "structure behind the end",
	  { { PC, .units = 1, .last = true, .at = 512 - 0x18 } },
	  .cut = 1,
	  .want = "nothing" },
	{ "structure in the header",
	  { { PC, .units = 1, .at = 0x18 } },
	  .want = "nothing" },
	{ "another structure",
	  { { PC, .units = 1, .structure = "PCIX" } },
	  .want = "nothing" },
};

/* What was found, as one line */
static void shown(const struct rom *rom, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	assert_non_null(out);
	for (size_t i = 0; i < rom->n_images; i++) {
		const struct rom_image *image = &rom->images[i];
		const char *type = image->type == ROM_PC   ? "pc" :
				   image->type == ROM_UEFI ? "uefi" :
							     NULL;

		fprintf(out, "%s%zu+%zu ", i ? ", " : "", image->offset, image->size);
		type ? fprintf(out, "%s", type) : fprintf(out, "%02x", image->type);
		fprintf(out, ":%04x", image->device);
		for (size_t j = 0; j < image->n_ids; j++)
			fprintf(out, ",%04x", image->ids[j]);
		if (image->efi)
			fprintf(out, " %04x", image->machine);
		fprintf(out, "%s%s%s%s%s", image->compressed ? " packed" : "",
			image->sum_right ? " sum" : "", image->cut ? " cut" : "",
			image->vendor_part ? " part" : "",
			image->reached ? " reached" : "");
	}
	fprintf(out, rom->n_images ? "; %s" : "nothing",
		rom->ended ? "ended" : "not ended");
	fclose(out);
}

/* Exactly as many bytes as there are, so that a read beyond them is found. */
static unsigned char *row_build(const struct row *row, size_t *ret_size)
{
	size_t whole = 0, place = 0;
	unsigned char *all, *bytes;

	for (size_t i = 0; i < PARTS_MAX; i++)
		whole += row->parts[i].units * UNIT;
	all = calloc(1, whole);
	*ret_size = whole - row->cut + row->more;
	bytes = malloc(*ret_size);
	assert_true(all && bytes);
	for (size_t i = 0; i < PARTS_MAX; i++) {
		if (row->parts[i].units)
			image_put(&row->parts[i], all + place);
		place += row->parts[i].units * UNIT;
	}
	memset(bytes, 0xff, *ret_size);
	memcpy(bytes, all, whole - row->cut);
	free(all);
	return bytes;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t size;
		unsigned char *bytes = row_build(&rows[i], &size);
		char text[512];
		struct rom rom;

		rom_parse(bytes, size, &rom);
		shown(&rom, text, sizeof(text));
		if (strcmp(text, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, text);
		free(bytes);
	}
}

static void test_erased(void **state)
{
	unsigned char bytes[600];
	struct rom rom;

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	rom_parse(bytes, sizeof(bytes), &rom);
	assert_true(rom.erased && rom.fill == 0xff && !rom.n_images);
	memset(bytes, 0, sizeof(bytes));
	rom_parse(bytes, sizeof(bytes), &rom);
	assert_true(rom.erased && rom.fill == 0);
	bytes[599] = 1;
	rom_parse(bytes, sizeof(bytes), &rom);
	assert_true(!rom.erased && !rom.n_images);
	rom_parse(bytes, 0, &rom);
	assert_true(rom.erased);
}

static struct rom rom_of(const struct row *row)
{
	struct rom rom;
	size_t size;
	unsigned char *bytes = row_build(row, &size);

	rom_parse(bytes, size, &rom);
	free(bytes);
	return rom;
}

static void test_ids(void **state)
{
	static const struct row list = { .parts = { { PC, .units = 1,
						      .ids = { 0x1b81, 0x1b82 } },
						    { EFI, .units = 1, .last = true } } };
	static const struct row other = { .parts = {
						  { .type = ROM_OPEN_FIRMWARE,
						    .units = 1,
						    .vendor = 0x10de,
						    .device = 0x10f0 },
						  { EFI, .units = 1, .last = true } } };
	const struct rom rom = rom_of(&list), second = rom_of(&other);

	(void)state;
	assert_true(
		rom_is_for(&rom, &(struct pci_id){ .vendor = 0x10de, .device = 0x1b80 }));
	assert_true(
		rom_is_for(&rom, &(struct pci_id){ .vendor = 0x10de, .device = 0x1b82 }));
	assert_false(
		rom_is_for(&rom, &(struct pci_id){ .vendor = 0x10de, .device = 0x10f0 }));
	assert_false(
		rom_is_for(&rom, &(struct pci_id){ .vendor = 0x1002, .device = 0x1b80 }));
	/* an image that neither PC nor UEFI runs says nothing about the card */
	assert_false(rom_is_for(&second,
				&(struct pci_id){ .vendor = 0x10de, .device = 0x10f0 }));
	assert_true(rom_is_for(&second,
			       &(struct pci_id){ .vendor = 0x10de, .device = 0x1b80 }));
}

static void test_uefi(void **state)
{
	static const struct row both = { .parts = { { PC, .units = 1 },
						    { EFI, .units = 1, .last = true } } };
	static const struct row behind = {
		.parts = { { PC, .units = 1, .last = true, .npde = 1 },
			   { EFI, .units = 1, .last = true, .npde = 1,
			     .npde_last = true } }
	};
	static const struct row code = { .parts = { { .type = ROM_UEFI,
						      .units = 1,
						      .machine = 0x0ebc,
						      .last = true } } };
	const struct rom rom = rom_of(&both), hidden = rom_of(&behind),
			 ebc = rom_of(&code);

	(void)state;
	assert_ptr_equal(rom_uefi(&rom, ROM_MACHINE_X86_64), &rom.images[1]);
	assert_null(rom_uefi(&rom, ROM_MACHINE_AARCH64));
	assert_null(rom_uefi(&hidden, ROM_MACHINE_X86_64));
	assert_non_null(rom_uefi(&ebc, ROM_MACHINE_X86_64));
}

/* More images in a row than there is room for */
static void test_many(void **state)
{
	size_t size = (ROM_IMAGES_MAX + 2) * UNIT;
	unsigned char *bytes = calloc(1, size);
	const struct part part = { PC, .units = 1 };
	struct rom rom;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < size; i += UNIT)
		image_put(&part, bytes + i);
	rom_parse(bytes, size, &rom);
	assert_int_equal(rom.n_images, ROM_IMAGES_MAX);
	assert_int_equal(rom.end, ROM_IMAGES_MAX * UNIT);
	assert_false(rom.ended);
	free(bytes);
}

/* ---- VFCT ---- */

struct vfct_row {
	const char *name;
	struct pci_address address;
	struct pci_id id;
	int want;
	size_t want_place;
};

#define VFCT_SIZE (76 + 28 + 100 + 28 + 50)

static void vfct_build(unsigned char table[static VFCT_SIZE])
{
	memset(table, 0, VFCT_SIZE);
	memcpy(table, "VFCT", 4);
	put16(table + 4, VFCT_SIZE);
	put16(table + 52, 76);
	table[76] = 0x03;
	put16(table + 76 + 12, 0x1002);
	put16(table + 76 + 14, 0x73bf);
	put16(table + 76 + 24, 100);
	table[76 + 128] = 0x0e;
	put16(table + 76 + 128 + 12, 0x1002);
	put16(table + 76 + 128 + 14, 0x1638);
	put16(table + 76 + 128 + 24, 50);
}

static void test_vfct(void **state)
{
	static const struct vfct_row cases[] = {
		{ "first", { 0, 3, 0, 0 }, { 0x1002, 0x73bf, 0, 0, false }, 0, 104 },
		{ "second", { 0, 14, 0, 0 }, { 0x1002, 0x1638, 0, 0, false }, 0, 232 },
		{ "slot", { 0, 4, 0, 0 }, { 0x1002, 0x1638, 0, 0, false }, -ENOENT, 0 },
		{ "function",
		  { 0, 14, 0, 1 },
		  { 0x1002, 0x1638, 0, 0, false },
		  -ENOENT,
		  0 },
		{ "id", { 0, 14, 0, 0 }, { 0x1002, 0x1637, 0, 0, false }, -ENOENT, 0 },
		{ "who", { 0, 14, 0, 0 }, { 0x10de, 0x1638, 0, 0, false }, -ENOENT, 0 },
		{ "segment",
		  { 1, 14, 0, 0 },
		  { 0x1002, 0x1638, 0, 0, false },
		  -ENOENT,
		  0 },
	};
	unsigned char *table = malloc(VFCT_SIZE);
	const unsigned char *bytes = NULL;
	size_t size = 0;

	(void)state;
	assert_non_null(table);
	vfct_build(table);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int error = rom_vfct(table, VFCT_SIZE, &cases[i].address, &cases[i].id,
				     &bytes, &size);

		if (error != cases[i].want ||
		    (!error && (size_t)(bytes - table) != cases[i].want_place))
			fail_msg("%s: %d, %td", cases[i].name, error, bytes - table);
	}
	assert_int_equal(size, 50);
	free(table);
}

static void test_vfct_damaged(void **state)
{
	static const struct {
		size_t place;
		unsigned char value;
		size_t size;
		int want;
	} cases[] = {
		{ 0, 'X', VFCT_SIZE, -EBADMSG }, /* another table */
		{ 0, 'V', VFCT_SIZE - 1, -EBADMSG }, /* shorter than it says */
		{ 0, 'V', 75, -EBADMSG }, /* no header */
		{ 52, 40, VFCT_SIZE, -EBADMSG }, /* the image is in the header */
		{ 55, 1, VFCT_SIZE, -ENOENT }, /* the image is behind the end */
		{ 76 + 24, 0, VFCT_SIZE, -EBADMSG }, /* an image without bytes */
		{ 76 + 25, 1, VFCT_SIZE, -EBADMSG }, /* longer than the table */
		{ 76 + 27, 255, VFCT_SIZE, -EBADMSG }, /* much longer */
	};
	const struct pci_address address = { 0, 14, 0, 0 };
	const struct pci_id id = { .vendor = 0x1002, .device = 0x1638 };
	const unsigned char *bytes;
	size_t size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned char whole[VFCT_SIZE], *table = malloc(cases[i].size);

		assert_non_null(table);
		vfct_build(whole);
		whole[cases[i].place] = cases[i].value;
		memcpy(table, whole, cases[i].size);
		assert_int_equal(rom_vfct(table, cases[i].size, &address, &id, &bytes,
					  &size),
				 cases[i].want);
		free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	     cmocka_unit_test(test_erased),
		cmocka_unit_test(test_ids),	     cmocka_unit_test(test_uefi),
		cmocka_unit_test(test_many),	     cmocka_unit_test(test_vfct),
		cmocka_unit_test(test_vfct_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

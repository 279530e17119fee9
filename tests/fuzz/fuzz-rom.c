// SPDX-License-Identifier: GPL-2.0-or-later

/* Any bytes in the place of an expansion ROM, or of ACPI's table of them. */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest/rom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

/* The images are in a row without gaps and end where the ROM ends. */
static void row_check(const struct rom *rom)
{
	size_t place = rom->start;

	demand(rom->n_images <= ROM_IMAGES_MAX);
	demand(!rom->erased || !rom->n_images);
	for (size_t i = 0; i < rom->n_images; i++) {
		const struct rom_image *image = &rom->images[i];

		demand(image->offset == place && image->size);
		demand(!image->cut || i + 1 == rom->n_images);
		demand(image->n_ids <= ROM_IDS_MAX);
		place += image->size;
	}
	demand(!rom->n_images || (rom->end == place && !rom->images[0].vendor_part));
	demand(rom->end <= rom->size);
}

/* The part from start to end is the same ROM, without the bytes before it. */
static void trim_check(const uint8_t *data, const struct rom *rom)
{
	static struct rom again;
	size_t size = rom->end - rom->start;
	uint8_t *bytes = malloc(size + !size);

	demand(bytes);
	memcpy(bytes, data + rom->start, size);
	rom_parse(bytes, size, &again);
	demand(!again.start && again.end == size && again.n_images == rom->n_images);
	for (size_t i = 0; i < rom->n_images; i++) {
		struct rom_image image = rom->images[i];

		image.offset -= rom->start;
		demand(image.offset == again.images[i].offset &&
		       image.size == again.images[i].size &&
		       image.type == again.images[i].type &&
		       image.cut == again.images[i].cut);
	}
	free(bytes);
}

/* Two images and a part of NVIDIA's behind a container, in units of 512 bytes */
static const struct {
	size_t place;
	uint8_t bytes[8];
} skeleton[] = {
	{ 0x000, "NVGI" },
	{ 0x200, { 0x55, 0xaa, 1 } },
	{ 0x218, { 0x1c } },
	{ 0x21c, "PCIR\xde\x10\x80" },
	{ 0x223, { 0x1b, 0x80, 0, 0x1c, 0, 3 } },
	{ 0x22c, { 1 } },
	{ 0x240, "NPDE" },
	{ 0x248, { 1 } },
	{ 0x29c, { 0x81, 0x1b, 0x82, 0x1b } },
	{ 0x400, { 0x55, 0xaa, 1, 0, 0xf1, 0x0e } },
	{ 0x40a, { 0x64, 0x86, 1 } },
	{ 0x418, { 0x1c } },
	{ 0x41c, "PCIR\xde\x10\x80" },
	{ 0x423, { 0x1b, 0, 0, 0x18 } },
	{ 0x42c, { 1, 0, 0, 0, 3, 0x80 } },
	{ 0x440, "NPDE" },
	{ 0x448, { 1 } },
	{ 0x600, { 'V', 'N' } },
	{ 0x618, { 0x1c } },
	{ 0x61c, "NPDS\xde\x10" },
	{ 0x62c, { 1, 0, 0, 0, 0xe0, 0x80 } },
};

static const struct {
	size_t place;
	uint8_t bytes[8];
} table[] = {
	{ 0, "VFCT" },
	{ 4, { 0, 2 } },
	{ 52, { 76 } },
	{ 76, { 3 } },
	{ 88, { 2, 0x10, 0xbf, 0x73 } },
	{ 100, { 16 } },
	{ 120, { 4 } },
	{ 132, { 2, 0x10, 0xbf, 0x73 } },
	{ 144, { 32 } },
};

/* Valid bytes with changes: place (two bytes) and value, repeatedly */
static size_t bytes_build(const uint8_t *data, size_t size, uint8_t bytes[static 2048])
{
	memset(bytes, 0, 2048);
	for (size_t i = 0; *data & 2 && i < sizeof(skeleton) / sizeof(skeleton[0]); i++)
		memcpy(bytes + skeleton[i].place, skeleton[i].bytes, 8);
	for (size_t i = 0; !(*data & 2) && i < sizeof(table) / sizeof(table[0]); i++)
		memcpy(bytes + table[i].place, table[i].bytes, 8);
	for (size_t i = 1; i + 2 < size; i += 3)
		bytes[(data[i] << 8 | data[i + 1]) % 2048] = data[i + 2];
	return size > 1 && *data & 4 ? 2048 - data[size - 1] * 8 : 2048;
}

static void all_check(const uint8_t *data, size_t size)
{
	static struct rom rom;
	const struct pci_address address = { .bus = 3 };
	const struct pci_id id = { .vendor = 0x1002, .device = 0x73bf };
	const uint8_t *found = NULL;
	size_t length = 0;
	int error;

	rom_parse(data, size, &rom);
	row_check(&rom);
	if (rom.n_images)
		trim_check(data, &rom);
	if (rom_is_for(&rom, &id))
		demand(rom_first(&rom)->vendor == id.vendor);
	if (rom_uefi(&rom, ROM_MACHINE_X86_64))
		demand(rom_uefi(&rom, ROM_MACHINE_X86_64)->efi);
	error = rom_vfct(data, size, &address, &id, &found, &length);
	demand(error || (found > data && length && found + length <= data + size));
}

/* Bit 0 of the first byte: the rest changes valid bytes; else it is the ROM itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t built[2048], *exact;
	size_t length = size;

	if (size && *data & 1) {
		length = bytes_build(data, size, built);
		data = built;
	}
	exact = malloc(length + !length);
	demand(exact);
	if (length)
		memcpy(exact, data, length);
	all_check(exact, length);
	free(exact);
	return 0;
}

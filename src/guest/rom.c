// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * An image begins with a header, which names the place of its PCI data structure, which
 * says how long the image is, what runs it and whether it is the last one:
 *
 *	header + 0x00  55 aa; NVIDIA's own parts also 77 bb and 56 4e
 *	       + 0x02  units of 512 bytes that are run (PC BIOS, UEFI)
 *	       + 0x04  f1 0e 00 00, subsystem, machine, compression (UEFI only)
 *	       + 0x18  where the structure is
 *	"PCIR" + 0x04  vendor, device, list of devices, its own length and revision
 *	       + 0x0d  class
 *	       + 0x10  length of the image in units of 512 bytes
 *	       + 0x14  code type, bit 7 of the next byte: the last image
 *	"NPDE" behind it, aligned to 16: at 0x08 and 0x0a length and last bit again
 */
#include "guest/rom.h"

#include <errno.h>
#include <string.h>

#define UNIT 512
#define HEADER_SIZE 0x1a
#define STRUCTURE_MIN 0x18 /* revision 0 */
#define EXTENSION_MIN 0x0b
#define LAST 0x80

struct bytes {
	const unsigned char *bytes;
	size_t size;
};

static uint16_t word(const struct bytes *data, size_t offset)
{
	return (uint16_t)(data->bytes[offset] | data->bytes[offset + 1] << 8);
}

static uint32_t dword(const struct bytes *data, size_t offset)
{
	return word(data, offset) | (uint32_t)word(data, offset + 2) << 16;
}

static bool has(const struct bytes *data, size_t offset, const char *text, size_t length)
{
	return offset + length <= data->size &&
	       !memcmp(data->bytes + offset, text, length);
}

static bool all_same(const struct bytes *data, unsigned char fill)
{
	for (size_t i = 0; i < data->size; i++)
		if (data->bytes[i] != fill)
			return false;
	return true;
}

/* Where the data structure of an image is, from the image's start; 0: there is none */
static size_t structure_find(const struct bytes *image, bool *ret_vendor_part)
{
	bool standard = has(image, 0, "\x55\xaa", 2);
	size_t place;

	if (image->size < HEADER_SIZE ||
	    (!standard && !has(image, 0, "\x77\xbb", 2) && !has(image, 0, "VN", 2)))
		return 0;
	place = word(image, 0x18);
	if (place < HEADER_SIZE || place + STRUCTURE_MIN > image->size)
		return 0;
	*ret_vendor_part = !standard || !has(image, place, "PCIR", 4);
	if (*ret_vendor_part && !has(image, place, "PCIR", 4) &&
	    !has(image, place, "NPDS", 4) && !has(image, place, "RGIS", 4))
		return 0;
	return place + STRUCTURE_MIN <= (size_t)word(image, place + 0x10) * UNIT ? place :
										   0;
}

/* Where NVIDIA's extension is; 0: there is none, or not in the image that it describes */
static size_t extension_find(const struct bytes *image, size_t structure)
{
	size_t length = word(image, structure + 0x0a);
	size_t place = (structure + length + 15) & ~(size_t)15;

	if (place + EXTENSION_MIN > image->size || !has(image, place, "NPDE", 4))
		return 0;
	return place + EXTENSION_MIN <= (size_t)word(image, place + 8) * UNIT ? place : 0;
}

/* The list of further device ids: words until 0 (revision 3 and later) */
static void ids_read(const struct bytes *image, size_t structure, struct rom_image *made)
{
	size_t list = word(image, structure + 8);
	size_t place = structure + list;

	if (!list || image->bytes[structure + 0x0c] < 3)
		return;
	for (; place + 2 <= made->size && word(image, place); place += 2) {
		if (made->n_ids == ROM_IDS_MAX)
			break;
		made->ids[made->n_ids++] = word(image, place);
	}
	made->ids_cut = place + 2 > made->size || word(image, place);
}

/* A PC BIOS runs the length of the header, not that of the structure. */
static bool sum_is_right(const struct bytes *image, size_t size)
{
	size_t run = (size_t)image->bytes[2] * UNIT;
	unsigned char sum = 0;

	if (!run || run > size)
		return false;
	for (size_t i = 0; i < run; i++)
		sum = (unsigned char)(sum + image->bytes[i]);
	return !sum;
}

static void content_read(const struct bytes *image, size_t structure,
			 struct rom_image *made)
{
	made->type = image->bytes[structure + 0x14];
	made->vendor = word(image, structure + 4);
	made->device = word(image, structure + 6);
	made->class_code = dword(image, structure + 0x0c) >> 8;
	if (made->vendor_part)
		return;
	ids_read(image, structure, made);
	if (made->type == ROM_PC)
		made->sum_right = sum_is_right(image, made->size);
	made->efi = made->type == ROM_UEFI && has(image, 4, "\xf1\x0e\0\0", 4);
	if (made->efi) {
		made->machine = word(image, 0x0a);
		made->compressed = word(image, 0x0c) != 0;
	}
}

/**
 * struct step - how the way goes on behind an image
 * @last: the image is the last one
 * @reachable: firmware that knows no extension gets there, too
 */
struct step {
	bool last;
	bool reachable;
};

static bool image_read(const struct bytes *data, size_t offset, struct rom_image *made,
		       struct step *step)
{
	struct bytes image = { data->bytes + offset, data->size - offset };
	bool vendor_part = false;
	size_t structure = structure_find(&image, &vendor_part), extension;

	if (!structure)
		return false;
	*made = (struct rom_image){ .offset = offset, .vendor_part = vendor_part };
	made->size = (size_t)word(&image, structure + 0x10) * UNIT;
	image.size = made->size < image.size ? made->size : image.size;
	step->last = image.bytes[structure + 0x15] & LAST;
	step->reachable = !step->last;
	extension = extension_find(&image, structure);
	if (extension) {
		size_t size = (size_t)word(&image, extension + 8) * UNIT;

		step->reachable = step->reachable && size == made->size;
		step->last = image.bytes[extension + 0x0a] & LAST;
		made->size = size;
	}
	made->cut = made->size > data->size - offset;
	if (made->cut)
		made->size = data->size - offset;
	content_read(&image, structure, made);
	return true;
}

/* The first place where an image is that any firmware would take */
static bool start_find(const struct bytes *data, size_t *ret_start)
{
	const unsigned char *found = data->bytes, *end = data->bytes + data->size;

	for (; (found = memchr(found, 0x55, (size_t)(end - found))); found++) {
		const struct bytes image = { found, (size_t)(end - found) };
		bool vendor_part = true;

		if (structure_find(&image, &vendor_part) && !vendor_part) {
			*ret_start = (size_t)(found - data->bytes);
			return true;
		}
	}
	return false;
}

void rom_parse(const unsigned char *bytes, size_t size, struct rom *ret_rom)
{
	const struct bytes data = { bytes, size };
	struct step step = { .reachable = true };
	size_t offset;

	*ret_rom = (struct rom){ .size = size };
	if (!size || all_same(&data, 0x00) || all_same(&data, 0xff)) {
		ret_rom->erased = true;
		ret_rom->fill = size ? bytes[0] : 0;
		return;
	}
	if (!start_find(&data, &offset))
		return;
	ret_rom->start = offset;
	while (!step.last && ret_rom->n_images < ROM_IMAGES_MAX) {
		struct rom_image *image = &ret_rom->images[ret_rom->n_images];
		bool reached = step.reachable;

		if (!image_read(&data, offset, image, &step))
			break;
		image->reached = reached && !image->vendor_part;
		step.reachable = step.reachable && reached;
		offset += image->size;
		ret_rom->n_images++;
	}
	ret_rom->end = offset;
	ret_rom->ended = step.last;
}

const struct rom_image *rom_first(const struct rom *rom)
{
	for (size_t i = 0; i < rom->n_images; i++)
		if (!rom->images[i].vendor_part &&
		    (rom->images[i].type == ROM_PC || rom->images[i].type == ROM_UEFI))
			return &rom->images[i];
	return NULL;
}

bool rom_is_for(const struct rom *rom, const struct pci_id *id)
{
	const struct rom_image *first = rom_first(rom);

	if (!first || first->vendor != id->vendor)
		return false;
	for (size_t i = 0; i < first->n_ids; i++)
		if (first->ids[i] == id->device)
			return true;
	return first->device == id->device;
}

const struct rom_image *rom_uefi(const struct rom *rom, enum rom_machine machine)
{
	for (size_t i = 0; i < rom->n_images; i++) {
		const struct rom_image *image = &rom->images[i];

		if (image->reached && image->efi &&
		    (image->machine == machine || image->machine == ROM_MACHINE_EBC))
			return image;
	}
	return NULL;
}

/* ---- VFCT ---- */

#define VFCT_HEADER_SIZE 76
#define VFCT_IMAGES 52 /* where the offset of the first image is */
#define VFCT_IMAGE_SIZE 28 /* of the header before each image */

static bool vfct_is_for(const struct bytes *table, size_t place,
			const struct pci_address *address, const struct pci_id *id)
{
	return dword(table, place) == address->bus &&
	       dword(table, place + 4) == address->device &&
	       dword(table, place + 8) == address->function &&
	       word(table, place + 12) == id->vendor &&
	       word(table, place + 14) == id->device;
}

/* The table names no PCI segment: it can speak of the first one only. */
int rom_vfct(const unsigned char *table, size_t size, const struct pci_address *address,
	     const struct pci_id *id, const unsigned char **ret_bytes, size_t *ret_size)
{
	struct bytes data = { table, size };
	size_t place, length;

	if (size < VFCT_HEADER_SIZE || memcmp(table, "VFCT", 4) != 0 ||
	    dword(&data, 4) > size)
		return -EBADMSG;
	data.size = dword(&data, 4);
	place = dword(&data, VFCT_IMAGES);
	if (place < VFCT_HEADER_SIZE)
		return -EBADMSG;
	for (; place + VFCT_IMAGE_SIZE <= data.size; place += length) {
		length = dword(&data, place + 24);
		if (!length || length > data.size - place - VFCT_IMAGE_SIZE)
			return -EBADMSG;
		if (!address->domain && vfct_is_for(&data, place, address, id)) {
			*ret_bytes = table + place + VFCT_IMAGE_SIZE;
			*ret_size = length;
			return 0;
		}
		place += VFCT_IMAGE_SIZE;
	}
	return -ENOENT;
}

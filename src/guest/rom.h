/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ROM_H
#define VFIO_EARLY_ROM_H

/*
 * Content of an expansion ROM, as values. Pure: bytes in, images out. No vendor's magic
 * number is used: an image begins where a header points to a valid data structure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define ROM_SIZE_MAX (16u << 20) /* the largest ROM BAR (PCI Local Bus 3.0, 6.2.5.2) */
#define ROM_IMAGES_MAX 16
#define ROM_IDS_MAX 64 /* of one image's list of device ids */

/** enum rom_type - what runs an image (PCI Firmware 3.3, table 5-4: code type) */
enum rom_type {
	ROM_PC = 0x00,
	ROM_OPEN_FIRMWARE = 0x01,
	ROM_PA_RISC = 0x02,
	ROM_UEFI = 0x03,
};

/** enum rom_machine - processors of UEFI images (Microsoft PE Format, machine types) */
enum rom_machine {
	ROM_MACHINE_I386 = 0x014c,
	ROM_MACHINE_ARM = 0x01c2,
	ROM_MACHINE_EBC = 0x0ebc,
	ROM_MACHINE_X86_64 = 0x8664,
	ROM_MACHINE_AARCH64 = 0xaa64,
};

/**
 * struct rom_image - one image
 * @offset: of its header, in bytes from the start of what was parsed
 * @size: in bytes; ends at the end of the data when @cut
 * @type: code type: enum rom_type, or one of a vendor (0x70, 0xe0)
 * @vendor_part: has a vendor's own header or data structure: part of the ROM, but not
 *	judged
 * @reached: firmware that follows the PCI Firmware Specification alone finds it: the
 *	images before it have the lengths of the specification, and none of them is marked
 *	as the last
 * @cut: its length goes beyond the end of the data
 * @ids_cut: there are more ids than ROM_IDS_MAX, or the list leaves the image
 * @sum_right: all bytes that a PC BIOS runs add up to 0; false for types other than PC
 * @efi: it has the UEFI signature, and @machine and @compressed are filled
 * @machine: enum rom_machine, or another value
 * @ids: further device ids that it supports, besides @device
 */
struct rom_image {
	size_t offset;
	size_t size;
	uint8_t type;
	uint16_t vendor;
	uint16_t device;
	uint32_t class_code;
	bool vendor_part;
	bool reached;
	bool cut;
	bool ids_cut;
	bool sum_right;
	bool efi;
	uint16_t machine;
	bool compressed;
	uint16_t ids[ROM_IDS_MAX];
	size_t n_ids;
};

/**
 * struct rom - all images in their order
 * @size: of the parsed bytes
 * @start: offset of the first valid image; bytes before it are the container of some
 *	program
 * @end: offset after the last image
 * @ended: the last image is marked as the last
 * @erased: each byte is @fill, 0x00 or 0xff; or there are no bytes
 */
struct rom {
	size_t size;
	size_t start;
	size_t end;
	bool ended;
	bool erased;
	uint8_t fill;
	struct rom_image images[ROM_IMAGES_MAX];
	size_t n_images;
};

/**
 * rom_parse() - find the images (PCI Firmware 3.3, section 5.1)
 * @ret_rom: filled in any case; n_images is 0 when no image was found
 *
 * The length of an image is that of its PCI data structure; where NVIDIA's extension
 * (NPDE) follows, length and end are the extension's, as nouveau takes them (kernel 6.12,
 * nvkm/subdev/bios/npde.c).
 */
void rom_parse(const unsigned char *bytes, size_t size, struct rom *ret_rom);

/**
 * rom_first() - the image whose id the firmware compares with the card's
 *
 * Return: the first PC or UEFI image, or NULL
 */
const struct rom_image *rom_first(const struct rom *rom);

/** rom_is_for() - do the ids of a ROM's first image include this function's? */
bool rom_is_for(const struct rom *rom, const struct pci_id *id);

/**
 * rom_uefi() - the UEFI image for a kind of processor
 *
 * Return: the first that the firmware reaches and can run, byte code included, or NULL
 */
const struct rom_image *rom_uefi(const struct rom *rom, enum rom_machine machine);

/**
 * rom_vfct() - the ROM of a function in the ACPI table VFCT, where AMD's firmware puts
 * the ROMs of processors with graphics (kernel 6.12, amdgpu_bios.c, struct
 * VFCT_IMAGE_HEADER)
 * @table: whole, with its ACPI header
 * @ret_bytes: points into @table; written on success only
 *
 * Return: 0; -ENOENT when there is none for this address and id; -EBADMSG when the table
 * contradicts itself
 */
int rom_vfct(const unsigned char *table, size_t size, const struct pci_address *address,
	     const struct pci_id *id, const unsigned char **ret_bytes, size_t *ret_size);

#endif

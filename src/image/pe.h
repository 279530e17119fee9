/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PE_H
#define VFIO_EARLY_PE_H

/* Sections of a PE file: a unified kernel image keeps its initramfs in one. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct pe_section - where a section is in the file
 * @offset: of its first byte
 * @size: in bytes, without padding
 */
struct pe_section {
	uint64_t offset;
	uint64_t size;
};

/**
 * pe_is() - is this a PE file?
 *
 * Return: true when its first bytes are MZ
 */
bool pe_is(int fd);

/**
 * pe_find() - find the first section of a name (Microsoft PE Format, section table)
 * @name: .initrd; at most eight bytes
 * @ret_section: written on success only; lies wholly inside of the file
 *
 * Return: 0; -ENOENT when there is none; -EBADMSG when the file is damaged; -errno
 */
int pe_find(int fd, const char *name, struct pe_section *ret_section);

/**
 * pe_elsewhere() - does a stub load its initramfs from another file (lanzaboote, NixOS)?
 * @path: filled: /EFI/nixos/initrd-HASH.efi, on the file system of the stub
 *
 * Such a stub has the path in .initrd, and the hash of the file in .initrdh.
 */
bool pe_elsewhere(int fd, char *path, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ROM_READ_H
#define VFIO_EARLY_ROM_READ_H

/* The bytes of an expansion ROM: from a file, a card, or the ACPI table VFCT. */

#include <stddef.h>

#include "base/address.h"
#include "base/fault.h"
#include "base/sysroot.h"

/** enum rom_source - source of the bytes */
enum rom_source { ROM_FROM_FILE, ROM_FROM_CARD, ROM_FROM_VFCT, ROM_SOURCES };

extern const char *const rom_source_names[];

/**
 * enum rom_trouble - why there are no bytes
 * @ROM_TROUBLE_NO_ROM: the card has no ROM or an empty one, and VFCT has none for it
 * @ROM_TROUBLE_SHADOW: only the copy in memory that the firmware has run can be read
 * @ROM_TROUBLE_POWER: the card does not wake up from its power state
 */
enum rom_trouble {
	ROM_TROUBLE_NONE,
	ROM_TROUBLE_NO_ROM,
	ROM_TROUBLE_SHADOW,
	ROM_TROUBLE_POWER,
};

/**
 * struct rom_reading - result of a reading
 * @id: vendor and device of a card
 * @bytes: allocated; NULL with a trouble
 * @woken: power state of the card before it was woken; empty: it was awake
 * @why: with a trouble: the kernel's error, as a part of a sentence
 */
struct rom_reading {
	enum rom_source source;
	struct pci_id id;
	enum rom_trouble trouble;
	unsigned char *bytes;
	size_t size;
	char woken[16];
	char why[FAULT_TEXT_MAX];
};

/**
 * rom_read_file() - read a ROM file; the path is that of the caller
 * @ret_reading: written on success only; give it to rom_reading_done()
 *
 * Return: 0 or -errno (-EFBIG: longer than any ROM)
 */
int rom_read_file(const char *file, struct rom_reading *ret_reading, struct fault *fault);

/**
 * rom_read_card() - read the ROM of a function: its ROM BAR, else its image in VFCT
 * @ret_reading: written on success only, a trouble included; give it to
 *	rom_reading_done()
 *
 * A sleeping card is woken by power/control, which is restored afterwards, even when this
 * program is ended by a signal or killed. Below another root nothing is written.
 *
 * Return: 0 or -errno (-ENODEV: no such function; -EACCES: needs root)
 */
int rom_read_card(const struct sysroot *root, const struct pci_address *address,
		  struct rom_reading *ret_reading, struct fault *fault);

/** rom_reading_done() - free the bytes */
void rom_reading_done(struct rom_reading *reading);

#endif

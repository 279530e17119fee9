/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ROM_CHECK_H
#define VFIO_EARLY_ROM_CHECK_H

/* What is wrong with an expansion ROM, for a card and for a guest. Pure. */

#include <stdbool.h>

#include "base/address.h"
#include "check/finding.h"
#include "guest/rom.h"
#include "guest/rom_read.h"

/**
 * struct rom_case - a ROM and what it is wanted for
 * @rom: parsed
 * @subject: of the findings: a file, or the address of a function
 * @file: where it is; NULL: it is no file
 * @card: the function that it is to be for; NULL: not known
 * @trimmed: only the images are wanted: what is in front of them does no harm
 * @guest: a guest gets it as it is
 * @companion: it is given to a function beside the display, which needs none
 * @uefi: the guest starts with UEFI
 */
struct rom_case {
	const struct rom *rom;
	const char *subject;
	const char *file;
	const struct pci_id *card;
	bool trimmed;
	bool guest;
	bool companion;
	bool uefi;
};

/** rom_trouble_add() - why a card's ROM could not be read, as a finding */
void rom_trouble_add(struct findings *findings, const char *address,
		     const struct rom_reading *reading);

/**
 * rom_check() - judge it
 *
 * No FINDING_FAIL is added when the images from rom.start to rom.end can be used.
 */
void rom_check(struct findings *findings, const struct rom_case *wanted);

#endif

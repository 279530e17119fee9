/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ROM_CHECK_H
#define VFIO_EARLY_ROM_CHECK_H

/* Faults of an expansion ROM, for a card and for a guest. Pure. */

#include <stdbool.h>

#include "base/address.h"
#include "check/finding.h"
#include "guest/rom.h"
#include "guest/rom_read.h"

/**
 * struct rom_case - a ROM and its intended use
 * @rom: parsed
 * @subject: of the findings: a file, or the address of a function
 * @file: its path; NULL: it is no file
 * @card: id of the function that it is for; NULL: not known
 * @trimmed: only the images are used: bytes before them do no harm
 * @guest: a guest gets the file unchanged
 * @companion: it is for a function besides the display, which needs no ROM
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

/** rom_trouble_add() - add a finding about a card's ROM that could not be read */
void rom_trouble_add(struct findings *findings, const char *address,
		     const struct rom_reading *reading);

/**
 * rom_check() - judge a ROM
 *
 * There is no FINDING_FAIL when the images from rom.start to rom.end can be used.
 */
void rom_check(struct findings *findings, const struct rom_case *wanted);

#endif

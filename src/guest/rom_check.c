// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/rom_check.h"

#include <string.h>

#include "base/text.h"

/* These guests have the host's own kind of processor. */
#define GUEST_PROCESSOR ROM_MACHINE_X86_64

void rom_trouble_add(struct findings *findings, const char *address,
		     const struct rom_reading *reading)
{
	switch (reading->trouble) {
	case ROM_TROUBLE_NONE:
		if (*reading->why)
			findings_add(findings, FINDING_WARN, FINDING_ROM_POWER, address,
				     "%s", reading->why);
		break;
	case ROM_TROUBLE_NO_ROM:
		findings_add(findings, FINDING_FAIL, FINDING_ROM_NONE, address,
			     "there is no ROM to read: %s", reading->why);
		break;
	case ROM_TROUBLE_SHADOW:
		findings_add(
			findings, FINDING_FAIL, FINDING_ROM_SHADOW, address,
			"it is the boot display: only the copy at 0xc0000 can be read, "
			"which the firmware has run and modified, not its ROM");
		break;
	case ROM_TROUBLE_POWER:
		findings_add(findings, FINDING_FAIL, FINDING_ROM_POWER, address,
			     "it is asleep (%s) and did not wake up within 2 s",
			     *reading->woken ? reading->woken : "unknown state");
		break;
	}
}

static void header_judge(struct findings *findings, const struct rom_case *wanted)
{
	const struct rom *rom = wanted->rom;
	struct finding *finding;

	if (!rom->start)
		return;
	finding = findings_add(findings, wanted->trimmed ? FINDING_HINT : FINDING_FAIL,
			       FINDING_ROM_HEADER, wanted->subject,
			       "%zu bytes precede the first image: a container of the "
			       "program that wrote the file, behind which firmware does "
			       "not look",
			       rom->start);
	if (wanted->trimmed)
		finding_advise(finding, "nothing: only the images are written");
	else if (wanted->file)
		finding_advise(finding,
			       "`vfio-early --rom %s NEW` writes only the images",
			       SHELL_WORD(wanted->file));
}

static void id_judge(struct findings *findings, const struct rom_case *wanted)
{
	const struct rom_image *first = rom_first(wanted->rom);
	enum finding_level level = !wanted->guest    ? FINDING_FAIL :
				   wanted->companion ? FINDING_HINT :
						       FINDING_WARN;

	if (!wanted->card || rom_is_for(wanted->rom, wanted->card))
		return;
	if (first)
		findings_add(findings, level, FINDING_ROM_ID, wanted->subject,
			     "the ROM is made for %04x:%04x, but the card is %04x:%04x: "
			     "firmware ignores it",
			     first->vendor, first->device, wanted->card->vendor,
			     wanted->card->device);
	else
		findings_add(
			findings, level, FINDING_ROM_ID, wanted->subject,
			"the ROM has neither a PC nor a UEFI image: firmware ignores "
			"it");
}

static void end_judge(struct findings *findings, const struct rom_case *wanted)
{
	const struct rom *rom = wanted->rom;
	const struct rom_image *last = &rom->images[rom->n_images - 1];

	if (last->cut)
		findings_add(findings, FINDING_FAIL, FINDING_ROM_CUT, wanted->subject,
			     "the image at %zu is truncated: its header gives a greater "
			     "length than there are bytes",
			     last->offset);
	else if (!rom->ended)
		findings_add(
			findings, FINDING_WARN, FINDING_ROM_CUT, wanted->subject,
			"the image at %zu is marked as not the last one, but no other "
			"follows",
			last->offset);
}

static void sums_judge(struct findings *findings, const struct rom_case *wanted)
{
	for (size_t i = 0; i < wanted->rom->n_images; i++) {
		const struct rom_image *image = &wanted->rom->images[i];

		if (image->type == ROM_PC && !image->vendor_part && !image->cut &&
		    !image->sum_right)
			findings_add(
				findings, FINDING_WARN, FINDING_ROM_CHECKSUM,
				wanted->subject,
				"the bytes of the PC image at %zu do not add up to 0: it "
				"was modified, and a PC BIOS does not run it",
				image->offset);
	}
}

static void uefi_judge(struct findings *findings, const struct rom_case *wanted)
{
	if ((wanted->guest && (!wanted->uefi || wanted->companion)) ||
	    rom_uefi(wanted->rom, GUEST_PROCESSOR))
		return;
	findings_add(findings, wanted->guest ? FINDING_WARN : FINDING_HINT,
		     FINDING_ROM_UEFI, wanted->subject,
		     "no UEFI image for x86-64: in a UEFI guest the screen stays dark "
		     "until the guest's driver starts the card");
}

/* Of a card: it has just been woken up and read. */
static void erased_add(struct findings *findings, const struct rom_case *wanted)
{
	struct finding *finding =
		findings_add(findings, FINDING_FAIL, FINDING_ROM_ERASED, wanted->subject,
			     "every byte is %02x: nothing was read, or the ROM is erased",
			     wanted->rom->fill);

	if (finding && !wanted->file)
		finding_advise(finding, "turn the machine off and on, and try again; if "
					"the result is the same, the card's ROM is "
					"empty");
}

/* There is no image: one finding is enough, whatever the cause. */
static bool empty_judge(struct findings *findings, const struct rom_case *wanted)
{
	const struct rom *rom = wanted->rom;

	if (rom->erased && rom->size)
		erased_add(findings, wanted);
	else if (!rom->n_images)
		findings_add(findings, FINDING_FAIL, FINDING_ROM_NONE, wanted->subject,
			     "there is no image in it: no header (55 aa) leads to a PCI "
			     "data structure");
	return !rom->n_images;
}

void rom_check(struct findings *findings, const struct rom_case *wanted)
{
	if (empty_judge(findings, wanted))
		return;
	header_judge(findings, wanted);
	id_judge(findings, wanted);
	end_judge(findings, wanted);
	sums_judge(findings, wanted);
	uefi_judge(findings, wanted);
}

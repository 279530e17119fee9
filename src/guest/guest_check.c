// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_check.h"

#include "base/array.h"
#include "guest/guest_card_check.h"
#include "guest/guest_cpu_check.h"
#include "guest/guest_machine_check.h"
#include "guest/guest_memory_check.h"
#include "guest/guest_pin_check.h"
#include "guest/guest_rom_check.h"
#include "guest/guest_screen_check.h"
#include "guest/guest_start_check.h"

static void (*const sources[])(struct fit *fit) = {
	guest_card_check, guest_rom_check,    guest_machine_check, guest_cpu_check,
	guest_pin_check,  guest_memory_check, guest_screen_check,  guest_start_check,
};

void guest_check(struct fit *fit)
{
	fit_cards(fit);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		sources[i](fit);
}

enum status guest_exit_of(const struct findings *findings)
{
	if (findings->levels[FINDING_FAIL])
		return STATUS_BAD;
	return findings->levels[FINDING_WARN] || findings->levels[FINDING_UNKNOWN] ?
		       STATUS_SHORT :
		       STATUS_GOOD;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper-dice.h"

uint64_t dice_seed = 1;

unsigned int dice(unsigned int sides)
{
	dice_seed ^= dice_seed >> 12;
	dice_seed ^= dice_seed << 25;
	dice_seed ^= dice_seed >> 27;
	return (unsigned int)(dice_seed * UINT64_C(2685821657736338717) >> 33) % sides;
}

bool one_in(unsigned int n)
{
	return !dice(n);
}

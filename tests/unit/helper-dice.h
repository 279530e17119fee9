/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELPER_DICE_H
#define HELPER_DICE_H

/* Chance that is the same on every machine. */

#include <stdbool.h>
#include <stdint.h>

/* Not 0; the same one gives the same row of throws. */
extern uint64_t dice_seed;

/** dice() - a number below @sides; xorshift64* (Vigna) */
unsigned int dice(unsigned int sides);

/** one_in() - true once in @n throws */
bool one_in(unsigned int n);

#endif

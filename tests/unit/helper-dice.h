/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELPER_DICE_H
#define HELPER_DICE_H

/* Random numbers that are the same on every machine. */

#include <stdbool.h>
#include <stdint.h>

/* Seed, not 0; the same seed gives the same numbers. */
extern uint64_t dice_seed;

/** dice() - a number below @sides; xorshift64* (Vigna) */
unsigned int dice(unsigned int sides);

/** one_in() - true once in @n throws */
bool one_in(unsigned int n);

#endif

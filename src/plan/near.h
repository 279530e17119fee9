/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEAR_H
#define VFIO_EARLY_NEAR_H

/*
 * The functions that matter for the targets. Each read of sysfs delays the boot, and a
 * large machine has thousands of functions that no rule asks about.
 */

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"
#include "model/host.h"
#include "model/record.h"
#include "plan/plan.h"

/**
 * struct near - facts to read about each function; same indices as host.functions
 * @places: functions that the image's record names
 * @n_places: number of @places
 * @want: bits of enum host_want
 * @asked: bits that were wanted before: they were read, or cannot be read
 */
struct near {
	const struct record_place *places;
	size_t n_places;
	uint8_t *want;
	uint8_t *asked;
};

/**
 * near_begin() - before the first call of near_find()
 * @memory: two bytes for each function, as long as @near is used
 */
void near_begin(struct near *near, uint8_t *memory, const struct host *host,
		const struct record_place *places, size_t n_places);

/** near_forget() - functions have other indices now: what was asked is asked again */
void near_forget(struct near *near, const struct host *host);

/**
 * near_find() - find the facts to read next
 * @host: facts so far; at first all functions are far
 * @plan: plan from @host; NULL: there is none yet
 * @near: want is filled
 *
 * The caller reads these facts and calls again, until nothing is wanted: each round leads
 * further, from a slot to its groups, from a group to its members.
 *
 * Return: false when nothing more is wanted: a plan from these facts is the same as from
 * all facts
 */
bool near_find(const struct config *config, const struct host *host,
	       const struct plan *plan, struct near *near);

#endif

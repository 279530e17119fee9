/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEAR_H
#define VFIO_EARLY_NEAR_H

/*
 * Which functions matter for these targets. A boot waits for each read of sysfs, and a
 * large machine has thousands of functions that no rule would ever ask about.
 */

#include <stdbool.h>
#include <stdint.h>

#include "model/config.h"
#include "model/host.h"
#include "model/record.h"
#include "plan/plan.h"

/**
 * struct near - what is to be read of each function; same indices as host.functions
 * @places: functions that the image's record names
 * @n_places: how many
 * @want: bits of enum host_want
 * @asked: what was wanted before: it was read, or cannot be
 */
struct near {
	const struct record_place *places;
	size_t n_places;
	uint8_t want[HOST_FUNCTIONS_MAX];
	uint8_t asked[HOST_FUNCTIONS_MAX];
};

/**
 * near_find() - what is to be read next
 * @host: what is known by now; at first all functions are far
 * @plan: built from it; NULL: before there is one
 * @near: but for the record's places zeroed before the first call; want is filled
 *
 * Call it, read, and call it again, until nothing is wanted: what was read leads further,
 * from a slot to its groups, from a group to its members.
 *
 * Return: false when nothing is wanted any more: a plan from what is known is that from
 * all that could be read
 */
bool near_find(const struct config *config, const struct host *host,
	       const struct plan *plan, struct near *near);

#endif

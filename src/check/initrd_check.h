/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_CHECK_H
#define VFIO_EARLY_INITRD_CHECK_H

/* What the images that can boot will do at the next boot. */

#include <assert.h>
#include <stdint.h>

#include "check/finding.h"
#include "check/scene.h"
#include "image/images.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * struct initrd_outlook - what a boot of an image decides
 * @subject: its path, as in findings
 * @is_other: its config differs from the one that is checked
 * @reserves: of an image with another config, bit n set: it still reserves all functions
 *	of plan.targets[n]
 * @refuses: bit n set: it refuses plan.targets[n], although no rule refuses that now
 * @takes: bit n set: it would take plan.targets[n], although that is refused now because
 *	of a disk or the network
 */
struct initrd_outlook {
	char subject[FINDING_SUBJECT_MAX];
	bool is_other;
	uint64_t reserves;
	uint64_t refuses;
	uint64_t takes;
};

static_assert(PLAN_TARGETS_MAX <= 64, "a target has no bit");

/**
 * struct initrd_outlooks - all of them
 * @list: the images
 * @count: of @list
 * @careful: bit n set: no rule refuses plan.targets[n] now, but a boot without a record
 *	of the host would
 */
struct initrd_outlooks {
	struct initrd_outlook list[INITRD_LIST_MAX];
	size_t count;
	uint64_t careful;
};

/**
 * initrd_wish() - list what to look for in the images
 * @wish: zeroed, or @wish.given is set; filled
 */
void initrd_wish(const struct host *host, const struct plan *plan,
		 struct images_wish *wish);

#endif

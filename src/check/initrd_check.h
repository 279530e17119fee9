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
 * struct initrd_outlook - an image whose config is not the one that is checked
 * @subject: its path, as in findings
 * @reserves: bit n set: it reserves all functions of plan.targets[n] all the same
 */
struct initrd_outlook {
	char subject[FINDING_SUBJECT_MAX];
	uint64_t reserves;
};

static_assert(PLAN_TARGETS_MAX <= 64, "a target has no bit");

/**
 * struct initrd_outlooks - all of them
 * @list: the images
 * @count: of @list
 */
struct initrd_outlooks {
	struct initrd_outlook list[INITRD_LIST_MAX];
	size_t count;
};

/**
 * initrd_wish() - what has to be looked for in the images
 * @wish: zeroed, or @wish.given is set; filled
 */
void initrd_wish(const struct host *host, const struct plan *plan,
		 struct images_wish *wish);

#endif

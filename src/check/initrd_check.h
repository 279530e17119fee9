/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_CHECK_H
#define VFIO_EARLY_INITRD_CHECK_H

/* Finds and opens the initramfs images that can boot, and has them judged. */

#include <assert.h>
#include <stdint.h>

#include "base/sysroot.h"
#include "check/finding.h"
#include "image/initrd_list.h"
#include "model/config.h"
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
 * initrd_check() - what will the images do at the next boot?
 * @root: the machine
 * @given: --config FILE, in place of the files in /etc; NULL: none
 * @config: what is wanted, the kernel command line included
 * @host: the machine
 * @plan: for it
 * @findings: added; their subjects are paths of images. What boots unless somebody
 *	chooses something else is that of the newest kernel, that of the running one, and
 *	those that are not called after a kernel: only these give FINDING_FAIL. The
 *	FINDING_IMAGE of all others is a FINDING_HINT: they decide nothing.
 * @outlooks: zeroed; filled
 */
void initrd_check(const struct sysroot *root, const char *given,
		  const struct config *config, const struct host *host,
		  const struct plan *plan, struct findings *findings,
		  struct initrd_outlooks *outlooks);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_H
#define VFIO_EARLY_CAPTURE_H

/*
 * The machine as the program sees it: exactly the files that it reads, without what names
 * the machine or its owner. Unpacked, it is a --sysroot with the same plan.
 */

#include <jansson.h>

#include "base/sysroot.h"
#include "capture/scrub.h"
#include "capture/tarball.h"
#include "model/host.h"
#include "survey/kernel_log.h"

/**
 * struct capture - a machine that is being captured
 * @root: where it is
 * @host: what was found there
 * @tarball: the files
 * @scrub: what was replaced in them
 */
struct capture {
	const struct sysroot *root;
	const struct host *host;
	struct tarball tarball;
	struct scrub scrub;
};

/**
 * capture_machine() - take all files
 * @capture: root and host are set, the rest is zeroed; give the tarball to tarball_done()
 * @config: --config FILE, taken in the place of the usual one; NULL: none
 * @messages: what the kernel said, as it was read; becomes dev/kmsg; NULL: nothing
 */
void capture_machine(struct capture *capture, const char *config,
		     const struct messages *messages);

/**
 * capture_to_json() - what was taken and replaced, as an object
 * @capture: done; its count is used, not its entries
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *capture_to_json(const struct capture *capture, const char *file);

#endif

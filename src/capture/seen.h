/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SEEN_H
#define VFIO_EARLY_SEEN_H

/* The paths that a mode has looked at, which a capture of it has to contain. */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"

/**
 * struct seen_path - one of them
 * @path: below the root
 * @deed: how it was looked at
 */
struct seen_path {
	char *path;
	enum sysroot_deed deed;
};

/**
 * struct seen - all of them; zeroed at the start
 * @list: after seen_end() in byte order, each deed once
 * @count: how many
 * @failed: there was no memory for one of them
 */
struct seen {
	struct seen_path *list;
	size_t count;
	size_t room;
	bool failed;
};

/** seen_begin() - from now on all looks below a root are noted; one @seen at a time */
void seen_begin(struct seen *seen, const struct sysroot *root);

/** seen_end() - stop noting, and sort the list */
void seen_end(struct seen *seen);

/** seen_done() - let go of the list */
void seen_done(struct seen *seen);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARBALL_H
#define VFIO_EARLY_TARBALL_H

/* A tree of files in memory, and writing it as an archive: libarchive. */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/fault.h"

/**
 * enum tarball_kind - what an entry is
 */
enum tarball_kind { TARBALL_FILE, TARBALL_LINK, TARBALL_DIR };

#define TARBALL_OPEN 0666 /* the permissions of a file that all may use */

/**
 * struct tarball - entries by their paths
 * @root: of tsearch(3)
 * @count: how many entries
 * @failed: there was no memory for one of them
 */
struct tarball {
	void *root;
	size_t count;
	bool failed;
};

/**
 * tarball_add() - add an entry
 * @tree: zeroed at the start
 * @path: relative; what is there already stays as it is
 * @data: of a file its bytes, of a link its target
 */
void tarball_add(struct tarball *tree, enum tarball_kind kind, const char *path,
		 const void *data, size_t length);

/** tarball_has() - is there such an entry? */
bool tarball_has(const struct tarball *tree, const char *path);

/**
 * tarball_set() - more about an entry that is there
 * @mode: permissions; 0: the usual ones
 * @time: when it was changed, in seconds; 0: not said
 */
void tarball_set(struct tarball *tree, const char *path, unsigned int mode, time_t time);

/**
 * tarball_write() - write the tree to a new file, readable by its owner only
 * @tree: gives the same bytes each time: sorted by path, without times and owners
 * @file: ends in .tar, .tar.gz, .tar.xz or .tar.zst; one that exists is not replaced
 *	(-EEXIST)
 *
 * Return: 0 or -errno; nothing is left behind then
 */
int tarball_write(const struct tarball *tree, const char *file, struct fault *fault);

/** tarball_done() - let go of all entries; their count stays */
void tarball_done(struct tarball *tree);

#endif

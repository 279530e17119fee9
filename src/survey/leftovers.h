/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LEFTOVERS_H
#define VFIO_EARLY_LEFTOVERS_H

/* Lines of files in which other recipes for the same purpose leave something. */

#include <stdbool.h>
#include <stddef.h>

#include "base/lines.h"
#include "base/sysroot.h"

#define LEFTOVERS_MAX 4096
#define LEFTOVERS_BYTES_MAX (1u << 20)

/** enum leftover_kind - how a line is to be read */
enum leftover_kind {
	LEFTOVER_MODPROBE,
	LEFTOVER_MODULES,
	LEFTOVER_DRACUT,
	LEFTOVER_MKINITCPIO,
	LEFTOVER_SCRIPT,
	LEFTOVER_RULE,
	LEFTOVER_DRIVERCTL,
	LEFTOVER_KINDS
};

/**
 * struct leftovers - the lines, file by file
 * @lines: of scripts and rules only those with a word that says what they do
 * @kinds: of each line
 * @count: of both
 * @more: there are more
 * @pool: their texts and paths
 * @used: bytes of @pool
 */
struct leftovers {
	struct line lines[LEFTOVERS_MAX];
	enum leftover_kind kinds[LEFTOVERS_MAX];
	size_t count;
	bool more;
	char pool[LEFTOVERS_BYTES_MAX];
	size_t used;
};

/** leftovers_read() - collect them; @leftovers is zeroed, and must not be copied then */
void leftovers_read(const struct sysroot *root, struct leftovers *leftovers);

#endif

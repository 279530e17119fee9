// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/snapshot_root.h"

#include <string.h>

#include "base/lines.h"

/* 36 35 98:0 /root / OPTIONS ...; a later mount covers the earlier one */
static void root_take(const struct line *line, void *context)
{
	char words[6][LINES_WORD_MAX];
	bool *fixed = context;

	if (lines_words(line->text, words, 6) == 6 && !strcmp(words[4], "/"))
		*fixed = !strncmp(words[5], "ro", 2) &&
			 (!words[5][2] || words[5][2] == ',');
}

bool snapshot_root_is(const struct sysroot *root)
{
	bool fixed = false;

	if (!sysroot_exists(root->fd, "usr/sbin/transactional-update") &&
	    !sysroot_exists(root->fd, "usr/bin/transactional-update"))
		return false;
	(void)lines_read(root, "proc/self/mountinfo", root_take, &fixed);
	return fixed;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEXT_LINE_H
#define VFIO_EARLY_NEXT_LINE_H

/*
 * The words vfio_early.* of the next boot. Where the line of the entry that boots next
 * can be read, its words count, whatever is on the line of this boot.
 */

#include <stdbool.h>

#include "base/sysroot.h"
#include "image/boot_menu.h"
#include "model/cmdline.h"
#include "model/config.h"
#include "survey/bootloader.h"

#define NEXT_LINE_TARGET_TEXT 64

/**
 * struct next_line - these words; large: allocate it
 * @words: of the next boot; unless @known with those of this boot that it may have, too
 * @known: the line of the next boot could be read
 * @whole: that line
 * @now: what the line of this boot sets
 * @next: what the line of the next boot sets, as far as it could be read
 * @kept: of targets in @now, by index: their words in the boot loader's files
 * @written: of any target; read only if @next has none
 */
struct next_line {
	char words[CMDLINE_MAX];
	bool known;
	char whole[BOOT_LINE_MAX];
	struct config now;
	struct config next;
	struct bootloader_kept kept[CONFIG_TARGETS_MAX];
	struct bootloader_kept written;
};

/** next_line_read() - find them; @cmdline is that of the running kernel */
void next_line_read(const struct sysroot *root, const char *cmdline,
		    struct next_line *line);

/** next_line_same() - do two targets of a command line name the same? Pure. */
bool next_line_same(const struct config_target *a, const struct config_target *b);

/** next_line_has() - is a target of a command line in @config, too? Pure. */
bool next_line_has(const struct config *config, const struct config_target *target);

/** next_line_word() - write the word for a target of a command line. Pure. */
void next_line_word(const struct config_target *target,
		    char text[static NEXT_LINE_TARGET_TEXT]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SHELL_H
#define VFIO_EARLY_SHELL_H

/*
 * Assignments of files that a shell sources: /etc/default/grub, presets of mkinitcpio.
 * Quotes, $NAME and ${NAME}, += and arrays in parentheses are understood; commands and
 * conditions are not: their assignments count as if they were always made.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"

#define SHELL_VARIABLES_MAX 64
#define SHELL_NAME_MAX 64
#define SHELL_VALUE_MAX 2048
#define SHELL_FILE_MAX 160

/**
 * struct shell_variable - one that was assigned
 * @name: "GRUB_CMDLINE_LINUX", "KERNEL_CMDLINE[default]"
 * @value: without quotes; the words of an array stand in it as in the file
 * @file: that assigned it last, below the root
 * @line: in it
 */
struct shell_variable {
	char name[SHELL_NAME_MAX];
	char value[SHELL_VALUE_MAX];
	char file[SHELL_FILE_MAX];
	unsigned int line;
};

/** struct shell - all of them; large: allocate it, zeroed */
struct shell {
	struct shell_variable list[SHELL_VARIABLES_MAX];
	size_t count;
};

/** shell_parse() - take the assignments of a text; @file is for shell_variable.file */
void shell_parse(struct shell *shell, const char *text, const char *file);

/**
 * shell_read() - take those of a file
 *
 * Return: 0 or -errno
 */
int shell_read(struct shell *shell, const struct sysroot *root, const char *path);

/** shell_get() - a variable; NULL: it was not assigned */
const struct shell_variable *shell_get(const struct shell *shell, const char *name);

#endif

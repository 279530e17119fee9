// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/block.h"

#include <stdio.h>

void block_path(const char *name, char text[static BLOCK_PATH_MAX])
{
	(void)snprintf(text, BLOCK_PATH_MAX, "/dev/%s", name);
	for (char *c = text; *c; c++)
		if (*c == '!')
			*c = '/';
}

bool block_mapped(const struct sysroot *root, const char *name,
		  char text[static BLOCK_PATH_MAX])
{
	char path[BLOCK_PATH_MAX], mapped[BLOCK_NAME_MAX];

	*text = '\0';
	(void)snprintf(path, sizeof(path), BLOCK "/%.256s/dm/name", name);
	if (sysroot_read(root->fd, path, mapped, sizeof(mapped)) <= 0)
		return false;
	(void)snprintf(text, BLOCK_PATH_MAX, "/dev/mapper/%s", mapped);
	return true;
}

bool block_number(const struct sysroot *root, const char *name,
		  char number[static BLOCK_NUMBER_MAX])
{
	char path[BLOCK_PATH_MAX];

	(void)snprintf(path, sizeof(path), BLOCK "/%.256s/dev", name);
	if (sysroot_read(root->fd, path, number, BLOCK_NUMBER_MAX) > 0)
		return true;
	*number = '\0';
	return false;
}

bool block_notes(const struct sysroot *root, const char *name,
		 char path[static BLOCK_PATH_MAX])
{
	char number[BLOCK_NUMBER_MAX];

	if (!block_number(root, name, number))
		return false;
	(void)snprintf(path, BLOCK_PATH_MAX, "run/udev/data/b%s", number);
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/ostree_origin.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/lines.h"

#define DEPLOY "ostree/deploy"
#define ENABLE "rpm-ostree initramfs --enable"

/* ---- the origin of the newest deployment: the one that the command starts from ---- */

struct newest {
	char path[SYSROOT_PATH_MAX];
	time_t time;
};

static void newest_look(const struct sysroot *root, const char *directory,
			struct newest *newest)
{
	cleanup_listing struct listing *list = NULL;
	char path[SYSROOT_PATH_MAX];
	struct stat status;
	const char *name;

	if (sysroot_list_noted(root, directory, &list) < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		const char *suffix = strrchr(name, '.');

		if (!suffix || strcmp(suffix, ".origin") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%.150s/%.100s", directory, name);
		sysroot_seen(root->fd, path, SYSROOT_LOOKS);
		if (fstatat(root->fd, path, &status, 0) < 0 ||
		    (*newest->path && status.st_mtime < newest->time))
			continue;
		memcpy(newest->path, path, sizeof(path));
		newest->time = status.st_mtime;
	}
}

static void newest_find(const struct sysroot *root, struct newest *newest)
{
	cleanup_listing struct listing *list = NULL;
	char path[SYSROOT_PATH_MAX];
	const char *name;

	if (sysroot_list_noted(root, DEPLOY, &list) < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		(void)snprintf(path, sizeof(path), DEPLOY "/%.100s/deploy", name);
		newest_look(root, path, newest);
	}
}

/* ---- what it says ---- */

struct origin {
	bool enabled;
	char args[GENERATOR_TEXT_MAX];
};

/* `regenerate-initramfs=true`, `initramfs-args=-I;/etc/a;` */
static void origin_take(const struct line *line, void *context)
{
	static const char enabled[] = "regenerate-initramfs=true",
			  args[] = "initramfs-args=";
	struct origin *origin = context;

	if (!strncmp(line->text, enabled, sizeof(enabled) - 1))
		origin->enabled = true;
	else if (!strncmp(line->text, args, sizeof(args) - 1))
		(void)snprintf(origin->args, sizeof(origin->args), "%s",
			       line->text + sizeof(args) - 1);
}

void ostree_origin_rebuild(const struct sysroot *root,
			   char command[static GENERATOR_TEXT_MAX])
{
	struct newest newest = { .time = 0 };
	struct origin origin = { .enabled = false };
	const char *cursor = origin.args;
	char word[LINES_WORD_MAX];
	size_t used;

	newest_find(root, &newest);
	if (*newest.path)
		(void)lines_read(root, newest.path, origin_take, &origin);
	used = (size_t)snprintf(command, GENERATOR_TEXT_MAX, ENABLE);
	if (!origin.enabled)
		return;
	/* dracut is called with it anyway */
	if (!*origin.args)
		(void)snprintf(origin.args, sizeof(origin.args), "--force");
	while (used < GENERATOR_TEXT_MAX && lines_word(&cursor, ";\r", word))
		used += (size_t)snprintf(command + used, GENERATOR_TEXT_MAX - used,
					 " --arg=%s", word);
}

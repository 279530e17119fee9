// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/disk_use.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/lines.h"
#include "model/host.h"
#include "read/block.h"
#include "read/probe.h"

#define DEPTH_MAX 8
#define PATH_MAX_HERE (SYSROOT_PATH_MAX * 2)
#define ENTRY_MAX 256

/* One look at the disks */
struct look {
	const struct sysroot *root;
	struct disk_uses *uses;
	struct probe *probe;
};

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* What udev noted of a device: lines `E:ID_FS_UUID=...` */
static void note_take(const struct line *line, void *context)
{
	struct disk_use *use = context;

	if (starts_with(line->text, "E:ID_FS_UUID="))
		(void)snprintf(use->uuid, sizeof(use->uuid), "%s",
			       strchr(line->text, '=') + 1);
	else if (starts_with(line->text, "E:ID_FS_TYPE="))
		(void)snprintf(use->type, sizeof(use->type), "%s",
			       strchr(line->text, '=') + 1);
}

/* Where the disk may not be read, udev's notes remain. */
static void disk_probe(struct probe *probe, struct disk_use *use)
{
	char text[PROBE_TEXT_MAX];
	enum fact has = probe_value(probe, use->name, "UUID", text);

	if (has == FACT_YES)
		(void)snprintf(use->uuid, sizeof(use->uuid), "%.63s", text);
	if (has != FACT_UNKNOWN &&
	    probe_value(probe, use->name, "TYPE", text) == FACT_YES)
		(void)snprintf(use->type, sizeof(use->type), "%.63s", text);
}

/* The link of udev whose target has the device's name */
static void link_find(const struct sysroot *root, const char *name, struct disk_use *use)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list_noted(root, "dev/disk/by-uuid", &list) < 0)
		return;
	while (!*use->uuid && (entry = sysroot_list_next(list))) {
		char target[ENTRY_MAX];

		if (!sysroot_link_name(list->fd, entry, target, sizeof(target)) &&
		    !strcmp(target, name))
			(void)snprintf(use->uuid, sizeof(use->uuid), "%s", entry);
	}
}

struct place {
	const char *number; /* MAJOR:MINOR */
	const char *name; /* /dev/... */
	const char *mapped; /* /dev/mapper/... */
	char *text;
};

/* proc_pid_mountinfo(5): 3rd word the number, 5th the place, source behind " - " */
static void mount_take(const struct line *line, void *context)
{
	struct place *place = context;
	char word[LINES_WORD_MAX], number[LINES_WORD_MAX] = "",
				   where[LINES_WORD_MAX] = "";
	const char *cursor = line->text, *source = strstr(line->text, " - ");
	bool same;

	for (unsigned int i = 1; i <= 5 && lines_word(&cursor, " ", word); i++)
		if (i == 3)
			(void)snprintf(number, sizeof(number), "%s", word);
		else if (i == 5)
			(void)snprintf(where, sizeof(where), "%s", word);
	same = !strcmp(number, place->number);
	/* btrfs has a number of its own */
	if (source) {
		cursor = source + 3;
		(void)lines_word(&cursor, " ", word);
		(void)lines_word(&cursor, " ", word);
		same = same || !strcmp(word, place->name) ||
		       (*place->mapped && !strcmp(word, place->mapped));
	}
	if (same && (!*place->text || !strcmp(where, "/")))
		(void)snprintf(place->text, DISK_PLACE_MAX, "%.90s", where);
}

static void swap_take(const struct line *line, void *context)
{
	struct place *place = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX];

	if (lines_word(&cursor, " \t", word) &&
	    (!strcmp(word, place->name) ||
	     (*place->mapped && !strcmp(word, place->mapped))))
		(void)snprintf(place->text, DISK_PLACE_MAX, "swap");
}

static void place_find(const struct look *look, const char *name, struct disk_use *use)
{
	char mapped[BLOCK_PATH_MAX], number[BLOCK_NUMBER_MAX];
	struct place place = { number, use->name, mapped, use->place };

	(void)block_number(look->root, name, number);
	(void)block_mapped(look->root, name, mapped);
	(void)lines_read(look->root, "proc/self/mountinfo", mount_take, &place);
	(void)lines_read(look->root, "proc/swaps", swap_take, &place);
}

static void use_add(const struct look *look, const char *name, size_t function)
{
	struct disk_uses *uses = look->uses;
	struct disk_use *use;
	char path[BLOCK_PATH_MAX];

	if (uses->count == DISK_USES_MAX) {
		uses->more = true;
		return;
	}
	use = &uses->list[uses->count++];
	*use = (struct disk_use){ .function = function };
	block_path(name, path);
	(void)snprintf(use->name, sizeof(use->name), "%.63s", path);
	if (block_notes(look->root, name, path))
		(void)lines_read(look->root, path, note_take, use);
	if (look->root->live)
		disk_probe(look->probe, use);
	if (!*use->uuid)
		link_find(look->root, name, use);
	place_find(look, name, use);
}

/* A device and all that is built upon it */
static void stack_add(const struct look *look, const char *name, size_t function,
		      unsigned int depth)
{
	cleanup_listing struct listing *list = NULL;
	char path[PATH_MAX_HERE];
	const char *entry;

	use_add(look, name, function);
	(void)snprintf(path, sizeof(path), BLOCK "/%s/holders", name);
	if (depth == DEPTH_MAX || sysroot_list_noted(look->root, path, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list)))
		stack_add(look, entry, function, depth + 1);
}

void disk_uses_read(const struct sysroot *root, const struct host *host,
		    bool (*wanted)(size_t function, const void *context),
		    const void *context, struct disk_uses *uses)
{
	struct probe probe = { .left = PROBE_ALL_MS };
	const struct look look = { root, uses, &probe };
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	memset(uses, 0, sizeof(*uses));
	uses->known = host->disks_known == FACT_YES;
	if (sysroot_list_noted(root, BLOCK, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		char link[PATH_MAX_HERE];
		size_t function;

		if (!sysroot_link(list->fd, entry, link, sizeof(link)) &&
		    host_of_path(host, link, &function) && wanted(function, context))
			stack_add(&look, entry, function, 0);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/leftovers.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

/* ---- collecting ---- */

/**
 * struct collector - a file, or a directory of files
 * @words: a line is kept when one of them is in it; NULL: each is
 * @n_words: of @words
 */
struct collector {
	struct leftovers *leftovers;
	enum leftover_kind kind;
	const char *const *words;
	size_t n_words;
};

static bool is_kept(const struct collector *collector, const char *text)
{
	for (size_t i = 0; i < collector->n_words; i++)
		if (strstr(text, collector->words[i]))
			return true;
	return !collector->words;
}

/* A copy; NULL: there is no more room */
static const char *pool_add(struct leftovers *leftovers, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = leftovers->pool + leftovers->used;

	if (size > sizeof(leftovers->pool) - leftovers->used)
		return NULL;
	memcpy(copy, text, size);
	leftovers->used += size;
	return copy;
}

/* Lines of one file share its path. */
static const char *path_add(struct leftovers *leftovers, const char *path)
{
	const char *last =
		leftovers->count ? leftovers->lines[leftovers->count - 1].path : "";

	return !strcmp(last, path) ? last : pool_add(leftovers, path);
}

static void line_take(const struct line *line, void *context)
{
	const struct collector *collector = context;
	struct leftovers *leftovers = collector->leftovers;
	struct line *copy = &leftovers->lines[leftovers->count];

	if (!is_kept(collector, line->text))
		return;
	if (leftovers->count == LEFTOVERS_MAX) {
		leftovers->more = true;
		return;
	}
	*copy = (struct line){ .path = path_add(leftovers, line->path),
			       .number = line->number,
			       .text = pool_add(leftovers, line->text) };
	if (!copy->path || !copy->text) {
		leftovers->more = true;
		return;
	}
	leftovers->kinds[leftovers->count++] = collector->kind;
}

/* ---- where they are ---- */

static const char *const script_words[] = { "driver_override",	     "new_id",
					    "drivers/vfio-pci/bind", "driver/unbind",
					    "drivers_probe",	     "vfio-pci.ids" };
static const char *const rule_words[] = { "driver_override", "/unbind", "/bind",
					  "modprobe" };

/**
 * struct source - files of one kind
 * @path: of a directory, or with @suffix NULL of a file
 * @suffix: of the files that count
 */
struct source {
	const char *path;
	const char *suffix;
	enum leftover_kind kind;
};

static const struct source sources[] = {
	{ "etc/modules", NULL, LEFTOVER_MODULES },
	{ "etc/modules-load.d", ".conf", LEFTOVER_MODULES },
	{ "etc/initramfs-tools/modules", NULL, LEFTOVER_MODULES },
	{ "etc/dracut.conf", NULL, LEFTOVER_DRACUT },
	{ "etc/dracut.conf.d", ".conf", LEFTOVER_DRACUT },
	{ "etc/mkinitcpio.conf", NULL, LEFTOVER_MKINITCPIO },
	{ "etc/mkinitcpio.conf.d", ".conf", LEFTOVER_MKINITCPIO },
	{ "etc/initramfs-tools/scripts/init-top", "", LEFTOVER_SCRIPT },
	{ "etc/initramfs-tools/scripts/init-premount", "", LEFTOVER_SCRIPT },
	{ "usr/share/initramfs-tools/scripts/init-top", "", LEFTOVER_SCRIPT },
	{ "etc/initcpio/hooks", "", LEFTOVER_SCRIPT },
	{ "usr/lib/initcpio/hooks", "", LEFTOVER_SCRIPT },
	{ "etc/systemd/system", ".service", LEFTOVER_SCRIPT },
	{ "usr/local/bin", ".sh", LEFTOVER_SCRIPT },
	{ "usr/local/sbin", ".sh", LEFTOVER_SCRIPT },
	{ "etc/rc.local", NULL, LEFTOVER_SCRIPT },
	{ "etc/udev/rules.d", ".rules", LEFTOVER_RULE },
	{ "usr/lib/udev/rules.d", ".rules", LEFTOVER_RULE },
	{ "etc/driverctl.d", "", LEFTOVER_DRIVERCTL },
	{ "etc/modprobe.d", ".conf", LEFTOVER_MODPROBE },
	{ "run/modprobe.d", ".conf", LEFTOVER_MODPROBE },
};

static struct collector collector_of(struct leftovers *leftovers, enum leftover_kind kind)
{
	struct collector collector = { .leftovers = leftovers, .kind = kind };

	if (kind == LEFTOVER_SCRIPT) {
		collector.words = script_words;
		collector.n_words = ARRAY_SIZE(script_words);
	} else if (kind == LEFTOVER_RULE) {
		collector.words = rule_words;
		collector.n_words = ARRAY_SIZE(rule_words);
	}
	return collector;
}

/* A dracut module is a directory of its own. */
static void dracut_modules_read(const struct sysroot *root, struct leftovers *leftovers)
{
	static const char directory[] = "usr/lib/dracut/modules.d";
	struct collector collector = collector_of(leftovers, LEFTOVER_SCRIPT);
	cleanup_closedir DIR *list = NULL;
	const char *entry;

	if (sysroot_list(root->fd, directory, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		char path[SYSROOT_PATH_MAX];

		if (!strstr(entry, "vfio") || strstr(entry, "vfio-early"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%.200s", directory, entry);
		(void)lines_read_all(root, path, ".sh", line_take, &collector);
	}
}

void leftovers_read(const struct sysroot *root, struct leftovers *leftovers)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		const struct source *source = &sources[i];
		struct collector collector = collector_of(leftovers, source->kind);

		if (source->kind == LEFTOVER_MODPROBE)
			(void)lines_read_joined(root, source->path, source->suffix,
						line_take, &collector);
		else if (source->suffix)
			(void)lines_read_all(root, source->path, source->suffix,
					     line_take, &collector);
		else
			(void)lines_read(root, source->path, line_take, &collector);
	}
	dracut_modules_read(root, leftovers);
}

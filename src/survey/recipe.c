// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/recipe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/text.h"

#define DIRECTORIES_MAX 48 /* below the hooks of libvirt */

/* Words that a line must have to matter */
static const char *const drivers[] = {
	"vfio",	    "nouveau",	"nvidia",	 "amdgpu", "radeon",	 "i915",
	"xe",	    "fb",	"snd_hda_intel", "xhci",   "i2c_nvidia", "ucsi_ccg",
	"pci-stub", "pci_stub", "snd-hda-intel", NULL
};
static const char *const vfio[] = { "vfio", NULL };
static const char *const deeds[] = {
	"driver_override",  "new_id",	    "/unbind",	"/bind",
	"drivers_probe",    "vfio-pci.ids", "nodedev-", "nodeDevice",
	"modprobe -r vfio", "rmmod vfio",   "/remove",	NULL
};
static const char *const rules[] = { "driver_override", "/unbind",  "/bind",
				     "{remove}",	"modprobe", NULL };
static const char *const all[] = { "", NULL };

/**
 * struct place - where lines are
 * @path: of a file, or of a directory of files
 * @suffix: of the files; NULL: @path is a file
 * @words: a line has to have one of them
 * @masked: a file of the same name in a place above, of the same kind, counts in place of
 *	one here
 */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of a row */
static const struct place {
	const char *path;
	const char *suffix;
	enum recipe_kind kind;
	const char *const *words;
	bool masked;
} places[] = {
	{ "etc/modprobe.d", ".conf", RECIPE_MODPROBE, drivers, false },
	{ "run/modprobe.d", ".conf", RECIPE_MODPROBE, drivers, true },
	{ "usr/local/lib/modprobe.d", ".conf", RECIPE_MODPROBE, drivers, true },
	{ "usr/lib/modprobe.d", ".conf", RECIPE_MODPROBE, vfio, true },
	{ "etc/modules", NULL, RECIPE_MODULES, drivers, false },
	{ "etc/modules-load.d", ".conf", RECIPE_MODULES, drivers, false },
	{ "usr/lib/modules-load.d", ".conf", RECIPE_MODULES, vfio, true },
	{ "etc/initramfs-tools/modules", NULL, RECIPE_MODULES, drivers, false },
	{ "etc/dracut.conf", NULL, RECIPE_DRACUT, drivers, false },
	{ "etc/dracut.conf.d", ".conf", RECIPE_DRACUT, drivers, false },
	{ "etc/mkinitcpio.conf", NULL, RECIPE_MKINITCPIO, drivers, false },
	{ "etc/mkinitcpio.conf.d", ".conf", RECIPE_MKINITCPIO, drivers, false },
	{ "etc/initramfs-tools/scripts/init-top", "", RECIPE_SCRIPT, deeds, false },
	{ "etc/initramfs-tools/scripts/init-premount", "", RECIPE_SCRIPT, deeds, false },
	{ "usr/share/initramfs-tools/scripts/init-top", "", RECIPE_SCRIPT, deeds, true },
	{ "etc/initcpio/hooks", "", RECIPE_SCRIPT, deeds, false },
	{ "usr/lib/initcpio/hooks", "", RECIPE_SCRIPT, deeds, true },
	{ "etc/systemd/system", ".service", RECIPE_SCRIPT, deeds, false },
	{ "usr/local/lib/systemd/system", ".service", RECIPE_SCRIPT, deeds, true },
	{ "usr/lib/systemd/system", ".service", RECIPE_SCRIPT, deeds, true },
	{ "usr/local/bin", ".sh", RECIPE_SCRIPT, deeds, false },
	{ "usr/local/sbin", ".sh", RECIPE_SCRIPT, deeds, false },
	{ "etc/rc.local", NULL, RECIPE_SCRIPT, deeds, false },
	{ "etc/udev/rules.d", ".rules", RECIPE_RULE, rules, false },
	{ "run/udev/rules.d", ".rules", RECIPE_RULE, rules, true },
	{ "usr/local/lib/udev/rules.d", ".rules", RECIPE_RULE, rules, true },
	{ "usr/lib/udev/rules.d", ".rules", RECIPE_RULE, rules, true },
	{ "etc/driverctl.d", "", RECIPE_DRIVERCTL, all, false },
	{ "etc/supergfxd.conf", NULL, RECIPE_SUPERGFX, all, false },
};

/* Where we are */
struct reading {
	const struct sysroot *root;
	const struct place *place;
	struct recipes *recipes;
};

/* A file of the same name in a directory that comes first */
static bool is_masked(const struct reading *reading, const char *path)
{
	const char *name = strrchr(path, '/');
	char other[SYSROOT_PATH_MAX];

	if (!reading->place->masked || !name)
		return false;
	for (const struct place *place = places; place < reading->place; place++) {
		if (place->kind != reading->place->kind || !place->suffix ||
		    strcmp(place->suffix, reading->place->suffix) != 0)
			continue;
		(void)snprintf(other, sizeof(other), "%s%.200s", place->path, name);
		if (sysroot_exists(reading->root->fd, other))
			return true;
	}
	return false;
}

static void recipe_add(struct recipes *recipes, enum recipe_kind kind,
		       const struct line *line)
{
	struct recipe *recipe;

	if (recipes->count == RECIPES_MAX) {
		recipes->more = true;
		return;
	}
	recipe = &recipes->list[recipes->count++];
	recipe->kind = kind;
	recipe->number = line->number;
	(void)snprintf(recipe->path, sizeof(recipe->path), "%s", line->path);
	(void)snprintf(recipe->text, sizeof(recipe->text), "%s", line->text);
}

static bool has_any(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

static void line_take(const struct line *line, void *context)
{
	const struct reading *reading = context;

	if (has_any(line->text, reading->place->words) &&
	    !strstr(line->path, "vfio-early") && !is_masked(reading, line->path))
		recipe_add(reading->recipes, reading->place->kind, line);
}

static void closed_note(struct recipes *recipes, const char *path, int error)
{
	if (error < 0 && !sysroot_is_absent(error) && !*recipes->closed)
		(void)snprintf(recipes->closed, sizeof(recipes->closed), "%s", path);
}

static void place_read(struct reading *reading)
{
	const struct place *place = reading->place;
	bool joined = place->kind == RECIPE_MODPROBE || place->kind == RECIPE_RULE;
	int error;

	if (!place->suffix)
		error = lines_read(reading->root, place->path, line_take, reading);
	else if (joined)
		error = lines_read_joined(reading->root, place->path, place->suffix,
					  line_take, reading);
	else
		error = lines_read_all(reading->root, place->path, place->suffix,
				       line_take, reading);
	closed_note(reading->recipes, place->path, error);
}

/* ---- files of modprobe.d that libkmod leaves out ---- */

static void ignored_take(const struct line *line, void *context)
{
	struct recipes *recipes = context;

	if (has_any(line->text, vfio))
		recipe_add(recipes, RECIPE_IGNORED, line);
}

static void ignored_read(const struct sysroot *root, struct recipes *recipes)
{
	static const char directory[] = "etc/modprobe.d";
	cleanup_listing struct listing *list = NULL;
	const char *name;

	if (sysroot_list_noted(root, directory, &list) < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		char path[SYSROOT_PATH_MAX];

		if (text_ends(name, ".conf"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%.200s", directory, name);
		(void)lines_read(root, path, ignored_take, recipes);
	}
	sysroot_miss(root, directory, -errno);
}

/* ---- trees of scripts ---- */

/* Directories that are still to be looked at */
struct tree {
	char paths[DIRECTORIES_MAX][RECIPE_PATH_MAX];
	size_t count;
};

static void tree_add(struct tree *tree, const char *directory, const char *name)
{
	if (tree->count < DIRECTORIES_MAX &&
	    strlen(directory) + strlen(name) + 2 < RECIPE_PATH_MAX)
		(void)snprintf(tree->paths[tree->count++], RECIPE_PATH_MAX,
			       "%.100s/%.58s", directory, name);
}

static void tree_read(struct reading *reading, const char *top)
{
	struct tree tree = { .count = 0 };

	(void)snprintf(tree.paths[tree.count++], RECIPE_PATH_MAX, "%s", top);
	for (size_t i = 0; i < tree.count; i++) {
		cleanup_listing struct listing *list = NULL;
		const char *name;
		int error = sysroot_list_noted(reading->root, tree.paths[i], &list);

		closed_note(reading->recipes, tree.paths[i], error);
		if (error)
			continue;
		while ((name = sysroot_list_next(list))) {
			char path[RECIPE_PATH_MAX * 2];

			(void)snprintf(path, sizeof(path), "%s/%.150s", tree.paths[i],
				       name);
			if (lines_read(reading->root, path, line_take, reading) ==
			    -EISDIR)
				tree_add(&tree, tree.paths[i], name);
		}
		error = -errno;
		sysroot_miss(reading->root, tree.paths[i], error);
		closed_note(reading->recipes, tree.paths[i], error);
	}
}

/* A module of dracut is a directory of its own. */
static void dracut_modules_read(struct reading *reading)
{
	static const char directory[] = "usr/lib/dracut/modules.d";
	cleanup_listing struct listing *list = NULL;
	const char *name;

	if (sysroot_list_noted(reading->root, directory, &list) < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		char path[SYSROOT_PATH_MAX];

		if (!strstr(name, "vfio") || strstr(name, "vfio-early"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%.200s", directory, name);
		(void)lines_read_all(reading->root, path, ".sh", line_take, reading);
	}
	sysroot_miss(reading->root, directory, -errno);
}

void recipes_read(const struct sysroot *root, struct recipes *recipes)
{
	static const struct place hooks = { "etc/libvirt/hooks", "", RECIPE_HOOK, deeds,
					    false };
	static const struct place modules = { "usr/lib/dracut/modules.d", "",
					      RECIPE_SCRIPT, deeds, false };
	struct reading reading = { .root = root, .recipes = recipes };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		reading.place = &places[i];
		place_read(&reading);
	}
	reading.place = &modules;
	dracut_modules_read(&reading);
	reading.place = &hooks;
	tree_read(&reading, "etc/libvirt/hooks");
	ignored_read(root, recipes);
}

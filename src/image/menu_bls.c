// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries by the Boot Loader Specification, as systemd-boot (src/boot/boot.c) and GRUB's
 * blscfg read them, and unified kernel images, which are entries by themselves.
 */
#include "image/boot_menu.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"
#include "image/pe.h"
#include "image/version.h"

/* ---- one entry ---- */

/* An entry that is being read */
struct reading {
	const struct sysroot *root;
	const char *place;
	struct boot_entry *entry;
};

static void text_copy(char *text, size_t size, const char *from)
{
	size_t length = strlen(from);

	while (length && strchr(" \t\r\"", from[length - 1]))
		length--;
	(void)snprintf(text, size, "%.*s", (int)(length < size ? length : size - 1),
		       from);
}

static void options_add(struct boot_entry *entry, const char *options)
{
	size_t used = strlen(entry->cmdline);

	(void)snprintf(entry->cmdline + used, sizeof(entry->cmdline) - used, "%s%s",
		       used ? " " : "", options);
	entry->has_cmdline = true;
	entry->indirect = entry->indirect || strstr(options, "$kernelopts");
}

static void field_take(const struct line *line, void *context)
{
	struct reading *reading = context;
	struct boot_entry *entry = reading->entry;
	const char *cursor = line->text;
	char key[LINES_WORD_MAX] = "", word[LINES_WORD_MAX];

	(void)lines_word(&cursor, " \t", key);
	cursor += strspn(cursor, " \t");
	if (!strcmp(key, "options"))
		options_add(entry, cursor);
	else if (!strcmp(key, "sort-key"))
		text_copy(entry->sort_key, sizeof(entry->sort_key), cursor);
	else if (!strcmp(key, "version"))
		text_copy(entry->version, sizeof(entry->version), cursor);
	else if (!strcmp(key, "machine-id"))
		text_copy(entry->machine_id, sizeof(entry->machine_id), cursor);
	else if (!strcmp(key, "title"))
		text_copy(entry->title, sizeof(entry->title), cursor);
	else if (!strcmp(key, "initrd") || !strcmp(key, "uki"))
		while (lines_word(&cursor, " \t\r", word))
			boot_entry_file(reading->root, reading->place, word, entry);
}

/* NAME+LEFT[-DONE].conf; the name without the counter is the id. */
static void counter_take(const char *name, struct boot_entry *entry)
{
	const char *dot = strrchr(name, '.'), *plus = strrchr(name, '+');
	const char *dash = plus ? strchr(plus, '-') : NULL;
	uint64_t left, done = 0;

	(void)snprintf(entry->id, sizeof(entry->id), "%s", name);
	if (!plus || !dot || plus > dot)
		return;
	if (dash > dot)
		dash = NULL;
	if (number_parse(plus + 1, (size_t)((dash ? dash : dot) - plus - 1), 10, 99,
			 &left) < 0 ||
	    (dash && number_parse(dash + 1, (size_t)(dot - dash - 1), 10, 99, &done) < 0))
		return;
	entry->tries_left = (int)left;
	entry->tries_done = (int)done;
	(void)snprintf(entry->id, sizeof(entry->id), "%.*s%s", (int)(plus - name), name,
		       dot);
}

/* ---- unified kernel images ---- */

static bool section_read(int fd, const char *name, char *text, size_t size)
{
	struct pe_section section;
	ssize_t length;

	if (pe_find(fd, name, &section) < 0 || section.size >= size)
		return false;
	length = sysroot_pread(fd, text, section.size, section.offset);
	if (length < 0)
		return false;
	text[length] = '\0';
	return true;
}

/* A value of os-release: NAME="value" */
static void release_get(const char *text, const char *name, char *value, size_t size)
{
	size_t length = strlen(name);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		char copy[256];

		line += *line == '\n';
		if (strncmp(line, name, length) != 0 || line[length] != '=')
			continue;
		(void)snprintf(copy, sizeof(copy), "%.*s",
			       (int)strcspn(line + length + 1, "\n"), line + length + 1);
		text_copy(value, size, copy + strspn(copy, "\"'"));
		return;
	}
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), n_end = strlen(end);

	return length >= n_end && !strcasecmp(name + length - n_end, end);
}

static bool has_addon(const struct sysroot *root, const char *directory)
{
	cleanup_listing struct listing *list = NULL;
	const char *name;

	if (sysroot_list(root->fd, directory, &list) < 0)
		return false;
	while ((name = sysroot_list_next(list)))
		if (ends_with(name, ".addon.efi"))
			return true;
	return false;
}

/*
 * The stub makes spaces of line breaks and other control characters (systemd:
 * src/boot/util.c mangle_stub_cmdline()), and appends the lines of addons.
 */
static void stub_line(const struct sysroot *root, const char *place, const char *path,
		      struct boot_entry *entry)
{
	char own[BOOT_PATH_MAX * 2], shared[BOOT_PATH_MAX];

	for (char *at = entry->cmdline; *at; at++)
		if ((unsigned char)*at < ' ' || *at == '\177')
			*at = ' ';
	(void)snprintf(own, sizeof(own), "%.400s.extra.d", path);
	(void)snprintf(shared, sizeof(shared), "%.200s/loader/addons", place);
	entry->indirect = has_addon(root, own) || has_addon(root, shared);
}

static void uki_take(const struct sysroot *root, const char *place, const char *path,
		     const char *name, struct boot_menu *menu)
{
	int fd cleanup_close = sysroot_file_open(root->fd, path);
	struct boot_entry *entry = fd < 0 ? NULL : boot_entry_add(menu);
	char text[8192], elsewhere[BOOT_PATH_MAX];

	if (!entry)
		return;
	counter_take(name, entry);
	(void)snprintf(entry->file, sizeof(entry->file), "%s", path);
	if (pe_elsewhere(fd, elsewhere, sizeof(elsewhere)))
		boot_entry_file(root, place, elsewhere, entry);
	else
		boot_entry_file(root, place, path + strlen(place), entry);
	entry->has_cmdline =
		section_read(fd, ".cmdline", entry->cmdline, sizeof(entry->cmdline));
	stub_line(root, place, path, entry);
	if (!section_read(fd, ".osrel", text, sizeof(text)))
		return;
	release_get(text, "ID", entry->sort_key, sizeof(entry->sort_key));
	release_get(text, "IMAGE_ID", entry->sort_key, sizeof(entry->sort_key));
	release_get(text, "BUILD_ID", entry->version, sizeof(entry->version));
	release_get(text, "VERSION_ID", entry->version, sizeof(entry->version));
	release_get(text, "VERSION", entry->version, sizeof(entry->version));
	release_get(text, "IMAGE_VERSION", entry->version, sizeof(entry->version));
}

/* ---- directories of entries ---- */

static void directory_read(const struct sysroot *root, const char *place, bool ukis,
			   struct boot_menu *menu)
{
	cleanup_listing struct listing *list = NULL;
	char directory[BOOT_PATH_MAX], path[BOOT_PATH_MAX * 2];
	const char *name;

	(void)snprintf(directory, sizeof(directory), "%s/%s", place,
		       ukis ? "EFI/Linux" : "loader/entries");
	if (sysroot_list_noted(root, directory, &list) < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		struct reading reading = { root, place, NULL };

		(void)snprintf(path, sizeof(path), "%s/%.200s", directory, name);
		if (ukis && ends_with(name, ".efi"))
			uki_take(root, place, path, name, menu);
		if (ukis || !ends_with(name, ".conf"))
			continue;
		reading.entry = boot_entry_add(menu);
		if (!reading.entry)
			return;
		counter_take(name, reading.entry);
		(void)snprintf(reading.entry->file, sizeof(reading.entry->file), "%.255s",
			       path);
		(void)lines_read(root, path, field_take, &reading);
	}
}

/* ---- their order ---- */

/* boot.c boot_entry_compare(): bad ones last, sort keys first, newest first */
static int entry_compare(const void *a, const void *b)
{
	const struct boot_entry *one = a, *other = b;
	int result = (one->tries_left == 0) - (other->tries_left == 0);

	if (!result)
		result = !*one->sort_key - !*other->sort_key;
	if (!result && *one->sort_key) {
		result = strcmp(one->sort_key, other->sort_key);
		if (!result)
			result = strcmp(one->machine_id, other->machine_id);
		if (!result)
			result = -version_compare(one->version, other->version);
	}
	if (!result)
		result = -version_compare(one->id, other->id);
	if (!result && one->tries_left >= 0 && other->tries_left >= 0)
		result = other->tries_left - one->tries_left;
	return result;
}

/* ---- systemd-boot ---- */

static bool choose_by(struct boot_menu *menu, const char *pattern, const char *why,
		      const char *where)
{
	for (size_t i = 0; *pattern && i < menu->count; i++) {
		char name[BOOT_ID_MAX];

		(void)snprintf(name, sizeof(name), "%.*s",
			       (int)(strrchr(menu->list[i].id, '.') - menu->list[i].id),
			       menu->list[i].id);
		if (fnmatch(pattern, menu->list[i].id, FNM_CASEFOLD) != 0 &&
		    strcasecmp(pattern, name) != 0)
			continue;
		boot_entry_choose(menu, i, why, where);
		return true;
	}
	return false;
}

static void default_take(const struct line *line, void *context)
{
	const char *cursor = line->text;
	char word[LINES_WORD_MAX];

	if (lines_word(&cursor, " \t", word) && !strcmp(word, "default") &&
	    lines_word(&cursor, " \t\r", word))
		(void)snprintf(context, LINES_WORD_MAX, "%s", word);
}

static bool choose_by_variable(const struct sysroot *root, struct boot_menu *menu,
			       const char *variable, const char *why)
{
	char pattern[BOOT_ID_MAX] = "";

	boot_variable_read(root, variable, pattern, sizeof(pattern));
	return choose_by(menu, pattern, why, "");
}

/* boot.c config_select_default_entry() */
static void systemd_choose(const struct sysroot *root, struct boot_menu *menu)
{
	char pattern[LINES_WORD_MAX] = "", path[BOOT_PATH_MAX] = "";

	if (choose_by_variable(root, menu, "LoaderEntryOneShot",
			       "LoaderEntryOneShot (bootctl set-oneshot)") ||
	    choose_by_variable(root, menu, "LoaderEntryDefault",
			       "LoaderEntryDefault (bootctl set-default)"))
		return;
	for (size_t i = 0; i < menu->n_places && !*pattern; i++) {
		(void)snprintf(path, sizeof(path), "%s/loader/loader.conf",
			       menu->places[i]);
		(void)lines_read(root, path, default_take, pattern);
	}
	if (!strcmp(pattern, "@saved")) {
		if (choose_by_variable(root, menu, "LoaderEntryLastBooted",
				       "the one that booted last (default @saved)"))
			return;
		if (menu->count > 1)
			(void)snprintf(menu->why_not, sizeof(menu->why_not),
				       "the default is the entry that booted last, but "
				       "LoaderEntryLastBooted does not say which one "
				       "that is");
	} else if (choose_by(menu, pattern, "default", path)) {
		return;
	}
	menu->by_order = menu->count && !*menu->why_not;
	if (menu->by_order)
		boot_entry_choose(menu, 0, "the first in the order of systemd-boot", "");
}

void menu_systemd_read(const struct sysroot *root, struct boot_menu *menu)
{
	for (size_t i = 0; i < menu->n_places; i++) {
		directory_read(root, menu->places[i], false, menu);
		directory_read(root, menu->places[i], true, menu);
	}
	qsort(menu->list, menu->count, sizeof(menu->list[0]), entry_compare);
	systemd_choose(root, menu);
}

/* ---- GRUB's blscfg: by file name, newest first ---- */

static int name_compare(const void *a, const void *b)
{
	const struct boot_entry *one = a, *other = b;

	return -version_compare(one->id, other->id);
}

void menu_grub_bls_read(const struct sysroot *root, const char *place,
			struct boot_menu *menu)
{
	size_t before = menu->count;

	directory_read(root, place, false, menu);
	qsort(menu->list + before, menu->count - before, sizeof(menu->list[0]),
	      name_compare);
	for (size_t i = before; i < menu->count; i++) {
		struct boot_entry *entry = &menu->list[i];
		char *dot = strrchr(entry->id, '.');

		(void)snprintf(entry->number, sizeof(entry->number), "%u",
			       (unsigned int)i);
		if (dot)
			*dot = '\0';
	}
	if (menu->reader == BOOT_READER_GRUB_BLS && menu->count)
		boot_entry_choose(menu, 0, "the first of GRUB's entries", "");
}

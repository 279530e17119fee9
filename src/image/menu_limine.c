// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limine.conf (CONFIG.md of Limine 8 to 10): a line of slashes and a name begins an
 * entry, one slash for each level; `key: value` belongs to the entry above it. Which
 * entry boots is decided as common/menu.c does it.
 */
#include "image/boot_menu.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/number.h"

#define DEPTH_MAX 8
#define LAST_BOOTED                 \
	"sys/firmware/efi/efivars/" \
	"LimineLastBootedEntry-513ee0d0-6e43-cb05-b272-f146a2fcb88a"

/**
 * struct limine - state of reading limine.conf
 * @level: level of the current entry; 0: before all entries
 * @shown: visible lines of the menu at the start
 * @open: directories at each level that are shown unfolded
 * @wanted: default_entry
 */
struct limine {
	const struct sysroot *root;
	struct boot_menu *menu;
	const char *place;
	struct boot_entry *entry;
	size_t level;
	unsigned int shown;
	bool open[DEPTH_MAX + 1];
	char names[DEPTH_MAX + 1][64];
	char wanted[BOOT_ID_MAX];
	bool remembers;
};

static bool is_shown(const struct limine *limine, size_t level)
{
	for (size_t i = 1; i < level; i++)
		if (!limine->open[i])
			return false;
	return true;
}

/* `/+Name`: unfolded. All are counted that the menu shows, directories as well. */
static void limine_entry(struct limine *limine, const char *text, const char *path)
{
	size_t level = strspn(text, "/"), used = 0;
	struct boot_entry *entry;

	if (level > DEPTH_MAX)
		level = DEPTH_MAX;
	text += level;
	limine->level = level;
	limine->open[level] = *text == '+';
	text += *text == '+';
	(void)snprintf(limine->names[level], sizeof(limine->names[level]), "%.63s", text);
	limine->names[level][strcspn(limine->names[level], "\r")] = '\0';
	entry = boot_entry_add(limine->menu);
	limine->entry = entry;
	if (!entry)
		return;
	for (size_t i = 1; i <= level && used < sizeof(entry->id); i++)
		used += (size_t)snprintf(entry->id + used, sizeof(entry->id) - used,
					 "%s%s", i > 1 ? "/" : "", limine->names[i]);
	(void)snprintf(entry->file, sizeof(entry->file), "%s", path);
	if (is_shown(limine, level))
		(void)snprintf(entry->number, sizeof(entry->number), "%u",
			       ++limine->shown);
}

/* boot():/PATH#HASH; also guid(...):/ and the like, whose file system is looked for. */
static void limine_path(struct limine *limine, const char *value)
{
	const char *path = strstr(value, "):");
	char copy[BOOT_PATH_MAX];

	path = path ? path + 2 : value;
	(void)snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(path, "#\r"), path);
	boot_entry_file(limine->root, limine->place, copy, limine->entry);
}

static void limine_key(struct limine *limine, const char *key, const char *value)
{
	struct boot_entry *entry = limine->entry;

	if (!strcasecmp(key, "default_entry") && !limine->level)
		(void)snprintf(limine->wanted, sizeof(limine->wanted), "%.*s",
			       (int)strcspn(value, "\r"), value);
	if (!strcasecmp(key, "remember_last_entry"))
		limine->remembers = !strncasecmp(value, "yes", 3);
	if (!entry)
		return;
	if (!strcasecmp(key, "module_path") || !strcasecmp(key, "image_path")) {
		limine_path(limine, value);
	} else if (!strcasecmp(key, "path") || !strcasecmp(key, "kernel_path")) {
		/* A unified kernel image is one file for all. */
		if (strstr(value, ".efi"))
			limine_path(limine, value);
	} else if (!strcasecmp(key, "cmdline") || !strcasecmp(key, "kernel_cmdline")) {
		(void)snprintf(entry->cmdline, sizeof(entry->cmdline), "%.*s",
			       (int)strcspn(value, "\r"), value);
		entry->has_cmdline = true;
	}
}

static void limine_take(const struct line *line, void *context)
{
	struct limine *limine = context;
	const char *cursor = line->text;
	char key[LINES_WORD_MAX];

	if (*line->text == '/') {
		limine_entry(limine, line->text, line->path);
		return;
	}
	if (!lines_word(&cursor, ": \t=", key))
		return;
	cursor += strspn(cursor, " \t");
	if (*cursor != ':' && *cursor != '=')
		return;
	cursor++;
	limine_key(limine, key, cursor + strspn(cursor, " \t"));
}

/* Directories load nothing. */
static bool loads(const struct boot_entry *entry)
{
	return entry->n_files || entry->has_cmdline;
}

static bool limine_choose_by(struct boot_menu *menu, const char *wanted, const char *why,
			     const char *where)
{
	for (size_t i = 0; *wanted && i < menu->count; i++)
		if (loads(&menu->list[i]) && (!strcmp(menu->list[i].number, wanted) ||
					      !strcmp(menu->list[i].id, wanted))) {
			boot_entry_choose(menu, i, why, where);
			return true;
		}
	return false;
}

/*
 * The last entry in Limine's EFI variable: after 4 bytes of attributes a path of names,
 * ASCII; before version 9 a number, from 0. Empty: no boot so far.
 */
static void limine_last(const struct sysroot *root, char last[static BOOT_ID_MAX])
{
	char bytes[512] = "";
	ssize_t length = sysroot_read(root->fd, LAST_BOOTED, bytes, sizeof(bytes) - 1);

	last[0] = '\0';
	if (length <= 4)
		return;
	bytes[length] = '\0';
	if ((unsigned char)bytes[4] < ' ')
		(void)snprintf(last, BOOT_ID_MAX, "%u", (unsigned char)bytes[4] + 1u);
	else
		(void)snprintf(last, BOOT_ID_MAX, "%.191s", bytes + 4);
}

/* A one-shot entry, then the one that booted last, then default_entry */
static bool limine_choose_by_variable(struct limine *limine)
{
	struct boot_menu *menu = limine->menu;
	char once[BOOT_ID_MAX] = "", last[BOOT_ID_MAX] = "";

	boot_variable_read(limine->root, "LoaderEntryOneShot", once, sizeof(once));
	if (limine_choose_by(menu, once, "LoaderEntryOneShot (once)", ""))
		return true;
	if (*once) {
		(void)snprintf(menu->why_not, sizeof(menu->why_not),
			       "LoaderEntryOneShot names %.80s, which is not in "
			       "limine.conf",
			       once);
		return true;
	}
	/* Only with UEFI Limine remembers. */
	if (!limine->remembers || !sysroot_exists(limine->root->fd, "sys/firmware/efi"))
		return false;
	if (!sysroot_exists(limine->root->fd, "sys/firmware/efi/efivars")) {
		(void)snprintf(menu->why_not, sizeof(menu->why_not),
			       "Limine boots the entry that booted last "
			       "(remember_last_entry), but its EFI variables cannot be "
			       "read");
		return true;
	}
	limine_last(limine->root, last);
	return limine_choose_by(menu, last,
				"the one that booted last (remember_last_entry)", "");
}

static void limine_choose(struct limine *limine, const char *path)
{
	struct boot_menu *menu = limine->menu;

	if (limine_choose_by_variable(limine))
		return;
	if (!*limine->wanted) {
		char preset[BOOT_ID_MAX] = "";

		boot_variable_read(limine->root, "LoaderEntryDefault", preset,
				   sizeof(preset));
		if (limine_choose_by(menu, preset, "LoaderEntryDefault", ""))
			return;
	}
	if (!limine_choose_by(menu, *limine->wanted ? limine->wanted : "1",
			      "default_entry", path))
		(void)snprintf(menu->why_not, sizeof(menu->why_not),
			       "default_entry of Limine names a directory of entries, or "
			       "nothing");
}

void menu_limine_read(const struct sysroot *root, struct boot_menu *menu)
{
	static const char *const names[] = {
		"limine.conf",		"limine/limine.conf",
		"boot/limine.conf",	"boot/limine/limine.conf",
		"EFI/BOOT/limine.conf", "EFI/limine/limine.conf"
	};
	char path[BOOT_PATH_MAX];

	for (size_t i = 0; i < menu->n_places; i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			struct limine limine = { .root = root,
						 .menu = menu,
						 .place = menu->places[i] };

			(void)snprintf(path, sizeof(path), "%s/%s", menu->places[i],
				       names[j]);
			if (lines_read(root, path, limine_take, &limine) < 0 ||
			    !menu->count)
				continue;
			limine_choose(&limine, path);
			return;
		}
}

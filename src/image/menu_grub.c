// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grub.cfg as grub-mkconfig writes it: which entry its `set default=` and the variables
 * in grubenv (saved_entry, next_entry) name. What is written by hand in other ways is not
 * understood, and then nothing is said.
 */
#include "image/boot_menu.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"

#define DEPTH_MAX 4

/**
 * struct grub - grub.cfg as far as it is read
 * @level: submenus around us
 * @braces: open braces since the menuentry began
 * @counts: entries so far at each level
 * @titles: of the submenus around us, likewise their numbers and ids
 * @wanted: of the first `set default=` that is not the one-shot's
 * @one_shot: next_entry is looked at
 * @bls: blscfg is called
 */
struct grub {
	const struct sysroot *root;
	struct boot_menu *menu;
	struct boot_entry *entry;
	size_t level;
	unsigned int braces;
	unsigned int counts[DEPTH_MAX + 1];
	char titles[DEPTH_MAX + 1][96];
	char ids[DEPTH_MAX + 1][96];
	unsigned int numbers[DEPTH_MAX + 1];
	char wanted[BOOT_ID_MAX];
	bool one_shot;
	bool bls;
};

/* 'Title' or "Title" or Title */
static void word_take(const char **cursor, char *word, size_t size)
{
	char quote;
	size_t length;

	*cursor += strspn(*cursor, " \t");
	quote = **cursor;
	if (quote == '\'' || quote == '"') {
		++*cursor;
		length = strcspn(*cursor, quote == '"' ? "\"" : "'");
	} else {
		quote = '\0';
		length = strcspn(*cursor, " \t{");
	}
	(void)snprintf(word, size, "%.*s", (int)(length < size ? length : size - 1),
		       *cursor);
	*cursor += length + (quote && (*cursor)[length]);
}

/* --id ID, or as grub-mkconfig writes it: $menuentry_id_option 'ID' */
static void id_find(const char *text, char *id, size_t size)
{
	static const char *const signs[] = { "menuentry_id_option", "--id" };

	id[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		const char *at = strstr(text, signs[i]);

		if (!at)
			continue;
		at += strlen(signs[i]);
		at += strspn(at, "}=");
		word_take(&at, id, size);
		return;
	}
}

static void joined(char *text, size_t size, const char (*names)[96], size_t level)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 1; i <= level && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i > 1 ? ">" : "", names[i]);
}

static void header_take(struct grub *grub, const char *text, bool submenu,
			const char *path)
{
	size_t level = grub->level + 1, used = 0;
	struct boot_entry *entry;

	if (level > DEPTH_MAX)
		return;
	id_find(text, grub->ids[level], sizeof(grub->ids[level]));
	word_take(&text, grub->titles[level], sizeof(grub->titles[level]));
	grub->numbers[level] = grub->counts[level]++;
	if (submenu) {
		grub->level = level;
		if (level < DEPTH_MAX)
			grub->counts[level + 1] = 0;
		return;
	}
	grub->braces = 1;
	entry = boot_entry_add(grub->menu);
	grub->entry = entry;
	if (!entry)
		return;
	joined(entry->title, sizeof(entry->title), (const char(*)[96])grub->titles,
	       level);
	joined(entry->id, sizeof(entry->id), (const char(*)[96])grub->ids, level);
	for (size_t i = 1; i <= level && used < sizeof(entry->number); i++)
		used += (size_t)snprintf(entry->number + used,
					 sizeof(entry->number) - used, "%s%u",
					 i > 1 ? ">" : "", grub->numbers[i]);
	(void)snprintf(entry->file, sizeof(entry->file), "%s", path);
}

static void entry_line(struct grub *grub, const char *command, const char *rest)
{
	struct boot_entry *entry = grub->entry;
	char word[LINES_WORD_MAX];

	if (!strncmp(command, "linux", 5) && !entry->has_cmdline) {
		(void)lines_word(&rest, " \t", word);
		(void)snprintf(entry->cmdline, sizeof(entry->cmdline), "%s",
			       rest + strspn(rest, " \t"));
		entry->has_cmdline = true;
		entry->indirect = strstr(rest, "$kernelopts");
	} else if (!strncmp(command, "initrd", 6)) {
		while (lines_word(&rest, " \t", word))
			boot_entry_file(grub->root, "boot", word, entry);
	}
}

static void braces_count(struct grub *grub, const char *text)
{
	for (; *text; text++) {
		grub->braces += *text == '{' && text[1] == '\0';
		if (*text == '}' && text[1] == '\0' && grub->braces)
			grub->braces--;
	}
	if (!grub->braces)
		grub->entry = NULL;
}

static void default_take(struct grub *grub, const char *text)
{
	char word[BOOT_ID_MAX];

	word_take(&text, word, sizeof(word));
	if (strstr(word, "next_entry"))
		grub->one_shot = true;
	else if (!*grub->wanted && !strstr(word, "prev_saved"))
		(void)snprintf(grub->wanted, sizeof(grub->wanted), "%s", word);
}

static void grub_take(const struct line *line, void *context)
{
	struct grub *grub = context;
	const char *rest = line->text;
	char command[LINES_WORD_MAX] = "";

	(void)lines_word(&rest, " \t", command);
	if (!strcmp(command, "menuentry") || !strcmp(command, "submenu"))
		header_take(grub, rest, *command == 's', line->path);
	else if (grub->entry) {
		entry_line(grub, command, rest);
		if (*command == '}')
			braces_count(grub, command);
	} else if (*command == '}' && grub->level && !command[1]) {
		grub->level--;
	} else if (!strcmp(command, "blscfg")) {
		grub->bls = true;
	} else if (!strcmp(command, "set")) {
		rest += strspn(rest, " \t");
		if (!strncmp(rest, "default=", 8))
			default_take(grub, rest + 8);
	}
}

/* ---- grubenv ---- */

struct environment {
	char saved[BOOT_ID_MAX];
	char next[BOOT_ID_MAX];
};

static void environment_take(const struct line *line, void *context)
{
	struct environment *environment = context;

	if (!strncmp(line->text, "saved_entry=", 12))
		(void)snprintf(environment->saved, sizeof(environment->saved), "%.191s",
			       line->text + 12);
	else if (!strncmp(line->text, "next_entry=", 11))
		(void)snprintf(environment->next, sizeof(environment->next), "%.191s",
			       line->text + 11);
}

/* A number, a title, an id; each with those of the submenus above it */
static bool entry_is(const struct boot_entry *entry, const char *wanted)
{
	const char *last = strrchr(entry->id, '>');

	return !strcmp(entry->number, wanted) || !strcmp(entry->title, wanted) ||
	       (*entry->id && (!strcmp(entry->id, wanted) ||
			       !strcmp(last ? last + 1 : entry->id, wanted)));
}

static bool choose(struct boot_menu *menu, const char *wanted, const char *why,
		   const char *where)
{
	for (size_t i = 0; i < menu->count; i++)
		if (entry_is(&menu->list[i], wanted)) {
			boot_entry_choose(menu, i, why, where);
			return true;
		}
	return false;
}

static void grub_choose(const struct grub *grub, const struct environment *environment,
			const char *path)
{
	struct boot_menu *menu = grub->menu;
	bool saved = strstr(grub->wanted, "saved_entry");
	const char *wanted = saved ? environment->saved : grub->wanted;

	if (grub->one_shot && *environment->next &&
	    choose(menu, environment->next, "next_entry of grubenv (once)", ""))
		return;
	if (*wanted &&
	    choose(menu, wanted, saved ? "saved_entry of grubenv" : "set default",
		   saved ? "" : path))
		return;
	/* GRUB takes the first when there is none of that name, and by default. */
	if (menu->count)
		boot_entry_choose(menu, 0, "the first", path);
}

void menu_grub_read(const struct sysroot *root, struct boot_menu *menu)
{
	static const char *const directories[] = { "boot/grub2", "boot/grub" };
	char path[BOOT_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct environment environment = { .saved = "" };
		struct grub grub = { .root = root, .menu = menu };

		(void)snprintf(path, sizeof(path), "%s/grub.cfg", directories[i]);
		if (lines_read(root, path, grub_take, &grub) < 0)
			continue;
		if (grub.bls)
			menu_grub_bls_read(root, "boot", menu);
		if (!menu->count)
			continue;
		(void)snprintf(path, sizeof(path), "%s/grubenv", directories[i]);
		(void)lines_read(root, path, environment_take, &environment);
		(void)snprintf(path, sizeof(path), "%s/grub.cfg", directories[i]);
		grub_choose(&grub, &environment, path);
		return;
	}
	/* grub.cfg may be closed to us, or of an image that cannot be read. */
	menu_grub_bls_read(root, "boot", menu);
}

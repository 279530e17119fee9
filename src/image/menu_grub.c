// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grub.cfg, and the files that it sources: the entry that `default` names at the end,
 * with the variables of grubenv (saved_entry, next_entry) and conditions as far as they
 * are known before the boot. If the choice depends on anything else, it is unknown.
 */
#include "image/boot_menu.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/text.h"
#include "image/grub_script.h"

#define DEPTH_MAX 4
#define SOURCES_MAX 4 /* files that source each other */

/**
 * struct grub - state of reading grub.cfg
 * @directory: of grub.cfg, below the root
 * @script: its variables and conditions
 * @level: number of open submenus
 * @inside: a menuentry is open
 * @entry: that one; NULL: there are too many
 * @counts: entries so far at each level
 * @titles: titles of the open submenus, likewise their numbers and ids
 * @why: the last `set default=` that ran, as it is written
 * @sources: number of open files
 * @ended: ended by `configfile`: commands after it do not run
 */
struct grub {
	const struct sysroot *root;
	struct boot_menu *menu;
	const char *directory;
	struct grub_script script;
	struct boot_entry *entry;
	size_t level;
	bool inside;
	unsigned int counts[DEPTH_MAX + 1];
	char titles[DEPTH_MAX + 1][96];
	char ids[DEPTH_MAX + 1][96];
	unsigned int numbers[DEPTH_MAX + 1];
	char why[BOOT_ID_MAX];
	char where[BOOT_PATH_MAX];
	unsigned int line;
	unsigned int sources;
	bool ended;
};

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
		grub_script_word(&at, id, size);
		return;
	}
}

static void joined(char *text, size_t size, const char (*names)[96], size_t level)
{
	text[0] = '\0';
	for (size_t i = 1; i <= level; i++)
		text_append(text, size, "%s%s", i > 1 ? ">" : "", names[i]);
}

static void header_take(struct grub *grub, const char *text, bool submenu,
			const char *path)
{
	size_t level = grub->level + 1;
	struct boot_entry *entry;

	if (level > DEPTH_MAX || grub_script_runs(&grub->script) == FACT_NO) {
		grub->script.functions++;
		return;
	}
	id_find(text, grub->ids[level], sizeof(grub->ids[level]));
	grub_script_word(&text, grub->titles[level], sizeof(grub->titles[level]));
	grub->numbers[level] = grub->counts[level]++;
	if (submenu) {
		grub->level = level;
		if (level < DEPTH_MAX)
			grub->counts[level + 1] = 0;
		return;
	}
	grub->inside = true;
	entry = boot_entry_add(grub->menu);
	grub->entry = entry;
	if (!entry)
		return;
	joined(entry->title, sizeof(entry->title), (const char(*)[96])grub->titles,
	       level);
	joined(entry->id, sizeof(entry->id), (const char(*)[96])grub->ids, level);
	for (size_t i = 1; i <= level; i++)
		text_append(entry->number, sizeof(entry->number), "%s%u",
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
		while (lines_word(&rest, " \t\"'", word))
			boot_entry_file(grub->root, "boot", word, entry);
	}
}

/* ---- files that it reads as well ---- */

static void grub_take(const struct line *line, void *context);

/* The path below the root of a boot loader's path; false: it does not exist */
static bool source_find(const struct grub *grub, const char *path, char *found)
{
	static const char *const before[] = { "", "boot/", "boot/efi/", "efi/" };
	const char *behind = strchr(path, ')');

	path = behind ? behind + 1 : path;
	path += strspn(path, "/");
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		(void)snprintf(found, BOOT_PATH_MAX, "%s%.200s", before[i], path);
		if (sysroot_exists(grub->root->fd, found))
			return true;
	}
	return false;
}

static void unsure(struct grub *grub, const char *what, const char *path)
{
	struct boot_menu *menu = grub->menu;

	if (!*menu->why_not)
		(void)snprintf(menu->why_not, sizeof(menu->why_not), "%.90s (/%.60s)",
			       what, path);
}

/* `source FILE`, `. FILE`; `configfile FILE`: the menu is that file's alone */
static void source_take(struct grub *grub, const char *command, const char *rest,
			const struct line *line)
{
	bool whole = !strcmp(command, "configfile");
	char word[BOOT_PATH_MAX], path[BOOT_PATH_MAX], found[BOOT_PATH_MAX];
	enum fact runs = grub_script_runs(&grub->script);
	bool known;

	grub_script_word(&rest, word, sizeof(word));
	known = grub_script_expand(&grub->script, word, path, sizeof(path));
	if (runs == FACT_NO ||
	    (!whole && strstr(path, "custom.cfg") && !source_find(grub, path, found)))
		return;
	/*
	 * (hd0,gpt2)/boot/grub/x.cfg: the device is ignored, since no other has that file
	 */
	if (!source_find(grub, path, found) || grub->sources == SOURCES_MAX ||
	    (!known && !strchr(path, '/')) || (whole && runs == FACT_UNKNOWN)) {
		unsure(grub, "grub.cfg reads another file that cannot be followed",
		       line->path);
		return;
	}
	if (whole) {
		grub->menu->count = 0;
		memset(grub->counts, 0, sizeof(grub->counts));
		grub_script_set(&grub->script, "default", "", true);
	}
	grub->sources++;
	if (lines_read(grub->root, found, grub_take, grub) < 0)
		unsure(grub, "a file that grub.cfg reads could not be read", found);
	grub->sources--;
	grub->ended = grub->ended || whole;
}

/* ---- statements ---- */

static void default_note(struct grub *grub, const char *rest, const struct line *line)
{
	rest += strspn(rest, " \t");
	if (strncmp(rest, "default=", 8) != 0 ||
	    grub_script_runs(&grub->script) == FACT_NO)
		return;
	(void)snprintf(grub->why, sizeof(grub->why), "%.190s", rest + 8);
	(void)snprintf(grub->where, sizeof(grub->where), "%.255s", line->path);
	grub->line = line->number;
}

static void inside_take(struct grub *grub, const char *command, const char *rest)
{
	bool assigns = !strcmp(command, "set"); /* counts when the entry is booted */

	if (!strcmp(command, "}")) {
		grub->inside = false;
		grub->entry = NULL;
		return;
	}
	if (assigns || grub_script_control(&grub->script, command, rest) ||
	    !grub->entry || grub_script_runs(&grub->script) == FACT_NO)
		return;
	if (!strcmp(command, "configfile") || !strcmp(command, "source"))
		grub->entry->opens_menu = true;
	entry_line(grub, command, rest);
}

static void bls_take(struct grub *grub)
{
	size_t before = grub->menu->count;

	if (grub_script_runs(&grub->script) == FACT_NO)
		return;
	menu_grub_bls_read(grub->root, "boot", grub->menu);
	grub->counts[1] += (unsigned int)(grub->menu->count - before);
}

/* NAME=VALUE does what `set NAME=VALUE` does. */
static bool is_assignment(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return length && text[length] == '=';
}

static void statement_take(struct grub *grub, const char *rest, const struct line *line)
{
	char command[LINES_WORD_MAX] = "set";

	if (!is_assignment(rest))
		(void)lines_word(&rest, " \t", command);
	if (grub->script.functions) {
		(void)grub_script_control(&grub->script, command, rest);
	} else if (!strcmp(command, "menuentry") || !strcmp(command, "submenu")) {
		header_take(grub, rest, *command == 's', line->path);
	} else if (grub->inside) {
		inside_take(grub, command, rest);
	} else if (!strcmp(command, "}")) {
		grub->level -= grub->level > 0;
	} else if (!strcmp(command, "blscfg")) {
		bls_take(grub);
	} else if (!strcmp(command, "source") || !strcmp(command, ".") ||
		   !strcmp(command, "configfile")) {
		source_take(grub, command, rest, line);
	} else {
		if (!strcmp(command, "set"))
			default_note(grub, rest, line);
		if (!grub_script_control(&grub->script, command, rest) &&
		    !strcmp(command, "else"))
			statement_take(grub, rest, line);
	}
}

static void grub_take(const struct line *line, void *context)
{
	struct grub *grub = context;
	const char *cursor = line->text;
	char statement[BOOT_LINE_MAX];

	while (!grub->ended &&
	       grub_script_statement(&cursor, statement, sizeof(statement)))
		if (*statement)
			statement_take(grub, statement, line);
}

/* ---- grubenv ---- */

/* NAME=VALUE: set as by load_env */
static void environment_take(const struct line *line, void *context)
{
	const char *equals = strchr(line->text, '=');
	char name[GRUB_NAME_MAX];

	if (!equals || (size_t)(equals - line->text) >= sizeof(name))
		return;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - line->text),
		       line->text);
	grub_script_set(context, name, equals + 1, true);
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

/* The beginning of the place of another entry: a submenu */
static bool is_submenu(const struct boot_menu *menu, const char *wanted)
{
	size_t length = strlen(wanted);

	for (size_t i = 0; length && i < menu->count; i++) {
		const char *const names[] = { menu->list[i].number, menu->list[i].title,
					      menu->list[i].id };

		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			if (!strncmp(names[j], wanted, length) && names[j][length] == '>')
				return true;
	}
	return false;
}

static void chosen_look(struct grub *grub)
{
	struct boot_menu *menu = grub->menu;

	if (!menu->has_next || !menu->list[menu->next].opens_menu)
		return;
	menu->has_next = false;
	unsure(grub, "the default of GRUB opens another menu", grub->where);
}

static void grub_choose(struct grub *grub, const char *path)
{
	const struct grub_variable *set = grub_script_get(&grub->script, "default");
	struct boot_menu *menu = grub->menu;
	bool saved = strstr(grub->why, "saved_entry");
	bool once = strstr(grub->why, "next_entry");
	const char *wanted = set ? set->value : "";

	if (*menu->why_not)
		return;
	if (set && !set->known) {
		unsure(grub, "a condition that only the boot knows sets GRUB's default",
		       grub->where);
		return;
	}
	if (*wanted && choose(menu, wanted,
			      once  ? "next_entry of grubenv (once)" :
			      saved ? "saved_entry of grubenv" :
				      "set default",
			      once || saved ? "" : grub->where)) {
		chosen_look(grub);
		return;
	}
	if (is_submenu(menu, wanted)) {
		unsure(grub, "the default of GRUB is a submenu", grub->where);
		return;
	}
	/* GRUB takes the first when there is none of that name, and by default. */
	if (menu->count)
		boot_entry_choose(menu, 0, "the first", path);
	chosen_look(grub);
}

static bool config_read_grub(const struct sysroot *root, const char *directory,
			     struct boot_menu *menu)
{
	struct grub grub = { .root = root, .menu = menu, .directory = directory };
	char path[BOOT_PATH_MAX];

	grub_script_set(&grub.script, "prefix", directory, true);
	grub_script_set(&grub.script, "config_directory", directory, true);
	grub_script_set(&grub.script, "grub_platform",
			sysroot_exists(root->fd, "sys/firmware/efi") ? "efi" : "pc",
			true);
	(void)snprintf(path, sizeof(path), "%s/grubenv", directory);
	(void)lines_read(root, path, environment_take, &grub.script);
	(void)snprintf(path, sizeof(path), "%s/grub.cfg", directory);
	if (lines_read(root, path, grub_take, &grub) < 0 || !menu->count)
		return false;
	grub_choose(&grub, path);
	return true;
}

void menu_grub_read(const struct sysroot *root, struct boot_menu *menu)
{
	static const char *const directories[] = { "boot/grub2", "boot/grub" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (config_read_grub(root, directories[i], menu))
			return;
	/*
	 * grub.cfg may be closed to this user, or on a file system that cannot be read.
	 */
	menu_grub_bls_read(root, "boot", menu);
}

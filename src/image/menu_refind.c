// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rEFInd finds kernels by itself. Those of one directory are one entry
 * (fold_linux_kernels), whose first kernel is the one with the newest time;
 * refind_linux.conf beside them has a line of two quoted words for each way to boot it,
 * and the first counts. Which entry boots is default_selection in refind.conf: part of
 * its title, or '+' for the one that booted last, which rEFInd keeps in a variable or a
 * file. A menuentry of refind.conf is an entry, too, behind the kernels unless scanfor
 * has them in another order (docs/refind/configfile.html).
 */
#include "image/boot_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/lines.h"

#define TITLE_MAX 256
#define PREVIOUS "PreviousBoot"
#define PREVIOUS_VARIABLE           \
	"sys/firmware/efi/efivars/" \
	"PreviousBoot-36d08fa7-cf0b-42f5-8f14-68df73ed3740"

/* ---- refind_linux.conf ---- */

static void refind_take(const struct line *line, void *context)
{
	struct boot_menu *menu = context;
	const char *title = strchr(line->text, '"'), *end, *options, *last;
	struct boot_entry *entry;

	end = title ? strchr(title + 1, '"') : NULL;
	options = end ? strchr(end + 1, '"') : NULL;
	last = options ? strrchr(options + 1, '"') : NULL;
	entry = last ? boot_entry_add(menu) : NULL;
	if (!entry)
		return;
	(void)snprintf(entry->id, sizeof(entry->id), "%.*s", (int)(end - title - 1),
		       title + 1);
	(void)snprintf(entry->file, sizeof(entry->file), "%s", line->path);
	(void)snprintf(entry->cmdline, sizeof(entry->cmdline), "%.*s",
		       (int)(last - options - 1), options + 1);
	entry->has_cmdline = true;
}

/* ---- refind.conf ---- */

/*
 * @kernels: entries of @menu that rEFInd finds; those of menuentry follow
 * @depth: open braces
 * @stanza: the menuentry that is being read; NULL: none, or it is disabled
 * @scans, @reads: scanfor has kernels (internal), has stanzas (manual)
 * @stanzas_first: it has them in that order
 */
struct settings {
	const struct sysroot *root;
	struct boot_menu *menu;
	size_t kernels;
	unsigned int depth;
	struct boot_entry *stanza;
	char selection[TITLE_MAX];
	bool unfolded;
	bool scans;
	bool reads;
	bool stanzas_first;
};

/* A value that may be quoted, and then holds blanks */
static void value_take(const char *text, char *value, size_t size)
{
	const char *last = strrchr(text, '"');
	size_t quoted = *text == '"' && last > text;

	(void)snprintf(value, size, "%.*s",
		       quoted ? (int)(last - text - 1) : (int)strcspn(text, " \t\r{"),
		       text + quoted);
}

/* Paths can have backslashes. The volume is looked for: where the file is. */
static void stanza_file(struct settings *settings, char *path)
{
	struct boot_entry *entry = settings->stanza;

	for (char *c = path; *c; c++)
		if (*c == '\\')
			*c = '/';
	boot_entry_file(settings->root, "boot", path, entry);
	for (size_t i = 0; i < settings->menu->n_places; i++) {
		if (!entry->n_files || entry->files[entry->n_files - 1].there)
			return;
		entry->n_files--;
		boot_entry_file(settings->root, settings->menu->places[i], path, entry);
	}
}

static void stanza_key(struct settings *settings, const char *name, const char *text)
{
	struct boot_entry *entry = settings->stanza;
	char path[BOOT_PATH_MAX];

	if (!strcasecmp(name, "options")) {
		value_take(text, entry->cmdline, sizeof(entry->cmdline));
		entry->has_cmdline = true;
		return;
	}
	value_take(text, path, sizeof(path));
	/* a unified kernel image is one file for all */
	if (!strcasecmp(name, "initrd") ||
	    (!strcasecmp(name, "loader") && strcasestr(path, "linux") &&
	     strcasestr(path, ".efi")))
		stanza_file(settings, path);
}

static void stanza_take(struct settings *settings, const char *name, const char *text)
{
	struct boot_menu *menu = settings->menu;

	if (*name == '}') {
		settings->stanza = --settings->depth ? settings->stanza : NULL;
	} else if (!strcasecmp(name, "submenuentry")) {
		settings->depth++;
	} else if (!settings->stanza || settings->depth > 1) {
		return;
	} else if (!strcasecmp(name, "disabled")) {
		settings->stanza = NULL;
		menu->count--;
	} else {
		stanza_key(settings, name, text);
	}
}

static void stanza_begin(struct settings *settings, const char *title, const char *path)
{
	settings->depth = 1;
	settings->stanza = boot_entry_add(settings->menu);
	if (!settings->stanza)
		return;
	value_take(title, settings->stanza->id, sizeof(settings->stanza->id));
	(void)snprintf(settings->stanza->file, sizeof(settings->stanza->file), "%s",
		       path);
}

/* Only first letters count: internal, manual */
static void scanfor_take(struct settings *settings, const char *cursor)
{
	char word[LINES_WORD_MAX];

	settings->scans = settings->reads = settings->stanzas_first = false;
	while (lines_word(&cursor, " \t,\r", word)) {
		settings->scans |= strchr("iI", *word) != NULL;
		settings->reads |= strchr("mM", *word) != NULL;
		settings->stanzas_first |= settings->reads && !settings->scans;
	}
}

static void setting_take(const struct line *line, void *context)
{
	struct settings *settings = context;
	const char *cursor = line->text;
	char name[LINES_WORD_MAX] = "", word[LINES_WORD_MAX];

	(void)lines_word(&cursor, " \t=", name);
	cursor += strspn(cursor, " \t=");
	if (settings->depth) {
		stanza_take(settings, name, cursor);
	} else if (!strcasecmp(name, "menuentry")) {
		stanza_begin(settings, cursor, line->path);
	} else if (!strcasecmp(name, "scanfor")) {
		scanfor_take(settings, cursor);
	} else if (!strcasecmp(name, "default_selection")) {
		(void)snprintf(settings->selection, sizeof(settings->selection), "%s",
			       cursor);
	} else if (!strcasecmp(name, "fold_linux_kernels")) {
		if (lines_word(&cursor, " \t\r", word))
			settings->unfolded = !strcasecmp(word, "false") ||
					     !strcasecmp(word, "off") ||
					     !strcmp(word, "0");
	}
}

static void settings_read(struct settings *settings)
{
	static const char *const names[] = { "EFI/refind", "EFI/BOOT" };
	const struct boot_menu *menu = settings->menu;
	char path[BOOT_PATH_MAX];

	for (size_t i = 0; i < menu->n_places; i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			(void)snprintf(path, sizeof(path), "%s/%s/refind.conf",
				       menu->places[i], names[j]);
			if (!lines_read(settings->root, path, setting_take, settings))
				return;
		}
}

/* What scanfor leaves out is no entry. */
static void entries_keep(struct settings *settings)
{
	struct boot_menu *menu = settings->menu;

	if (!settings->reads)
		menu->count = settings->kernels;
	if (settings->scans)
		return;
	menu->count -= settings->kernels;
	memmove(menu->list, menu->list + settings->kernels,
		menu->count * sizeof(menu->list[0]));
	settings->kernels = 0;
}

/* UTF-16, of which ASCII is of interest */
static bool title_read(const struct sysroot *root, const char *path, size_t skip,
		       char *title)
{
	char bytes[2 * TITLE_MAX] = "";
	ssize_t length = sysroot_read(root->fd, path, bytes, sizeof(bytes));
	size_t used = 0;

	for (size_t i = skip; (ssize_t)i < length && bytes[i] && used + 1 < TITLE_MAX;
	     i += 2)
		title[used++] = bytes[i];
	title[used] = '\0';
	return used;
}

/* The title of the last booted entry; false: it cannot be found */
static bool previous_read(const struct sysroot *root, const struct boot_menu *menu,
			  char *title)
{
	char path[BOOT_PATH_MAX];

	for (size_t i = 0; i < menu->n_places; i++) {
		(void)snprintf(path, sizeof(path), "%s/EFI/refind/vars/" PREVIOUS,
			       menu->places[i]);
		if (title_read(root, path, 0, title))
			return true;
	}
	return title_read(root, PREVIOUS_VARIABLE, 4, title);
}

/* ---- which kernel ---- */

static time_t time_of(const struct sysroot *root, const struct boot_entry *kernel)
{
	struct stat status;

	sysroot_seen(root->fd, kernel->file, SYSROOT_LOOKS);
	return fstatat(root->fd, kernel->file, &status, 0) < 0 ? 0 : status.st_mtime;
}

/* "Boot boot\vmlinuz-linux from ROOT" has a part of it, whatever the letters' case */
static bool title_has(const struct boot_entry *kernel, const char *part)
{
	char title[TITLE_MAX];
	size_t length = strlen(part);

	(void)snprintf(title, sizeof(title), "Boot boot\\%.190s from ", kernel->id);
	for (const char *at = title; length && *at; at++)
		if (!strncasecmp(at, part, length))
			return true;
	return false;
}

/* A whole title names a kernel when its name ends there. */
static bool title_names(const char *title, const struct boot_entry *kernel)
{
	size_t length = strlen(kernel->id);

	for (const char *at = title; *at; at++)
		if (!strncasecmp(at, kernel->id, length) &&
		    (!at[length] || at[length] == ' '))
			return true;
	return false;
}

/* The newest kernel of those that fit; @part NULL: of all; settings.kernels: none does */
static size_t newest_find(const struct settings *settings, const char *part, bool whole)
{
	const struct boot_menu *menu = settings->menu;
	size_t found = settings->kernels;

	for (size_t i = 0; i < settings->kernels; i++) {
		const struct boot_entry *kernel = &menu->list[i];

		if (part &&
		    !(whole ? title_names(part, kernel) : title_has(kernel, part)))
			continue;
		if (found == settings->kernels ||
		    time_of(settings->root, kernel) >
			    time_of(settings->root, &menu->list[found]))
			found = i;
	}
	return found;
}

static void unsure(struct boot_menu *menu, const char *what, const char *name)
{
	(void)snprintf(menu->why_not, sizeof(menu->why_not), "%.70s%.80s", what, name);
}

static void entry_choose(struct boot_menu *menu, size_t index, const char *why)
{
	if (!menu->list[index].n_files)
		unsure(menu, "rEFInd boots a menuentry without an image: ",
		       menu->list[index].id);
	else
		boot_entry_choose(menu, index, why, "");
}

static const char *why_of(bool whole)
{
	return whole ? "the one that booted last" : "default_selection of refind.conf";
}

/* "Boot Arch from ROOT": a menuentry by its title, or a part of it */
static bool stanza_choose(const struct settings *settings, const char *part, bool whole)
{
	struct boot_menu *menu = settings->menu;

	for (size_t i = settings->kernels; i < menu->count; i++)
		if (whole ? title_names(part, &menu->list[i]) :
			    strcasestr(menu->list[i].id, part) != NULL) {
			entry_choose(menu, i, why_of(whole));
			return true;
		}
	return false;
}

/* An entry by a part of its title; true: decided, or known to be undecidable */
static bool choose_by(const struct settings *settings, const char *part, bool whole)
{
	struct boot_menu *menu = settings->menu;
	size_t index;

	if (settings->stanzas_first && stanza_choose(settings, part, whole))
		return true;
	index = newest_find(settings, part, whole);
	if (index == settings->kernels)
		return stanza_choose(settings, part, whole);
	/* The others of the directory are behind the first, in a menu of their own. */
	if (!settings->unfolded && index != newest_find(settings, NULL, false))
		unsure(menu,
		       "rEFInd is configured to boot a kernel that is not its newest: ",
		       menu->list[index].id);
	else
		entry_choose(menu, index, why_of(whole));
	return true;
}

static bool choose_previous(const struct settings *settings)
{
	char title[TITLE_MAX];

	if (!previous_read(settings->root, settings->menu, title))
		return false;
	if (!choose_by(settings, title, true))
		unsure(settings->menu,
		       "rEFInd boots what booted last, no kernel of /boot: ", title);
	return true;
}

static void default_choose(struct settings *settings)
{
	char *cursor = settings->selection;
	char *part;

	/* "a,b" 8:00 17:00: only at that time of the day */
	if (strchr(settings->selection, ':')) {
		unsure(settings->menu,
		       "default_selection depends on the time: ", settings->selection);
		return;
	}
	while ((part = strsep(&cursor, ",\"\r"))) {
		part += strspn(part, " \t");
		if (!strcmp(part, "+") ?
			    choose_previous(settings) :
			    part[0] && part[1] && choose_by(settings, part, false))
			return;
	}
	unsure(settings->menu, "default_selection of rEFInd names no kernel of /boot: ",
	       settings->selection);
}

/*
 * Kernels boot with the options of the first line; without one, with rEFInd's defaults.
 */
static void lines_take(const struct sysroot *root, struct boot_menu *menu)
{
	size_t kernels = menu->count;
	const struct boot_entry *first = &menu->list[kernels];

	(void)lines_read(root, "boot/refind_linux.conf", refind_take, menu);
	if (kernels && menu->count > kernels) {
		for (size_t i = 0; i < kernels; i++) {
			memcpy(menu->list[i].cmdline, first->cmdline,
			       sizeof(first->cmdline));
			menu->list[i].has_cmdline = true;
		}
		menu->count = kernels;
	}
}

/* Undecided, but whichever boots loads the same image; the command lines may differ. */
static void image_choose(struct boot_menu *menu)
{
	struct boot_entry *first = &menu->list[0];

	for (size_t i = 0; i < menu->count; i++) {
		const struct boot_entry *entry = &menu->list[i];

		if (!entry->n_files ||
		    strcmp(entry->files[0].path, first->files[0].path) != 0)
			return;
		first->has_cmdline &= !strcmp(entry->cmdline, first->cmdline);
	}
	boot_entry_choose(menu, 0, "the image of all entries of rEFInd", "");
}

void menu_refind_read(const struct sysroot *root, struct boot_menu *menu)
{
	struct settings settings = {
		.root = root, .menu = menu, .scans = true, .reads = true
	};

	menu_kernels_read(root, menu);
	settings.kernels = menu->count;
	lines_take(root, menu);
	if (!settings.kernels && menu->count) {
		boot_entry_choose(menu, 0, "the first line", "boot/refind_linux.conf");
		return;
	}
	settings_read(&settings);
	entries_keep(&settings);
	if (menu->count == 1)
		entry_choose(menu, 0,
			     settings.kernels ? "the only kernel with an image in /boot" :
						"the only menuentry of refind.conf");
	if (menu->count < 2)
		return;
	if (!*settings.selection)
		(void)snprintf(settings.selection, sizeof(settings.selection), "+");
	default_choose(&settings);
	if (!menu->has_next)
		image_choose(menu);
}

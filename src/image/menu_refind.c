// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rEFInd finds kernels by itself. Those of one directory are one entry
 * (fold_linux_kernels), whose first kernel is the one with the newest time;
 * refind_linux.conf beside them has a line of two quoted words for each way to boot it,
 * and the first counts. Which entry boots is default_selection in refind.conf: part of
 * its title, or '+' for the one that booted last, which rEFInd keeps in a variable or a
 * file (docs/refind/configfile.html).
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

struct settings {
	char selection[TITLE_MAX];
	bool unfolded;
};

static void setting_take(const struct line *line, void *context)
{
	struct settings *settings = context;
	const char *cursor = line->text;
	char name[LINES_WORD_MAX] = "", word[LINES_WORD_MAX];

	(void)lines_word(&cursor, " \t=", name);
	cursor += strspn(cursor, " \t=");
	if (!strcasecmp(name, "default_selection")) {
		(void)snprintf(settings->selection, sizeof(settings->selection), "%s",
			       cursor);
	} else if (!strcasecmp(name, "fold_linux_kernels")) {
		if (lines_word(&cursor, " \t\r", word))
			settings->unfolded = !strcasecmp(word, "false") ||
					     !strcasecmp(word, "off") ||
					     !strcmp(word, "0");
	}
}

static void settings_read(const struct sysroot *root, const struct boot_menu *menu,
			  struct settings *settings)
{
	static const char *const names[] = { "EFI/refind", "EFI/BOOT" };
	char path[BOOT_PATH_MAX];

	for (size_t i = 0; i < menu->n_places; i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			(void)snprintf(path, sizeof(path), "%s/%s/refind.conf",
				       menu->places[i], names[j]);
			if (!lines_read(root, path, setting_take, settings))
				return;
		}
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

/* The newest of those that fit; @part NULL: of all; menu->count: none does */
static size_t newest_find(const struct sysroot *root, const struct boot_menu *menu,
			  const char *part, bool whole)
{
	size_t found = menu->count;

	for (size_t i = 0; i < menu->count; i++) {
		const struct boot_entry *kernel = &menu->list[i];

		if (part &&
		    !(whole ? title_names(part, kernel) : title_has(kernel, part)))
			continue;
		if (found == menu->count ||
		    time_of(root, kernel) > time_of(root, &menu->list[found]))
			found = i;
	}
	return found;
}

static void unsure(struct boot_menu *menu, const char *what, const char *name)
{
	(void)snprintf(menu->why_not, sizeof(menu->why_not), "%.70s%.80s", what, name);
}

/* An entry by a part of its title; true: decided, or known to be undecidable */
static bool choose_by(const struct sysroot *root, struct boot_menu *menu, bool unfolded,
		      const char *part, bool whole)
{
	size_t index = newest_find(root, menu, part, whole);

	if (index == menu->count)
		return false;
	/* The others of the directory are behind the first, in a menu of their own. */
	if (!unfolded && index != newest_find(root, menu, NULL, false))
		unsure(menu,
		       "rEFInd is configured to boot a kernel that is not its newest: ",
		       menu->list[index].id);
	else
		boot_entry_choose(menu, index,
				  whole ? "the one that booted last" :
					  "default_selection of refind.conf",
				  "");
	return true;
}

static bool choose_previous(const struct sysroot *root, struct boot_menu *menu,
			    bool unfolded)
{
	char title[TITLE_MAX];

	if (!previous_read(root, menu, title))
		return false;
	if (!choose_by(root, menu, unfolded, title, true))
		unsure(menu,
		       "rEFInd boots what booted last, no kernel of /boot: ", title);
	return true;
}

static void kernel_choose(const struct sysroot *root, struct boot_menu *menu,
			  struct settings *settings)
{
	char *cursor = settings->selection;
	char *part;

	/* "a,b" 8:00 17:00: only at that time of the day */
	if (strchr(settings->selection, ':')) {
		unsure(menu,
		       "default_selection depends on the time: ", settings->selection);
		return;
	}
	while ((part = strsep(&cursor, ",\"\r"))) {
		part += strspn(part, " \t");
		if (!strcmp(part, "+") ? choose_previous(root, menu, settings->unfolded) :
					 part[0] && part[1] &&
						 choose_by(root, menu, settings->unfolded,
							   part, false))
			return;
	}
	unsure(menu, "default_selection of rEFInd names no kernel of /boot: ",
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

void menu_refind_read(const struct sysroot *root, struct boot_menu *menu)
{
	struct settings settings = { .selection = "" };
	size_t kernels;

	menu_kernels_read(root, menu);
	kernels = menu->count;
	lines_take(root, menu);
	if (!kernels && menu->count)
		boot_entry_choose(menu, 0, "the first line", "boot/refind_linux.conf");
	else if (kernels == 1)
		boot_entry_choose(menu, 0, "the only kernel with an image in /boot", "");
	if (kernels < 2)
		return;
	settings_read(root, menu, &settings);
	if (!*settings.selection)
		(void)snprintf(settings.selection, sizeof(settings.selection), "+");
	kernel_choose(root, menu, &settings);
}

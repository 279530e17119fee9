// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/bootloader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/shell.h"
#include "survey/bootloader_read.h"

/* intel_iommu=on,sm_on has intel_iommu=on, and x=1 has x. */
static bool line_has(const char *text, const char *parameter)
{
	bool is_name = !strchr(parameter, '=');
	size_t length = strlen(parameter);
	char word[LINES_WORD_MAX];

	while (lines_word(&text, " \t\r\"'();", word))
		if (!strncmp(word, parameter, length) &&
		    (!word[length] || word[length] == (is_name ? '=' : ',')))
			return true;
	return false;
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Looks for a parameter in the lines of files. */
struct keeper {
	const struct bootloader *bootloader;
	const char *first; /* what the lines begin with; empty: all lines */
	const char *parameter;
	struct bootloader_kept *kept;
};

static void keeper_take(const struct line *line, void *context)
{
	const struct keeper *keeper = context;
	struct bootloader_kept *kept = keeper->kept;

	if (!starts_with(line->text, keeper->first) ||
	    !line_has(line->text + strcspn(line->text, "=") * (*keeper->first != '\0'),
		      keeper->parameter))
		return;
	if (keeper->bootloader->first_line && line->number > 1)
		kept->behind = true;
	else
		kept->found = true;
	kept->line = line->number;
	(void)snprintf(kept->file, sizeof(kept->file), "/%.158s", line->path);
}

/* ---- files that a shell sources ---- */

static bool any_has(const struct shell *shell, const char *start, const char *parameter)
{
	for (size_t i = 0; i < shell->count; i++)
		if (starts_with(shell->list[i].name, start) &&
		    line_has(shell->list[i].value, parameter))
			return true;
	return false;
}

/* Finds the assignment that drops a parameter which an earlier line has */
static void undone_find(const struct shell *shell, const char *name,
			struct bootloader_kept *kept)
{
	const struct shell_variable *last = shell_get(shell, name);

	kept->undone = kept->found;
	kept->found = false;
	if (!last)
		return;
	kept->line = last->line;
	(void)snprintf(kept->file, sizeof(kept->file), "/%.158s", last->file);
}

static void grub_kept(const struct sysroot *root, struct keeper *keeper)
{
	struct shell *shell cleanup_free = calloc(1, sizeof(*shell));

	keeper->first = "GRUB_CMDLINE_LINUX";
	(void)lines_read(root, "etc/default/grub", keeper_take, keeper);
	(void)lines_read_all(root, "etc/default/grub.d", ".cfg", keeper_take, keeper);
	if (!shell)
		return;
	bootloader_grub_read(root, shell);
	if (any_has(shell, "GRUB_CMDLINE_LINUX", keeper->parameter))
		keeper->kept->found = true;
	else
		undone_find(shell, "GRUB_CMDLINE_LINUX_DEFAULT", keeper->kept);
}

static void limine_kept(const struct sysroot *root, struct keeper *keeper)
{
	struct shell *shell cleanup_free = calloc(1, sizeof(*shell));

	keeper->first = "KERNEL_CMDLINE";
	(void)lines_read(root, "etc/limine-entry-tool.conf", keeper_take, keeper);
	(void)lines_read_all(root, "etc/limine-entry-tool.d", ".conf", keeper_take,
			     keeper);
	(void)lines_read(root, "etc/default/limine", keeper_take, keeper);
	if (!shell)
		return;
	bootloader_limine_read(root, shell);
	if (any_has(shell, "KERNEL_CMDLINE", keeper->parameter))
		keeper->kept->found = true;
	else
		undone_find(shell, "KERNEL_CMDLINE[default]", keeper->kept);
}

void bootloader_kept(const struct sysroot *root, const struct bootloader *bootloader,
		     const char *parameter, struct bootloader_kept *ret_kept)
{
	const char *variable = bootloader->variable;
	struct keeper keeper = { .bootloader = bootloader,
				 .first = "",
				 .parameter = parameter,
				 .kept = ret_kept };

	*ret_kept = (struct bootloader_kept){ .found = false };
	if (!*bootloader->file)
		return;
	if (bootloader->kind == BOOTLOADER_GRUB) {
		grub_kept(root, &keeper);
		return;
	}
	if (bootloader->kind == BOOTLOADER_LIMINE && strchr(variable, '[')) {
		limine_kept(root, &keeper);
		return;
	}
	/* A list of NixOS, and rEFInd's lines begin with other words. */
	if (!strcmp(variable, "LINUX_OPTIONS") || !strcmp(variable, "options") ||
	    !strcmp(variable, "kernel_cmdline") || !strcmp(variable, "cmdline"))
		keeper.first = variable;
	if (starts_with(bootloader->file, "/etc/cmdline.d/"))
		(void)lines_read_all(root, "etc/cmdline.d", ".conf", keeper_take,
				     &keeper);
	else
		(void)lines_read(root, bootloader->file + 1, keeper_take, &keeper);
}

bool bootloader_keeps(const struct sysroot *root, const struct bootloader *bootloader,
		      const char *parameter)
{
	struct bootloader_kept kept;

	bootloader_kept(root, bootloader, parameter, &kept);
	return kept.found;
}

/* ---- what the next boot will have ---- */

static enum fact entry_passes(const struct boot_entry *entry, const char *parameter)
{
	if (!entry->has_cmdline)
		return FACT_UNKNOWN;
	if (line_has(entry->cmdline, parameter))
		return FACT_YES;
	return entry->indirect ? FACT_UNKNOWN : FACT_NO;
}

static enum fact menu_passes(const struct boot_menu *menu, const char *parameter,
			     size_t *others)
{
	const struct boot_entry *next = boot_menu_next(menu);
	size_t counts[3] = { 0 };

	for (size_t i = 0; i < menu->count; i++) {
		enum fact fact = entry_passes(&menu->list[i], parameter);

		if (menu->list[i].has_cmdline)
			counts[fact]++;
		if (&menu->list[i] != next && fact == FACT_YES)
			++*others;
	}
	if (next)
		return entry_passes(next, parameter);
	if (!counts[FACT_UNKNOWN] && counts[FACT_YES] && !counts[FACT_NO])
		return FACT_YES;
	return !counts[FACT_UNKNOWN] && counts[FACT_NO] && !counts[FACT_YES] ?
		       FACT_NO :
		       FACT_UNKNOWN;
}

enum fact bootloader_passes(const struct sysroot *root,
			    const struct bootloader *bootloader, const char *parameter,
			    size_t *ret_others)
{
	struct boot_menu *menu cleanup_free = calloc(1, sizeof(*menu));
	size_t others = 0;
	enum fact fact;

	if (!menu)
		return FACT_UNKNOWN;
	boot_menu_read(root, bootloader->reader, menu);
	fact = menu_passes(menu, parameter, &others);
	if (ret_others)
		*ret_others = others;
	return fact;
}

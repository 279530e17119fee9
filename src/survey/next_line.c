// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/next_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#define OUR_NAME "vfio_early"
#define TARGET OUR_NAME ".target"

bool next_line_same(const struct config_target *a, const struct config_target *b)
{
	return pci_id_equal(&a->ids[0], &b->ids[0]) && a->has_address == b->has_address &&
	       (!a->has_address || !pci_address_compare(&a->address, &b->address));
}

bool next_line_has(const struct config *config, const struct config_target *target)
{
	for (size_t i = 0; i < config->n_targets; i++)
		if (next_line_same(&config->targets[i], target))
			return true;
	return false;
}

void next_line_word(const struct config_target *target,
		    char text[static NEXT_LINE_TARGET_TEXT])
{
	(void)snprintf(text, NEXT_LINE_TARGET_TEXT, TARGET "=%s%s%s",
		       PCI_ID(&target->ids[0]), target->has_address ? "@" : "",
		       target->has_address ? PCI_ADDRESS(&target->address) : "");
}

/* ---- words ---- */

static bool is_ours(const char *name)
{
	char head[sizeof(OUR_NAME) + 1]; /* a longer name, cut, is still longer */

	(void)snprintf(head, sizeof(head), "%.*s", (int)strcspn(name, "."), name);
	return cmdline_name_equal(head, OUR_NAME);
}

/* What a line sets; an error in it is noted there. */
static void line_apply(const char *line, struct config *config)
{
	struct fault fault;

	config_init(config);
	(void)cmdline_apply(line, config, &fault);
}

/* Is it on the next line, or replaced there? @scratch: of one word */
static bool is_there(const struct next_line *line, const char *word,
		     struct config *scratch)
{
	line_apply(word, scratch);
	return scratch->n_targets && next_line_has(&line->next, &scratch->targets[0]);
}

/**
 * words_add() - append the words vfio_early.* of a line, as they are written
 * @line: with the config of the next line: without the targets that are there; NULL: all
 * @scratch: scratch space; needed with @line
 */
static void words_add(const char *cmdline, const struct next_line *line,
		      struct config *scratch, char words[static CMDLINE_MAX])
{
	char name[64], value[64], word[BOOT_LINE_MAX];

	for (const char *start = cmdline;
	     cmdline_next(&cmdline, name, sizeof(name), value, sizeof(value));
	     start = cmdline) {
		(void)snprintf(word, sizeof(word), "%.*s", (int)(cmdline - start), start);
		if (is_ours(name) && !(line && is_there(line, word, scratch)))
			text_append(words, CMDLINE_MAX, "%s ", word);
	}
}

/* ---- the line of the next boot ---- */

/* The entry whose line counts: all have the same words if it is not known which boots. */
static const struct boot_entry *entry_of(const struct boot_menu *menu)
{
	const struct boot_entry *entry = boot_menu_next(menu);
	char first[CMDLINE_MAX] = "";

	if (entry)
		return entry->has_cmdline ? entry : NULL;
	for (size_t i = 0; i < menu->count; i++) {
		char words[CMDLINE_MAX] = "";

		entry = &menu->list[i];
		words_add(entry->cmdline, NULL, NULL, words);
		if (!i)
			memcpy(first, words, sizeof(first));
		if (!entry->has_cmdline || strcmp(first, words) != 0)
			return NULL;
	}
	return menu->count ? &menu->list[0] : NULL;
}

static void kept_find(const struct sysroot *root, const struct bootloader *bootloader,
		      struct next_line *line)
{
	char word[NEXT_LINE_TARGET_TEXT];

	for (size_t i = 0; i < line->now.n_targets; i++) {
		next_line_word(&line->now.targets[i], word);
		bootloader_kept(root, bootloader, word, &line->kept[i]);
	}
	if (!line->next.n_targets)
		bootloader_kept(root, bootloader, TARGET, &line->written);
}

/* The last word wins, so those of the next line come behind those of this boot. */
static void lines_join(const char *now, const struct boot_entry *entry,
		       struct config *scratch, struct next_line *line)
{
	line->known = entry && !entry->indirect;
	if (line->known)
		memcpy(line->whole, entry->cmdline, sizeof(line->whole));
	line_apply(now, &line->now);
	line_apply(entry ? entry->cmdline : "", &line->next);
	if (!line->known)
		words_add(now, line, scratch, line->words);
	if (entry)
		words_add(entry->cmdline, NULL, NULL, line->words);
}

void next_line_read(const struct sysroot *root, const char *cmdline,
		    struct next_line *line)
{
	struct boot_menu *menu cleanup_free = calloc(1, sizeof(*menu));
	struct config *scratch cleanup_free = calloc(1, sizeof(*scratch));
	struct bootloader_facts facts;
	struct bootloader bootloader;

	memset(line, 0, sizeof(*line));
	if (!menu || !scratch) {
		(void)snprintf(line->words, sizeof(line->words), "%s", cmdline);
		line_apply(cmdline, &line->now);
		return;
	}
	bootloader_read(root, cmdline, &facts);
	bootloader_judge(&facts, &bootloader);
	boot_menu_read(root, bootloader.reader, menu);
	lines_join(cmdline, entry_of(menu), scratch, line);
	kept_find(root, &bootloader, line);
}

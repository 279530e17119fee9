// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/next_check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/mode_check.h"

/* "the entry that boots next, NAME,": the one whose line was read */
static void entry_format(const struct check *check, char text[static BOOT_ID_MAX])
{
	const struct boot_menu *menu = mode_menu(check);
	const struct boot_entry *next = boot_menu_next(menu);

	(void)snprintf(text, BOOT_ID_MAX, "%s%.120s", next ? "the entry " : "each entry",
		       next ? mode_entry_name(menu, next) : "");
}

/* Another entry with a target; NULL for @target: with any. NULL: there is none */
static const struct boot_entry *other_entry(struct check *check,
					    const struct config_target *target)
{
	const struct boot_menu *menu = mode_menu(check);
	const struct boot_entry *next = boot_menu_next(menu);
	struct config *config = &check->scratch_config;
	struct fault fault;

	for (size_t i = 0; next && i < menu->count; i++) {
		const struct boot_entry *entry = &menu->list[i];

		config_init(config);
		(void)cmdline_apply(entry->cmdline, config, &fault);
		if (entry != next && config->mode == CONFIG_MODE_ON &&
		    (target ? next_line_has(config, target) : config->n_targets > 0))
			return entry;
	}
	return NULL;
}

/* ---- a target of this boot ---- */

static bool is_kept(const struct next_line *line, size_t target)
{
	return !line->known && line->kept[target].found;
}

bool next_is_open(const struct check *check, const struct config_target *target)
{
	const struct next_line *line = &check->line;

	if (target->line || line->known || next_line_has(&line->next, target))
		return false;
	for (size_t i = 0; i < line->now.n_targets; i++)
		if (next_line_same(&line->now.targets[i], target))
			return !is_kept(line, i);
	return false;
}

/*
 * What would put it on the line: the other entry, the command, or an edit and the command
 */
static void advise_keep(struct check *check, size_t index, const char *word, char *text,
			size_t size)
{
	const struct bootloader *bootloader = &check->survey->bootloader;
	const struct bootloader_kept *kept = &check->line.kept[index];
	const struct boot_entry *other =
		other_entry(check, &check->line.now.targets[index]);
	size_t used;

	if (other) {
		(void)snprintf(text, size, "to boot %.120s, which has it, once more: ",
			       mode_entry_name(mode_menu(check), other));
		used = strlen(text);
		mode_entry_choose(mode_menu(check), other, text + used, size - used);
	} else if (kept->found && *bootloader->command) {
		(void)snprintf(text, size, "it is in %s: run %s", kept->file,
			       bootloader->command);
	} else {
		bootloader_advise(bootloader, true, word, text, size);
	}
}

static const char *why_open(const struct check *check)
{
	const struct boot_entry *next = boot_menu_next(mode_menu(check));

	return next && next->has_cmdline ?
		       "its line has more words, by an addon or a variable of GRUB" :
		       "the line of the entry that boots next was not found";
}

static void target_gone(struct check *check, size_t index)
{
	const struct next_line *line = &check->line;
	char word[NEXT_LINE_TARGET_TEXT], entry[BOOT_ID_MAX];
	char advice[FINDING_TEXT_MAX - 64];

	next_line_word(&line->now.targets[index], word);
	advise_keep(check, index, word, advice, sizeof(advice));
	entry_format(check, entry);
	if (line->known)
		findings_add(&check->findings, FINDING_WARN, FINDING_LINE, NULL,
			     "%s is on the command line of this boot, but the next one, "
			     "by %s, is without it" TO_DO "%s",
			     word, entry, advice);
	else
		findings_add(&check->findings, FINDING_UNKNOWN, FINDING_LINE, NULL,
			     "%s is on the command line of this boot; whether the next "
			     "boot has it cannot be told: %s" TO_DO
			     "to keep it: %s; /proc/cmdline shows it then",
			     word, why_open(check), advice);
}

/* ---- what is new ---- */

static bool sets_other(const struct config *next, const struct config *now)
{
	return next->deadline != now->deadline || next->debug != now->debug ||
	       next->guard_set != now->guard_set || next->guard != now->guard;
}

/* Words of the next line that this boot does not have */
static void news_format(const struct next_line *line, char *text, size_t size)
{
	char word[NEXT_LINE_TARGET_TEXT];

	for (size_t i = 0; i < line->next.n_targets; i++) {
		if (next_line_has(&line->now, &line->next.targets[i]))
			continue;
		next_line_word(&line->next.targets[i], word);
		text_list(text, size, ", ", word);
	}
	if (!*text && line->known && sets_other(&line->next, &line->now))
		(void)snprintf(text, size,
			       "another vfio_early.deadline=, .log= or .guard=");
}

static void news_judge(struct check *check)
{
	char text[FINDING_TEXT_MAX / 2] = "", entry[BOOT_ID_MAX];

	news_format(&check->line, text, sizeof(text));
	entry_format(check, entry);
	if (*text)
		findings_add(&check->findings, FINDING_HINT, FINDING_LINE, NULL,
			     "the command line of the next boot, by %s, has %s, which "
			     "this boot has not" TO_DO
			     "nothing: what follows is told of the next boot",
			     entry, text);
}

/* In the file, but the boot loader's command was not run: nothing has read it yet. */
static void written_judge(struct check *check)
{
	const struct next_line *line = &check->line;
	const struct bootloader *bootloader = &check->survey->bootloader;
	char entry[BOOT_ID_MAX];

	if (!line->known || line->now.n_targets || line->next.n_targets ||
	    !line->written.found || !*bootloader->command)
		return;
	entry_format(check, entry);
	findings_add(&check->findings, FINDING_WARN, FINDING_LINE, NULL,
		     "vfio_early.target= is in %s, but the next boot, by %s, is without "
		     "it" TO_DO "run %s, and check again",
		     line->written.file, entry, bootloader->command);
}

/* A boot entry for a virtual machine that names the card itself */
static void other_judge(struct check *check)
{
	const struct next_line *line = &check->line;
	const struct boot_entry *other;
	char step[SHELL_WORD_MAX + 64];

	if (line->now.n_targets || line->next.n_targets)
		return;
	other = other_entry(check, NULL);
	if (!other)
		return;
	mode_entry_choose(mode_menu(check), other, step, sizeof(step));
	findings_add(&check->findings, FINDING_HINT, FINDING_LINE, NULL,
		     "the boot entry \"%.120s\" has vfio_early.target=; the one that "
		     "comes next has not" TO_DO "to boot that entry once: %s",
		     mode_entry_name(mode_menu(check), other), step);
}

void next_check(struct check *check)
{
	const struct next_line *line = &check->line;

	for (size_t i = 0; i < line->now.n_targets; i++)
		if (!next_line_has(&line->next, &line->now.targets[i]) &&
		    !is_kept(line, i))
			target_gone(check, i);
	news_judge(check);
	written_judge(check);
	other_judge(check);
}

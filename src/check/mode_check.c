// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/mode_check.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "model/cmdline.h"

#define MODE "vfio_early.mode"

void check_mode_parameter(enum config_mode mode, char name[static SURVEY_PARAMETER_MAX])
{
	(void)snprintf(name, SURVEY_PARAMETER_MAX, "vfio_early.mode=%s",
		       config_mode_names[mode]);
}

/* ---- boot entries ---- */

/* Does an entry leave the cards to the host? */
static enum fact leaves(const struct boot_entry *entry)
{
	char value[16];

	if (!entry->has_cmdline)
		return FACT_UNKNOWN;
	if (cmdline_get(entry->cmdline, MODE, value, sizeof(value)))
		return !strcmp(value, config_mode_names[CONFIG_MODE_ON]) ? FACT_NO :
									   FACT_YES;
	return entry->indirect ? FACT_UNKNOWN : FACT_NO;
}

/* A recovery entry is for no virtual machine. */
static bool is_rescue(const struct boot_entry *entry)
{
	static const char *const words[] = { "single", "recovery", "rescue",
					     "emergency" };
	char value[16];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (cmdline_get(entry->cmdline, words[i], value, sizeof(value)))
			return true;
	return strstr(entry->cmdline, "systemd.unit=rescue") ||
	       strstr(entry->cmdline, "systemd.unit=emergency");
}

/* The entry that boots next and leaves the cards; NULL: it takes them, or is not known */
static const struct boot_entry *leaving_entry(const struct boot_menu *menu)
{
	const struct boot_entry *next = boot_menu_next(menu);

	return next && leaves(next) == FACT_YES ? next : NULL;
}

const struct boot_entry *mode_guest_entry(const struct boot_menu *menu)
{
	if (!leaving_entry(menu))
		return NULL;
	for (size_t i = 0; i < menu->count; i++)
		if (leaves(&menu->list[i]) == FACT_NO && !is_rescue(&menu->list[i]))
			return &menu->list[i];
	return NULL;
}

const char *mode_entry_name(const struct boot_menu *menu, const struct boot_entry *entry)
{
	return menu->reader == BOOT_READER_GRUB && *entry->title ? entry->title :
								   entry->id;
}

void mode_entry_choose(const struct boot_menu *menu, const struct boot_entry *entry,
		       char *text, size_t size)
{
	const char *name = mode_entry_name(menu, entry);

	if (menu->reader == BOOT_READER_SYSTEMD || menu->reader == BOOT_READER_PROXMOX)
		(void)snprintf(text, size, "`bootctl set-oneshot %s`", SHELL_WORD(name));
	else if (menu->reader == BOOT_READER_GRUB)
		(void)snprintf(text, size, "`grub-reboot %s`", SHELL_WORD(name));
	else
		(void)snprintf(text, size, "select %s in the boot menu", name);
}

static void entries_judge(struct check *check, const struct boot_menu *menu,
			  const struct boot_entry *entry)
{
	char step[SHELL_WORD_MAX + 64];

	mode_entry_choose(menu, entry, step, sizeof(step));
	findings_add(&check->findings, FINDING_HINT, FINDING_MODE, NULL,
		     "the boot entry \"%.120s\", which comes next, leaves "
		     "the cards to the host; \"%.120s\" reserves them" TO_DO
		     "to boot that entry once: %s",
		     mode_entry_name(menu, leaving_entry(menu)),
		     mode_entry_name(menu, entry), step);
}

/* ---- the kill switch ---- */

/* Is the kill switch only typed for this boot, or kept by the boot loader? */
static enum fact mode_is_kept(const struct check *check)
{
	char name[SURVEY_PARAMETER_MAX];
	const struct parameter *parameter;

	check_mode_parameter(check->mode, name);
	parameter = survey_parameter(check->survey, name);
	if (!parameter)
		return FACT_UNKNOWN;
	if (parameter->passes != FACT_UNKNOWN || !*check->survey->bootloader.file)
		return parameter->passes;
	return parameter->kept.found ? FACT_YES : FACT_NO;
}

static void switch_judge(struct check *check)
{
	struct findings *findings = &check->findings;
	const char *mode = config_mode_names[check->mode];
	enum fact kept = mode_is_kept(check);

	if (kept == FACT_YES)
		findings_add(findings, FINDING_FAIL, FINDING_MODE, NULL,
			     "vfio_early.mode=%s is set in the boot loader's file: "
			     "nothing will be reserved" TO_DO
			     "remove it there; or add an entry without it: "
			     "`vfio-early --explain mode`",
			     mode);
	else
		findings_add(findings, kept == FACT_NO ? FINDING_WARN : FINDING_UNKNOWN,
			     FINDING_MODE, NULL,
			     "this boot has vfio_early.mode=%s: nothing is reserved as "
			     "long as it is on the kernel command line",
			     mode);
}

const struct boot_menu *mode_menu(const struct check *check)
{
	static const struct boot_menu none;

	return check->images ? &check->images->menu : &none;
}

void mode_check(struct check *check)
{
	const struct boot_menu *menu = mode_menu(check);
	const struct boot_entry *entry = mode_guest_entry(menu);
	const struct boot_entry *next = leaving_entry(menu);

	if (entry)
		entries_judge(check, menu, entry);
	else if (check->mode != CONFIG_MODE_ON)
		switch_judge(check);
	else if (next)
		findings_add(&check->findings, FINDING_FAIL, FINDING_MODE, NULL,
			     "the boot entry \"%.120s\", which comes next, has "
			     "vfio_early.mode=off: nothing will be reserved" TO_DO
			     "remove vfio_early.mode= there, or add an entry without it: "
			     "`vfio-early --explain mode`",
			     mode_entry_name(menu, next));
}

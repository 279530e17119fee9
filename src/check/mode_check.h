/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODE_CHECK_H
#define VFIO_EARLY_MODE_CHECK_H

/*
 * The kill switch, and machines with two boot entries: one leaves the cards to the host,
 * the other reserves them for a virtual machine. Pure.
 */

#include "check/check.h"
#include "image/boot_menu.h"

/** mode_check() - judge the kill switch of this boot and of the next one */
void mode_check(struct check *check);

/** mode_menu() - all boot entries; an empty menu where images were not looked for */
const struct boot_menu *mode_menu(const struct check *check);

/**
 * mode_guest_entry() - the boot entry that reserves the cards, where the usual one does
 * not
 *
 * Return: NULL unless the entry that boots next leaves the cards to the host, and another
 * entry, which is no rescue entry, does not
 */
const struct boot_entry *mode_guest_entry(const struct boot_menu *menu);

/** mode_entry_name() - how people and the boot loader's tools name an entry */
const char *mode_entry_name(const struct boot_menu *menu, const struct boot_entry *entry);

/** mode_entry_choose() - how to boot an entry once, as words of a sentence */
void mode_entry_choose(const struct boot_menu *menu, const struct boot_entry *entry,
		       char *text, size_t size);

#endif

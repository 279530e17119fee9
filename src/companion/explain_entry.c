// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/explain_entry.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/mode_check.h"
#include "read/config_read.h"
#include "survey/bootloader.h"

#define SWITCH "vfio_early.mode=off"
#define SHARE "/usr/share/vfio-early/"

static void step(FILE *out, const char *text)
{
	text_paragraph(out, 4, text);
}

/* The usual entry gets the kill switch. */
static void switch_write(const struct bootloader *bootloader, FILE *out)
{
	char text[1024];

	if (bootloader->reader == BOOT_READER_GRUB) {
		step(out, "Add " SWITCH " to GRUB_CMDLINE_LINUX in /etc/default/grub: "
			  "not to GRUB_CMDLINE_LINUX_DEFAULT, which entries for "
			  "recovery do not have.");
		return;
	}
	bootloader_advise(bootloader, true, SWITCH, text, sizeof(text));
	step(out, text);
}

static const char grub[] =
	"ln -s " SHARE
	"11_vfio_early /etc/grub.d/, then %s: the entries are there twice, "
	"and \"Virtual machine: ...\" is without " SWITCH ". (Where entries are files in "
	"loader/entries: copy the file of the entry, and remove the word in the copy.)";
static const char systemd[] =
	"Where kernel-install writes the entries: ln -s " SHARE "95-vfio-early.install "
	"/etc/kernel/install.d/, then %s: each kernel gets a second entry, \"Virtual "
	"machine: ...\". Entries that you wrote yourself: copy the file, and remove the "
	"word in the copy. A unified kernel image holds its command line: build a second "
	"one without it.";
static const char others[] = "Copy the entry of the boot loader, remove " SWITCH
			     " in the copy, and do what your "
			     "boot loader wants after a change (%s).";

/* The second entry, by the tool that makes the first one */
static void second_write(const struct bootloader *bootloader, FILE *out)
{
	enum boot_reader reader = bootloader->reader;
	const char *command = *bootloader->command	    ? bootloader->command :
			      reader == BOOT_READER_GRUB    ? "update-grub" :
			      reader == BOOT_READER_SYSTEMD ? "kernel-install add for "
							      "each kernel" :
							      "most need none";
	char text[1024];

	if (reader == BOOT_READER_GRUB)
		(void)snprintf(text, sizeof(text), grub, command);
	else if (reader == BOOT_READER_SYSTEMD)
		(void)snprintf(text, sizeof(text), systemd, command);
	else
		(void)snprintf(text, sizeof(text), others, command);
	step(out, text);
}

static void choose_write(const struct boot_menu *menu, FILE *out)
{
	const struct boot_entry *entry = mode_guest_entry(menu);
	char choose[SHELL_WORD_MAX + 64], text[1024];

	if (!entry) {
		step(out, "To boot it once: bootctl set-oneshot ID, or systemctl reboot "
			  "--boot-loader-entry=ID (systemd-boot); grub-reboot TITLE "
			  "(GRUB; where /boot is on LVM, RAID or btrfs GRUB cannot "
			  "write that it was done, and the choice stays); or choose it "
			  "in the menu.");
		return;
	}
	mode_entry_choose(menu, entry, choose, sizeof(choose));
	(void)snprintf(text, sizeof(text), "It exists: \"%s\". To boot it once: %s.",
		       mode_entry_name(menu, entry), choose);
	step(out, text);
}

void explain_entry(const struct sysroot *root, FILE *out)
{
	struct bootloader_facts *facts cleanup_free = calloc(1, sizeof(*facts));
	struct boot_menu *menu cleanup_free = calloc(1, sizeof(*menu));
	char cmdline[CMDLINE_MAX];
	struct bootloader bootloader;

	if (!facts || !menu)
		return;
	(void)config_read_cmdline(root, cmdline);
	bootloader_read(root, cmdline, facts);
	bootloader_judge(facts, &bootloader);
	boot_menu_read(root, bootloader.reader, menu);
	fputs("A boot entry for a virtual machine (a single GPU)\n", out);
	step(out, "The everyday entry leaves the cards to the host; a second one is the "
		  "same without the kill switch and reserves them. No card in use is "
		  "ever unbound, and each boot finds the card in its power-on state.");
	step(out, "In the config: boot-display = allow; rebuild the initramfs.");
	switch_write(&bootloader, out);
	second_write(&bootloader, out);
	step(out, "systemctl enable vfio-early-guest@NAME.service: it starts the virtual "
		  "machine in the second entry only, and reboots when the machine ends.");
	choose_write(menu, out);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/bootloader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

const char *const bootloader_names[] = {
	[BOOTLOADER_UNKNOWN] = "unknown",
	[BOOTLOADER_OSTREE] = "rpm-ostree",
	[BOOTLOADER_NIXOS] = "NixOS",
	[BOOTLOADER_ZFSBOOTMENU] = "ZFSBootMenu",
	[BOOTLOADER_LIMINE] = "Limine",
	[BOOTLOADER_UKI] = "unified kernel image",
	[BOOTLOADER_EXTLINUX] = "EXTLINUX",
	[BOOTLOADER_SDBOOTUTIL] = "sdbootutil",
	[BOOTLOADER_GRUBBY] = "GRUB (grubby)",
	[BOOTLOADER_GRUB] = "GRUB",
	[BOOTLOADER_REFIND] = "rEFInd",
	[BOOTLOADER_PROXMOX] = "systemd-boot (Proxmox)",
	[BOOTLOADER_KERNELSTUB] = "systemd-boot (kernelstub)",
	[BOOTLOADER_SDBOOT_MANAGE] = "systemd-boot (sdboot-manage)",
	[BOOTLOADER_KERNEL_INSTALL] = "systemd-boot (kernel-install)",
	[BOOTLOADER_ENTRIES] = "systemd-boot",
};

static_assert(ARRAY_SIZE(bootloader_names) == BOOTLOADER_KINDS,
	      "a boot loader has no name");

#define KERNEL_CMDLINE "/etc/kernel/cmdline"

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static void set(char *field, size_t size, const char *text)
{
	(void)snprintf(field, size, "%s", text);
}

#define SET(field, text) set(field, sizeof(field), text)

/*
 * ---- which loader booted: it says so, then what only one of them puts on the line ----
 */

static bool says(const struct bootloader_facts *facts, const char *name)
{
	return starts_with(facts->loader, name);
}

static bool is_systemd(const struct bootloader_facts *facts)
{
	/* rEFInd hands over initrd= too, and gives its name. */
	return says(facts, "systemd-boot") ||
	       (!*facts->loader && facts->loader_initrd && !facts->boot_image);
}

static bool is_grub(const struct bootloader_facts *facts)
{
	return !says(facts, "systemd-boot") && (says(facts, "GRUB") || facts->boot_image);
}

/* ---- one function for each row that needs more than its columns ---- */

static bool is_ostree(const struct bootloader_facts *facts)
{
	return facts->ostree;
}

static bool is_nixos(const struct bootloader_facts *facts)
{
	return facts->nixos;
}

/* With flakes the configuration can be in any directory. */
static void nixos_fill(const struct bootloader_facts *facts,
		       struct bootloader *bootloader)
{
	if (facts->flake) {
		SET(bootloader->file, "/etc/nixos/flake.nix, or a file that it imports");
	} else if (!facts->nixos_config) {
		SET(bootloader->file, "the configuration of this NixOS, a flake that is "
				      "kept outside /etc/nixos");
		SET(bootloader->command, "nixos-rebuild boot --flake with its path");
	}
}

/*
 * Its own image is a unified one, so StubInfo says nothing; it starts kernels by kexec.
 */
static bool is_zfsbootmenu(const struct bootloader_facts *facts)
{
	return *facts->dataset && facts->zfsbootmenu && !facts->boot_image &&
	       !facts->loader_initrd && !facts->proxmox;
}

static void zfsbootmenu_fill(const struct bootloader_facts *facts,
			     struct bootloader *bootloader)
{
	if (*facts->kcl) {
		SET(bootloader->file, facts->kcl);
		return;
	}
	(void)snprintf(
		bootloader->add, sizeof(bootloader->add),
		"zfs set org.zfsbootmenu:commandline=\"... @\" %s (first print the "
		"current value, and keep all of it: zfs get org.zfsbootmenu:commandline "
		"%s)",
		facts->dataset, facts->dataset);
	(void)snprintf(bootloader->remove, sizeof(bootloader->remove),
		       "zfs set org.zfsbootmenu:commandline=\"...\" %s with everything "
		       "that zfs get org.zfsbootmenu:commandline %s shows, except @",
		       facts->dataset, facts->dataset);
}

/*
 * Limine leaves no trace on the command line; before version 9 it did not say its name.
 */
static bool is_limine(const struct bootloader_facts *facts)
{
	return says(facts, "Limine") || (!*facts->loader && !facts->boot_image &&
					 !facts->loader_initrd && *facts->limine_conf);
}

static void limine_fill(const struct bootloader_facts *facts,
			struct bootloader *bootloader)
{
	if (!facts->limine_tool) {
		(void)snprintf(bootloader->file, sizeof(bootloader->file), "%s%.150s",
			       *facts->limine_conf ? "/" : "", facts->limine_conf);
		bootloader->variable = "cmdline";
		return;
	}
	SET(bootloader->command, facts->limine_tool);
	SET(bootloader->file, KERNEL_CMDLINE);
	if (facts->limine_line) {
		(void)snprintf(bootloader->file, sizeof(bootloader->file), "/%.158s",
			       facts->limine_file);
		bootloader->variable = facts->limine_default ?
					       "KERNEL_CMDLINE[default]" :
					       "KERNEL_CMDLINE[...] of each kernel";
	} else {
		bootloader->whole = !facts->kernel_cmdline;
	}
}

/* ---- kernel-install ---- */

/* Debian has no kernels below /usr/lib/modules: for add-all there are none. */
static const char *add_all(const struct bootloader_facts *facts)
{
	return facts->boot_kernels ? "for k in /boot/vmlinuz-*; do kernel-install add "
				     "\"${k#*-}\" \"$k\"; done" :
				     "kernel-install add-all";
}

static bool is_uki(const struct bootloader_facts *facts)
{
	return facts->stub;
}

static void uki_fill(const struct bootloader_facts *facts, struct bootloader *bootloader)
{
	static const char *const commands[] = {
		[UKI_BY_UNKNOWN] = NULL,
		[UKI_BY_MKINITCPIO] = "mkinitcpio -P",
		[UKI_BY_DRACUT] = "dracut --force --regenerate-all",
		[UKI_BY_KERNEL_INSTALL] = NULL,
	};
	const char *command = commands[facts->maker];
	bool mkinitcpio = facts->maker == UKI_BY_MKINITCPIO;

	(void)snprintf(bootloader->command, sizeof(bootloader->command), "%s%s",
		       command ? command : add_all(facts),
		       facts->maker == UKI_BY_UNKNOWN ? ", or rebuild the image with the "
							"tool that made it" :
							"");
	if (facts->sdbootutil)
		SET(bootloader->command, "sdbootutil update-all-entries");
	SET(bootloader->file, KERNEL_CMDLINE);
	if (*facts->maker_file) {
		SET(bootloader->file, facts->maker_file);
		if (facts->maker == UKI_BY_DRACUT)
			bootloader->variable = "kernel_cmdline";
	} else if (mkinitcpio && facts->cmdline_dir) {
		SET(bootloader->file, "/etc/cmdline.d/vfio.conf");
	} else if (facts->maker == UKI_BY_DRACUT) {
		SET(bootloader->file, "/etc/dracut.conf.d/cmdline.conf");
		bootloader->variable = "kernel_cmdline";
		bootloader->whole = true;
	} else {
		bootloader->whole = !facts->kernel_cmdline;
	}
}

/* It leaves BOOT_IMAGE= on the line, too, but needs no grub.cfg. */
static bool is_extlinux(const struct bootloader_facts *facts)
{
	return facts->boot_image && facts->extlinux_conf && !*facts->grub_config &&
	       !*facts->loader;
}

static void extlinux_fill(const struct bootloader_facts *facts,
			  struct bootloader *bootloader)
{
	(void)snprintf(bootloader->file, sizeof(bootloader->file), "/%.158s",
		       facts->extlinux_conf);
}

/* openSUSE's GRUB says and leaves what any GRUB does; entries are sdbootutil's. */
static bool is_sdbootutil(const struct bootloader_facts *facts)
{
	bool bls = !strcmp(facts->loader_type, "grub2-bls") ||
		   (!*facts->loader_type && !*facts->grub_config && facts->esp_entries);

	return facts->sdbootutil &&
	       (is_systemd(facts) || (is_grub(facts) && bls && !facts->proxmox));
}

static void sdbootutil_fill(const struct bootloader_facts *facts,
			    struct bootloader *bootloader)
{
	if (is_grub(facts))
		bootloader->reader = BOOT_READER_GRUB_BLS;
	bootloader->whole = !facts->kernel_cmdline;
}

static bool is_grubby(const struct bootloader_facts *facts)
{
	return is_grub(facts) && facts->grubby && !facts->proxmox;
}

static void grub_fill(const struct bootloader_facts *facts, struct bootloader *bootloader)
{
	const char *config = *facts->grub_config ? facts->grub_config :
						   "/boot/grub/grub.cfg";

	if (*facts->grub_file)
		(void)snprintf(bootloader->file, sizeof(bootloader->file), "/%.158s",
			       facts->grub_file);
	if (facts->grub_common)
		bootloader->second = "GRUB_CMDLINE_LINUX";
	if (facts->transactional)
		SET(bootloader->command, "transactional-update --continue grub.cfg");
	else if (facts->proxmox)
		SET(bootloader->command, "update-grub and proxmox-boot-tool refresh");
	else if (facts->update_grub)
		SET(bootloader->command, "update-grub");
	else
		(void)snprintf(bootloader->command, sizeof(bootloader->command),
			       "%s -o %.80s",
			       starts_with(config, "/boot/grub2/") ? "grub2-mkconfig" :
								     "grub-mkconfig",
			       config);
}

static bool is_refind(const struct bootloader_facts *facts)
{
	return says(facts, "rEFInd") && *facts->refind_file;
}

static void refind_fill(const struct bootloader_facts *facts,
			struct bootloader *bootloader)
{
	SET(bootloader->file, facts->refind_file);
	if (strstr(facts->refind_file, "/refind.conf"))
		bootloader->variable = "options";
}

static bool is_proxmox(const struct bootloader_facts *facts)
{
	return is_systemd(facts) && facts->proxmox;
}

static void proxmox_fill(const struct bootloader_facts *facts,
			 struct bootloader *bootloader)
{
	bootloader->first_line = true;
	bootloader->whole = !facts->kernel_cmdline;
}

static bool is_kernelstub(const struct bootloader_facts *facts)
{
	return is_systemd(facts) && facts->kernelstub;
}

static bool is_sdboot_manage(const struct bootloader_facts *facts)
{
	return is_systemd(facts) && facts->sdboot_manage;
}

/* It writes entries anew unless the settings say that existing ones stay. */
static void sdboot_manage_fill(const struct bootloader_facts *facts,
			       struct bootloader *bootloader)
{
	if (facts->entries_stay)
		SET(bootloader->command, "sdboot-manage gen (with OVERWRITE_EXISTING=yes "
					 "in that file)");
}

static bool is_kernel_install(const struct bootloader_facts *facts)
{
	return is_systemd(facts) && (facts->kernel_cmdline || facts->usr_kernel_cmdline ||
				     facts->installed_entry);
}

/* /usr/lib/kernel/cmdline is the distribution's; without both it is /proc/cmdline. */
static void kernel_install_fill(const struct bootloader_facts *facts,
				struct bootloader *bootloader)
{
	(void)snprintf(bootloader->command, sizeof(bootloader->command), "%s%s",
		       add_all(facts),
		       facts->boot_kernels ? "" :
					     " (before systemd 255: reinstall the "
					     "kernel's package)");
	bootloader->whole = !facts->kernel_cmdline;
}

static bool is_entries(const struct bootloader_facts *facts)
{
	return is_systemd(facts) && *facts->entry;
}

static void entries_fill(const struct bootloader_facts *facts,
			 struct bootloader *bootloader)
{
	SET(bootloader->file, facts->entry);
}

/**
 * struct bootloader_row - one way to keep a command line
 * @is: is it the one of this machine? The first row that says so is.
 * @file: that is edited; NULL: none, or @fill knows it
 * @variable: in it; NULL: the file is the line
 * @command: that has to be run then; NULL: none, or @fill knows it
 * @add: command that adds a parameter, which takes the place of '@'; NULL: edit @file
 * @fill: for what depends on the machine; NULL: nothing does
 */
static const struct bootloader_row {
	bool (*is)(const struct bootloader_facts *facts);
	enum bootloader_kind kind;
	enum boot_reader reader;
	const char *file;
	const char *variable;
	const char *command;
	const char *add;
	const char *remove;
	void (*fill)(const struct bootloader_facts *facts, struct bootloader *bootloader);
} rows[] = {
	{ .kind = BOOTLOADER_OSTREE,
	  .is = is_ostree,
	  .reader = BOOT_READER_GRUB,
	  .add = "rpm-ostree kargs --append-if-missing=@",
	  .remove = "rpm-ostree kargs --delete-if-present=@" },
	{ .kind = BOOTLOADER_NIXOS,
	  .is = is_nixos,
	  .reader = BOOT_READER_SYSTEMD,
	  .file = "/etc/nixos/configuration.nix",
	  .variable = "boot.kernelParams",
	  .command = "nixos-rebuild boot",
	  .fill = nixos_fill },
	{
		.kind = BOOTLOADER_ZFSBOOTMENU,
		.is = is_zfsbootmenu,
		.reader = BOOT_READER_ZFSBOOTMENU,
		.fill = zfsbootmenu_fill,
	},
	{ .kind = BOOTLOADER_LIMINE,
	  .is = is_limine,
	  .reader = BOOT_READER_LIMINE,
	  .fill = limine_fill },
	{ .kind = BOOTLOADER_UKI,
	  .is = is_uki,
	  .reader = BOOT_READER_SYSTEMD,
	  .fill = uki_fill },
	{ .kind = BOOTLOADER_EXTLINUX,
	  .is = is_extlinux,
	  .variable = "APPEND",
	  .fill = extlinux_fill },
	{ .kind = BOOTLOADER_SDBOOTUTIL,
	  .is = is_sdbootutil,
	  .reader = BOOT_READER_SYSTEMD,
	  .file = KERNEL_CMDLINE,
	  .command = "sdbootutil update-all-entries",
	  .fill = sdbootutil_fill },
	{ .kind = BOOTLOADER_GRUBBY,
	  .is = is_grubby,
	  .reader = BOOT_READER_GRUB,
	  .add = "grubby --update-kernel=ALL --args=@",
	  .remove = "grubby --update-kernel=ALL --remove-args=@" },
	{ .kind = BOOTLOADER_GRUB,
	  .is = is_grub,
	  .reader = BOOT_READER_GRUB,
	  .file = "/etc/default/grub",
	  .variable = "GRUB_CMDLINE_LINUX_DEFAULT",
	  .fill = grub_fill },
	{ .kind = BOOTLOADER_REFIND,
	  .is = is_refind,
	  .reader = BOOT_READER_REFIND,
	  .variable = "the second word of each line",
	  .fill = refind_fill },
	{ .kind = BOOTLOADER_PROXMOX,
	  .is = is_proxmox,
	  .reader = BOOT_READER_PROXMOX,
	  .file = KERNEL_CMDLINE,
	  .command = "proxmox-boot-tool refresh",
	  .fill = proxmox_fill },
	{ .kind = BOOTLOADER_KERNELSTUB,
	  .is = is_kernelstub,
	  .reader = BOOT_READER_SYSTEMD,
	  .add = "kernelstub -a @",
	  .remove = "kernelstub -d @" },
	{ .kind = BOOTLOADER_SDBOOT_MANAGE,
	  .is = is_sdboot_manage,
	  .reader = BOOT_READER_SYSTEMD,
	  .file = "/etc/sdboot-manage.conf",
	  .variable = "LINUX_OPTIONS",
	  .command = "sdboot-manage gen",
	  .fill = sdboot_manage_fill },
	{ .kind = BOOTLOADER_KERNEL_INSTALL,
	  .is = is_kernel_install,
	  .reader = BOOT_READER_SYSTEMD,
	  .file = KERNEL_CMDLINE,
	  .fill = kernel_install_fill },
	{ .kind = BOOTLOADER_ENTRIES,
	  .is = is_entries,
	  .reader = BOOT_READER_SYSTEMD,
	  .variable = "options",
	  .fill = entries_fill },
};

static_assert(ARRAY_SIZE(rows) == BOOTLOADER_KINDS - 1, "a boot loader has no row");

/* The boot loader whose entries are read if nothing else is known */
static enum boot_reader reader_of(const struct bootloader_facts *facts)
{
	if (is_grub(facts))
		return BOOT_READER_GRUB;
	return is_systemd(facts) ? BOOT_READER_SYSTEMD : BOOT_READER_NONE;
}

void bootloader_judge(const struct bootloader_facts *facts, struct bootloader *bootloader)
{
	const struct bootloader_row *row = NULL;

	*bootloader = (struct bootloader){ .variable = "", .reader = reader_of(facts) };
	memcpy(bootloader->loader, facts->loader, sizeof(bootloader->loader));
	for (size_t i = 0; i < ARRAY_SIZE(rows) && !row; i++)
		if (rows[i].is(facts))
			row = &rows[i];
	if (!row)
		return;
	bootloader->kind = row->kind;
	if (row->kind != BOOTLOADER_NIXOS)
		bootloader->reader = row->reader;
	bootloader->variable = row->variable ? row->variable : "";
	SET(bootloader->file, row->file ? row->file : "");
	SET(bootloader->command, row->command ? row->command : "");
	SET(bootloader->add, row->add ? row->add : "");
	SET(bootloader->remove, row->remove ? row->remove : "");
	if (row->fill)
		row->fill(facts, bootloader);
}

/* ---- advice ---- */

/* '@' stands for the parameter, in quotes of the command's own or without any. */
static void command_format(const char *command, const char *parameter, char *text,
			   size_t size)
{
	const char *at = strchr(command, '@');
	bool quoted = at && at[1] == '"';

	(void)snprintf(text, size, "run %.*s%s%s and reboot",
		       (int)(at ? at - command : (long)strlen(command)), command,
		       !at    ? "" :
		       quoted ? parameter :
				SHELL_WORD(parameter),
		       at ? at + 1 : "");
}

/*
 * A new file replaces the line that the image or entry has: all of it must be in there.
 */
static void whole_format(const struct bootloader *bootloader, bool add,
			 const char *parameter, char *text, size_t size)
{
	(void)snprintf(
		text, size,
		"no file holds the command line, so it was taken from the running "
		"kernel; write the whole line into %s%s%s: what /proc/cmdline has, "
		"root=... included, without BOOT_IMAGE= and initrd=, and %s%s; run "
		"%s, and reboot",
		bootloader->variable, *bootloader->variable ? " in " : "",
		bootloader->file, add ? "" : "without ", parameter, bootloader->command);
}

void bootloader_advise(const struct bootloader *bootloader, bool add,
		       const char *parameter, char *text, size_t size)
{
	const char *verb = add ? "add" : "remove", *where = add ? "to" : "from";
	const char *command = add ? bootloader->add : bootloader->remove;

	if (*command)
		command_format(command, parameter, text, size);
	else if (!*bootloader->file)
		(void)snprintf(text, size,
			       "%s %s %s the kernel command line, which your boot loader "
			       "%s%s%skeeps, and reboot",
			       verb, parameter, where, *bootloader->loader ? "(" : "",
			       bootloader->loader, *bootloader->loader ? ") " : "");
	else if (bootloader->whole)
		whole_format(bootloader, add, parameter, text, size);
	else
		(void)snprintf(text, size, "%s %s %s %s%s%s%s%s%s%s%s, and reboot", verb,
			       parameter, where,
			       bootloader->first_line ? "the first line of " : "",
			       bootloader->variable,
			       !add && bootloader->second ? " or " : "",
			       !add && bootloader->second ? bootloader->second : "",
			       *bootloader->variable ? " in " : "", bootloader->file,
			       *bootloader->command ? ", run " : "", bootloader->command);
}

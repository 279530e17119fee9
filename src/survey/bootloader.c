// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/bootloader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "model/cmdline.h"

/* The vendor GUID of systemd's boot loader interface */
#define LOADER_GUID "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define EFIVARS "sys/firmware/efi/efivars/"

static const char *const entry_directories[] = {
	"boot/loader/entries",
	"efi/loader/entries",
	"boot/efi/loader/entries",
};

static const char *const grub_configs[] = { "boot/grub2/grub.cfg", "boot/grub/grub.cfg" };

const char *const bootloader_names[] = {
	[BOOTLOADER_UNKNOWN] = "unknown",
	[BOOTLOADER_GRUB] = "GRUB",
	[BOOTLOADER_GRUBBY] = "GRUB (grubby)",
	[BOOTLOADER_PROXMOX] = "systemd-boot (Proxmox)",
	[BOOTLOADER_KERNEL_INSTALL] = "systemd-boot (kernel-install)",
	[BOOTLOADER_KERNELSTUB] = "systemd-boot (kernelstub)",
	[BOOTLOADER_ENTRIES] = "systemd-boot",
	[BOOTLOADER_UKI] = "unified kernel image",
	[BOOTLOADER_OSTREE] = "rpm-ostree",
	[BOOTLOADER_NIXOS] = "NixOS",
};

static_assert(ARRAY_SIZE(bootloader_names) == BOOTLOADER_KINDS,
	      "a boot loader has no name");

/* An EFI variable: 4 bytes of attributes, then UTF-16; only its ASCII is of interest. */
static void variable_read(const struct sysroot *root, const char *name, char *text,
			  size_t size)
{
	char bytes[512] = "";
	ssize_t length = sysroot_read(root->fd, name, bytes, sizeof(bytes));
	size_t used = 0;

	for (ssize_t i = 4; i < length && bytes[i] && used + 1 < size; i += 2)
		text[used++] = bytes[i];
	text[used] = '\0';
}

/* Finds the first file with a certain word at the start of a line. */
struct finder {
	const char *word;
	char *path;
};

static void finder_take(const struct line *line, void *context)
{
	const struct finder *finder = context;
	size_t length = strlen(finder->word);

	if (!*finder->path && !strncmp(line->text, finder->word, length) &&
	    strchr(" \t=+", line->text[length]))
		(void)snprintf(finder->path, BOOTLOADER_PATH_MAX, "/%.126s", line->path);
}

static void entry_find(const struct sysroot *root, struct bootloader_facts *facts)
{
	struct finder finder = { "options", facts->entry };

	for (size_t i = 0; i < ARRAY_SIZE(entry_directories); i++)
		(void)lines_read_all(root, entry_directories[i], ".conf", finder_take,
				     &finder);
}

static void dracut_find(const struct sysroot *root, struct bootloader_facts *facts)
{
	struct finder finder = { "kernel_cmdline", facts->dracut_uefi };

	(void)lines_read(root, "etc/dracut.conf", finder_take, &finder);
	(void)lines_read_all(root, "etc/dracut.conf.d", ".conf", finder_take, &finder);
}

static bool any_exists(const struct sysroot *root, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sysroot_exists(root->fd, paths[i]))
			return true;
	return false;
}

void bootloader_read(const struct sysroot *root, const char *cmdline,
		     struct bootloader_facts *facts)
{
	static const char *const update_grub[] = { "usr/sbin/update-grub",
						   "sbin/update-grub",
						   "usr/bin/update-grub" };
	static const char *const grubby[] = { "usr/sbin/grubby", "usr/bin/grubby",
					      "sbin/grubby" };
	char value[CMDLINE_MAX];

	*facts = (struct bootloader_facts){
		.ostree = sysroot_exists(root->fd, "run/ostree-booted"),
		.nixos = sysroot_exists(root->fd, "etc/NIXOS"),
		.stub = sysroot_exists(root->fd, EFIVARS "StubInfo-" LOADER_GUID),
		.boot_image = cmdline_get(cmdline, "BOOT_IMAGE", value, sizeof(value)),
		.loader_initrd = cmdline_get(cmdline, "initrd", value, sizeof(value)),
		.proxmox = sysroot_exists(root->fd, "etc/kernel/proxmox-boot-uuids"),
		.kernelstub = sysroot_exists(root->fd, "etc/kernelstub/configuration"),
		.sdbootutil = sysroot_exists(root->fd, "usr/bin/sdbootutil"),
		.update_grub = any_exists(root, update_grub, ARRAY_SIZE(update_grub)),
		.grubby = any_exists(root, grubby, ARRAY_SIZE(grubby)),
		.kernel_cmdline = sysroot_exists(root->fd, "etc/kernel/cmdline"),
		.cmdline_dir = sysroot_exists(root->fd, "etc/cmdline.d"),
		.mkinitcpio = sysroot_exists(root->fd, "etc/mkinitcpio.conf"),
	};
	variable_read(root, EFIVARS "LoaderInfo-" LOADER_GUID, facts->loader,
		      sizeof(facts->loader));
	for (size_t i = 0; i < ARRAY_SIZE(grub_configs) && !*facts->grub_config; i++)
		if (sysroot_exists(root->fd, grub_configs[i]))
			(void)snprintf(facts->grub_config, sizeof(facts->grub_config),
				       "/%s", grub_configs[i]);
	entry_find(root, facts);
	dracut_find(root, facts);
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/*
 * What booted, best evidence first: who says so (EFI variables), then what only one of
 * them puts on the command line. Files alone are none: packages leave them behind.
 */
static enum bootloader_kind kind_of(const struct bootloader_facts *facts)
{
	bool says_systemd = starts_with(facts->loader, "systemd-boot");

	if (facts->ostree)
		return BOOTLOADER_OSTREE;
	if (facts->nixos)
		return BOOTLOADER_NIXOS;
	if (facts->stub)
		return BOOTLOADER_UKI;
	if (!says_systemd && (starts_with(facts->loader, "GRUB") || facts->boot_image))
		return facts->grubby ? BOOTLOADER_GRUBBY : BOOTLOADER_GRUB;
	/* rEFInd hands over initrd= too, and says who it is. */
	if (!says_systemd && (*facts->loader || !facts->loader_initrd))
		return BOOTLOADER_UNKNOWN;
	return facts->proxmox	     ? BOOTLOADER_PROXMOX :
	       facts->kernelstub     ? BOOTLOADER_KERNELSTUB :
	       facts->kernel_cmdline ? BOOTLOADER_KERNEL_INSTALL :
	       *facts->entry	     ? BOOTLOADER_ENTRIES :
				       BOOTLOADER_UNKNOWN;
}

static void uki_fill(const struct bootloader_facts *facts, struct bootloader *bootloader)
{
	const char *file = facts->kernel_cmdline || !*facts->dracut_uefi ?
				   "/etc/kernel/cmdline" :
				   facts->dracut_uefi;

	if (!facts->kernel_cmdline && facts->cmdline_dir)
		file = "/etc/cmdline.d/vfio.conf";
	if (file == facts->dracut_uefi)
		bootloader->variable = "kernel_cmdline";
	(void)snprintf(bootloader->file, sizeof(bootloader->file), "%s", file);
	(void)snprintf(bootloader->command, sizeof(bootloader->command), "%s",
		       facts->mkinitcpio ? "mkinitcpio -P" :
		       file == facts->dracut_uefi ?
					   "dracut --force --regenerate-all" :
					   "kernel-install add-all, or build the image "
					   "again by the tool that made it");
}

static void grub_fill(const struct bootloader_facts *facts, struct bootloader *bootloader)
{
	(void)snprintf(bootloader->file, sizeof(bootloader->file), "/etc/default/grub");
	bootloader->variable = "GRUB_CMDLINE_LINUX_DEFAULT";
	if (facts->proxmox)
		(void)snprintf(bootloader->command, sizeof(bootloader->command),
			       "update-grub and proxmox-boot-tool refresh");
	else if (facts->update_grub)
		(void)snprintf(bootloader->command, sizeof(bootloader->command),
			       "update-grub");
	else
		(void)snprintf(
			bootloader->command, sizeof(bootloader->command), "%s -o %.80s",
			starts_with(facts->grub_config, "/boot/grub2/") ?
				"grub2-mkconfig" :
				"grub-mkconfig",
			*facts->grub_config ? facts->grub_config : "/boot/grub/grub.cfg");
}

void bootloader_judge(const struct bootloader_facts *facts, struct bootloader *bootloader)
{
	const char *file = "", *command = "";

	*bootloader = (struct bootloader){ .kind = kind_of(facts), .variable = "" };
	memcpy(bootloader->loader, facts->loader, sizeof(bootloader->loader));
	switch (bootloader->kind) {
	case BOOTLOADER_GRUB:
		grub_fill(facts, bootloader);
		return;
	case BOOTLOADER_UKI:
		uki_fill(facts, bootloader);
		return;
	case BOOTLOADER_PROXMOX:
		file = "/etc/kernel/cmdline";
		command = "proxmox-boot-tool refresh";
		break;
	case BOOTLOADER_KERNEL_INSTALL:
		file = "/etc/kernel/cmdline";
		command = facts->sdbootutil ?
				  "sdbootutil update-all-entries" :
				  "kernel-install add-all (before systemd 255: reinstall "
				  "the kernel's package)";
		break;
	case BOOTLOADER_ENTRIES:
		file = facts->entry;
		bootloader->variable = "options";
		break;
	case BOOTLOADER_NIXOS:
		file = "/etc/nixos/configuration.nix";
		bootloader->variable = "boot.kernelParams";
		command = "nixos-rebuild boot";
		break;
	case BOOTLOADER_GRUBBY:
	case BOOTLOADER_KERNELSTUB:
	case BOOTLOADER_OSTREE:
	case BOOTLOADER_UNKNOWN:
	case BOOTLOADER_KINDS:
		break;
	}
	(void)snprintf(bootloader->file, sizeof(bootloader->file), "%s", file);
	(void)snprintf(bootloader->command, sizeof(bootloader->command), "%s", command);
}

/* Boot loaders whose line is changed by one command */
static const char *command_format(enum bootloader_kind kind, bool add)
{
	if (kind == BOOTLOADER_GRUBBY)
		return add ? "grubby --update-kernel=ALL --args=" :
			     "grubby --update-kernel=ALL --remove-args=";
	if (kind == BOOTLOADER_KERNELSTUB)
		return add ? "kernelstub -a " : "kernelstub -d ";
	if (kind == BOOTLOADER_OSTREE)
		return add ? "rpm-ostree kargs --append-if-missing=" :
			     "rpm-ostree kargs --delete-if-present=";
	return NULL;
}

void bootloader_advise(const struct bootloader *bootloader, bool add,
		       const char *parameter, char *text, size_t size)
{
	const char *verb = add ? "add" : "remove", *where = add ? "to" : "from";
	const char *format = command_format(bootloader->kind, add);

	if (format)
		(void)snprintf(text, size, "run %s%s and reboot", format, parameter);
	else if (bootloader->kind == BOOTLOADER_UNKNOWN)
		(void)snprintf(text, size,
			       "%s %s %s the kernel command line, which your boot loader "
			       "%s%s%skeeps, and reboot",
			       verb, parameter, where, *bootloader->loader ? "(" : "",
			       bootloader->loader, *bootloader->loader ? ") " : "");
	else
		(void)snprintf(text, size, "%s %s %s %s%s%s%s%s, and reboot", verb,
			       parameter, where, bootloader->variable,
			       *bootloader->variable ? " in " : "", bootloader->file,
			       *bootloader->command ? ", run " : "", bootloader->command);
}

/* Looks for a word in lines that begin with another one. */
struct keeper {
	const char *first; /* word of the lines; empty: all lines */
	const char *parameter;
	unsigned int lines;
	unsigned int found;
	bool only_first;
	bool indirect; /* a line takes words from GRUB's environment */
};

static bool line_has(const char *text, const char *parameter)
{
	char word[LINES_WORD_MAX];

	while (lines_word(&text, " \t\"'", word))
		if (!strcmp(word, parameter))
			return true;
	return false;
}

static void keeper_take(const struct line *line, void *context)
{
	struct keeper *keeper = context;
	const char *rest = line->text;

	if (keeper->only_first && keeper->lines)
		return;
	if (*keeper->first) {
		/* GRUB_CMDLINE_LINUX counts as well as GRUB_CMDLINE_LINUX_DEFAULT */
		if (!starts_with(rest, keeper->first))
			return;
		rest += strcspn(rest, " \t=");
		rest += strspn(rest, "=");
	}
	keeper->lines++;
	keeper->found += line_has(rest, keeper->parameter);
	keeper->indirect = keeper->indirect || strstr(rest, "$kernelopts");
}

bool bootloader_keeps(const struct sysroot *root, const struct bootloader *bootloader,
		      const char *parameter)
{
	bool is_grub = bootloader->kind == BOOTLOADER_GRUB;
	struct keeper keeper = { .first = is_grub ? "GRUB_CMDLINE_LINUX" :
						    bootloader->variable,
				 .parameter = parameter };

	if (!*bootloader->file)
		return false;
	(void)lines_read(root, bootloader->file + 1, keeper_take, &keeper);
	if (is_grub)
		(void)lines_read_all(root, "etc/default/grub.d", ".cfg", keeper_take,
				     &keeper);
	return keeper.found;
}

static void entries_read(const struct sysroot *root, struct keeper *keeper)
{
	for (size_t i = 0; i < ARRAY_SIZE(entry_directories); i++)
		(void)lines_read_all(root, entry_directories[i], ".conf", keeper_take,
				     keeper);
}

enum fact bootloader_passes(const struct sysroot *root,
			    const struct bootloader *bootloader, const char *parameter)
{
	struct keeper keeper = { .parameter = parameter };

	switch (bootloader->kind) {
	case BOOTLOADER_GRUB:
		keeper.first = "linux";
		keeper.only_first = true;
		for (size_t i = 0; i < ARRAY_SIZE(grub_configs); i++)
			(void)lines_read(root, grub_configs[i], keeper_take, &keeper);
		break;
	case BOOTLOADER_GRUBBY:
	case BOOTLOADER_KERNEL_INSTALL:
	case BOOTLOADER_KERNELSTUB:
	case BOOTLOADER_ENTRIES:
	case BOOTLOADER_NIXOS:
	case BOOTLOADER_OSTREE:
		keeper.first = "options";
		entries_read(root, &keeper);
		break;
	case BOOTLOADER_PROXMOX:
	case BOOTLOADER_UKI:
	case BOOTLOADER_UNKNOWN:
	case BOOTLOADER_KINDS:
		break;
	}
	if (!keeper.lines || (keeper.found && keeper.found < keeper.lines) ||
	    (!keeper.found && keeper.indirect))
		return FACT_UNKNOWN;
	return keeper.found ? FACT_YES : FACT_NO;
}

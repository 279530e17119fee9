/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOTLOADER_H
#define VFIO_EARLY_BOOTLOADER_H

/*
 * Where the kernel command line of this machine is kept. People change a file that their
 * boot loader does not read (GRUB's, on a Proxmox that boots by systemd-boot) and
 * wonder; so this goes by what booted, not by which files there are.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define BOOTLOADER_PATH_MAX 128
#define BOOTLOADER_COMMAND_MAX 128

/**
 * enum bootloader_kind - who keeps the command line
 * @BOOTLOADER_UNKNOWN: no evidence, or one that keeps it in ways not known here (rEFInd,
 *	Limine)
 * @BOOTLOADER_GRUB: GRUB, from /etc/default/grub
 * @BOOTLOADER_GRUBBY: GRUB with entries that grubby changes (Fedora)
 * @BOOTLOADER_PROXMOX: systemd-boot on a Proxmox host, /etc/kernel/cmdline
 * @BOOTLOADER_KERNEL_INSTALL: systemd-boot with entries by kernel-install
 * @BOOTLOADER_KERNELSTUB: systemd-boot with entries by kernelstub (Pop!_OS)
 * @BOOTLOADER_ENTRIES: systemd-boot with entries that somebody wrote
 * @BOOTLOADER_UKI: the command line is inside of a unified kernel image
 * @BOOTLOADER_OSTREE: an image-based system: rpm-ostree keeps it
 * @BOOTLOADER_NIXOS: the configuration of NixOS, whatever boots
 */
enum bootloader_kind {
	BOOTLOADER_UNKNOWN,
	BOOTLOADER_GRUB,
	BOOTLOADER_GRUBBY,
	BOOTLOADER_PROXMOX,
	BOOTLOADER_KERNEL_INSTALL,
	BOOTLOADER_KERNELSTUB,
	BOOTLOADER_ENTRIES,
	BOOTLOADER_UKI,
	BOOTLOADER_OSTREE,
	BOOTLOADER_NIXOS,
	BOOTLOADER_KINDS
};

extern const char *const bootloader_names[];

/**
 * struct bootloader_facts - evidence
 * @ostree: /run/ostree-booted is there
 * @nixos: /etc/NIXOS is there
 * @stub: the EFI variable StubInfo is there: a unified kernel image booted
 * @loader: the EFI variable LoaderInfo: "systemd-boot 252.39-1~deb12u1", "GRUB 2.12"
 * @boot_image: BOOT_IMAGE= is on the command line: GRUB puts it there
 * @loader_initrd: initrd= is on the command line: systemd-boot puts it there
 * @proxmox: /etc/kernel/proxmox-boot-uuids is there
 * @kernelstub: /etc/kernelstub/configuration is there (Pop!_OS)
 * @sdbootutil: the command sdbootutil is there (openSUSE)
 * @grub_config: /boot/grub/grub.cfg or /boot/grub2/grub.cfg, below the root; empty: none
 * @update_grub: the command update-grub is there (Debian)
 * @grubby: the command grubby is there (Fedora)
 * @kernel_cmdline: /etc/kernel/cmdline is there
 * @cmdline_dir: /etc/cmdline.d is there (mkinitcpio)
 * @mkinitcpio: /etc/mkinitcpio.conf is there
 * @dracut_uefi: a file of dracut's configuration sets kernel_cmdline=; empty: none
 * @entry: a loader entry with a line `options`, below the root; empty: none
 */
struct bootloader_facts {
	bool ostree;
	bool nixos;
	bool stub;
	char loader[64];
	bool boot_image;
	bool loader_initrd;
	bool proxmox;
	bool kernelstub;
	bool sdbootutil;
	char grub_config[BOOTLOADER_PATH_MAX];
	bool update_grub;
	bool grubby;
	bool kernel_cmdline;
	bool cmdline_dir;
	bool mkinitcpio;
	char dracut_uefi[BOOTLOADER_PATH_MAX];
	char entry[BOOTLOADER_PATH_MAX];
};

/**
 * struct bootloader - where to change the command line
 * @kind: see there
 * @file: to be edited: /etc/default/grub; empty: it is done by a command
 * @loader: says of itself that it booted; empty: nobody does
 * @variable: of the file: GRUB_CMDLINE_LINUX_DEFAULT; empty: the file is the line
 * @command: to be run then; empty: nothing, or bootloader_advise() knows it
 */
struct bootloader {
	enum bootloader_kind kind;
	char loader[64];
	char file[BOOTLOADER_PATH_MAX];
	const char *variable;
	char command[BOOTLOADER_COMMAND_MAX];
};

/**
 * bootloader_read() - collect evidence
 * @root: the machine
 * @cmdline: its kernel command line
 * @facts: filled
 */
void bootloader_read(const struct sysroot *root, const char *cmdline,
		     struct bootloader_facts *facts);

/**
 * bootloader_judge() - who keeps the command line? Pure.
 * @facts: evidence
 * @bootloader: filled
 */
void bootloader_judge(const struct bootloader_facts *facts,
		      struct bootloader *bootloader);

/**
 * bootloader_advise() - how to change the command line, as a sentence
 * @bootloader: judged
 * @add: the parameter is to be added, else removed
 * @parameter: intel_iommu=on
 * @text: filled
 * @size: bytes of @text
 */
void bootloader_advise(const struct bootloader *bootloader, bool add,
		       const char *parameter, char *text, size_t size);

/**
 * bootloader_keeps() - is a parameter in the file that the boot loader's line comes from?
 * @root: the machine
 * @bootloader: judged
 * @parameter: intel_iommu=on, as a word of its own
 *
 * Return: true when it is; false also when there is no such file
 */
bool bootloader_keeps(const struct sysroot *root, const struct bootloader *bootloader,
		      const char *parameter);

/**
 * bootloader_passes() - will the next boot have a parameter on its command line?
 * @root: the machine
 * @bootloader: judged
 * @parameter: intel_iommu=on, as a word of its own
 *
 * Goes by what the boot loader reads: the first entry of grub.cfg, the entries of
 * systemd-boot.
 *
 * Return: FACT_UNKNOWN where that is elsewhere, may not be read, or differs by entry
 */
enum fact bootloader_passes(const struct sysroot *root,
			    const struct bootloader *bootloader, const char *parameter);

#endif

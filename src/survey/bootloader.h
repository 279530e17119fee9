/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOTLOADER_H
#define VFIO_EARLY_BOOTLOADER_H

/*
 * Where the kernel command line of this machine is kept, how to change it, and the
 * command line of the next boot. A common mistake is to change a file that the boot
 * loader does not read (GRUB's, on a Proxmox host that boots by systemd-boot). Therefore
 * the evidence is the loader that booted, not the existing files. One table has a row for
 * each kind (bootloader_rows[]): its signs, its file, its command, its reader of entries.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "image/boot_menu.h"
#include "model/cmdline.h"
#include "model/host.h"

#define BOOTLOADER_PATH_MAX 160
#define BOOTLOADER_COMMAND_MAX 400

/**
 * enum bootloader_kind - tool or file that keeps the command line
 * @BOOTLOADER_UNKNOWN: no evidence, or an unknown way
 * @BOOTLOADER_OSTREE: rpm-ostree, on an image-based system
 * @BOOTLOADER_NIXOS: the configuration of NixOS, with any boot loader
 * @BOOTLOADER_ZFSBOOTMENU: a property of the root's dataset
 * @BOOTLOADER_LIMINE: limine.conf, by a tool from /etc/default/limine or by hand
 * @BOOTLOADER_UKI: the command line is in a unified kernel image
 * @BOOTLOADER_EXTLINUX: extlinux.conf or syslinux.cfg, which puts BOOT_IMAGE= on the line
 *	as GRUB does
 * @BOOTLOADER_SDBOOTUTIL: openSUSE's: /etc/kernel/cmdline for systemd-boot and grub2-bls
 * @BOOTLOADER_GRUBBY: GRUB with entries that grubby changes (Fedora)
 * @BOOTLOADER_GRUB: GRUB, from /etc/default/grub
 * @BOOTLOADER_REFIND: refind_linux.conf beside the kernels, or a menuentry of refind.conf
 * @BOOTLOADER_PROXMOX: systemd-boot on a Proxmox host, /etc/kernel/cmdline
 * @BOOTLOADER_KERNELSTUB: systemd-boot with entries by kernelstub (Pop!_OS)
 * @BOOTLOADER_SDBOOT_MANAGE: systemd-boot with entries by sdboot-manage (CachyOS,
 *	Manjaro)
 * @BOOTLOADER_KERNEL_INSTALL: systemd-boot with entries by kernel-install
 * @BOOTLOADER_ENTRIES: systemd-boot with entries written by hand
 */
enum bootloader_kind {
	BOOTLOADER_UNKNOWN,
	BOOTLOADER_OSTREE,
	BOOTLOADER_NIXOS,
	BOOTLOADER_ZFSBOOTMENU,
	BOOTLOADER_LIMINE,
	BOOTLOADER_UKI,
	BOOTLOADER_EXTLINUX,
	BOOTLOADER_SDBOOTUTIL,
	BOOTLOADER_GRUBBY,
	BOOTLOADER_GRUB,
	BOOTLOADER_REFIND,
	BOOTLOADER_PROXMOX,
	BOOTLOADER_KERNELSTUB,
	BOOTLOADER_SDBOOT_MANAGE,
	BOOTLOADER_KERNEL_INSTALL,
	BOOTLOADER_ENTRIES,
	BOOTLOADER_KINDS
};

extern const char *const bootloader_names[];

/** enum uki_maker - tool that builds the unified kernel images */
enum uki_maker {
	UKI_BY_UNKNOWN,
	UKI_BY_MKINITCPIO,
	UKI_BY_DRACUT,
	UKI_BY_KERNEL_INSTALL
};

/**
 * struct bootloader_facts - evidence
 * @ostree: /run/ostree-booted is there
 * @nixos: /etc/NIXOS is there
 * @flake: /etc/nixos/flake.nix is there
 * @nixos_config: /etc/nixos/configuration.nix is there
 * @stub: the EFI variable StubInfo is there: a unified kernel image booted
 * @loader: the EFI variable LoaderInfo: "systemd-boot 252.39-1~deb12u1", "GRUB 2.12"
 * @boot_image: BOOT_IMAGE= is on the command line: GRUB puts it there
 * @loader_initrd: initrd= is on the command line: systemd-boot and rEFInd put it there
 * @dataset: ZFS dataset in root= on the command line; empty: none
 * @zfsbootmenu: files of ZFSBootMenu are there
 * @kcl: file with the command line of the kernel that it boots next; empty: none
 * @limine_conf: below the root; empty: none
 * @limine_line: the settings of its tool assign KERNEL_CMDLINE[...]
 * @limine_default: among these is KERNEL_CMDLINE[default], not only those of single
 *	kernels
 * @limine_file: file that assigns it last, below the root
 * @limine_tool: limine-mkinitcpio, limine-dracut or limine-update; empty: none
 * @refind_file: refind_linux.conf, or refind.conf if a menuentry of it boots next or
 *	there is no other file; empty: neither has a line
 * @extlinux_conf: of EXTLINUX or SYSLINUX, below the root; empty: none
 * @transactional: the root is read-only, and transactional-update changes it (MicroOS)
 * @proxmox: /etc/kernel/proxmox-boot-uuids is there
 * @kernelstub: /etc/kernelstub/configuration is there (Pop!_OS)
 * @sdboot_manage: /etc/sdboot-manage.conf and its command are there
 * @entries_stay: with its settings it leaves entries of installed kernels as they are
 * @sdbootutil: the command sdbootutil is there (openSUSE)
 * @loader_type: LOADER_TYPE of /etc/sysconfig/bootloader: "grub2-bls"
 * @grub_config: /boot/grub/grub.cfg or /boot/grub2/grub.cfg, below the root; empty: none
 * @grub_file: the file that assigns GRUB_CMDLINE_LINUX_DEFAULT last; empty: none does
 * @grub_common: GRUB_CMDLINE_LINUX, which GRUB puts in front of it, is not empty
 * @update_grub: the command update-grub is there (Debian)
 * @grubby: the command grubby is there (Fedora)
 * @esp_entries: the ESP has loader entries
 * @boot_kernels: kernels are only in /boot, which kernel-install add-all does not read
 *	(Debian)
 * @kernel_cmdline: /etc/kernel/cmdline is there
 * @usr_kernel_cmdline: /usr/lib/kernel/cmdline is there
 * @cmdline_dir: /etc/cmdline.d has a file (mkinitcpio)
 * @maker: of the unified kernel images
 * @maker_file: --cmdline of a preset, or dracut's file with kernel_cmdline=; empty: none
 * @entry: a loader entry with a line `options`, below the root; empty: none
 * @installed_entry: it is one of kernel-install
 */
struct bootloader_facts {
	bool ostree;
	bool nixos;
	bool flake;
	bool nixos_config;
	bool stub;
	char loader[64];
	bool boot_image;
	bool loader_initrd;
	char dataset[96];
	bool zfsbootmenu;
	char kcl[BOOTLOADER_PATH_MAX];
	char limine_conf[BOOTLOADER_PATH_MAX];
	bool limine_line;
	bool limine_default;
	char limine_file[BOOTLOADER_PATH_MAX];
	const char *limine_tool;
	char refind_file[BOOTLOADER_PATH_MAX];
	const char *extlinux_conf;
	bool transactional;
	bool proxmox;
	bool kernelstub;
	bool sdboot_manage;
	bool entries_stay;
	bool sdbootutil;
	char loader_type[32];
	char grub_config[BOOTLOADER_PATH_MAX];
	char grub_file[BOOTLOADER_PATH_MAX];
	bool grub_common;
	bool update_grub;
	bool grubby;
	bool esp_entries;
	bool boot_kernels;
	bool kernel_cmdline;
	bool usr_kernel_cmdline;
	bool cmdline_dir;
	enum uki_maker maker;
	char maker_file[BOOTLOADER_PATH_MAX];
	char entry[BOOTLOADER_PATH_MAX];
	bool installed_entry;
};

/**
 * struct bootloader - how to change the command line
 * @kind: see enum bootloader_kind
 * @reader: reader of its entries
 * @file: file to edit: /etc/default/grub; empty: a command changes the line
 * @loader: boot loader that reported the boot (LoaderInfo); empty: unknown
 * @variable: variable in the file: GRUB_CMDLINE_LINUX_DEFAULT; empty: the file contains
 *	just the line
 * @second: another variable there that may have a parameter; NULL: none
 * @whole: @file does not exist, and entries get the line of the running kernel: a new
 *	file must contain the whole line
 * @first_line: only the first line of @file counts
 * @add: command that adds a parameter, which is appended to it; empty: edit @file
 * @remove: likewise
 * @command: command to run after the change; empty: none
 */
struct bootloader {
	enum bootloader_kind kind;
	enum boot_reader reader;
	char loader[64];
	char file[BOOTLOADER_PATH_MAX];
	const char *variable;
	const char *second;
	bool whole;
	bool first_line;
	char add[BOOTLOADER_COMMAND_MAX];
	char remove[BOOTLOADER_COMMAND_MAX];
	char command[BOOTLOADER_COMMAND_MAX];
};

/** bootloader_read() - collect evidence; @cmdline is that of the running kernel */
void bootloader_read(const struct sysroot *root, const char *cmdline,
		     struct bootloader_facts *facts);

/** bootloader_judge() - find what keeps the command line. Pure. */
void bootloader_judge(const struct bootloader_facts *facts,
		      struct bootloader *bootloader);

/**
 * bootloader_advise() - write how to change the command line, as a sentence. Pure.
 * @add: add the parameter; else remove it
 */
void bootloader_advise(const struct bootloader *bootloader, bool add,
		       const char *parameter, char *text, size_t size);

/**
 * struct bootloader_kept - a parameter in the files that the command line is made from
 * @found: the files contain it, and it is in effect
 * @line: 0: unknown
 * @behind: it is in @file, but after the line that counts
 * @undone: it is in @file, but a later assignment there drops it
 * @file: path with leading slash
 */
struct bootloader_kept {
	bool found;
	bool behind;
	bool undone;
	unsigned int line;
	char file[BOOTLOADER_PATH_MAX];
};

/** bootloader_kept() - find a parameter, as a whole word, in these files */
void bootloader_kept(const struct sysroot *root, const struct bootloader *bootloader,
		     const char *parameter, struct bootloader_kept *ret_kept);

/** bootloader_keeps() - do the files contain a parameter, in effect? */
bool bootloader_keeps(const struct sysroot *root, const struct bootloader *bootloader,
		      const char *parameter);

/**
 * bootloader_passes() - will the next boot have a parameter on its command line?
 * @ret_others: number of other entries with it; may be NULL
 *
 * Judged by the entry that boots next or, if that is not known, by all entries.
 *
 * Return: FACT_UNKNOWN if the command line is not in the entries, is unreadable, or
 * differs by entry
 */
enum fact bootloader_passes(const struct sysroot *root,
			    const struct bootloader *bootloader, const char *parameter,
			    size_t *ret_others);

#endif

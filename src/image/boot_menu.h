/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOT_MENU_H
#define VFIO_EARLY_BOOT_MENU_H

/*
 * The entries of a boot loader as it reads them, and which of them boots next. One file
 * for each format: menu_bls.c, menu_grub.c, menu_limine.c, menu_refind.c, and
 * menu_kernels.c for boot loaders that find kernels by themselves.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/sysroot.h"

#define BOOT_ENTRIES_MAX 64
#define BOOT_FILES_MAX 8
#define BOOT_PATH_MAX 256
#define BOOT_LINE_MAX 2048
#define BOOT_ID_MAX 192

/**
 * enum boot_reader - boot loader whose entries are read
 * @BOOT_READER_NONE: its entries are not known
 * @BOOT_READER_SYSTEMD: systemd-boot: its entries and unified kernel images
 * @BOOT_READER_GRUB: grub.cfg, and BLS entries where that loads them
 * @BOOT_READER_GRUB_BLS: BLS entries alone, of the ESP (openSUSE)
 * @BOOT_READER_LIMINE: limine.conf
 * @BOOT_READER_REFIND: the kernels in /boot, and refind_linux.conf
 * @BOOT_READER_ZFSBOOTMENU: the kernels in /boot
 * @BOOT_READER_PROXMOX: as systemd-boot where its partition is mounted, else the kernels
 *	in /boot, which are copied to it
 */
enum boot_reader {
	BOOT_READER_NONE,
	BOOT_READER_SYSTEMD,
	BOOT_READER_GRUB,
	BOOT_READER_GRUB_BLS,
	BOOT_READER_LIMINE,
	BOOT_READER_REFIND,
	BOOT_READER_ZFSBOOTMENU,
	BOOT_READER_PROXMOX,
};

/**
 * struct boot_file - an initramfs of an entry, or its unified kernel image
 * @path: below the root; as written in the entry if the file does not exist
 * @there: the file exists
 * @device: of the inode
 */
struct boot_file {
	char path[BOOT_PATH_MAX];
	bool there;
	dev_t device;
	ino_t inode;
};

/**
 * struct boot_entry - one entry
 * @id: name of the entry in the boot loader
 * @title: GRUB's, with the submenus above it: "Advanced options>Debian 6.1"
 * @number: GRUB's, likewise: "1>0"
 * @file: its file, below the root
 * @cmdline: kernel command line, as far as the entry contains it
 * @has_cmdline: the entry contains one
 * @indirect: the command line has further words: from GRUB's environment, of addons
 * @opens_menu: it loads no kernel, but shows another menu (GRUB's configfile)
 * @tries_left: boot counting; -1: not counted
 */
struct boot_entry {
	char id[BOOT_ID_MAX];
	char title[BOOT_ID_MAX];
	char number[16];
	char file[BOOT_PATH_MAX];
	struct boot_file files[BOOT_FILES_MAX];
	size_t n_files;
	char cmdline[BOOT_LINE_MAX];
	bool has_cmdline;
	bool indirect;
	bool opens_menu;
	char sort_key[64];
	char version[96];
	char machine_id[40];
	int tries_left;
	int tries_done;
};

/**
 * struct boot_menu - all entries; large: allocate it
 * @reader: boot loader
 * @list: in the order of the boot loader
 * @has_next: list[@next] boots, unless another entry is chosen in the menu
 * @chosen_by: setting that decides it: "default in /boot/loader/loader.conf"
 * @by_order: no setting decides it: systemd-boot takes the first in its order, in which
 *	an entry without tries left is a late one
 * @why_not: why the next entry is unknown, if there are entries but no @has_next
 * @unmounted: the file system that the boot loader reads is not mounted
 * @fstab: mount point of it in /etc/fstab: "/boot"; empty: none
 * @partition: UUID of the boot loader's own partition; empty: unknown
 * @places: mount points of file systems that it reads, below the root
 */
struct boot_menu {
	enum boot_reader reader;
	struct boot_entry list[BOOT_ENTRIES_MAX];
	size_t count;
	bool has_next;
	size_t next;
	char chosen_by[128];
	bool by_order;
	char why_not[160];
	bool unmounted;
	char fstab[16];
	char partition[40];
	const char *places[4];
	size_t n_places;
};

/** boot_menu_read() - read all entries; @menu is filled */
void boot_menu_read(const struct sysroot *root, enum boot_reader reader,
		    struct boot_menu *menu);

/** boot_menu_next() - the entry that boots next; NULL: unknown */
const struct boot_entry *boot_menu_next(const struct boot_menu *menu);

/** boot_menu_reads() - does the boot loader read the file system that a path is on? */
bool boot_menu_reads(const struct boot_menu *menu, const char *path);

/* ---- for the readers ---- */

/** boot_variable_read() - read an EFI variable of the boot loader interface, as ASCII */
void boot_variable_read(const struct sysroot *root, const char *name, char *text,
			size_t size);

/** boot_entry_add() - add an empty entry; NULL: there are too many */
struct boot_entry *boot_entry_add(struct boot_menu *menu);

/**
 * boot_entry_file() - add a file to an entry, by the path that the boot loader uses
 * @place: mount point of its file system, below the root
 */
void boot_entry_file(const struct sysroot *root, const char *place, const char *path,
		     struct boot_entry *entry);

/** boot_entry_choose() - note the entry that boots next, and why */
void boot_entry_choose(struct boot_menu *menu, size_t index, const char *why,
		       const char *where);

/** menu_systemd_read() - read entries and unified kernel images, as systemd-boot does */
void menu_systemd_read(const struct sysroot *root, struct boot_menu *menu);
/** menu_grub_bls_read() - read BLS entries of a file system, as GRUB does */
void menu_grub_bls_read(const struct sysroot *root, const char *place,
			struct boot_menu *menu);
/**
 * menu_grub_read() - read grub.cfg, grubenv, and BLS entries where grub.cfg loads them
 */
void menu_grub_read(const struct sysroot *root, struct boot_menu *menu);
/** menu_limine_read() - read limine.conf */
void menu_limine_read(const struct sysroot *root, struct boot_menu *menu);
/**
 * menu_refind_read() - find kernels as rEFInd does; read refind_linux.conf, refind.conf
 */
void menu_refind_read(const struct sysroot *root, struct boot_menu *menu);
/** menu_kernels_read() - find kernels in /boot with their images, the newest first */
void menu_kernels_read(const struct sysroot *root, struct boot_menu *menu);
/** menu_zfsbootmenu_read() - the same, and choose the one that ZFSBootMenu boots */
void menu_zfsbootmenu_read(const struct sysroot *root, struct boot_menu *menu);
/** menu_proxmox_read() - read the entries that proxmox-boot-tool has written */
void menu_proxmox_read(const struct sysroot *root, struct boot_menu *menu);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_LIST_H
#define VFIO_EARLY_INITRD_LIST_H

/*
 * Which initramfs images can boot: by where generators put them, and by what the entries
 * of boot loaders say, which hand over several files as one image.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/sysroot.h"
#include "image/boot_menu.h"
#include "model/host.h"

#define INITRD_LIST_MAX 48
#define INITRD_FILES_MAX 8
#define INITRD_KERNELS_MAX 64
#define INITRD_CLOSED_MAX 8
#define INITRD_PATH_MAX 256

/**
 * struct initrd_file - a file of an image
 * @path: below the root
 * @device: of the inode, as the same file system can be mounted twice
 * @inode: likewise
 */
struct initrd_file {
	char path[INITRD_PATH_MAX];
	dev_t device;
	ino_t inode;
};

/**
 * struct initrd_source - an image
 * @files: in the order in which the boot loader loads them
 * @n_files: more than one only where an entry of a boot loader says so
 * @main: index of the file that is called after its kernel
 * @named: the release that its path, or the entry of a boot loader, seems to tell; names
 *	are made of series, flavours and checksums as well, so it is a guess
 * @release: @named, where lib/modules has it; empty: it has not, or it is @fallback
 * @fallback: for rescue: left without us on purpose by most generators
 * @listed: an entry of a boot loader names it
 * @preinit: that entry starts vfio-early-boot in place of /init
 */
struct initrd_source {
	struct initrd_file files[INITRD_FILES_MAX];
	size_t n_files;
	size_t main;
	char named[HOST_NAME_MAX];
	char release[HOST_NAME_MAX];
	bool fallback;
	bool listed;
	bool preinit;
};

/**
 * struct initrd_list - all of them
 * @sources: the images
 * @count: of @sources
 * @more: there are more
 * @kernels: releases of kernels that are installed, with an image or without
 * @n_kernels: of @kernels
 * @closed: directories that could not be looked at, below the root
 * @n_closed: of @closed
 */
struct initrd_list {
	struct initrd_source sources[INITRD_LIST_MAX];
	size_t count;
	bool more;
	char kernels[INITRD_KERNELS_MAX][HOST_NAME_MAX];
	size_t n_kernels;
	char closed[INITRD_CLOSED_MAX][INITRD_PATH_MAX];
	size_t n_closed;
};

/**
 * initrd_list_read() - find them
 * @list: filled; large
 */
void initrd_list_read(const struct sysroot *root, struct initrd_list *list);

/** initrd_list_add() - add what entries name and no place knows; @list was read */
void initrd_list_add(const struct boot_menu *menu, struct initrd_list *list);

/**
 * initrd_preinit() - does a kernel command line start vfio-early-boot in place of /init?
 *
 * Return: true when rdinit= names it
 */
bool initrd_preinit(const char *cmdline);

#endif

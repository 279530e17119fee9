/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_LIST_H
#define VFIO_EARLY_INITRD_LIST_H

/*
 * The initramfs images that can boot: those in the places of generators, and those in
 * entries of boot loaders, which can load several files as one image.
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
 * @device: device of the inode, since a file system can be mounted twice
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
 * @n_files: more than one only from an entry of a boot loader
 * @main: index of the file that is named after its kernel
 * @named: the kernel release by its path, or by the entry of a boot loader; names may
 *	contain series, flavours and checksums, so it is a guess
 * @release: @named, if lib/modules has it; empty: it has not, or the image is a @fallback
 * @fallback: rescue image: most generators leave our program out on purpose
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
 * @more: there are more images than fit
 * @kernels: releases of installed kernels, with or without an image
 * @n_kernels: of @kernels
 * @closed: directories that could not be read, below the root
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
 * initrd_list_read() - find all images
 * @list: filled; large
 */
void initrd_list_read(const struct sysroot *root, struct initrd_list *list);

/** initrd_list_add() - add images that only entries name; @list was read before */
void initrd_list_add(const struct boot_menu *menu, struct initrd_list *list);

/**
 * initrd_preinit() - does a kernel command line start vfio-early-boot in place of /init?
 *
 * Return: true when rdinit= names it
 */
bool initrd_preinit(const char *cmdline);

#endif

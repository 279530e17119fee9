/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IMAGES_H
#define VFIO_EARLY_IMAGES_H

/* All images that can boot, and their contents: facts only, no judgement. */

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/sysroot.h"
#include "image/boot_menu.h"
#include "image/generator.h"
#include "image/initrd.h"
#include "image/initrd_list.h"
#include "image/module_index.h"
#include "model/config.h"

#define IMAGE_MODALIAS_MAX 80
#define IMAGE_WANTED_MAX 256

/**
 * struct images_wish - facts to find in them
 * @given: --config FILE, in place of the files in /etc; NULL: none
 * @reader: boot loader whose entries are read
 * @drivers: modules that will be loaded
 * @modaliases: modaliases of functions for which the drivers that would claim them are
 *	looked up
 */
struct images_wish {
	const char *given;
	enum boot_reader reader;
	struct module_list drivers;
	char modaliases[IMAGE_WANTED_MAX][IMAGE_MODALIAS_MAX];
	size_t n_modaliases;
};

/**
 * struct initramfs - one image
 * @path: path of its main file, with a leading slash
 * @source: where it was found
 * @error: it could not be read (initrd_read()); @fault says why
 * @initrd: its content, as far as it could be read
 * @release: release of its kernel by its own data, by lib/modules, or by its modules;
 *	empty: unknown
 * @by_name: its path names that release, too; an image with another name, as on Arch, may
 *	be the one that boots, whatever kernel it is for
 * @preinit: the kernel starts vfio-early-boot in place of /init
 * @inside: the config in it, if @inside_known
 * @needs: modules that it has to contain: images_wish.drivers and their dependencies
 * @missing: drivers that its kernel has neither as a module nor built in
 * @needs_known: @needs and @missing are filled from the kernel's indices
 * @claims: drivers of the host that would claim the wanted functions
 * @rebuild: how to rebuild it
 */
struct initramfs {
	char path[INITRD_PATH_MAX + 1];
	const struct initrd_source *source;
	int error;
	struct fault fault;
	struct initrd initrd;
	char release[HOST_NAME_MAX];
	bool by_name;
	bool preinit;
	struct config inside;
	bool inside_known;
	struct module_list needs;
	struct module_list missing;
	bool needs_known;
	struct module_list claims;
	struct rebuild rebuild;
};

/**
 * struct images - all of them; large: allocate it, zeroed
 * @menu: entries of the boot loader
 * @list: where they were found
 * @images: one for each of list.sources
 * @given: --config FILE; NULL: @etc is from /etc
 * @etc: the config files of the machine, or the given one
 * @copies: this machine boots copies of its images (proxmox-boot-tool(8))
 * @fixed: images are part of a system image (ostree)
 */
struct images {
	struct boot_menu menu;
	struct initrd_list list;
	struct initramfs images[INITRD_LIST_MAX];
	const char *given;
	struct config etc;
	bool copies;
	bool fixed;
};

/** images_read() - find and open them all; give @images to images_done() */
void images_read(const struct sysroot *root, const struct images_wish *wish,
		 struct images *images);

/** images_done() - free their memory; @images were read, or zeroed */
void images_done(struct images *images);

#endif

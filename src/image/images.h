/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IMAGES_H
#define VFIO_EARLY_IMAGES_H

/* All images that can boot, opened and looked into: facts, and no judgement. */

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
 * struct images_wish - what is of interest in them
 * @given: --config FILE, in place of the files in /etc; NULL: none
 * @reader: of the boot loader's entries
 * @drivers: modules that will be loaded
 * @modaliases: of the functions that are wanted: which drivers would claim them?
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
 * @path: of its main file, with a slash in front
 * @source: where it was found
 * @error: it could not be read (initrd_read()); @fault says why
 * @initrd: what is in it, as far as it could be read
 * @release: of its kernel, as it says itself, or lib/modules, or its own modules; empty:
 *	unknown
 * @by_name: its path names that release, too; an image without such a name, like those of
 *	Arch, may be the one that boots, whatever it contains
 * @preinit: the kernel starts vfio-early-boot in place of /init
 * @inside: the config in it; @inside_known: it could be read
 * @needs: modules that have to be in it: @wish.drivers and what they need
 * @missing: drivers that its kernel does not have, neither as a file nor built in
 * @needs_known: @needs and @missing are filled from the kernel's indices
 * @claims: drivers of the host that would claim the wanted functions
 * @rebuild: how it is built again
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
 * @given: --config FILE; NULL: @etc is that of /etc
 * @etc: the config files of the machine, or the given one
 * @copies: this machine boots copies of its images (proxmox-boot-tool(8))
 * @fixed: images are a part of a system image (ostree)
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

/** images_done() - let go of them; @images read, or zeroed */
void images_done(struct images *images);

#endif

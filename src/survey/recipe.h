/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECIPE_H
#define VFIO_EARLY_RECIPE_H

/*
 * Lines of configuration by which other set-ups give cards to VFIO, keep drivers away, or
 * rebind or remove devices, as they are in the files. leftover_check() judges them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"

#define RECIPES_MAX 512
#define RECIPE_PATH_MAX 160
#define RECIPE_TEXT_MAX 1280 /* a list of ids can have 1023 bytes */

/**
 * enum recipe_kind - kind of a line
 * @RECIPE_MODPROBE: of modprobe.d, continued lines joined
 * @RECIPE_IGNORED: of a file in modprobe.d whose name does not end in .conf
 * @RECIPE_MODULES: of a list of modules
 * @RECIPE_DRACUT: of dracut.conf
 * @RECIPE_MKINITCPIO: of mkinitcpio.conf
 * @RECIPE_SCRIPT: of a script or a unit of systemd that runs at boot
 * @RECIPE_HOOK: of a hook of libvirt
 * @RECIPE_RULE: of udev, continued lines joined
 * @RECIPE_DRIVERCTL: the driver of one device
 * @RECIPE_SUPERGFX: of /etc/supergfxd.conf
 */
enum recipe_kind {
	RECIPE_MODPROBE,
	RECIPE_IGNORED,
	RECIPE_MODULES,
	RECIPE_DRACUT,
	RECIPE_MKINITCPIO,
	RECIPE_SCRIPT,
	RECIPE_HOOK,
	RECIPE_RULE,
	RECIPE_DRIVERCTL,
	RECIPE_SUPERGFX,
	RECIPE_KINDS
};

/**
 * struct recipe - a line
 * @path: of the file, below the root
 * @number: line number, from 1
 * @text: without leading blanks
 */
struct recipe {
	enum recipe_kind kind;
	char path[RECIPE_PATH_MAX];
	unsigned int number;
	char text[RECIPE_TEXT_MAX];
};

/**
 * struct recipes - all of them, file by file; large: allocate it, zeroed
 * @more: there are more lines than fit
 * @closed: a directory that could not be read; empty: none
 */
struct recipes {
	struct recipe list[RECIPES_MAX];
	size_t count;
	bool more;
	char closed[RECIPE_PATH_MAX];
};

/** recipes_read() - find these lines */
void recipes_read(const struct sysroot *root, struct recipes *recipes);

#endif

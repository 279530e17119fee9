/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECIPE_H
#define VFIO_EARLY_RECIPE_H

/*
 * Lines of files by which other set-ups give cards to VFIO, keep drivers off, rebind or
 * remove devices: those that may matter, as they stand there. leftover_check() judges.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"

#define RECIPES_MAX 512
#define RECIPE_PATH_MAX 160
#define RECIPE_TEXT_MAX 1280 /* a list of ids can have 1023 bytes */

/**
 * enum recipe_kind - what a line is
 * @RECIPE_MODPROBE: of modprobe.d, continued lines joined
 * @RECIPE_IGNORED: of a file there whose name does not end in .conf
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
 * @number: from 1
 * @text: without blanks before it
 */
struct recipe {
	enum recipe_kind kind;
	char path[RECIPE_PATH_MAX];
	unsigned int number;
	char text[RECIPE_TEXT_MAX];
};

/**
 * struct recipes - all of them, file by file; large: allocate it, zeroed
 * @more: there are more
 * @closed: a directory that could not be looked at; empty: none
 */
struct recipes {
	struct recipe list[RECIPES_MAX];
	size_t count;
	bool more;
	char closed[RECIPE_PATH_MAX];
};

/** recipes_read() - look for them */
void recipes_read(const struct sysroot *root, struct recipes *recipes);

#endif

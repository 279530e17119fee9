/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GENERATOR_H
#define VFIO_EARLY_GENERATOR_H

/*
 * Generators of initramfs images: one row of a table and at most one function for each.
 * All knowledge about a generator is here.
 */

#include <stdbool.h>
#include <stddef.h>

#include "image/initrd.h"

#define GENERATOR_WORDS_MAX 4
#define GENERATOR_TEXT_MAX 320
#define GENERATOR_COMMANDS_MAX 8

/** enum image_naming - part of an image's path that names its kernel */
enum image_naming { NAMED_FILE, NAMED_DIRECTORY, NAMED_TOKEN, NAMED_NOT };

/**
 * struct image_place - path of images
 * @pattern: below the root; NULL ends a list
 * @naming: part of the path that names the kernel
 */
struct image_place {
	const char *pattern;
	enum image_naming naming;
};

/**
 * enum image_order - does the program run before all loaders of modules?
 * @IMAGE_ORDER_FIRST: yes
 * @IMAGE_ORDER_RACE: perhaps, since the order is not fixed
 * @IMAGE_ORDER_LATE: no, or it is not started at all
 * @IMAGE_ORDER_UNKNOWN: the way in which this image starts programs is not known
 */
enum image_order {
	IMAGE_ORDER_FIRST,
	IMAGE_ORDER_RACE,
	IMAGE_ORDER_LATE,
	IMAGE_ORDER_UNKNOWN
};

/**
 * struct image_start - start of the program in an image
 * @order: see there
 * @why: evidence for @order
 */
struct image_start {
	enum image_order order;
	const char *why;
};

/**
 * struct rebuild_row - a command that rebuilds an image
 * @sign: the command is for machines with this file below the root; NULL: for any machine
 * @image: it is for images whose path matches this pattern; NULL: for any image
 * @command: {release} and {file} are those of the image, {kernel} is the file of its
 *	kernel; a row with {release} is skipped for an image whose kernel is not known
 */
struct rebuild_row {
	const char *sign;
	const char *image;
	const char *command;
};

/**
 * struct rebuild - how to rebuild an image; both are empty when that is unknown
 * @before: what to do first; empty: nothing
 * @command: rebuilds this image
 */
struct rebuild {
	char before[GENERATOR_TEXT_MAX];
	char command[GENERATOR_TEXT_MAX];
};

/**
 * struct generator - one row. Patterns are those of fnmatch() where '*' matches a slash;
 * lists end with NULL.
 * @name: name that its hook writes to CONFIG_IMAGE_PATH in an image
 * @kind: name of its images that do not start systemd
 * @signs: files that only its images contain
 * @start: when the program is started; NULL: only rdinit= starts it
 * @kept: files of an image whose content is kept
 * @lists: further files of an image whose content is kept: they list modules to load
 * @scripts: places of scripts of other set-ups in an image
 * @places: paths of the images that it writes
 * @rebuild: the first matching row rebuilds an image
 * @shadow: file of the administrator that overrides the hook; NULL: none
 * @before: what to do first for an image without the program; NULL: nothing
 * @hooks_named: its configuration has to name our hook (mkinitcpio_config.h)
 */
struct generator {
	const char *name;
	const char *kind;
	const char *signs[GENERATOR_WORDS_MAX];
	struct image_start (*start)(const struct initrd *initrd);
	const char *kept[GENERATOR_WORDS_MAX];
	const char *lists[GENERATOR_WORDS_MAX];
	const char *scripts[GENERATOR_WORDS_MAX];
	struct image_place places[GENERATOR_WORDS_MAX];
	struct rebuild_row rebuild[GENERATOR_COMMANDS_MAX];
	const char *shadow;
	const char *before;
	bool hooks_named;
};

extern const struct generator generators[];
extern const size_t n_generators;

/** generator_kind() - description of an image: "of dracut", "with systemd" */
const char *generator_kind(const struct initrd *initrd);

/**
 * generator_start() - when is the program started in an image that boots without rdinit=?
 */
struct image_start generator_start(const struct initrd *initrd);

/** generator_shadow() - the file that may override the hook; NULL: none */
const char *generator_shadow(const struct initrd *initrd);

/** generator_keeps() - is the content of a file kept? */
bool generator_keeps(const char *path);

/**
 * generator_sign() - the sign of a generator that a path is
 *
 * Return: its pattern, the same pointer each time; NULL: it is none
 */
const char *generator_sign(const char *path);

/** generator_is_list() - does a file list modules to load? */
bool generator_is_list(const char *path);

/** generator_is_script() - is a file in a place of scripts of other set-ups? */
bool generator_is_script(const char *path);

/**
 * generator_rebuild() - how to rebuild an image on this machine
 * @file: path of the image, with a leading slash
 * @release: kernel release of the image; empty: unknown
 */
void generator_rebuild(const struct sysroot *root, const struct initrd *initrd,
		       const char *file, const char *release,
		       struct rebuild *ret_rebuild);

#endif

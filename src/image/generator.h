/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GENERATOR_H
#define VFIO_EARLY_GENERATOR_H

/*
 * Generators of initramfs images: one row of a table, and at most one function, for each.
 * Whatever else knows something about one of them asks here.
 */

#include <stdbool.h>
#include <stddef.h>

#include "image/initrd.h"

#define GENERATOR_WORDS_MAX 4
#define GENERATOR_TEXT_MAX 320
#define GENERATOR_COMMANDS_MAX 8

/** enum image_naming - which part of an image's path names its kernel */
enum image_naming { NAMED_FILE, NAMED_DIRECTORY, NAMED_TOKEN, NAMED_NOT };

/**
 * struct image_place - where images are written
 * @pattern: below the root; NULL ends a list
 * @naming: what names the kernel
 */
struct image_place {
	const char *pattern;
	enum image_naming naming;
};

/**
 * enum image_order - does the program run before every loader of modules?
 * @IMAGE_ORDER_FIRST: it does
 * @IMAGE_ORDER_RACE: it may
 * @IMAGE_ORDER_LATE: it does not, or it is not started at all
 * @IMAGE_ORDER_UNKNOWN: what starts programs in this image is not known
 */
enum image_order {
	IMAGE_ORDER_FIRST,
	IMAGE_ORDER_RACE,
	IMAGE_ORDER_LATE,
	IMAGE_ORDER_UNKNOWN
};

/**
 * struct image_start - when the program is started in an image
 * @order: see there
 * @why: what shows it
 */
struct image_start {
	enum image_order order;
	const char *why;
};

/**
 * struct rebuild_row - a command that builds an image again
 * @sign: file below the root without which it is not the command; NULL: any machine
 * @image: pattern of the image's path; NULL: any
 * @command: {release} and {file} stand for those of the image, {kernel} for the file of
 *	its kernel; a row with {release} is not for an image whose kernel is not known
 */
struct rebuild_row {
	const char *sign;
	const char *image;
	const char *command;
};

/**
 * struct rebuild - how an image is built again; both are empty when it is not known
 * @before: what has to be done first; empty: nothing
 * @command: that builds this very image
 */
struct rebuild {
	char before[GENERATOR_TEXT_MAX];
	char command[GENERATOR_TEXT_MAX];
};

/**
 * struct generator - one row. Patterns are those of fnmatch() where '*' matches a slash;
 * lists end with NULL.
 * @name: what its hook notes in an image (CONFIG_IMAGE_PATH)
 * @kind: what its image is called when it does not start systemd
 * @signs: files that only its images have
 * @start: when the program is started; NULL: only rdinit= starts it
 * @kept: files of an image whose content is judged
 * @lists: such files in which modules are named to be loaded
 * @scripts: where scripts of other set-ups are in an image
 * @places: where it writes images, by names of its own
 * @rebuild: the first row that fits an image builds it
 * @shadow: file of the administrator that takes the place of the hook; NULL: none
 * @before: what has to be done first for an image without the program; NULL: nothing
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

/** generator_kind() - what an image is called: "of dracut", "with systemd" */
const char *generator_kind(const struct initrd *initrd);

/**
 * generator_start() - when is the program started in an image that boots without rdinit=?
 */
struct image_start generator_start(const struct initrd *initrd);

/** generator_shadow() - the file that may have taken the place of the hook; NULL: none */
const char *generator_shadow(const struct initrd *initrd);

/** generator_keeps() - is the content of a file judged? */
bool generator_keeps(const char *path);

/**
 * generator_sign() - the sign of a generator that a path is
 *
 * Return: its pattern, the same pointer each time; NULL: it is none
 */
const char *generator_sign(const char *path);

/** generator_is_list() - are modules named in a file, to be loaded? */
bool generator_is_list(const char *path);

/** generator_is_script() - is a file where scripts of other set-ups are? */
bool generator_is_script(const char *path);

/**
 * generator_rebuild() - how is an image built again on this machine?
 * @file: of the image, with a slash in front
 * @release: of its kernel; empty: unknown
 */
void generator_rebuild(const struct sysroot *root, const struct initrd *initrd,
		       const char *file, const char *release,
		       struct rebuild *ret_rebuild);

#endif

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
 * @rebuild: command for the image of one kernel, whose release is appended
 * @rebuild_all: command for all images; NULL: @rebuild does it with "all"
 * @shadow: file of the administrator that takes the place of the hook; NULL: none
 * @enable: what to do first when the hook has to be named in its configuration; or NULL
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
	const char *rebuild;
	const char *rebuild_all;
	const char *shadow;
	const char *enable;
};

extern const struct generator generators[];
extern const size_t n_generators;

/** generator_of() - which one made an image: its note, else its files; NULL: unknown */
const struct generator *generator_of(const struct initrd *initrd);

/** generator_kind() - what an image is called: "of dracut", "with systemd" */
const char *generator_kind(const struct initrd *initrd);

/** generator_start() - when is the program started in an image that boots without rdinit=? */
struct image_start generator_start(const struct initrd *initrd);

/** generator_shadow() - the file that may have taken the place of the hook; NULL: none */
const char *generator_shadow(const struct initrd *initrd);

/** generator_keeps() - is the content of a file judged? */
bool generator_keeps(const char *path);

/** generator_is_list() - are modules named in a file, to be loaded? */
bool generator_is_list(const char *path);

/** generator_is_script() - is a file where scripts of other set-ups are? */
bool generator_is_script(const char *path);

/**
 * generator_rebuild() - the command that builds an image again
 * @release: of its kernel; empty: all kernels
 * @text: filled; empty when the generator is not known
 */
void generator_rebuild(const struct initrd *initrd, const char *release, char *text,
		       size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_STAMP_H
#define VFIO_EARLY_STAMP_H

/* What a hook needs while it builds an image; config_read_image() reads it at boot. */

#include "base/fault.h"
#include "base/sysroot.h"

#define IMAGE_TEXT_MAX 4096

/**
 * enum image_status - exit statuses of `--image`
 * @IMAGE_GOOD: there is a config, and it can be acted on
 * @IMAGE_NONE: there is none: nothing belongs into the image
 * @IMAGE_CONFIG: it has an error. It goes into the image all the same: at boot it is
 *	refused and reported, as everywhere.
 */
enum image_status { IMAGE_GOOD, IMAGE_NONE, IMAGE_CONFIG };

/**
 * image_describe() - write CONFIG_IMAGE_PATH for an image that is being built
 * @root: where the config is
 * @generator: who builds the image
 * @text: filled: INI; empty for IMAGE_NONE, and when @generator is no word. Its key
 *	`modules` is for the hook: the modules that the image has to have as far as its
 *	kernel has them.
 * @fault: filled for IMAGE_CONFIG
 *
 * The kernel command line of the running machine is not looked at: it is not the image's.
 *
 * Return: see enum image_status
 */
enum image_status image_describe(const struct sysroot *root, const char *generator,
				 char text[static IMAGE_TEXT_MAX], struct fault *fault);

#endif

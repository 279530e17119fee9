/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_STAMP_H
#define VFIO_EARLY_STAMP_H

/* What a hook needs while it builds an image; config_read_image() reads it at boot. */

#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"

#define IMAGE_TEXT_MAX 4096

/**
 * image_describe() - write CONFIG_IMAGE_PATH for an image that is being built
 * @root: where the config is
 * @generator: what builds the image
 * @text: filled: INI; empty for STATUS_SHORT, and when @generator is no word. Its key
 *	`modules` is for the hook: the modules that the image has to have as far as its
 *	kernel has them. Its key `guard` is there where a unit ends trials: on the machine
 *	that the image is for.
 *
 * The kernel command line of the running machine is not looked at: it is not the image's.
 */
enum status image_describe(const struct sysroot *root, const char *generator,
			   char text[static IMAGE_TEXT_MAX], struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_STAMP_H
#define VFIO_EARLY_STAMP_H

/*
 * The file that a hook puts into an image while building it; config_read_image() reads it
 * at boot.
 */

#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"

#define IMAGE_TEXT_MAX 4096

/**
 * image_describe() - write CONFIG_IMAGE_PATH for an image that is being built
 * @root: where the config is
 * @generator: name of the generator
 * @text: filled: INI; empty for STATUS_SHORT, and when @generator is no word. Its key
 *	`modules` is for the hook: the modules that the image needs, as far as its kernel
 *	has them. The key `guard` exists if a unit ends trials on the machine of the
 *	image.
 *
 * The kernel command line of the running machine is ignored, since it is not the image's.
 */
enum status image_describe(const struct sysroot *root, const char *generator,
			   char text[static IMAGE_TEXT_MAX], struct fault *fault);

#endif

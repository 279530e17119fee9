/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_IMAGE_H
#define VFIO_EARLY_CAPTURE_IMAGE_H

/* A shortened initramfs image. */

#include "capture/capture.h"

/**
 * capture_image() - take an initramfs image, shortened to the names and texts that are
 * judged
 * @path: of the file
 * @name: in the archive
 */
void capture_image(struct capture *capture, const char *path, const char *name);

#endif

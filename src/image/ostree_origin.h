/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OSTREE_ORIGIN_H
#define VFIO_EARLY_OSTREE_ORIGIN_H

/*
 * An image-based system (rpm-ostree) builds no initramfs of its own until `initramfs
 * --enable`. Later the command must be different: a second `initramfs --enable` without
 * an argument is refused, and one with arguments replaces those that were given before
 * (rpm-ostree 2025, InitramfsStateTransaction).
 */

#include "base/sysroot.h"
#include "image/generator.h"

/** ostree_origin_rebuild() - the command that rebuilds the initramfs */
void ostree_origin_rebuild(const struct sysroot *root,
			   char command[static GENERATOR_TEXT_MAX]);

#endif

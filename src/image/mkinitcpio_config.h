/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MKINITCPIO_CONFIG_H
#define VFIO_EARLY_MKINITCPIO_CONFIG_H

/* Where the hooks of an image of mkinitcpio are named. */

#include "base/sysroot.h"
#include "image/generator.h"

/**
 * mkinitcpio_prepare() - what to do first so that an image gets the program
 * @file: of the image: the preset that writes it may name a configuration of its own
 * @before: filled; empty when HOOKS name our hook already
 *
 * Sources: mkinitcpio(8), mkinitcpio.conf(5): the files of mkinitcpio.conf.d are read
 * behind mkinitcpio.conf, in the order of their names, and not with -c FILE, which is
 * what the preset's NAME_config= becomes.
 */
void mkinitcpio_prepare(const struct sysroot *root, const char *file,
			char before[static GENERATOR_TEXT_MAX]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MKINITCPIO_CONFIG_H
#define VFIO_EARLY_MKINITCPIO_CONFIG_H

/* The configuration of mkinitcpio that lists an image's hooks. */

#include "base/sysroot.h"
#include "image/generator.h"

/**
 * mkinitcpio_prepare() - what to do first, so that an image gets the program
 * @file: path of the image: the preset that writes it may have its own configuration
 * @before: filled; empty when HOOKS contains our hook already
 *
 * Sources: mkinitcpio(8), mkinitcpio.conf(5): the files of mkinitcpio.conf.d are read
 * after mkinitcpio.conf, in the order of their names, but not with -c FILE, which the
 * preset's NAME_config= becomes.
 */
void mkinitcpio_prepare(const struct sysroot *root, const char *file,
			char before[static GENERATOR_TEXT_MAX]);

#endif

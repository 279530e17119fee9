/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOTLOADER_READ_H
#define VFIO_EARLY_BOOTLOADER_READ_H

/* Reading evidence for bootloader.h, and variables in files of boot loaders. */

#include "base/shell.h"
#include "base/sysroot.h"

/** bootloader_grub_read() - read /etc/default/grub and grub.d, as grub-mkconfig does */
void bootloader_grub_read(const struct sysroot *root, struct shell *shell);

/**
 * bootloader_limine_read() - read the settings of limine-entry-tool in its order: those
 * of its package, /etc/limine-entry-tool.conf and .d, /etc/default/limine
 */
void bootloader_limine_read(const struct sysroot *root, struct shell *shell);

#endif

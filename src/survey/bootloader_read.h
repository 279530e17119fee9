/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOTLOADER_READ_H
#define VFIO_EARLY_BOOTLOADER_READ_H

/* Evidence for bootloader.h; what the files of boot loaders assign. */

#include "base/shell.h"
#include "base/sysroot.h"

/**
 * bootloader_grub_read() - /etc/default/grub and grub.d, as grub-mkconfig sources them
 */
void bootloader_grub_read(const struct sysroot *root, struct shell *shell);

/**
 * bootloader_limine_read() - the settings of limine-entry-tool, in the order in which it
 * reads them: its package's, /etc/limine-entry-tool.conf and .d, /etc/default/limine
 */
void bootloader_limine_read(const struct sysroot *root, struct shell *shell);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MAKE_CPIO_H
#define VFIO_EARLY_MAKE_CPIO_H

/*
 * A small initramfs that a boot loader loads beside any other one: the boot program, the
 * config, the VFIO modules. It is used with rdinit=/usr/lib/vfio-early/vfio-early-boot.
 */

#include "base/fault.h"
#include "base/sysroot.h"

/**
 * make_cpio() - write it
 * @root: the system that it is for: etc/, lib/modules/, usr/lib/vfio-early/
 * @file: where to, the caller's own path; an existing file is replaced when all went well
 * @release: of the kernel that it is for; NULL: of the running one
 * @record: of the host (model/record.h); NULL: none
 *
 * Owners and times are the same for all files, so the same content gives the same bytes.
 *
 * Return: 0; -ENODATA when there is no config; -EINVAL when it has an error; -ENOENT when
 * the program or the kernel's modules are not there; -errno
 */
int make_cpio(const struct sysroot *root, const char *file, const char *release,
	      const char *record, struct fault *fault);

#endif

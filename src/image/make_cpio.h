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
 * make_cpio() - write this initramfs
 * @root: the system whose etc/, lib/modules/ and usr/lib/vfio-early/ are used
 * @file: output file, by the caller's own path; an existing file is replaced on success
 *	only
 * @release: release of its kernel; NULL: the running one
 * @record: record of the host (model/record.h); NULL: none
 *
 * Owners and times are the same for all files, so the same content gives the same bytes.
 *
 * Return: 0; -ENODATA when there is no config; -EINVAL when it has an error; -ENOENT when
 * the program or the kernel's modules do not exist; -errno
 */
int make_cpio(const struct sysroot *root, const char *file, const char *release,
	      const char *record, struct fault *fault);

#endif

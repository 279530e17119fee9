/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_RECORD_H
#define VFIO_EARLY_HOST_RECORD_H

/*
 * Facts that the running host knows and an initramfs cannot: the text of model/record.h.
 */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * host_record_text() - make the record of the host
 * @host: modified; its functions were read before
 * @ret_text: allocated; free() it
 *
 * It covers more than disks_read() does at boot: fstab(5), crypttab(5), the partition of
 * the boot loader, and all physical volumes of LVM groups in use, since a group is not
 * activated without them.
 *
 * Return: 1 when all is known, 0, -ENOMEM
 */
int host_record_text(const struct sysroot *root, const char *cmdline, struct host *host,
		     char **ret_text);

/**
 * host_record_make() - read the machine, and make its record
 * @ret_text: allocated; free() it
 *
 * Return: 1 when all is known, 0, -errno when the machine cannot be read
 */
int host_record_make(const struct sysroot *root, char **ret_text, struct fault *fault);

#endif

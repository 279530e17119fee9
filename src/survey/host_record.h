/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_RECORD_H
#define VFIO_EARLY_HOST_RECORD_H

/* What the running host knows and an initramfs cannot: the text of model/record.h. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * host_record_text() - the record of the host
 * @host: scratch; its functions were read
 * @ret_text: allocated; free() it
 *
 * It looks further than a boot does: beside what disks_read() finds at fstab(5),
 * crypttab(5), the partition that the boot loader came from, and all physical volumes of
 * LVM groups that are in use, without which a group is not activated.
 *
 * Return: 1 when all is known, 0, -ENOMEM
 */
int host_record_text(const struct sysroot *root, const char *cmdline, struct host *host,
		     char **ret_text);

/**
 * host_record_make() - look at the machine, and write its record
 * @ret_text: allocated; free() it
 *
 * Return: 1 when all is known, 0, -errno when the machine cannot be looked at
 */
int host_record_make(const struct sysroot *root, char **ret_text, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DISKS_H
#define VFIO_EARLY_DISKS_H

/* Which PCI functions carry disks that the host needs: libblkid, /proc/self/mountinfo. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * disks_read() - find the functions under root=, resume=, mounted filesystems and swap
 * @root: where the machine is
 * @host: functions are filled already; is_host_disk, use, disks_known and root_resolved
 *	are filled; notes added
 *
 * A block device leads to its functions by its sysfs path; device mapper, md and loop
 * devices lead to those of their slaves.
 */
void disks_read(const struct sysroot *root, const char *cmdline, struct host *host);

#endif

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

/**
 * struct disks_visit - called for each block device that the host depends on
 * @take: called with its name in sysfs, those that it lies on included
 */
struct disks_visit {
	void (*take)(const char *name, void *context);
	void *context;
};

/** disks_follow() - disks_read(), and tell of the devices; @visit NULL: not */
void disks_follow(const struct sysroot *root, const char *cmdline,
		  const struct disks_visit *visit, struct host *host);

/**
 * disks_mark() - find the functions under one device more
 * @spec: as root= or fstab(5) name it: /dev/sda1, UUID=...
 * @what: for host_function.use: "swap"
 * @mounted: the kernel knows all devices of what is on it
 *
 * Return: whether the way to its hardware is known
 */
bool disks_mark(const struct sysroot *root, const char *spec, const char *what,
		bool mounted, const struct disks_visit *visit, struct host *host);

#endif

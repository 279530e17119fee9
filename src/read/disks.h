/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DISKS_H
#define VFIO_EARLY_DISKS_H

/* PCI functions with disks that the host needs: by libblkid and /proc/self/mountinfo. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * disks_read() - find the functions under root=, resume=, mounted filesystems and swap
 * @root: where the machine is
 * @mounts: filesystems and swap also where there is no block device: then none of them is
 *	on a disk, but a root may be on the network
 * @host: functions are filled already; is_host_disk, use, disks_known and root_resolved
 *	are filled; notes added
 *
 * The functions of a block device are in its sysfs path; those of device mapper, md and
 * loop devices are the functions of the devices below them.
 */
void disks_read(const struct sysroot *root, const char *cmdline, bool mounts,
		struct host *host);

/**
 * struct disks_visit - callback for the block devices that the host depends on
 * @take: called with the name in sysfs of each, including the devices below it
 */
struct disks_visit {
	void (*take)(const char *name, void *context);
	void *context;
};

/** disks_follow() - disks_read() of all with a callback for devices */
void disks_follow(const struct sysroot *root, const char *cmdline,
		  const struct disks_visit *visit, struct host *host);

/**
 * disks_mark() - mark the functions of one further device
 * @spec: in the format of root= or fstab(5): /dev/sda1, UUID=...
 * @what: for host_function.use: "swap"
 * @mounted: its file system is mounted, so the kernel knows all devices of it
 *
 * Return: true when its hardware is known
 */
bool disks_mark(const struct sysroot *root, const char *spec, const char *what,
		bool mounted, const struct disks_visit *visit, struct host *host);

#endif

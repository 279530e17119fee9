/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DISK_USE_H
#define VFIO_EARLY_DISK_USE_H

/* Disks on PCI functions, their content and their mount points. */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define DISK_USES_MAX 256
#define DISK_NAME_MAX 64
#define DISK_UUID_MAX 64
#define DISK_PLACE_MAX 96

/**
 * struct disk_use - a disk, a partition, or a device on top of them
 * @function: index in host.functions: function of the disk
 * @name: /dev/nvme0n1p2
 * @type: ext4, crypto_LUKS, swap, ...; empty: not known
 * @uuid: empty: none, or not known
 * @place: mount point, "swap", or empty: not in use
 */
struct disk_use {
	size_t function;
	char name[DISK_NAME_MAX];
	char type[DISK_UUID_MAX];
	char uuid[DISK_UUID_MAX];
	char place[DISK_PLACE_MAX];
};

/**
 * struct disk_uses - all of them
 * @list: in no order
 * @count: of @list
 * @known: the block devices could be read
 * @more: there are more entries than fit
 */
struct disk_uses {
	struct disk_use list[DISK_USES_MAX];
	size_t count;
	bool known;
	bool more;
};

/**
 * disk_uses_read() - find the disks of functions
 * @wanted: called with the index of a function: is it wanted?
 *
 * UUID and type are from libblkid on the running machine; on a recorded one, and for an
 * unreadable disk, from the links and the database of udev. Devices on top of a partition
 * (LVM, LUKS, RAID) are included.
 */
void disk_uses_read(const struct sysroot *root, const struct host *host,
		    bool (*wanted)(size_t function, const void *context),
		    const void *context, struct disk_uses *uses);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PROBE_H
#define VFIO_EARLY_PROBE_H

/*
 * What is on a disk, by libblkid. A disk that dies answers after minutes, and a process
 * that waits for it cannot be killed: so a process of its own asks, and is left behind.
 */

#include <stdbool.h>
#include <stddef.h>

#include "model/host.h"

#define PROBE_TEXT_MAX 320 /* the longest label is of btrfs: 255 bytes */
#define PROBE_ONE_MS 2000 /* for one disk: it spins already, the firmware has used it */
#define PROBE_ALL_MS 5000 /* for all: a quarter of the default deadline */

/**
 * struct probe - the time that is left
 * @left: milliseconds for all disks together
 */
struct probe {
	unsigned int left;
};

/**
 * probe_bounded() - ask in a process of its own, and wait as long as there is time
 * @work: fills the text (empty before) and returns 0, or returns -errno
 * @what: for @work
 * @text: filled with what @work found
 *
 * Return: what @work returned, -ETIMEDOUT when it did not end in time, or -errno
 */
int probe_bounded(struct probe *probe,
		  int (*work)(const void *what, char text[static PROBE_TEXT_MAX]),
		  const void *what, char text[static PROBE_TEXT_MAX]);

/**
 * probe_value() - what a disk says of itself
 * @path: of a device, or of a file
 * @key: as libblkid calls it: "TYPE", "UUID"
 * @text: the value, written on FACT_YES only
 *
 * Return: FACT_NO: there is none, or no medium; FACT_UNKNOWN: the disk does not tell
 */
enum fact probe_value(struct probe *probe, const char *path, const char *key,
		      char text[static PROBE_TEXT_MAX]);

/**
 * probe_tag() - does a device bear a label or a UUID?
 * @path: of a device, or of a file
 * @key: as libblkid calls it: "UUID", "PART_ENTRY_NAME"
 * @is_label: upper and lower case differ
 */
enum fact probe_tag(struct probe *probe, const char *path, const char *key, bool is_label,
		    const char *value);

#endif

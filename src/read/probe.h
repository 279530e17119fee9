/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PROBE_H
#define VFIO_EARLY_PROBE_H

/*
 * The content of a disk, by libblkid. A failing disk may answer only after minutes, and a
 * process that waits for it cannot be killed, so a separate process asks and is
 * abandoned.
 */

#include <stdbool.h>
#include <stddef.h>

#include "model/host.h"

#define PROBE_TEXT_MAX 320 /* the longest label is of btrfs: 255 bytes */
#define PROBE_ONE_MS 2000 /* for one disk: it already spins, the firmware has used it */
#define PROBE_ALL_MS 5000 /* for all: a quarter of the default deadline */

/**
 * struct probe - the remaining time
 * @left: milliseconds for all disks together
 */
struct probe {
	unsigned int left;
};

/**
 * probe_bounded() - ask in a separate process, and wait for the remaining time at most
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
 * probe_value() - read a value of a disk
 * @path: of a device, or of a file
 * @key: as libblkid calls it: "TYPE", "UUID"
 * @text: the value, written on FACT_YES only
 *
 * Return: FACT_NO: there is no such value, or no medium; FACT_UNKNOWN: no answer
 */
enum fact probe_value(struct probe *probe, const char *path, const char *key,
		      char text[static PROBE_TEXT_MAX]);

/**
 * probe_tag() - does a device have this label or UUID?
 * @path: of a device, or of a file
 * @key: as libblkid calls it: "UUID", "PART_ENTRY_NAME"
 * @is_label: compare with case
 */
enum fact probe_tag(struct probe *probe, const char *path, const char *key, bool is_label,
		    const char *value);

#endif

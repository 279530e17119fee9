/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_READ_H
#define VFIO_EARLY_RECORD_READ_H

/* The record of the host that this image carries. */

#include "base/sysroot.h"
#include "model/host.h"
#include "model/record.h"

/**
 * struct record - an image's record, before the machine is looked at
 * @text: NULL: there is none, or it cannot be read (@state)
 * @places: functions that it names
 */
struct record {
	enum host_record state;
	char *text;
	struct record_place *places;
	size_t n_places;
};

/**
 * record_load() - read RECORD_PATH as a config is read
 * @record: filled; to be given to record_done()
 * @host: notes are added
 */
void record_load(const struct sysroot *root, struct record *record, struct host *host);

/** record_mark() - apply it (record_apply()) to what is known of the machine by now */
void record_mark(struct record *record, const char *cmdline, struct host *host);

/** record_done() - give up its memory */
void record_done(struct record *record);

/**
 * record_read() - load it and judge it
 * @host: its functions are there; notes are added
 */
void record_read(const struct sysroot *root, const char *cmdline, struct host *host);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_READ_H
#define VFIO_EARLY_RECORD_READ_H

/* The record of the host in this image. */

#include "base/sysroot.h"
#include "model/host.h"
#include "model/record.h"

/**
 * struct record - an image's record, before the machine is read
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
 * record_load() - read RECORD_PATH, with the checks of a config file
 * @record: filled; to be given to record_done()
 * @host: notes are added
 */
void record_load(const struct sysroot *root, struct record *record, struct host *host);

/**
 * record_mark() - apply the record (record_apply()) to the facts that are known so far
 */
void record_mark(struct record *record, const char *cmdline, struct host *host);

/** record_done() - free its memory */
void record_done(struct record *record);

/**
 * record_read() - load the record and apply it
 * @host: its functions are filled already; notes are added
 */
void record_read(const struct sysroot *root, const char *cmdline, struct host *host);

#endif

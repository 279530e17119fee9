/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_H
#define VFIO_EARLY_RECORD_H

/*
 * Knowledge of the running host about its disks, network and display when an image was
 * built. Pure: text in, marks on functions out; read/record_read.h finds the file and
 * survey/host_record.h writes it.
 *
 *	vfio-early-host 1
 *	root 0123456789abcdef
 *	disks known
 *	network known
 *	at 00:17.0 8086:a352:1458:b005 root swap
 *	at 00:1f.6 8086:15bc:1458:e000 network
 *	at 00:14.2 8086:a36f:1458:5007 unclaimed
 *	end
 *
 * The lines are in this order, with one blank between words; anything else is an error.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

#define RECORD_HEADING "vfio-early-host 1"
#define RECORD_PATH "etc/vfio-early.host"

/**
 * struct record_use - a word after a function
 * @name: "root"
 * @bit: of enum host_recorded
 */
struct record_use {
	const char *name;
	uint8_t bit;
};

#define RECORD_USES 7

extern const struct record_use record_uses[RECORD_USES];

/**
 * record_apply() - mark the functions of a machine that have the path and id of a line,
 * and judge whether the whole record is of this machine and this root=
 * @text: of the record, terminated; modified
 * @host: its functions are filled already; their marks and the three record_ fields are
 *	filled
 *
 * Return: 0; -EINVAL when @text is not valid: no function is marked then
 */
int record_apply(char *text, const char *cmdline, struct host *host);

/**
 * struct record_place - a function in a record
 * @evident: its absence can show that the record is of another machine: its use is not
 *	just unclaimed
 */
struct record_place {
	struct pci_path path;
	struct pci_id id;
	bool evident;
};

/**
 * record_next() - the next function that a record names
 * @cursor: at first the text of the record, which is not modified; moved
 *
 * Return: false at the end. For a text that record_apply() refuses, the number of
 * functions is undefined.
 */
bool record_next(const char **cursor, struct record_place *ret_place);

/** record_root_hash() - hash of root= and resume= */
uint64_t record_root_hash(const char *cmdline);

/** record_mismatch() - set the three record_ fields of a machine without a good record */
void record_mismatch(struct host *host, enum host_record record);

#endif

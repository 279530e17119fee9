/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_H
#define VFIO_EARLY_RECORD_H

/*
 * What the running host knew of its disks, its network and its display when an image was
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
 * Lines of this order and of one blank between words; nothing else is understood.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

#define RECORD_HEADING "vfio-early-host 1"
#define RECORD_PATH "etc/vfio-early.host"

/**
 * struct record_use - a word behind a function
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
 * record_apply() - mark the functions of a machine that agree in path and id, and judge
 *	whether the record as a whole is of this machine and this root=
 * @text: of the record, terminated; it is cut up
 * @host: its functions are there; their marks and the three record_ fields are set
 *
 * Return: 0; -EINVAL when it is not understood: no function is marked then
 */
int record_apply(char *text, const char *cmdline, struct host *host);

/**
 * struct record_place - where a record has a function
 * @evident: for it alone a record can be of another machine: it is more than unclaimed
 */
struct record_place {
	struct pci_path path;
	struct pci_id id;
	bool evident;
};

/**
 * record_next() - the next function that a record names
 * @cursor: at first its text, which stays whole; moves on
 *
 * Return: false when there is none any more. What record_apply() would not understand
 * may have any number of them.
 */
bool record_next(const char **cursor, struct record_place *ret_place);

/** record_root_hash() - a hash of root= and resume= */
uint64_t record_root_hash(const char *cmdline);

/** record_mismatch() - set the three record_ fields of a machine without a good record */
void record_mismatch(struct host *host, enum host_record record);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FROM_IDS_H
#define VFIO_EARLY_FROM_IDS_H

/*
 * From the list of `vfio-pci.ids=` to targets: the functions of this machine that the
 * list names, grouped into cards.
 */

#include "base/fault.h"
#include "model/config.h"
#include "model/host.h"
#include "model/vfio_ids.h"

#define FROM_IDS_MAX 64
#define FROM_IDS_TARGETS_MAX CONFIG_TARGETS_MAX

/**
 * enum from_ids_fate - result of an entry
 * @FROM_IDS_USED: it is in a target
 * @FROM_IDS_NOWHERE: no function of the machine has it
 * @FROM_IDS_FOREIGN: only parts of cards whose GPU no entry names have it
 * @FROM_IDS_BRIDGE: only bridges have it, which vfio-pci ignores
 * @FROM_IDS_VIRTUAL: only virtual functions have it, which do not exist at early boot
 * @FROM_IDS_INVALID: it is no id: the kernel skips it
 */
enum from_ids_fate {
	FROM_IDS_USED,
	FROM_IDS_NOWHERE,
	FROM_IDS_FOREIGN,
	FROM_IDS_BRIDGE,
	FROM_IDS_VIRTUAL,
	FROM_IDS_INVALID,
};

/**
 * struct from_ids - the list and its targets
 * @ids: in the order of the list, without repeated entries; their texts point into the
 *	list
 * @fates: same index
 * @n_ids: number of @ids
 * @has_class: an entry had a class or ffffffff, which a config does not have
 * @targets: one for each card that the list names, by ids, address and path
 * @n_targets: number of @targets
 * @has_twins: the list cannot distinguish some cards, and takes all of them
 * @foreign: indices in host.functions: parts of other cards that vfio-pci.ids= takes as
 *	well, such as the sound function of the same chip
 * @n_foreign: number of @foreign
 */
struct from_ids {
	struct vfio_id ids[FROM_IDS_MAX];
	enum from_ids_fate fates[FROM_IDS_MAX];
	size_t n_ids;
	bool has_class;
	struct config_target targets[FROM_IDS_TARGETS_MAX];
	size_t n_targets;
	bool has_twins;
	size_t foreign[FROM_IDS_MAX];
	size_t n_foreign;
};

/**
 * from_ids() - parse a list
 * @list: 10de:1e84,10de:10f8; also in the forms that people copy: in quotes, in several
 *	lines, or in a line that contains "ids=" (of the kernel command line, of
 *	modprobe.d, of GRUB's file), with its other words
 *
 * Return: 0; -EINVAL when no entry is an id; -E2BIG
 */
int from_ids(const char *list, const struct host *host, struct from_ids *from,
	     struct fault *fault);

#endif

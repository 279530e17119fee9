/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FROM_IDS_H
#define VFIO_EARLY_FROM_IDS_H

/*
 * From the list of `vfio-pci.ids=` to targets: which functions of this machine the list
 * names, and which of them are one card.
 */

#include "base/fault.h"
#include "model/config.h"
#include "model/host.h"
#include "model/vfio_ids.h"

#define FROM_IDS_MAX 64
#define FROM_IDS_TARGETS_MAX CONFIG_TARGETS_MAX

/**
 * enum from_ids_fate - what became of an entry
 * @FROM_IDS_USED: it is in a target
 * @FROM_IDS_NOWHERE: no function of the machine has it
 * @FROM_IDS_FOREIGN: only parts of cards have it whose GPU no entry names
 * @FROM_IDS_BRIDGE: only bridges have it, which vfio-pci leaves alone
 * @FROM_IDS_VIRTUAL: only virtual functions have it, which are not there so early
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
 * struct from_ids - the list and what it names
 * @ids: in the order of the list, without those that occur before; their texts are parts
 *	of the list that was given
 * @fates: same index
 * @n_ids: how many
 * @has_class: an entry had a class or ffffffff: the config names by id alone
 * @targets: one for each card that the list names, by ids, address and path
 * @n_targets: how many
 * @has_twins: the list cannot tell some of them apart, and takes all
 * @foreign: indices in host.functions: what vfio-pci.ids= takes besides the cards: parts
 *	of others, such as the sound of the same chip
 * @n_foreign: how many
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
 * from_ids() - understand a list
 * @list: 10de:1e84,10de:10f8, or what people copy: with quotes around it, in several
 *	lines, in a line with "ids=" in front of it (of the kernel command line, of
 *	modprobe.d, of GRUB's file, other words and all)
 *
 * Return: 0; -EINVAL when no entry is an id; -E2BIG
 */
int from_ids(const char *list, const struct host *host, struct from_ids *from,
	     struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KEPT_H
#define VFIO_EARLY_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "model/host.h"

#define KEPT_MAX 16

/**
 * struct kept - functions that stay open from their facts until they were acted on
 * @devices: the directory of the bus; -1: not opened yet
 * @bind: the file `bind` of @driver; -1: not opened yet
 *
 * An open directory is that of one function, whose ids never change (fs/kernfs). Once the
 * function is gone it gives an error, even if another function has taken its place.
 */
struct kept {
	int devices;
	int bind;
	char driver[HOST_NAME_MAX];
	struct kept_function {
		struct pci_address address;
		int dir;
		int override; /* driver_override, for both; -1: not opened */
		int device; /* of its device id; -1: not opened yet */
	} functions[KEPT_MAX];
	size_t n;
};

#define KEPT_NONE                         \
	{                                 \
		.devices = -1, .bind = -1 \
	}

/** kept_find() - NULL: it is not kept; @kept may be NULL */
struct kept_function *kept_find(struct kept *kept, const struct pci_address *address);

/**
 * kept_add() - keep a function in the place of what was kept at its address
 * @kept: may be NULL
 * @dir: closed in kept_done(), if it was kept; so is @override
 *
 * Return: NULL when there is no room
 */
struct kept_function *kept_add(struct kept *kept, const struct pci_address *address,
			       int dir, int override);

/** kept_remove() - close one */
void kept_remove(struct kept *kept, struct kept_function *function);

/** kept_done() - close them all */
void kept_done(struct kept *kept);

#endif

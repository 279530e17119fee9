/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KEPT_H
#define VFIO_EARLY_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"

#define KEPT_MAX 16

/**
 * struct kept - functions that stay open from their facts until they were acted on
 * @devices: the directory of the bus; -1: not opened yet
 *
 * An open directory is that of one function, whose ids never change (fs/kernfs). Once the
 * function is gone it gives an error, even if another function has taken its place.
 */
struct kept {
	int devices;
	struct kept_function {
		struct pci_address address;
		int dir;
		int device; /* of its device id; -1: not opened yet */
	} functions[KEPT_MAX];
	size_t n;
};

#define KEPT_NONE             \
	{                     \
		.devices = -1 \
	}

/** kept_find() - NULL: it is not kept; @kept may be NULL */
struct kept_function *kept_find(struct kept *kept, const struct pci_address *address);

/**
 * kept_add() - keep a function in the place of what was kept at its address
 * @kept: may be NULL
 * @dir: closed in kept_done(), if it was kept
 *
 * Return: NULL when there is no room
 */
struct kept_function *kept_add(struct kept *kept, const struct pci_address *address,
			       int dir);

/** kept_remove() - close one */
void kept_remove(struct kept *kept, struct kept_function *function);

/** kept_done() - close them all */
void kept_done(struct kept *kept);

#endif

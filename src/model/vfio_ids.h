/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_VFIO_IDS_H
#define VFIO_EARLY_VFIO_IDS_H

/*
 * The list of vfio-pci.ids=, as vfio-pci reads it (kernel: drivers/vfio/pci/vfio_pci.c
 * vfio_pci_fill_ids(), lib/vsprintf.c vsscanf(); 5.10 to 6.18), whatever people meant.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

#define VFIO_IDS_MAX 1023 /* bytes of a list; a longer one is refused as a whole */
#define VFIO_ID_ANY 0xffffffffu /* include/linux/mod_devicetable.h PCI_ANY_ID */

/**
 * struct vfio_id - an entry of the list
 * @text: where it begins
 * @length: of @text
 * @valid: the kernel takes it: vendor and device could be read
 * @rest: bytes at its end that are not looked at
 * @vendor: all of these are 32 bits wide; VFIO_ID_ANY matches everything
 * @class: compared where @class_mask has a bit
 */
struct vfio_id {
	const char *text;
	size_t length;
	bool valid;
	size_t rest;
	uint32_t vendor;
	uint32_t device;
	uint32_t subvendor;
	uint32_t subdevice;
	uint32_t class;
	uint32_t class_mask;
};

/**
 * vfio_ids_next() - take the next entry of a list; empty ones are skipped
 * @cursor: moved behind the entry
 * @ret_id: filled when there was one
 */
bool vfio_ids_next(const char **cursor, const char *end, struct vfio_id *ret_id);

/** vfio_id_matches() - does an entry name a function? (kernel: pci_match_one_device()) */
bool vfio_id_matches(const struct vfio_id *id, const struct host_function *function);

/**
 * vfio_id_is_plain() - is it one vendor and device, with or without a subsystem?
 * @ret_id: written when it is: as a config would name it
 */
bool vfio_id_is_plain(const struct vfio_id *id, struct pci_id *ret_id);

#endif

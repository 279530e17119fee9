/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_VFIO_IDS_H
#define VFIO_EARLY_VFIO_IDS_H

/*
 * The list of vfio-pci.ids=, exactly as vfio-pci reads it (kernel:
 * drivers/vfio/pci/vfio_pci.c vfio_pci_fill_ids(), lib/vsprintf.c vsscanf(); 5.10 to
 * 6.18). Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

#define VFIO_IDS_MAX 1023 /* bytes of a list; a longer one is refused as a whole */
#define VFIO_ID_ANY 0xffffffffu /* include/linux/mod_devicetable.h PCI_ANY_ID */

/**
 * struct vfio_id - an entry of the list
 * @text: its first byte
 * @length: of @text
 * @valid: the kernel accepts it: vendor and device could be parsed
 * @rest: number of bytes at its end that are ignored
 * @vendor: like the following ids 32 bits wide; VFIO_ID_ANY matches all
 * @class: compared in the bits of @class_mask
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
 * vfio_ids_next() - take the next entry of a list; empty entries are skipped
 * @cursor: moved past the entry
 * @ret_id: filled when there was one
 */
bool vfio_ids_next(const char **cursor, const char *end, struct vfio_id *ret_id);

/** vfio_id_matches() - does an entry name a function? (kernel: pci_match_one_device()) */
bool vfio_id_matches(const struct vfio_id *id, const struct host_function *function);

/**
 * vfio_id_is_plain() - is it one vendor and device, with or without a subsystem?
 * @ret_id: written if so, in the form of a config
 */
bool vfio_id_is_plain(const struct vfio_id *id, struct pci_id *ret_id);

#endif

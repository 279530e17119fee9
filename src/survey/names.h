/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NAMES_H
#define VFIO_EARLY_NAMES_H

/* Names of PCI functions, from pci.ids by libpci. */

#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define NAMES_TEXT_MAX 512

/**
 * struct names - an opened list of names
 * @access: handle of libpci; NULL: none, and functions are shown by their numbers
 */
struct names {
	struct pci_access *access;
};

/**
 * names_open() - open the list
 * @root: the pci.ids of a recorded machine is used if it has one, else that of this
 *	machine
 * @ret_names: filled; give it to names_done()
 *
 * Cannot fail: without a list, numbers are shown.
 */
void names_open(const struct sysroot *root, struct names *ret_names);

/**
 * names_done() - close the list
 * @names: opened, or zeroed
 */
void names_done(struct names *names);

/**
 * names_line() - a function as `lspci -nn` shows it
 * @text: filled, escaped: 01:00.0 VGA compatible controller [0300]: NVIDIA Corporation
 *	TU104 [GeForce RTX 2080 SUPER] [10de:1e81] (rev a1); no domain when it is 0000
 */
void names_line(const struct names *names, const struct host_function *function,
		char text[static NAMES_TEXT_MAX]);

/**
 * names_class() - name of a function's class
 * @text: filled, escaped: VGA compatible controller
 */
void names_class(const struct names *names, const struct host_function *function,
		 char text[static NAMES_TEXT_MAX]);

/**
 * names_device() - names of vendor and device
 * @text: filled, escaped: NVIDIA Corporation TU104 [GeForce RTX 2080 SUPER]
 */
void names_device(const struct names *names, const struct host_function *function,
		  char text[static NAMES_TEXT_MAX]);

/**
 * names_model() - name of the device without its vendor, if it has one
 * @text: filled, escaped: TU104 [GeForce RTX 2080 SUPER]
 */
void names_model(const struct names *names, const struct host_function *function,
		 char text[static NAMES_TEXT_MAX]);

/** names_address() - an address as lspci writes it: without the domain 0000 */
void names_address(const struct pci_address *address, char text[static PCI_ADDRESS_TEXT]);

#endif

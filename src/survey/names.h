/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NAMES_H
#define VFIO_EARLY_NAMES_H

/* What people call a PCI function: pci.ids, read by libpci. */

#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define NAMES_TEXT_MAX 512

/**
 * struct names - an opened list of names
 * @access: libpci's handle; NULL: there is none, functions are called by their numbers
 */
struct names {
	struct pci_access *access;
};

/**
 * names_open() - open the list
 * @root: a recorded machine's own pci.ids counts when it has one, else this machine's
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
 * names_class() - what kind of function it is
 * @text: filled, escaped: VGA compatible controller
 */
void names_class(const struct names *names, const struct host_function *function,
		 char text[static NAMES_TEXT_MAX]);

/**
 * names_device() - vendor and device
 * @text: filled, escaped: NVIDIA Corporation TU104 [GeForce RTX 2080 SUPER]
 */
void names_device(const struct names *names, const struct host_function *function,
		  char text[static NAMES_TEXT_MAX]);

/**
 * names_model() - the device without its vendor, where it has a name
 * @text: filled, escaped: TU104 [GeForce RTX 2080 SUPER]
 */
void names_model(const struct names *names, const struct host_function *function,
		 char text[static NAMES_TEXT_MAX]);

/** names_address() - an address as lspci writes it: without the domain 0000 */
void names_address(const struct pci_address *address, char text[static PCI_ADDRESS_TEXT]);

#endif

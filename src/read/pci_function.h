/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PCI_FUNCTION_H
#define VFIO_EARLY_PCI_FUNCTION_H

/* One PCI function by its attributes in sysfs. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * struct pci_scan - one reading of the bus
 * @host: gets the notes
 * @devices: of the bus directory
 * @live: of the running machine; elsewhere anything may be in the place of a file
 * @kept: where functions that may be acted on stay open; NULL: none
 * @hidden: number of functions whose capabilities this user may not read
 * @dead: number of functions that do not answer
 */
struct pci_scan {
	struct host *host;
	int devices;
	bool live;
	struct kept *kept;
	unsigned int hidden;
	unsigned int dead;
};

/**
 * struct pci_above - the bridge above a function, and the holder of its root bus (VMD)
 * @there: there is a bridge
 * @has_holder: its root bus is below a function
 */
struct pci_above {
	bool there;
	bool has_holder;
	struct pci_address address;
	struct pci_address holder;
};

/**
 * pci_function_read() - read all of a function except its capabilities
 * @details: also read facts that are only for people; else only the type of its header
 * @function: its address is filled already; all else is filled anew
 *
 * Return: false when the function is gone
 */
bool pci_function_read(struct pci_scan *scan, bool details,
		       struct host_function *function, struct pci_above *ret_above);

/**
 * pci_far_read() - read a few facts of a function that stays far
 * @want: HOST_WANT_ID, _SUBSYSTEM, _VFS
 *
 * Return: false when the function is gone
 */
bool pci_far_read(struct pci_scan *scan, unsigned int want,
		  struct host_function *function);

/** pci_above_set() - set parent and holder as indices */
void pci_above_set(struct host *host, struct host_function *function,
		   const struct pci_above *above);

/**
 * pci_path_read() - read only the path through the bridges
 *
 * Return: 0, so the function is there; else -errno, and a note was added
 */
int pci_path_read(struct pci_scan *scan, struct host_function *function,
		  struct pci_above *ret_above);

/**
 * pci_header_take() - set the type of a header
 * @header: the byte of the config space; -1: it cannot be read
 *
 * Return: false when nothing more can be read of this config space
 */
bool pci_header_take(struct pci_scan *scan, int header, struct host_function *function);

/**
 * pci_ports_read() - read PCI Express type and ACS of wanted functions
 * @want: bits of enum host_want for each function
 * @gone: functions that do not exist any more
 *
 * Unreadable facts stay unknown.
 */
void pci_ports_read(const struct sysroot *root, struct pci_scan *scan,
		    const uint8_t *want, const bool *gone);

/** pci_scan_note() - add notes about functions that could not be read */
void pci_scan_note(const struct pci_scan *scan);

#endif

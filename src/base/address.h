/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ADDRESS_H
#define VFIO_EARLY_ADDRESS_H

/*
 * How a PCI function is named: by address (domain:bus:device.function), by id
 * (vendor:device), by the path through the bridges above it.
 */

#include <stdbool.h>
#include <stdint.h>

#define PCI_ADDRESS_TEXT 24 /* bytes for an address as text, NUL included */
#define PCI_ID_TEXT 24
#define PCI_PATH_DEPTH_MAX 32 /* more bridges in a row than any machine seen has */
#define PCI_PATH_TEXT 192

/**
 * struct pci_address - where a function answers now
 * @domain: PCI segment; more than 16 bits behind VMD (10000:...)
 * @bus: bus number; firmware and kernel may change it between boots
 * @device: 0 to 31
 * @function: 0 to 7
 */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t device;
	uint8_t function;
};

/**
 * struct pci_id - what a function is
 * @has_subsystem: @subvendor and @subdevice are part of the id
 */
struct pci_id {
	uint16_t vendor;
	uint16_t device;
	uint16_t subvendor;
	uint16_t subdevice;
	bool has_subsystem;
};

/**
 * struct pci_path - the way from the root bus to a function, as `lspci -P` writes it
 * @domain: PCI segment
 * @bus: number of the root bus
 * @depth: entries in @devfn, at least 1; the last one is the function itself
 * @devfn: device << 3 | function of each bridge on the way and of the function
 *
 * Bus numbers below the root do not occur in it, so it survives renumbering.
 */
struct pci_path {
	uint32_t domain;
	uint8_t bus;
	uint8_t depth;
	uint8_t devfn[PCI_PATH_DEPTH_MAX];
};

/**
 * pci_address_parse() - read `[domain:]bus:device.function`
 * @text: hex digits of either case; without a domain it is 0000
 * @ret_address: written on success only
 *
 * Return: 0, or -EINVAL
 */
int pci_address_parse(const char *text, struct pci_address *ret_address);

/**
 * pci_address_format() - write an address as the kernel does: 0000:09:00.0
 *
 * Return: @text
 */
char *pci_address_format(const struct pci_address *address,
			 char text[static PCI_ADDRESS_TEXT]);

/** PCI_ADDRESS() - an address as text, valid up to the end of the block */
#define PCI_ADDRESS(address) pci_address_format(address, (char[PCI_ADDRESS_TEXT]){ "" })

/**
 * pci_address_compare() - order addresses by domain, bus, device, function
 *
 * Return: less than, equal to or more than 0
 */
int pci_address_compare(const struct pci_address *a, const struct pci_address *b);

/**
 * pci_address_same_slot() - are both functions of one slot?
 *
 * Return: true when domain, bus and device agree
 */
bool pci_address_same_slot(const struct pci_address *a, const struct pci_address *b);

/**
 * pci_id_parse() - read `vendor:device` or `vendor:device:subvendor:subdevice`
 * @text: four hex digits each, either case
 * @ret_id: written on success only
 *
 * Return: 0, or -EINVAL
 */
int pci_id_parse(const char *text, struct pci_id *ret_id);

/**
 * pci_id_format() - write an id as pci_id_parse() reads it
 *
 * Return: @text
 */
char *pci_id_format(const struct pci_id *id, char text[static PCI_ID_TEXT]);

/** PCI_ID() - an id as text, valid up to the end of the block */
#define PCI_ID(id) pci_id_format(id, (char[PCI_ID_TEXT]){ "" })

/** pci_id_equal() - are both the same id, subsystem included? */
bool pci_id_equal(const struct pci_id *a, const struct pci_id *b);

/**
 * pci_path_parse() - read `[domain:]bus:device.function[/device.function...]`
 * @text: as `lspci -P` prints it, 00:03.1/00.0
 * @ret_path: written on success only
 *
 * Return: 0, or -EINVAL
 */
int pci_path_parse(const char *text, struct pci_path *ret_path);

/**
 * pci_path_format() - write a path as pci_path_parse() reads it
 *
 * The domain is written only when it is not 0000.
 *
 * Return: @text
 */
char *pci_path_format(const struct pci_path *path, char text[static PCI_PATH_TEXT]);

/** PCI_PATH() - a path as text, valid up to the end of the block */
#define PCI_PATH(path) pci_path_format(path, (char[PCI_PATH_TEXT]){ "" })

/** pci_path_equal() - do both paths lead to the same place? */
bool pci_path_equal(const struct pci_path *a, const struct pci_path *b);

/**
 * pci_address_next() - the next part of a path in sysfs that is an address
 * @path: moved behind it; at the end when there is none
 */
bool pci_address_next(const char **path, struct pci_address *ret_address);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PCI_H
#define VFIO_EARLY_PCI_H

/* The PCI functions of a machine, by libpci and their sysfs attributes. */

#include "base/sysroot.h"
#include "model/host.h"

#define PCI_DEVICES "sys/bus/pci/devices"

/**
 * pci_read() - list the functions
 * @root: where the machine is
 * @host: functions and n_functions are filled, ordered by address; notes are added
 *
 * libpci's error callback, which must not return and by default exits, is caught here.
 *
 * Return: 0; -errno; -E2BIG for more than HOST_FUNCTIONS_MAX functions
 */
int pci_read(const struct sysroot *root, struct host *host, struct fault *fault);

/**
 * pci_uevent_parse() - ids and class of a function, by one attribute
 * @text: of the attribute `uevent`
 * @ret_id: vendor and device; written on success only
 * @ret_class: base class, subclass, interface; likewise
 *
 * Return: 0; -EINVAL when they are missing
 */
int pci_uevent_parse(const char *text, struct pci_id *ret_id, uint32_t *ret_class);

#endif

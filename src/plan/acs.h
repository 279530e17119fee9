/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ACS_H
#define VFIO_EARLY_ACS_H

/*
 * Why a group has more than one card: Access Control Services of the ports above it. This
 * is only an explanation; decisions go by the kernel's group.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

/* PCI Express Base 7.7.7.2, include/uapi/linux/pci_regs.h PCI_ACS_* */
#define ACS_SOURCE_VALIDATION 0x01
#define ACS_REQUEST_REDIRECT 0x04
#define ACS_COMPLETION_REDIRECT 0x08
#define ACS_UPSTREAM_FORWARDING 0x10
#define ACS_EGRESS_CONTROL 0x20

/* Bits that the kernel requires of every port (drivers/iommu/iommu.c REQ_ACS_FLAGS). */
#define ACS_REQUIRED                                                              \
	(ACS_SOURCE_VALIDATION | ACS_REQUEST_REDIRECT | ACS_COMPLETION_REDIRECT | \
	 ACS_UPSTREAM_FORWARDING)

/* Each of these bits: its mark in lspci, and its name */
#define ACS_BITS 4
extern const struct acs_bit {
	uint16_t bit;
	const char *mark;
	const char *name;
} acs_bits[ACS_BITS];

/** acs_off() - required bits that a port supports and that are off */
uint16_t acs_off(const struct host_acs *acs);

/**
 * enum acs_failure - fault of the culprit
 * @ACS_FAILURE_CONVENTIONAL: a conventional PCI bus is in between: no isolation below it
 * @ACS_FAILURE_MISSING: the port has no ACS capability
 * @ACS_FAILURE_OFF: the capability exists, but acs_culprit.bits are off
 * @ACS_FAILURE_MULTIFUNCTION: all ports pass, but the functions of one slot have no ACS
 */
enum acs_failure {
	ACS_FAILURE_CONVENTIONAL,
	ACS_FAILURE_MISSING,
	ACS_FAILURE_OFF,
	ACS_FAILURE_MULTIFUNCTION,
};

extern const char *const acs_failure_names[];

/**
 * struct acs_culprit - the function that merges a group
 * @function: index in host.functions
 * @failure: its fault
 * @bits: ACS_FAILURE_OFF: the required bits that are off
 */
struct acs_culprit {
	size_t function;
	enum acs_failure failure;
	uint16_t bits;
};

/**
 * acs_find_culprit() - explain a shared group
 * @function: index of a function of the group
 * @ret_culprit: written on success only
 *
 * Walks from the root to the function: the first port that fails decides, since
 * everything below it is one group (kernel: pci_device_group(), pci_acs_path_enabled()).
 * The kernel has more quirks than this, so there may be no answer.
 *
 * Return: true when a culprit was found
 */
bool acs_find_culprit(const struct host *host, size_t function,
		      struct acs_culprit *ret_culprit);

#endif

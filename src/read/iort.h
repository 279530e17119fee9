/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IORT_H
#define VFIO_EARLY_IORT_H

/* The ACPI table IORT of an Arm machine (Arm DEN 0049). */

#include "model/host.h"

#define IORT_NODES_MAX 65536

/**
 * iort_has_smmu() - does the table describe an SMMU: a node of type 3 (v1, v2) or 4 (v3)?
 * @dir: directory of the table
 * @name: its name there
 *
 * Every Arm server has the table, since it also assigns devices to an ITS.
 *
 * Return: FACT_UNKNOWN when it cannot be read, is truncated or invalid
 */
enum fact iort_has_smmu(int dir, const char *name);

#endif

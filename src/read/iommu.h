/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IOMMU_H
#define VFIO_EARLY_IOMMU_H

/* IOMMU units, groups, reserved regions, ACPI tables, interrupt remapping. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * iommu_read() - look at the IOMMU
 * @root: where the machine is
 * @cmdline: kernel command line (pcie_acs_override=)
 * @host: units, groups, table, interrupt_remapping, acs_override are filled; notes added
 *
 * Evidence only: what the command line asked for proves nothing.
 */
void iommu_read(const struct sysroot *root, const char *cmdline, struct host *host);

/** iommu_read_machine() - the same without groups */
void iommu_read_machine(const struct sysroot *root, const char *cmdline,
			struct host *host);

/**
 * iommu_read_groups() - groups of functions that are not far, with all their members
 * @host: groups that are not there yet are added, with what rules ask of them; far
 *	functions in their lists get their number; groups_listed is filled
 */
void iommu_read_groups(const struct sysroot *root, struct host *host);

#endif

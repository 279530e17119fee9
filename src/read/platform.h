/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLATFORM_H
#define VFIO_EARLY_PLATFORM_H

/* The platform of the machine: ACPI or device tree, architecture, Xen. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * platform_read() - find the description of the hardware, and of its IOMMU
 * @root: where the machine is
 * @host: table, table_known, arch, device_tree and xen are filled from this and from
 *	host->units; notes added
 */
void platform_read(const struct sysroot *root, struct host *host);

#endif

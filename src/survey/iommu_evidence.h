/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IOMMU_EVIDENCE_H
#define VFIO_EARLY_IOMMU_EVIDENCE_H

/* Evidence why an IOMMU is not active, and whether VFIO is available. */

#include <stdbool.h>

#include "base/sysroot.h"
#include "model/host.h"

/**
 * struct iommu_evidence - facts that are not in struct host
 * @built: the driver for the ACPI table is in the kernel, by its configuration
 * @default_on: CONFIG_INTEL_IOMMU_DEFAULT_ON, or Debian's ..._ON_INTGPU_OFF
 * @is_guest: the machine is itself virtual (CPU flag `hypervisor`)
 * @is_amd: the processor is AMD's, whose firmware has another name for the switch
 * @table_remaps: the DMAR table supports interrupt remapping (flags, bit 0)
 * @iommu_map: FACT_YES: the device tree has iommu-map in the node of a PCI Express
 *	controller, FACT_NO: in none of them
 * @modules_known: the lists of the kernel's modules could be read
 * @type1: the kernel has vfio_iommu_type1, by these lists of modules
 * @iommufd: likewise iommufd
 * @container: CONFIG_VFIO_CONTAINER: VFIO's own container, which needs vfio_iommu_type1
 * @type1_loaded: vfio_iommu_type1 is loaded
 */
struct iommu_evidence {
	enum fact built;
	enum fact default_on;
	bool is_guest;
	bool is_amd;
	enum fact table_remaps;
	enum fact iommu_map;
	bool modules_known;
	enum fact type1;
	enum fact iommufd;
	enum fact container;
	bool type1_loaded;
};

/** iommu_evidence_read() - read the evidence */
void iommu_evidence_read(const struct sysroot *root, const struct host *host,
			 struct iommu_evidence *evidence);

#endif

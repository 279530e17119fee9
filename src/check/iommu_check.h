/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IOMMU_CHECK_H
#define VFIO_EARLY_IOMMU_CHECK_H

/* `--check`: is the IOMMU active, what switched it off, and is VFIO there? */

#include "check/finding.h"
#include "check/scene.h"
#include "model/host.h"
#include "survey/bootloader.h"
#include "survey/iommu_evidence.h"

/**
 * enum iommu_cause - why an IOMMU that the firmware describes does not run
 * @IOMMU_CAUSE_ASKED: the kernel command line switches it off
 * @IOMMU_CAUSE_DEFAULT: nothing switches it on, and this kernel needs a parameter for
 *	that
 * @IOMMU_CAUSE_MAYBE_DEFAULT: likewise, but whether this kernel needs a parameter is not
 *	known
 * @IOMMU_CAUSE_NOT_BUILT: the kernel was built without the driver
 * @IOMMU_CAUSE_DRIVER: the driver was to start it and did not
 */
enum iommu_cause {
	IOMMU_CAUSE_ASKED,
	IOMMU_CAUSE_DEFAULT,
	IOMMU_CAUSE_MAYBE_DEFAULT,
	IOMMU_CAUSE_NOT_BUILT,
	IOMMU_CAUSE_DRIVER,
};

/**
 * enum iommu_change - has the parameter that keeps the IOMMU off been changed already?
 * @IOMMU_CHANGE_NONE: no
 * @IOMMU_CHANGE_BEHIND: in the file, but after the line that counts
 * @IOMMU_CHANGE_UNDONE: in the file, but a later assignment undoes it
 * @IOMMU_CHANGE_OTHERS: in other entries, but not in the one that boots next
 * @IOMMU_CHANGE_WRITTEN: in the file, but not in what the boot loader reads
 * @IOMMU_CHANGE_FILE: in the file; what the boot loader reads is not known
 * @IOMMU_CHANGE_WAITS: in effect from the next boot on
 */
enum iommu_change {
	IOMMU_CHANGE_NONE,
	IOMMU_CHANGE_BEHIND,
	IOMMU_CHANGE_UNDONE,
	IOMMU_CHANGE_OTHERS,
	IOMMU_CHANGE_WRITTEN,
	IOMMU_CHANGE_FILE,
	IOMMU_CHANGE_WAITS,
};

/**
 * struct iommu_facts - facts that are not in struct host
 * @cmdline: of the kernel
 * @change: see there
 * @kept: where the parameter is kept, for @change
 */
struct iommu_facts {
	const char *cmdline;
	struct iommu_evidence evidence;
	enum iommu_change change;
	struct bootloader_kept kept;
};

/**
 * iommu_cause_of() - why the kernel did not start what the firmware describes. Pure.
 * @table: ACPI table: DMAR, IVRS, ...
 * @word: filled for IOMMU_CAUSE_ASKED: the parameter that switches it off:
 *	intel_iommu=off
 *
 * Sources: arch/x86/kernel/pci-dma.c iommu_setup(), drivers/iommu/intel/iommu.c
 * intel_iommu_setup(), drivers/iommu/amd/init.c parse_amd_iommu_options().
 */
enum iommu_cause iommu_cause_of(const char *table, const struct iommu_facts *facts,
				char word[static 64]);

/**
 * iommu_judge() - findings about the IOMMU. Pure.
 * @bootloader: which keeps the command line
 * @findings: grows; a FINDING_IOMMU_PARAMETER of level FINDING_HINT says that the IOMMU
 *	is off now, but may be on after the next boot
 */
void iommu_judge(const struct host *host, const struct iommu_facts *facts,
		 const struct bootloader *bootloader, struct findings *findings);

/**
 * iommu_check_state() - only why the IOMMU is active or not, and what to do: for modes
 * other than --check. Pure. Of the scene it needs host, survey.bootloader,
 * survey.parameters, survey.iommu, cmdline and findings.
 */
void iommu_check_state(const struct scene *scene);

#endif

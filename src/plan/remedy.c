// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/remedy.h"

#include <string.h>

#include "base/array.h"

static bool is_dom0(const struct host *host)
{
	return iommu_state_of(host) == IOMMU_STATE_XEN_DOM0;
}

static bool is_xen_guest(const struct host *host)
{
	return iommu_state_of(host) == IOMMU_STATE_XEN_GUEST;
}

static bool is_device_tree(const struct host *host)
{
	return host->device_tree;
}

bool remedy_is_arm(const struct host *host)
{
	return host->arch == HOST_ARCH_ARM || host->device_tree;
}

bool remedy_remapping_forbidden(const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		uint16_t device = function->id.device;

		if (function->id.vendor != 0x8086 || function->class_code >> 8 != 0x0600)
			continue;
		if ((device == 0x3403 || device == 0x3405 || device == 0x3406) &&
		    function->revision <= 0x13)
			return true;
		if (device == 0x3405 && function->revision == 0x22)
			return true;
	}
	return false;
}

/*
 * Firmware of Arm was asked for a function's IOMMU only when a driver was bound to it
 * (until drivers/iommu/iommu.c iommu_init_device() did it, 6.15), so what no driver has
 * had has no group.
 */
static bool is_grouped_late(const struct host *host)
{
	return remedy_is_arm(host) && host->kernel_major &&
	       host_kernel_is_before(host, 6, 15);
}

/* The first row that holds; no advice about a PC's firmware or parameters on Arm. */
static const struct {
	enum reason reason;
	bool (*holds)(const struct host *host);
	const char *remedy;
} remedies[] = {
	{ REASON_IOMMU_INACTIVE, is_dom0,
	  "this is dom0 of Xen: the hypervisor owns the IOMMU, and VFIO does not work "
	  "here; pass the card through with `xl pci-assignable-add` or "
	  "xen-pciback.hide=, or boot without Xen" },
	{ REASON_IOMMU_INACTIVE, is_xen_guest,
	  "this is a guest of Xen, and its host has given it no IOMMU: reserve the card in "
	  "the host" },
	{ REASON_IOMMU_INACTIVE, is_device_tree,
	  "this machine is described by a device tree: it needs a tree with iommu-map in "
	  "the node of the card's PCI Express controller, and a kernel with the driver "
	  "of that IOMMU; no firmware setting can enable it" },
	{ REASON_IOMMU_INACTIVE, remedy_is_arm,
	  "this Arm machine needs an SMMU in its ACPI table IORT, and a kernel with "
	  "arm-smmu or arm-smmu-v3; see `vfio-early --check` for both" },
	{ REASON_NO_GROUP, is_grouped_late,
	  "on Arm, kernels before 6.15 give a function its group only when its first "
	  "driver is bound: boot a newer one; a function that has none there is behind "
	  "no SMMU" },
	{ REASON_NO_GROUP, remedy_is_arm,
	  "it is behind no SMMU: look for smmu in the kernel log; try another slot" },
	{ REASON_INTERRUPT_REMAPPING, remedy_is_arm,
	  "no GIC ITS isolates the interrupts of this machine; "
	  "vfio_iommu_type1.allow_unsafe_interrupts=1 accepts that a guest can forge "
	  "interrupts (with iommufd instead, set the parameter of iommufd)" },
	{ REASON_INTERRUPT_REMAPPING, remedy_remapping_forbidden,
	  "the kernel disables it on this chipset because of an erratum, so it cannot be "
	  "enabled; vfio_iommu_type1.allow_unsafe_interrupts=1 accepts that a guest can "
	  "forge interrupts of the host: only for guests that you trust" },
};

static const char *shared_remedy(const struct plan_target *target)
{
	if (target->peers_help && !target->is_built_in)
		return reason_info(REASON_GROUP_SHARED)->remedy;
	if (target->peers_help)
		return "it is built in and has no other slot; if the others may go to "
		       "the virtual machine too, set peers = take";
	if (target->is_built_in)
		return "pass another device to the virtual machine: this one is built in "
		       "and has no other slot, and not everything in its group could be "
		       "reserved with it";
	return "move the card to a slot with a group of its own";
}

const char *remedy_of(const struct host *host, const struct plan_target *target,
		      enum reason reason)
{
	if (target && reason == REASON_GROUP_SHARED)
		return shared_remedy(target);
	for (size_t i = 0; i < ARRAY_SIZE(remedies); i++)
		if (remedies[i].reason == reason && remedies[i].holds(host))
			return remedies[i].remedy;
	return reason_info(reason)->remedy;
}

const char *remedy_mapping(const struct host *host)
{
	if (host->device_tree)
		return "iommu-addresses";
	if (host->arch == HOST_ARCH_ARM)
		return "RMR";
	return strcmp(host->table, "IVRS") ? "RMRR" : "IVMD";
}

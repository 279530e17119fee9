// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/reason.h"

#include <assert.h>
#include <string.h>

#include "base/array.h"

static const struct reason_info reasons[] = {
	[REASON_NONE] = {
		.code = "none",
		.sentence = "no rule refuses it",
		.remedy = "nothing to do",
	},
	[REASON_CONFIG_INVALID] = {
		.code = "config-invalid",
		.rule = 1,
		.sentence = "the config or a vfio_early parameter is not fully understood, so "
			    "nothing was done",
		.remedy = "correct the line that the message names, rebuild the initramfs "
			  "and reboot",
	},
	[REASON_MODE_OFF] = {
		.code = "mode-off",
		.rule = 2,
		.sentence = "vfio_early.mode=off is on the kernel command line",
		.remedy = "boot without vfio_early.mode=off",
	},
	[REASON_MODE_PLAN] = {
		.code = "mode-plan",
		.sentence = "vfio_early.mode=plan is on the kernel command line: targets "
			"were judged, nothing was done",
		.remedy = "boot without vfio_early.mode=plan",
	},
	[REASON_ABSENT] = {
		.code = "absent",
		.rule = 3,
		.sentence = "no function of this machine is what the target names",
		.remedy = "compare the target with `vfio-early --groups`; if the card may be "
			  "missing, set optional = yes",
	},
	[REASON_AMBIGUOUS] = {
		.code = "ambiguous",
		.rule = 4,
		.sentence = "more than one card or function has this id",
		.remedy = "add address or path to the target, or all = yes to take every one",
	},
	[REASON_ID_MISMATCH] = {
		.code = "id-mismatch",
		.rule = 5,
		.sentence = "the device there does not have the id that the target gives",
		.remedy = "correct id or address; path, unlike address, stays valid when "
			  "bus numbers change",
	},
	[REASON_PATH_MISMATCH] = {
		.code = "path-mismatch",
		.rule = 5,
		.sentence = "path does not lead to the function that the target names",
		.remedy = "correct path (as `lspci -P` prints it), or remove address if "
			  "bus numbers have changed",
	},
	[REASON_ADDRESS_MOVED] = {
		.code = "address-moved",
		.rule = 5,
		.sentence = "path and id name one function, and address, which has "
			    "changed since, another",
		.remedy = "delete the line address: bus numbers change when a card is "
			  "added or removed, and path and id are enough to name the card",
	},
	[REASON_FUNCTION_MISSING] = {
		.code = "function-missing",
		.rule = 6,
		.sentence = "the list in functions does not fit the card",
		.remedy = "list functions that the card has, including the one that the "
			  "target names, or use functions = slot",
	},
	[REASON_NOT_ENDPOINT] = {
		.code = "not-endpoint",
		.rule = 7,
		.traits = REASON_FOR_GUESTS,
		.sentence = "a bridge cannot be given to a virtual machine",
		.remedy = "name the card behind the bridge",
	},
	[REASON_CLASS_REFUSED] = {
		.code = "class-refused",
		.rule = 8,
		.sentence = "a function of this class is only reserved if an id names it",
		.remedy = "if it really should be reserved, add its vendor:device to id "
			  "or ids",
	},
	[REASON_CLAIMED_TWICE] = {
		.code = "claimed-twice",
		.rule = 9,
		.sentence = "two targets include the same function",
		.remedy = "remove one of the two targets, or distinguish them by address",
	},
	[REASON_VFS_ENABLED] = {
		.code = "vfs-enabled",
		.rule = 10,
		.traits = REASON_OPEN | REASON_TOLD | REASON_FOR_GUESTS,
		.sentence = "its virtual functions are enabled, so vfio-pci refuses it",
		.remedy = "write 0 to its sriov_numvfs and keep it there, or pass the virtual "
			  "functions through instead",
	},
	[REASON_BEHIND_DRIVER] = {
		.code = "behind-driver",
		.rule = 24,
		.traits = REASON_FOR_GUESTS,
		.sentence = "it exists only while a host driver is bound to another "
			"function (Intel VMD), under whose id it does DMA",
		.remedy = "disable VMD for its port in the firmware setup: it is then a "
			  "device like any other; or name only the VMD function, and the "
			  "virtual machine gets everything behind it",
	},
	[REASON_IOMMU_INACTIVE] = {
		.code = "iommu-inactive",
		.rule = 11,
		.traits = REASON_OF_IOMMU | REASON_TOLD | REASON_FOR_GUESTS,
		.sentence = "no IOMMU is active on this machine",
		.remedy = "enable VT-d or AMD-Vi (IOMMU) in the firmware setup; on Intel "
			  "also boot with intel_iommu=on; then see `vfio-early --groups`",
	},
	[REASON_NO_GROUP] = {
		.code = "no-group",
		.rule = 12,
		.traits = REASON_OF_IOMMU | REASON_FOR_GUESTS,
		.sentence = "a function has no IOMMU group although others do",
		.remedy = "it is behind no IOMMU: look for intel_iommu=igfx_off, and for "
			  "DMAR or AMD-Vi messages in the kernel log; try another slot",
	},
	[REASON_NO_UNIT] = {
		.code = "no-unit",
		.rule = 12,
		.traits = REASON_FOR_GUESTS,
		.sentence = "a function has a group with no IOMMU behind it",
		.remedy = "set vfio.enable_unsafe_noiommu_mode=0 and enable the IOMMU",
	},
	[REASON_GROUP_SHARED] = {
		.code = "group-shared",
		.rule = 13,
		.traits = REASON_TOLD,
		.sentence = "the IOMMU group holds functions that do not belong to the card",
		.remedy = "move the card to a slot with a group of its own; if the others may "
			  "go to the virtual machine too, set peers = take",
	},
	[REASON_BRIDGE_DRIVER] = {
		.code = "bridge-driver",
		.rule = 14,
		.traits = REASON_TOLD | REASON_FOR_GUESTS,
		.sentence = "a bridge of the group has a driver with which the kernel does not "
			    "give the group away",
		.remedy = "keep that driver from the bridge; for shpchp, remove it from "
			  "the initramfs or blacklist it",
	},
	[REASON_RESERVED_REGION] = {
		.code = "reserved-region",
		.rule = 15,
		.traits = REASON_TOLD | REASON_FOR_GUESTS,
		.sentence = "firmware demands a fixed memory mapping for the group, so "
			"the kernel refuses to give it away",
		.remedy = "look for a firmware setting or update that drops the region for "
			  "this slot, or use another slot",
	},
	[REASON_INTERRUPT_REMAPPING] = {
		.code = "interrupt-remapping",
		.rule = 16,
		.traits = REASON_TOLD | REASON_FOR_GUESTS,
		.sentence = "interrupt remapping is off, so VFIO refuses every group",
		.remedy = "enable it in the firmware setup and remove intremap=off; on "
			  "hardware without it "
			  "vfio_iommu_type1.allow_unsafe_interrupts=1 accepts that a "
			  "guest can forge interrupts (with iommufd instead, set the "
			  "parameter of iommufd)",
	},
	[REASON_HOST_DISK] = {
		.code = "host-disk",
		.rule = 17,
		.traits = REASON_FOR_GUESTS,
		.sentence = "a disk that the host needs is, or may be, attached to it",
		.remedy = "there is no way to allow this; choose another card or slot, or move "
			  "the disk",
	},
	[REASON_HOST_NETWORK] = {
		.code = "host-network",
		.rule = 23,
		.sentence = "the host reaches the network, or its root filesystem, through it",
		.remedy = "give the host another network link first and rebuild the "
			  "initramfs, or accept the loss with host-network = allow",
	},
	[REASON_BOOT_DISPLAY] = {
		.code = "boot-display",
		.rule = 18,
		.sentence = "it drives the screen that this boot is shown on",
		.remedy = "choose another card as primary display in the firmware setup, "
			  "or accept a dark screen with boot-display = allow",
	},
	[REASON_CANNOT_TELL] = {
		.code = "cannot-tell",
		.rule = 19,
		.traits = REASON_OPEN,
		.sentence = "a fact that safety depends on could not be determined",
		.remedy = "read the notes; if you are not root, try again as root",
	},
	[REASON_DRIVER_MISSING] = {
		.code = "driver-missing",
		.rule = 20,
		.sentence = "the VFIO driver is neither in the kernel nor among the modules here",
		.remedy = "rebuild the initramfs of the kernel that boots, so that it "
			  "contains vfio-pci",
	},
	[REASON_DRIVER_IN_USE] = {
		.code = "driver-in-use",
		.rule = 22,
		.sentence = "a display function is already bound to a host driver, and "
			    "unbinding it may crash the kernel",
		.remedy = "let vfio-early run before that driver loads: `vfio-early "
			  "--check` names what runs first in the initramfs; bound-driver "
			  "= unbind accepts the risk",
	},
	[REASON_LIMIT] = {
		.code = "limit",
		.rule = 21,
		.sentence = "more functions or targets than this program supports",
		.remedy = "split the config, or report the machine as a bug",
	},
	[REASON_FALLBACK] = {
		.code = "fallback",
		.sentence = "an earlier boot with this config was a trial and did not prove "
			    "good, so this one takes nothing",
		.remedy = "to try it again, type vfio-early --retry and reboot; or mend the "
			  "config and rebuild the initramfs",
	},
	[REASON_IDENTITY_CHANGED] = {
		.code = "identity-changed",
		.sentence = "another device was at the address when the function was to "
			"be bound",
		.remedy = "reboot; if it happens again, name the card by path",
	},
	[REASON_OVERRIDE_FAILED] = {
		.code = "override-failed",
		.sentence = "the kernel did not accept the driver override",
		.remedy = "see the errno in the report, and the kernel log",
	},
	[REASON_UNBIND_FAILED] = {
		.code = "unbind-failed",
		.sentence = "it could not be unbound from its driver",
		.remedy = "keep that driver from binding so early; see the kernel log",
	},
	[REASON_LOAD_FAILED] = {
		.code = "load-failed",
		.sentence = "the VFIO driver's module is there but could not be loaded",
		.remedy = "rebuild the initramfs for the kernel that boots; with Secure Boot "
			  "the module must be signed",
	},
	[REASON_BIND_FAILED] = {
		.code = "bind-failed",
		.sentence = "the VFIO driver did not bind to the function",
		.remedy = "see the errno in the report, and the kernel log",
	},
	[REASON_UNPLANNED] = {
		.code = "unplanned",
		.sentence = "a VFIO driver was bound to a function that no target names, "
			    "and it could not be given back",
		.remedy = "remove the line that names it or its id: ids= of vfio-pci in "
			  "modprobe.d or on the kernel command line, or a script that "
			  "loads vfio-pci; reboot",
	},
	[REASON_FRAMEBUFFER_HELD] = {
		.code = "framebuffer-held",
		.sentence = "the firmware's framebuffer stays in its memory, so no "
			    "virtual machine can map it",
		.remedy = "choose another card as primary display in the firmware setup, "
			  "or boot with initcall_blacklist=sysfb_init: the framebuffer "
			  "then has no device, and the screen is dark until a host "
			  "driver loads (a kernel built with clang's LTO ignores the "
			  "parameter)",
	},
	[REASON_BUNDLE_FAILED] = {
		.code = "bundle-failed",
		.sentence = "another target in the same IOMMU group failed",
		.remedy = "see the other target",
	},
	[REASON_DEADLINE] = {
		.code = "deadline",
		.sentence = "the work was not finished by the deadline, so the boot "
			"continued without it",
		.remedy = "the report shows which action hung; "
			  "vfio_early.deadline=SECONDS gives more time",
	},
	[REASON_CRASHED] = {
		.code = "crashed",
		.sentence = "the worker process died",
		.remedy = "please report it, with the kernel log and the archive that "
			  "`vfio-early --capture FILE` writes",
	},
	[REASON_LOST] = {
		.code = "lost",
		.sentence = "it was reserved at boot and no longer is",
		.remedy = "find out what rebound it: another tool that rebinds drivers, "
			  "or a libvirt hook that gives it back (nodedev-reattach)",
	},
};

static_assert(ARRAY_SIZE(reasons) == REASON_COUNT, "a reason has no row");

const struct reason_info *reason_info(enum reason reason)
{
	return &reasons[reason];
}

uint64_t reasons_with(enum reason_trait trait)
{
	uint64_t found = 0;

	for (unsigned int i = 0; i <= REASON_LIMIT; i++)
		if (reasons[i].traits & trait)
			found |= UINT64_C(1) << i;
	return found;
}

enum reason reason_parse(const char *code)
{
	for (unsigned int i = 0; i < REASON_COUNT; i++)
		if (!strcmp(reasons[i].code, code))
			return (enum reason)i;
	return REASON_COUNT;
}

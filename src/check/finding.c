// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/finding.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

const char *const finding_level_names[] = {
	[FINDING_PASS] = "pass", [FINDING_HINT] = "hint", [FINDING_UNKNOWN] = "unknown",
	[FINDING_WARN] = "warn", [FINDING_FAIL] = "fail",
};

static_assert(ARRAY_SIZE(finding_level_names) == FINDING_LEVELS, "a level has no name");

const char *const finding_area_names[] = {
	[FINDING_AREA_CONFIG] = "config",     [FINDING_AREA_IOMMU] = "iommu",
	[FINDING_AREA_GROUP] = "group",	      [FINDING_AREA_DEVICE] = "device",
	[FINDING_AREA_HOST] = "host",	      [FINDING_AREA_IMAGE] = "image",
	[FINDING_AREA_LEFTOVER] = "leftover", [FINDING_AREA_AROUND] = "around",
	[FINDING_AREA_PROOF] = "proof",
};

static_assert(ARRAY_SIZE(finding_area_names) == FINDING_AREAS, "an area has no name");

const char *const finding_area_titles[] = {
	[FINDING_AREA_CONFIG] = "Config and targets",
	[FINDING_AREA_IOMMU] = "IOMMU and VFIO",
	[FINDING_AREA_GROUP] = "Groups",
	[FINDING_AREA_DEVICE] = "Cards",
	[FINDING_AREA_HOST] = "What the host needs",
	[FINDING_AREA_IMAGE] = "Initramfs images",
	[FINDING_AREA_LEFTOVER] = "Leftovers of other recipes",
	[FINDING_AREA_AROUND] = "Around it",
	[FINDING_AREA_PROOF] = "Asked the kernel",
};

static_assert(ARRAY_SIZE(finding_area_titles) == FINDING_AREAS, "an area has no title");

static const struct finding_info infos[] = {
	[FINDING_CONFIG] = {
		.name = "config",
		.area = FINDING_AREA_CONFIG,
		.about = "is there a config, and is it understood",
		.remedy = "correct the line; `vfio-early --check` again before you rebuild "
			  "the initramfs",
		.pains = { 25 },
	},
	[FINDING_MODE] = {
		.name = "mode",
		.area = FINDING_AREA_CONFIG,
		.about = "is the kill switch set on the kernel command line",
		.remedy = "boot without it",
		.pains = { 9, 28 },
	},
	[FINDING_TARGET] = {
		.name = "target",
		.area = FINDING_AREA_CONFIG,
		.about = "the card of each target: found, unique, agreeing, and what the "
			 "rules say",
		.remedy = "see `vfio-early --plan`",
		.pains = { 2, 6, 33 },
	},
	[FINDING_MACHINE] = {
		.name = "machine",
		.area = FINDING_AREA_CONFIG,
		.about = "facts about the machine that could not be read",
		.remedy = "try again as root, with /proc and /sys mounted",
		.pains = { 22 },
	},
	[FINDING_REPORT] = {
		.name = "report",
		.area = FINDING_AREA_CONFIG,
		.about = "what the record of this boot says of a target, joined with the "
			 "state now",
		.remedy = "see `vfio-early --report`",
		.pains = { 1, 17, 29 },
	},
	[FINDING_IOMMU] = {
		.name = "iommu",
		.area = FINDING_AREA_IOMMU,
		.about = "is an IOMMU active, told by units, groups and ACPI tables, and "
			 "if not, is it the firmware, the kernel or its driver",
		.remedy = "see `vfio-early --groups`",
		.pains = { 11 },
	},
	[FINDING_IOMMU_PARAMETER] = {
		.name = "iommu-parameter",
		.area = FINDING_AREA_IOMMU,
		.about = "the kernel parameter that is missing or in the way, and the file "
			 "of the boot loader where it belongs",
		.remedy = "change the kernel command line and reboot",
		.pains = { 11 },
	},
	[FINDING_IOMMU_MEANINGLESS] = {
		.name = "iommu-meaningless",
		.area = FINDING_AREA_IOMMU,
		.about = "words on the kernel command line that look as if they switched "
			 "the IOMMU on, and do nothing",
		.remedy = "remove it: it does nothing",
		.pains = { 11 },
	},
	[FINDING_NOIOMMU] = {
		.name = "noiommu",
		.area = FINDING_AREA_IOMMU,
		.about = "VFIO without an IOMMU: a driver link that proves nothing",
		.remedy = "set vfio.enable_unsafe_noiommu_mode=0: virtual machines cannot use "
			  "it, and it hides an IOMMU that is off",
		.pains = { 11, 17 },
	},
	[FINDING_INTERRUPT_REMAPPING] = {
		.name = "interrupt-remapping",
		.area = FINDING_AREA_IOMMU,
		.about = "are interrupts remapped; without it no virtual machine starts",
		.remedy = "switch it on in the firmware setup (it belongs to VT-d and AMD-Vi) "
			  "and remove intremap=off",
		.pains = { 26 },
	},
	[FINDING_VFIO_DRIVER] = {
		.name = "vfio-driver",
		.area = FINDING_AREA_IOMMU,
		.about = "vfio-pci or a variant driver: module, built in, or missing",
		.remedy = "install the kernel's package with the module vfio-pci",
		.pains = { 4 },
	},
	[FINDING_VFIO_TYPE1] = {
		.name = "vfio-type1",
		.area = FINDING_AREA_IOMMU,
		.about = "vfio_iommu_type1, without which no virtual machine can use what is "
			 "reserved",
		.remedy = "install the kernel's package with the module vfio_iommu_type1",
		.pains = { 27 },
	},
	[FINDING_GROUP] = {
		.name = "group",
		.area = FINDING_AREA_GROUP,
		.about = "which functions share the group of a card, and who drives them",
		.remedy = "move the card to another slot; if the others may go to the virtual "
			  "machine too, set peers = take",
		.pains = { 7, 13, 14, 30 },
	},
	[FINDING_GROUP_PORT] = {
		.name = "group-port",
		.area = FINDING_AREA_GROUP,
		.about = "the port that merges a shared group: its ACS is absent, or which "
			 "bits are off",
		.remedy = "look for ACS in the firmware setup, and for a newer firmware",
		.pains = { 13 },
	},
	[FINDING_GROUP_SLOT] = {
		.name = "group-slot",
		.area = FINDING_AREA_GROUP,
		.about = "what moving the card to another slot could change",
		.remedy = "look into the manual of the mainboard which slot is behind which "
			  "port",
		.pains = { 13 },
	},
	[FINDING_GROUP_BRIDGE] = {
		.name = "group-bridge",
		.area = FINDING_AREA_GROUP,
		.about = "bridges in the group: as such in nobody's way, with a driver such as "
			 "shpchp they are",
		.remedy = "keep that driver off the bridge",
		.pains = { 7, 30 },
	},
	[FINDING_ACS_OVERRIDE] = {
		.name = "acs-override",
		.area = FINDING_AREA_GROUP,
		.about = "pcie_acs_override: groups that the hardware does not isolate",
		.remedy = "boot without pcie_acs_override= to see the real groups",
		.pains = { 13 },
	},
	[FINDING_COMPANIONS] = {
		.name = "companions",
		.area = FINDING_AREA_DEVICE,
		.about = "are all functions of the card taken: audio, USB, UCSI",
		.remedy = "remove the line functions = from the target",
		.pains = { 7, 8, 23 },
	},
	[FINDING_HOST_DRIVER] = {
		.name = "host-driver",
		.area = FINDING_AREA_DEVICE,
		.about = "drivers of the host that have the card now",
		.remedy = "do not unbind it by hand, which may hang the machine: reboot",
		.pains = { 1, 16, 32 },
	},
	[FINDING_RESERVED_REGION] = {
		.name = "reserved-region",
		.area = FINDING_AREA_DEVICE,
		.about = "fixed memory mappings that the firmware demands (RMRR, IVMD)",
		.remedy = "look for a firmware setting or update that drops the region for "
			  "this slot, or use another slot",
		.pains = { 12 },
	},
	[FINDING_RESET] = {
		.name = "reset",
		.area = FINDING_AREA_DEVICE,
		.about = "how the card can be reset between two virtual machines",
		.remedy = "expect to reboot the host before a second start of the virtual "
			  "machine",
		.pains = { 15, 32 },
	},
	[FINDING_D3COLD] = {
		.name = "d3cold",
		.area = FINDING_AREA_DEVICE,
		.about = "may the idle card be powered off, and does it answer",
		.remedy = "if it does not come back, write 0 to its d3cold_allowed or boot with "
			  "vfio_pci.disable_idle_d3=1",
		.pains = { 15 },
	},
	[FINDING_BARS] = {
		.name = "bars",
		.area = FINDING_AREA_DEVICE,
		.about = "memory windows of the card that got no address",
		.remedy = "switch Above 4G Decoding on in the firmware setup, or boot with "
			  "pci=realloc",
		.pains = { 3, 24 },
	},
	[FINDING_RESIZABLE_BAR] = {
		.name = "resizable-bar",
		.area = FINDING_AREA_DEVICE,
		.about = "sizes of the memory windows, and which others are possible",
		.remedy = "if the virtual machine stays black or says code 43, switch Resizable "
			  "BAR off in the firmware setup",
		.pains = { 24 },
	},
	[FINDING_FRAMEBUFFER] = {
		.name = "framebuffer",
		.area = FINDING_AREA_DEVICE,
		.about = "who owns a framebuffer of the firmware in the card's memory",
		.remedy = "choose another card as primary display in the firmware setup",
		.pains = { 3, 10 },
	},
	[FINDING_SRIOV] = {
		.name = "sr-iov",
		.area = FINDING_AREA_DEVICE,
		.about = "virtual functions of the card",
		.remedy = "write 0 to its sriov_numvfs and keep it there, or pass the virtual "
			  "functions through instead",
	},
	[FINDING_LATE_DEVICE] = {
		.name = "late-device",
		.area = FINDING_AREA_DEVICE,
		.about = "cards that may not be there yet when the initramfs runs: "
			 "Thunderbolt, VMD, hot plug",
		.remedy = "install the udev rule of vfio-early, and see "
			  "`vfio-early --report` after the boot",
		.pains = { 31 },
	},
	[FINDING_LOCKDOWN] = {
		.name = "lockdown",
		.area = FINDING_AREA_DEVICE,
		.about = "Secure Boot and kernel lockdown: what they forbid",
		.remedy = "sign modules that do not come with the kernel",
		.pains = { 22 },
	},
	[FINDING_HOST_DISK] = {
		.name = "host-disk",
		.area = FINDING_AREA_HOST,
		.about = "disks and filesystems that are on the card or in its group",
		.remedy = "move the disk, or choose another card or slot",
		.pains = { 14 },
	},
	[FINDING_HOST_NETWORK] = {
		.name = "host-network",
		.area = FINDING_AREA_HOST,
		.about = "network links on the card or in its group, above all the one with "
			 "the default route",
		.remedy = "give the host another network link first",
		.pains = { 14 },
	},
	[FINDING_HOST_DISPLAY] = {
		.name = "host-display",
		.area = FINDING_AREA_HOST,
		.about = "the display that is in use, and whether the host keeps one",
		.remedy = "choose another card as primary display in the firmware setup, or "
			  "have another way into the host, such as ssh",
		.pains = { 9, 10 },
	},
	[FINDING_HOST_INPUT] = {
		.name = "host-input",
		.area = FINDING_AREA_HOST,
		.about = "keyboards and mice on a USB controller that would go",
		.remedy = "plug them into a socket of another controller",
		.pains = { 9 },
	},
	[FINDING_PASSPHRASE] = {
		.name = "passphrase",
		.area = FINDING_AREA_HOST,
		.about = "a passphrase that is asked for at boot, on a screen that goes dark",
		.remedy = "type it blind, unlock by a key or TPM, or keep the boot display",
		.pains = { 10 },
	},
	[FINDING_SEAT] = {
		.name = "seat",
		.area = FINDING_AREA_HOST,
		.about = "will the desktop find a card of its own",
		.remedy = "name the host's card in the configuration of the display server "
			  "(BusID), or choose it as primary display in the firmware setup",
		.pains = { 19 },
	},
	[FINDING_IMAGE] = {
		.name = "image",
		.area = FINDING_AREA_IMAGE,
		.about = "the initramfs images that can boot, and whether they can be read",
		.remedy = "rebuild the initramfs",
		.pains = { 21 },
	},
	[FINDING_IMAGE_PROGRAM] = {
		.name = "image-program",
		.area = FINDING_AREA_IMAGE,
		.about = "is vfio-early-boot in the image, and which version",
		.remedy = "rebuild the initramfs for this kernel",
		.pains = { 21, 28 },
	},
	[FINDING_IMAGE_ORDER] = {
		.name = "image-order",
		.area = FINDING_AREA_IMAGE,
		.about = "does it run ahead of udev and of every loader of modules",
		.remedy = "rebuild the initramfs with the hooks of this version",
		.pains = { 1 },
	},
	[FINDING_IMAGE_CONFIG] = {
		.name = "image-config",
		.area = FINDING_AREA_IMAGE,
		.about = "is the config in the image the one in /etc",
		.remedy = "rebuild the initramfs for this kernel",
		.pains = { 21 },
	},
	[FINDING_IMAGE_MODULES] = {
		.name = "image-modules",
		.area = FINDING_AREA_IMAGE,
		.about = "are the VFIO modules in the image, or built into its kernel",
		.remedy = "rebuild the initramfs with the hooks of this version",
		.pains = { 4, 27 },
	},
	[FINDING_IMAGE_HOST_DRIVER] = {
		.name = "image-host-driver",
		.area = FINDING_AREA_IMAGE,
		.about = "drivers of the host for the card that are in the image",
		.remedy = "nothing to do as long as vfio-early-boot runs first",
		.pains = { 1 },
	},
	[FINDING_IMAGE_STALE] = {
		.name = "image-stale",
		.area = FINDING_AREA_IMAGE,
		.about = "lines and files of other recipes in the image, such as a forced "
			 "vfio_virqfd",
		.remedy = "remove the line from the configuration of the generator, and rebuild "
			  "the initramfs",
		.pains = { 5 },
	},
	[FINDING_IMAGE_FIXED] = {
		.name = "image-fixed",
		.area = FINDING_AREA_IMAGE,
		.about = "systems whose initramfs is a part of the system image",
		.remedy = "have the initramfs rebuilt locally (rpm-ostree initramfs --enable), "
			  "or name cards by vfio_early.target= on the kernel command line",
		.pains = { 20 },
	},
	[FINDING_LEFTOVER_IDS] = {
		.name = "leftover-ids",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio-pci.ids= on the kernel command line or in modprobe.d, and which "
			 "functions it would take",
		.remedy = "remove it: the config decides now",
		.pains = { 2, 18, 33 },
	},
	[FINDING_LEFTOVER_MODULE] = {
		.name = "leftover-module",
		.area = FINDING_AREA_LEFTOVER,
		.about = "softdep and blacklist lines that were to keep a driver away",
		.remedy = "remove it: no longer needed, the host's drivers may load",
		.pains = { 1 },
	},
	[FINDING_LEFTOVER_VIRQFD] = {
		.name = "leftover-virqfd",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio_virqfd by name, which kernels since 6.2 do not have",
		.remedy = "remove the word vfio_virqfd there",
		.pains = { 5 },
	},
	[FINDING_LEFTOVER_DRIVERS] = {
		.name = "leftover-drivers",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio modules or GPU drivers forced into the initramfs: dracut "
			 "force_drivers, mkinitcpio MODULES, initramfs-tools modules",
		.remedy = "remove the VFIO modules there: the hook of vfio-early brings what the "
			  "kernel has",
		.pains = { 1, 5 },
	},
	[FINDING_LEFTOVER_SCRIPT] = {
		.name = "leftover-script",
		.area = FINDING_AREA_LEFTOVER,
		.about = "scripts of other recipes that rebind devices at boot",
		.remedy = "remove the script and rebuild the initramfs",
		.pains = { 17, 18, 28 },
	},
	[FINDING_LEFTOVER_RULE] = {
		.name = "leftover-rule",
		.area = FINDING_AREA_LEFTOVER,
		.about = "udev rules that rebind devices or load their drivers later",
		.remedy = "remove the rule, or make it leave the functions of the target alone",
		.pains = { 29 },
	},
	[FINDING_KVM] = {
		.name = "kvm",
		.area = FINDING_AREA_AROUND,
		.about = "can this machine run virtual machines at speed (/dev/kvm)",
		.remedy = "switch virtualisation (VT-x, SVM) on in the firmware setup",
	},
	[FINDING_HYPERVISOR] = {
		.name = "hypervisor",
		.area = FINDING_AREA_AROUND,
		.about = "is there QEMU, libvirt or Proxmox to use the card",
		.remedy = "install QEMU, and libvirt if you like to manage machines with it",
	},
	[FINDING_FIRMWARE] = {
		.name = "firmware",
		.area = FINDING_AREA_AROUND,
		.about = "UEFI firmware for virtual machines (OVMF)",
		.remedy = "install OVMF (ovmf, edk2-ovmf): most cards want it in the virtual "
			  "machine",
	},
	[FINDING_LIBVIRT] = {
		.name = "libvirt",
		.area = FINDING_AREA_AROUND,
		.about = "is libvirt's service there and ready",
		.remedy = "systemctl enable --now libvirtd.socket",
	},
	[FINDING_NETWORK] = {
		.name = "network",
		.area = FINDING_AREA_AROUND,
		.about = "is libvirt's default network running",
		.remedy = "virsh net-start default; virsh net-autostart default",
	},
	[FINDING_USER] = {
		.name = "user",
		.area = FINDING_AREA_AROUND,
		.about = "may the user run virtual machines",
		.remedy = "add the user to the groups, and log in again",
	},
	[FINDING_PROOF] = {
		.name = "proof",
		.area = FINDING_AREA_PROOF,
		.about = "what the kernel says when a reserved group is opened (--prove)",
		.remedy = "see the kernel log",
		.pains = { 7, 12, 26, 27 },
	},
};

static_assert(ARRAY_SIZE(infos) == FINDING_CODES, "a finding has no row");

const struct finding_info *finding_info(enum finding_code code)
{
	return &infos[code];
}

struct finding *findings_add(struct findings *findings, enum finding_level level,
			     enum finding_code code, const char *subject,
			     const char *format, ...)
{
	struct finding *finding = findings->count < FINDINGS_MAX ?
					  &findings->list[findings->count++] :
					  &findings->spare;
	va_list args;

	findings->levels[level]++;
	finding->level = level;
	finding->code = code;
	(void)snprintf(finding->subject, sizeof(finding->subject), "%s",
		       subject ? subject : "");
	(void)snprintf(finding->remedy, sizeof(finding->remedy), "%s",
		       level == FINDING_PASS ? "" : infos[code].remedy);
	va_start(args, format);
	(void)vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	return finding;
}

void finding_advise(struct finding *finding, const char *format, ...)
{
	va_list args;

	if (finding->level == FINDING_PASS)
		return;
	va_start(args, format);
	(void)vsnprintf(finding->remedy, sizeof(finding->remedy), format, args);
	va_end(args);
}

size_t findings_dropped(const struct findings *findings)
{
	size_t all = 0;

	for (size_t i = 0; i < FINDING_LEVELS; i++)
		all += findings->levels[i];
	return all - findings->count;
}

bool findings_worst(const struct findings *findings, enum finding_area area,
		    const char *subject, enum finding_level *ret_level)
{
	bool found = false;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (infos[finding->code].area != area ||
		    (subject && strcmp(finding->subject, subject) != 0))
			continue;
		if (!found || finding->level > *ret_level)
			*ret_level = finding->level;
		found = true;
	}
	return found;
}

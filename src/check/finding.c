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
	[FINDING_AREA_CONFIG] = "config",
	[FINDING_AREA_IOMMU] = "iommu",
	[FINDING_AREA_GROUP] = "group",
	[FINDING_AREA_DEVICE] = "device",
	[FINDING_AREA_HOST] = "host",
	[FINDING_AREA_IMAGE] = "image",
	[FINDING_AREA_LEFTOVER] = "leftover",
	[FINDING_AREA_AROUND] = "around",
	[FINDING_AREA_PROOF] = "proof",
	[FINDING_AREA_GUEST_CARD] = "guest-card",
	[FINDING_AREA_GUEST_MACHINE] = "guest-machine",
	[FINDING_AREA_GUEST_CPU] = "guest-cpu",
	[FINDING_AREA_GUEST_MEMORY] = "guest-memory",
	[FINDING_AREA_GUEST_SCREEN] = "guest-screen",
	[FINDING_AREA_GUEST_START] = "guest-start",
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
	[FINDING_AREA_AROUND] = "Virtualisation software",
	[FINDING_AREA_PROOF] = "Asked the kernel",
	[FINDING_AREA_GUEST_CARD] = "The card",
	[FINDING_AREA_GUEST_MACHINE] = "Machine and firmware",
	[FINDING_AREA_GUEST_CPU] = "Processors",
	[FINDING_AREA_GUEST_MEMORY] = "Memory",
	[FINDING_AREA_GUEST_SCREEN] = "Screen and keyboard",
	[FINDING_AREA_GUEST_START] = "Start",
};

static_assert(ARRAY_SIZE(finding_area_titles) == FINDING_AREAS, "an area has no title");

static const struct finding_info infos[] = {
	[FINDING_CONFIG] = {
		.name = "config",
		.area = FINDING_AREA_CONFIG,
		.about = "is there a config, and is it understood",
		.remedy = "correct the line; `vfio-early --check` again before you rebuild "
			  "the initramfs",
	},
	[FINDING_MODE] = {
		.name = "mode",
		.area = FINDING_AREA_CONFIG,
		.about = "is the kill switch set on the kernel command line, and is there "
			 "a boot entry without it",
		.remedy = "boot without it; `vfio-early --explain mode` tells how a virtual "
			  "machine gets a boot entry of its own",
	},
	[FINDING_TARGET] = {
		.name = "target",
		.area = FINDING_AREA_CONFIG,
		.about = "the card of each target: found, unique, agreeing, and what the "
			 "rules say",
		.remedy = "see `vfio-early --plan`",
	},
	[FINDING_MACHINE] = {
		.name = "machine",
		.area = FINDING_AREA_CONFIG,
		.about = "facts about the machine that could not be read",
		.remedy = "try again as root, with /proc and /sys mounted",
	},
	[FINDING_REPORT] = {
		.name = "report",
		.area = FINDING_AREA_CONFIG,
		.about = "what the report of this boot says of a target, joined with the "
			 "state now",
		.remedy = "see `vfio-early --report`",
	},
	[FINDING_IOMMU] = {
		.name = "iommu",
		.area = FINDING_AREA_IOMMU,
		.about = "is an IOMMU active, told by units, groups and ACPI tables, and "
			 "if not, is it the firmware, the kernel or its driver",
		.remedy = "see `vfio-early --groups`",
	},
	[FINDING_IOMMU_PARAMETER] = {
		.name = "iommu-parameter",
		.area = FINDING_AREA_IOMMU,
		.about = "the kernel parameter that is missing or in the way, and the file "
			 "of the boot loader where it belongs",
		.remedy = "change the kernel command line and reboot",
	},
	[FINDING_IOMMU_MEANINGLESS] = {
		.name = "iommu-meaningless",
		.area = FINDING_AREA_IOMMU,
		.about = "words on the kernel command line that look as if they switched "
			 "the IOMMU on, and do nothing",
		.remedy = "remove it: it does nothing",
	},
	[FINDING_NOIOMMU] = {
		.name = "noiommu",
		.area = FINDING_AREA_IOMMU,
		.about = "VFIO without an IOMMU: a driver link that proves nothing",
		.remedy = "set vfio.enable_unsafe_noiommu_mode=0: virtual machines cannot use "
			  "it, and it hides an IOMMU that is off",
	},
	[FINDING_INTERRUPT_REMAPPING] = {
		.name = "interrupt-remapping",
		.area = FINDING_AREA_IOMMU,
		.about = "are interrupts remapped; without it no virtual machine starts",
		.remedy = "switch it on in the firmware setup (it belongs to VT-d and AMD-Vi) "
			  "and remove intremap=off; where hardware or kernel cannot, "
			  "vfio_iommu_type1.allow_unsafe_interrupts=1 accepts that a guest "
			  "can forge interrupts",
	},
	[FINDING_VFIO_DRIVER] = {
		.name = "vfio-driver",
		.area = FINDING_AREA_IOMMU,
		.about = "vfio-pci or a variant driver: module, built in, or missing",
		.remedy = "install the kernel's package with the module vfio-pci",
	},
	[FINDING_VFIO_TYPE1] = {
		.name = "vfio-type1",
		.area = FINDING_AREA_IOMMU,
		.about = "vfio_iommu_type1, or iommufd in its place: without them no virtual "
			 "machine can use what is reserved",
		.remedy = "install the kernel's package with the module vfio_iommu_type1",
	},
	[FINDING_GROUP] = {
		.name = "group",
		.area = FINDING_AREA_GROUP,
		.about = "which functions share the group of a card, and their drivers",
		.remedy = "move the card to another slot; if the others may go to the virtual "
			  "machine too, set peers = take",
	},
	[FINDING_GROUP_PORT] = {
		.name = "group-port",
		.area = FINDING_AREA_GROUP,
		.about = "the port that merges a shared group: is its ACS absent, and "
			"which of its bits are off",
		.remedy = "look for ACS in the firmware setup, and for a newer firmware",
	},
	[FINDING_GROUP_SLOT] = {
		.name = "group-slot",
		.area = FINDING_AREA_GROUP,
		.about = "what moving the card to another slot could change",
		.remedy = "see the mainboard's manual for which slot is behind which "
			"port",
	},
	[FINDING_GROUP_BRIDGE] = {
		.name = "group-bridge",
		.area = FINDING_AREA_GROUP,
		.about = "bridges in the group: they do not matter, unless a driver such as "
			 "shpchp is bound",
		.remedy = "keep that driver off the bridge",
	},
	[FINDING_ACS_OVERRIDE] = {
		.name = "acs-override",
		.area = FINDING_AREA_GROUP,
		.about = "pcie_acs_override: groups that the hardware does not isolate",
		.remedy = "boot without pcie_acs_override= to see the real groups",
	},
	[FINDING_COMPANIONS] = {
		.name = "companions",
		.area = FINDING_AREA_DEVICE,
		.about = "are all functions of the card taken: audio, USB, UCSI, also on "
			 "other buses behind its own switch",
		.remedy = "remove the line functions = from the target",
	},
	[FINDING_HOST_DRIVER] = {
		.name = "host-driver",
		.area = FINDING_AREA_DEVICE,
		.about = "drivers of the host that have the card now",
		.remedy = "do not unbind it by hand, which may hang the machine: reboot",
	},
	[FINDING_RESERVED_REGION] = {
		.name = "reserved-region",
		.area = FINDING_AREA_DEVICE,
		.about = "fixed memory mappings that the firmware demands (RMRR, IVMD, RMR)",
		.remedy = "look for a firmware setting or update that drops the region for "
			  "this slot, or use another slot",
	},
	[FINDING_RESET] = {
		.name = "reset",
		.area = FINDING_AREA_DEVICE,
		.about = "how the card can be reset between two virtual machines",
		.remedy = "expect to reboot the host before a second start of the virtual "
			  "machine",
	},
	[FINDING_D3COLD] = {
		.name = "d3cold",
		.area = FINDING_AREA_DEVICE,
		.about = "may the idle card be powered off, and does it answer",
		.remedy = "if it does not come back, write 0 to its d3cold_allowed or boot with "
			  "vfio_pci.disable_idle_d3=1",
	},
	[FINDING_BARS] = {
		.name = "bars",
		.area = FINDING_AREA_DEVICE,
		.about = "memory windows of the card that got no address",
		.remedy = "switch Above 4G Decoding on in the firmware setup, or boot with "
			  "pci=realloc",
	},
	[FINDING_RESIZABLE_BAR] = {
		.name = "resizable-bar",
		.area = FINDING_AREA_DEVICE,
		.about = "sizes of the memory windows, and which others are possible",
		.remedy = "if the virtual machine stays black or says code 43, switch Resizable "
			  "BAR off in the firmware setup",
	},
	[FINDING_FRAMEBUFFER] = {
		.name = "framebuffer",
		.area = FINDING_AREA_DEVICE,
		.about = "the owner of the firmware's framebuffer in the card's memory",
		.remedy = "choose another card as primary display in the firmware setup",
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
			 "Thunderbolt, virtual functions, hot plug",
		.remedy = "install the udev rule of vfio-early, and see "
			  "`vfio-early --report` after the boot",
	},
	[FINDING_LOCKDOWN] = {
		.name = "lockdown",
		.area = FINDING_AREA_DEVICE,
		.about = "Secure Boot and kernel lockdown: what they forbid",
		.remedy = "sign modules that do not come with the kernel",
	},
	[FINDING_HOST_DISK] = {
		.name = "host-disk",
		.area = FINDING_AREA_HOST,
		.about = "disks and filesystems that are on the card or in its group",
		.remedy = "move the disk, or choose another card or slot",
	},
	[FINDING_HOST_NETWORK] = {
		.name = "host-network",
		.area = FINDING_AREA_HOST,
		.about = "network links on the card or in its group, above all the one with "
			 "the default route",
		.remedy = "give the host another network link first",
	},
	[FINDING_HOST_DISPLAY] = {
		.name = "host-display",
		.area = FINDING_AREA_HOST,
		.about = "the display that is in use, and whether the host keeps one",
		.remedy = "choose another card as primary display in the firmware setup, or "
			  "have another way into the host, such as ssh",
	},
	[FINDING_HOST_INPUT] = {
		.name = "host-input",
		.area = FINDING_AREA_HOST,
		.about = "keyboards and mice on a USB controller that would go",
		.remedy = "plug them into a socket of another controller",
	},
	[FINDING_PASSPHRASE] = {
		.name = "passphrase",
		.area = FINDING_AREA_HOST,
		.about = "a passphrase that is asked for at boot, on a screen that goes dark",
		.remedy = "type it blind, unlock by a key or TPM, or keep the boot display",
	},
	[FINDING_SEAT] = {
		.name = "seat",
		.area = FINDING_AREA_HOST,
		.about = "will the desktop find a card of its own",
		.remedy = "name the host's card in the configuration of the display server "
			  "(BusID), or choose it as primary display in the firmware setup",
	},
	[FINDING_IMAGE] = {
		.name = "image",
		.area = FINDING_AREA_IMAGE,
		.about = "the initramfs images that can boot, and whether they can be read",
		.remedy = "rebuild the initramfs",
	},
	[FINDING_IMAGE_PROGRAM] = {
		.name = "image-program",
		.area = FINDING_AREA_IMAGE,
		.about = "is vfio-early-boot in the image, and which version",
		.remedy = "rebuild the initramfs for this kernel",
	},
	[FINDING_IMAGE_ORDER] = {
		.name = "image-order",
		.area = FINDING_AREA_IMAGE,
		.about = "does it run ahead of udev and of every loader of modules",
		.remedy = "rebuild the initramfs with the hooks of this version",
	},
	[FINDING_IMAGE_CONFIG] = {
		.name = "image-config",
		.area = FINDING_AREA_IMAGE,
		.about = "is the config in the image the one in /etc",
		.remedy = "rebuild the initramfs for this kernel",
	},
	[FINDING_IMAGE_MODULES] = {
		.name = "image-modules",
		.area = FINDING_AREA_IMAGE,
		.about = "are the VFIO modules in the image, or built into its kernel",
		.remedy = "rebuild the initramfs with the hooks of this version",
	},
	[FINDING_IMAGE_RECORD] = {
		.name = "image-record",
		.area = FINDING_AREA_IMAGE,
		.about = "does the image's record of the host's disks and routes let the boot "
			 "decide as the rules do now",
		.remedy = "rebuild the initramfs with the hooks of this version",
	},
	[FINDING_IMAGE_HOST_DRIVER] = {
		.name = "image-host-driver",
		.area = FINDING_AREA_IMAGE,
		.about = "drivers of the host for the card that are in the image",
		.remedy = "nothing to do as long as vfio-early-boot runs first",
	},
	[FINDING_IMAGE_STALE] = {
		.name = "image-stale",
		.area = FINDING_AREA_IMAGE,
		.about = "lines and files of other recipes in the image, such as a forced "
			 "vfio_virqfd",
		.remedy = "remove the line from the configuration of the generator, and rebuild "
			  "the initramfs",
	},
	[FINDING_IMAGE_FIXED] = {
		.name = "image-fixed",
		.area = FINDING_AREA_IMAGE,
		.about = "systems whose initramfs is a part of the system image",
		.remedy = "have the initramfs rebuilt locally (rpm-ostree initramfs --enable), "
			  "or name cards by vfio_early.target= on the kernel command line",
	},
	[FINDING_LEFTOVER_IDS] = {
		.name = "leftover-ids",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio-pci.ids= on the kernel command line or in modprobe.d, and which "
			 "functions it would take",
		.remedy = "remove it: the config decides now",
	},
	[FINDING_LEFTOVER_MODULE] = {
		.name = "leftover-module",
		.area = FINDING_AREA_LEFTOVER,
		.about = "softdep and blacklist lines that were meant to keep a driver "
			"away",
		.remedy = "remove it: no longer needed, the host's drivers may load",
	},
	[FINDING_LEFTOVER_VIRQFD] = {
		.name = "leftover-virqfd",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio_virqfd by name, which kernels since 6.2 do not have",
		.remedy = "remove the word vfio_virqfd there",
	},
	[FINDING_LEFTOVER_DRIVERS] = {
		.name = "leftover-drivers",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio modules or GPU drivers forced into the initramfs: dracut "
			 "force_drivers, mkinitcpio MODULES, initramfs-tools modules",
		.remedy = "remove the VFIO modules there: the hook of vfio-early brings what the "
			  "kernel has",
	},
	[FINDING_LEFTOVER_SCRIPT] = {
		.name = "leftover-script",
		.area = FINDING_AREA_LEFTOVER,
		.about = "scripts of other recipes that rebind devices at boot",
		.remedy = "remove the script and rebuild the initramfs",
	},
	[FINDING_LEFTOVER_RULE] = {
		.name = "leftover-rule",
		.area = FINDING_AREA_LEFTOVER,
		.about = "udev rules that rebind devices or load their drivers later",
		.remedy = "remove the rule, or make it leave the functions of the target alone",
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
		.remedy = "install QEMU, and libvirt if it is to manage the virtual "
			"machines",
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
	},
	[FINDING_GUEST_DEVICE] = {
		.name = "guest-device",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "is each function that a virtual machine is to get there, is "
			 "it the card of a target, and can any virtual machine have it "
			 "(--guest)",
		.remedy = "correct the address of the element: `vfio-early --plan` shows "
			 "where the card is",
	},
	[FINDING_GUEST_RESERVED] = {
		.name = "guest-reserved",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "is the card of a virtual machine reserved now, or at the next "
			 "boot",
		.remedy = "reboot; `vfio-early --check` says whether the next boot will "
			 "reserve it",
	},
	[FINDING_GUEST_FUNCTIONS] = {
		.name = "guest-functions",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "does the virtual machine get all functions of the card",
		.remedy = "give it this function, too",
	},
	[FINDING_GUEST_SLOT] = {
		.name = "guest-slot",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "are the functions of the card in one slot of the virtual "
			 "machine, with their own numbers",
		.remedy = "put them into one slot, function by function, the first with "
			 "multifunction='on'",
	},
	[FINDING_GUEST_PORT] = {
		.name = "guest-port",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "is the card behind a PCI Express root port in the virtual "
			 "machine",
		.remedy = "give it the bus of a pcie-root-port (Proxmox: pcie=1)",
	},
	[FINDING_GUEST_MANAGED] = {
		.name = "guest-managed",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "does libvirt take the card by itself (managed='yes')",
		.remedy = "managed='no': libvirt then refuses the start and says so",
	},
	[FINDING_GUEST_IOMMUFD] = {
		.name = "guest-iommufd",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "a virtual machine that asks for iommufd, on a kernel without "
			 "it",
		.remedy = "remove iommufd from the domain, or load the module iommufd",
	},
	[FINDING_GUEST_RESTART] = {
		.name = "guest-restart",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "will a second start of the virtual machine find the card as "
			 "the first one did",
		.remedy = "if the second start hangs, reboot the host in between; "
			 "`vfio-early --check` has more (reset)",
	},
	[FINDING_ROM_ACCESS] = {
		.name = "rom-access",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "can QEMU read the ROM files that the virtual machine names",
		.remedy = "copy it to /usr/share/vgabios/, readable for all, and name it "
			 "there; a card that does not show the boot needs none",
	},
	[FINDING_ROM_NONE] = {
		.name = "rom-none",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "is there an image in a ROM, or a ROM at all (--rom)",
		.remedy = "try without a ROM file first: most cards bring their "
			 "own, or need none",
	},
	[FINDING_ROM_SHADOW] = {
		.name = "rom-shadow",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "a boot display, whose ROM is hidden behind the copy that "
			 "the firmware runs",
		.remedy = "make another card the boot display in the firmware setup "
			 "and try again, or read it in another machine; no ROM "
			 "file is needed for a card that is not the boot display",
	},
	[FINDING_ROM_POWER] = {
		.name = "rom-power",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "does a card wake up for its ROM to be read, and go back "
			 "to sleep",
		.remedy = "boot again, and read the ROM before a virtual machine "
			 "has used the card",
	},
	[FINDING_ROM_HEADER] = {
		.name = "rom-header",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "bytes in front of the first image of a ROM file",
		.remedy = "write the images alone: `vfio-early --rom FILE NEW`",
	},
	[FINDING_ROM_ID] = {
		.name = "rom-id",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "is a ROM made for the card that it is given to",
		.remedy = "leave the ROM file out, or use one that was read from "
			 "this very card",
	},
	[FINDING_ROM_CUT] = {
		.name = "rom-cut",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "are all images of a ROM whole",
		.remedy = "read the ROM again; a file from elsewhere is damaged",
	},
	[FINDING_ROM_CHECKSUM] = {
		.name = "rom-checksum",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "does the checksum of the PC image of a ROM hold",
		.remedy = "read the ROM again: a file whose bytes were changed is "
			 "not to be trusted",
	},
	[FINDING_ROM_UEFI] = {
		.name = "rom-uefi",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "does a ROM have an image that a UEFI guest can run",
		.remedy = "nothing to do when the guest has a driver; else start "
			 "the guest with BIOS",
	},
	[FINDING_ROM_ERASED] = {
		.name = "rom-erased",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "a ROM whose bytes are all ff or 00",
		.remedy = "read it again, with `vfio-early --rom ADDRESS FILE`: it "
			 "wakes the card up",
	},
	[FINDING_GUEST_MACHINE] = {
		.name = "guest-machine",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "does the virtual machine have PCI Express (q35)",
		.remedy = "new virtual machines: q35; an installed Windows needs a "
			 "repair after the change",
	},
	[FINDING_GUEST_FIRMWARE] = {
		.name = "guest-firmware",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "does the virtual machine start with UEFI, and are its "
			 "firmware files there and of one size",
		.remedy = "most cards want UEFI; it cannot be changed in an installed "
			 "system without a repair of its boot loader",
	},
	[FINDING_GUEST_WIDTH] = {
		.name = "guest-width",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "does the virtual machine have more address bits than the "
			"IOMMU, which makes VFIO_MAP_DMA fail",
		.remedy = "limit the address bits of its processor to those of the IOMMU",
	},
	[FINDING_GUEST_APERTURE] = {
		.name = "guest-aperture",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "do the memory windows of the cards fit into what the firmware "
			 "of the virtual machine has for them",
		.remedy = "give the virtual machine more address bits, as far as the "
			 "IOMMU has them, or switch Resizable BAR off in the firmware "
			 "setup of the host",
	},
	[FINDING_GUEST_HIDING] = {
		.name = "guest-hiding",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "what hides the hypervisor from drivers, which was needed "
			 "until 2021",
		.remedy = "needed only for older drivers in the guest; remove it "
			 "otherwise",
	},
	[FINDING_GUEST_HYPERVISOR] = {
		.name = "guest-hypervisor",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "is the hypervisor bit switched off, which slows the virtual "
			 "machine",
		.remedy = "remove the line that switches the feature hypervisor off",
	},
	[FINDING_GUEST_CPU] = {
		.name = "guest-cpu",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "does the virtual machine see the host's processor",
		.remedy = "let it see the host's processor",
	},
	[FINDING_GUEST_TOPOLOGY] = {
		.name = "guest-topology",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "do sockets, cores and threads make the number of vCPUs",
		.remedy = "make sockets x dies x clusters x cores x threads the number "
			 "in <vcpu>",
	},
	[FINDING_GUEST_SMT] = {
		.name = "guest-smt",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "does a guest on an AMD processor see its threads (topoext)",
		.remedy = "<feature policy='require' name='topoext'/> in <cpu>",
	},
	[FINDING_GUEST_NESTED] = {
		.name = "guest-nested",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "virtual machines inside the virtual machine: allowed, and "
			 "what they cost",
		.remedy = "options kvm_intel nested=1 (or kvm_amd) in a file of "
			 "/etc/modprobe.d, or remove the feature from <cpu>",
	},
	[FINDING_PIN_NONE] = {
		.name = "pin-none",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "are the vCPUs of a virtual machine pinned",
		.remedy = "`vfio-early --pin GUEST` prints pins for it; without them "
			"Linux moves the vCPUs around, which makes its response "
			"uneven and breaks nothing",
	},
	[FINDING_PIN_CPU] = {
		.name = "pin-cpu",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "are all processors online that vCPUs are pinned to",
		.remedy = "`vfio-early --pin GUEST` prints pins that are there",
	},
	[FINDING_PIN_SIBLINGS] = {
		.name = "pin-siblings",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "are the threads of one guest core threads of one host "
			 "core",
		.remedy = "`vfio-early --pin GUEST` prints pins and a topology that "
			 "agree",
	},
	[FINDING_PIN_SHARED] = {
		.name = "pin-shared",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "do vCPUs, emulator and I/O threads keep out of each "
			 "other's way",
		.remedy = "`vfio-early --pin GUEST` prints pins that do",
	},
	[FINDING_PIN_KIND] = {
		.name = "pin-kind",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "are all vCPUs on cores of one kind (performance or "
			 "efficiency)",
		.remedy = "`vfio-early --pin GUEST` prints pins on the fastest kind",
	},
	[FINDING_PIN_CACHE] = {
		.name = "pin-cache",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "do the vCPUs share as few last-level caches as they "
			 "could",
		.remedy = "`vfio-early --pin GUEST` prints pins that do",
	},
	[FINDING_PIN_NODE] = {
		.name = "pin-node",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "are vCPUs and memory on the NUMA node of the card",
		.remedy = "`vfio-early --pin GUEST` prints pins on it",
	},
	[FINDING_PIN_HOST] = {
		.name = "pin-host",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "do the pins leave processors for the host",
		.remedy = "give the guest fewer vCPUs: the host does the work of the "
			"guest's disks and screens",
	},
	[FINDING_GUEST_MEMORY] = {
		.name = "guest-memory",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "does the host have the memory of the virtual machine, all of "
			"which is taken at the start",
		.remedy = "give the virtual machine less memory, or end what uses it",
	},
	[FINDING_GUEST_HUGEPAGES] = {
		.name = "guest-hugepages",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "are enough huge pages free",
		.remedy = "reserve more huge pages at boot",
	},
	[FINDING_GUEST_LOCKED] = {
		.name = "guest-locked",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "does hard_limit leave room for what QEMU pins",
		.remedy = "remove hard_limit, or make it the guest's memory and at least "
			 "1 GiB more",
	},
	[FINDING_GUEST_BALLOON] = {
		.name = "guest-balloon",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "a balloon, which does nothing beside a card",
		.remedy = "<memballoon model='none'/>",
	},
	[FINDING_GUEST_SCREEN] = {
		.name = "guest-screen",
		.area = FINDING_AREA_GUEST_SCREEN,
		.about = "emulated screens beside the card, and what is left of SPICE",
		.remedy = "<video><model type='none'/></video> when the card shows a "
			 "picture",
	},
	[FINDING_GUEST_INPUT] = {
		.name = "guest-input",
		.area = FINDING_AREA_GUEST_SCREEN,
		.about = "is there something to type with once the card is the screen",
		.remedy = "give it a USB controller of the host, a USB keyboard, or "
			 "<input type='evdev'>; a desktop that is streamed over the "
			 "network needs none",
	},
	[FINDING_GUEST_TWICE] = {
		.name = "guest-twice",
		.area = FINDING_AREA_GUEST_START,
		.about = "does another virtual machine have the same function",
		.remedy = "only one of them can run at a time",
	},
	[FINDING_GUEST_AUTOSTART] = {
		.name = "guest-autostart",
		.area = FINDING_AREA_GUEST_START,
		.about = "does a virtual machine that starts with the host wait for its "
			 "card",
		.remedy = "order what starts it after vfio-early.target",
	},
	[FINDING_GUEST_HOOK] = {
		.name = "guest-hook",
		.area = FINDING_AREA_GUEST_START,
		.about = "hooks of the hypervisor that rebind devices, remove modules "
			 "or call virsh",
		.remedy = "remove it: a reserved card needs no hook",
	},
};

static_assert(ARRAY_SIZE(infos) == FINDING_CODES, "a finding has no row");

const struct finding_info *finding_info(enum finding_code code)
{
	return &infos[code];
}

/* Both parts are formatted at once, since the second has arguments, too. */
static void __attribute__((format(printf, 2, 0)))
text_set(struct finding *finding, const char *format, va_list args)
{
	char text[4 * FINDING_TEXT_MAX];
	char *remedy;

	(void)vsnprintf(text, sizeof(text), format, args);
	remedy = strstr(text, TO_DO);
	if (remedy) {
		*remedy = '\0';
		finding_advise(finding, "%s", remedy + strlen(TO_DO));
	}
	(void)snprintf(finding->text, sizeof(finding->text), "%.*s", FINDING_TEXT_MAX - 1,
		       text);
}

struct finding *findings_tell(struct findings *findings, enum finding_level level,
			      enum finding_code code, const char *subject,
			      const char *format, va_list args)
{
	struct finding *finding = findings->count < FINDINGS_MAX ?
					  &findings->list[findings->count++] :
					  &findings->spare;

	findings->levels[level]++;
	finding->level = level;
	finding->code = code;
	(void)snprintf(finding->subject, sizeof(finding->subject), "%s",
		       subject ? subject : "");
	(void)snprintf(finding->remedy, sizeof(finding->remedy), "%s",
		       level == FINDING_PASS ? "" : infos[code].remedy);
	text_set(finding, format, args);
	return finding;
}

struct finding *findings_add(struct findings *findings, enum finding_level level,
			     enum finding_code code, const char *subject,
			     const char *format, ...)
{
	struct finding *finding;
	va_list args;

	va_start(args, format);
	finding = findings_tell(findings, level, code, subject, format, args);
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

bool findings_has(const struct findings *findings, enum finding_code code,
		  enum finding_level level)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].code == code && findings->list[i].level == level)
			return true;
	return false;
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

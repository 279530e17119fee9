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
		.about = "whether there is a config, and whether it is understood",
		.remedy = "correct the line; `vfio-early --check` again before you rebuild "
			  "the initramfs",
	},
	[FINDING_LINE] = {
		.name = "command-line",
		.area = FINDING_AREA_CONFIG,
		.about = "whether the kernel command line of the next boot has the words "
			 "vfio_early.* that this boot has",
		.remedy = "see /proc/cmdline, and the entry that boots next",
	},
	[FINDING_MODE] = {
		.name = "mode",
		.area = FINDING_AREA_CONFIG,
		.about = "whether vfio_early.mode= is on the kernel command line, and "
			 "whether a boot entry is without it",
		.remedy = "boot without it; `vfio-early --explain mode` says how to make "
			  "a boot entry for a virtual machine",
	},
	[FINDING_GUARD] = {
		.name = "guard",
		.area = FINDING_AREA_CONFIG,
		.about = "the first-boot guard: whether the next boot is a trial, and "
			 "what replaces the guard where there is none",
		.remedy = "`vfio-early --retry` makes the next boot a trial again; or "
			  "change the config and rebuild the initramfs",
	},
	[FINDING_TARGET] = {
		.name = "target",
		.area = FINDING_AREA_CONFIG,
		.about = "the card of each target: whether it is found, unique and "
			 "consistent, and the verdict of the rules",
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
		.about = "what the report of this boot says about a target, combined "
			 "with its current state",
		.remedy = "see `vfio-early --report`",
	},
	[FINDING_IOMMU] = {
		.name = "iommu",
		.area = FINDING_AREA_IOMMU,
		.about = "whether an IOMMU is active, by units, groups and ACPI tables, "
			 "and if not, whether the firmware, the kernel or a driver is "
			 "the cause",
		.remedy = "see `vfio-early --groups`",
	},
	[FINDING_IOMMU_PARAMETER] = {
		.name = "iommu-parameter",
		.area = FINDING_AREA_IOMMU,
		.about = "a kernel parameter that is missing or harmful, and the boot "
			 "loader's file for it",
		.remedy = "change the kernel command line and reboot",
	},
	[FINDING_IOMMU_MEANINGLESS] = {
		.name = "iommu-meaningless",
		.area = FINDING_AREA_IOMMU,
		.about = "words on the kernel command line that seem to enable the IOMMU "
			 "but have no effect",
		.remedy = "remove it: it has no effect",
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
		.about = "interrupt remapping, without which no virtual machine starts",
		.remedy = "enable it in the firmware setup (it belongs to VT-d and "
			  "AMD-Vi) and remove intremap=off; if hardware or kernel does "
			  "not support it, vfio_iommu_type1.allow_unsafe_interrupts=1 "
			  "accepts that a guest can forge interrupts",
	},
	[FINDING_VFIO_DRIVER] = {
		.name = "vfio-driver",
		.area = FINDING_AREA_IOMMU,
		.about = "vfio-pci or a variant driver: a module, built in, or missing",
		.remedy = "install the kernel's package with the module vfio-pci",
	},
	[FINDING_VFIO_TYPE1] = {
		.name = "vfio-type1",
		.area = FINDING_AREA_IOMMU,
		.about = "vfio_iommu_type1, or iommufd instead, without which no virtual "
			 "machine can use a reserved card",
		.remedy = "install the kernel's package with the module vfio_iommu_type1",
	},
	[FINDING_GROUP] = {
		.name = "group",
		.area = FINDING_AREA_GROUP,
		.about = "the functions that share the group of a card, and their "
			 "drivers",
		.remedy = "move the card to another slot; if the others may go to the virtual "
			  "machine too, set peers = take",
	},
	[FINDING_GROUP_PORT] = {
		.name = "group-port",
		.area = FINDING_AREA_GROUP,
		.about = "the port that merges a shared group: whether it has ACS, and "
			"which bits of it are off",
		.remedy = "look for an ACS setting in the firmware setup, and for newer "
			  "firmware",
	},
	[FINDING_GROUP_SLOT] = {
		.name = "group-slot",
		.area = FINDING_AREA_GROUP,
		.about = "whether another slot could give the card a group of its own",
		.remedy = "the mainboard's manual shows which slot is behind which port",
	},
	[FINDING_GROUP_BRIDGE] = {
		.name = "group-bridge",
		.area = FINDING_AREA_GROUP,
		.about = "bridges in the group: they do not matter, unless a driver such as "
			 "shpchp is bound",
		.remedy = "keep that driver from the bridge",
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
		.about = "whether all functions of the card are reserved: audio, USB, "
			 "UCSI, also on other buses behind its own switch",
		.remedy = "remove the line functions = from the target",
	},
	[FINDING_HOST_DRIVER] = {
		.name = "host-driver",
		.area = FINDING_AREA_DEVICE,
		.about = "host drivers that the card is bound to now",
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
		.about = "how the card can be reset between two starts of a virtual "
			 "machine",
		.remedy = "expect to reboot the host before a second start of the virtual "
			  "machine",
	},
	[FINDING_D3COLD] = {
		.name = "d3cold",
		.area = FINDING_AREA_DEVICE,
		.about = "whether the idle card may be powered off, and whether it "
			 "responds",
		.remedy = "if it does not come back, write 0 to its d3cold_allowed or boot with "
			  "vfio_pci.disable_idle_d3=1",
	},
	[FINDING_BARS] = {
		.name = "bars",
		.area = FINDING_AREA_DEVICE,
		.about = "memory windows of the card without an address",
		.remedy = "enable Above 4G Decoding in the firmware setup, or boot with "
			  "pci=realloc",
	},
	[FINDING_RESIZABLE_BAR] = {
		.name = "resizable-bar",
		.area = FINDING_AREA_DEVICE,
		.about = "sizes of the memory windows, and other possible sizes",
		.remedy = "if the screen of the virtual machine stays black or its "
			  "driver reports code 43, disable Resizable BAR in the firmware "
			  "setup",
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
		.about = "cards that may appear after the initramfs: Thunderbolt, "
			 "virtual functions, hot plug",
		.remedy = "install the udev rule of vfio-early, and see "
			  "`vfio-early --report` after the boot",
	},
	[FINDING_LOCKDOWN] = {
		.name = "lockdown",
		.area = FINDING_AREA_DEVICE,
		.about = "what Secure Boot and kernel lockdown forbid",
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
		.about = "network links on the card or in its group, especially the one "
			 "with the default route",
		.remedy = "give the host another network link first",
	},
	[FINDING_HOST_DISPLAY] = {
		.name = "host-display",
		.area = FINDING_AREA_HOST,
		.about = "the display in use, and whether the host keeps one",
		.remedy = "choose another card as primary display in the firmware setup, "
			  "or prepare another way to log in to the host, such as ssh",
	},
	[FINDING_HOST_INPUT] = {
		.name = "host-input",
		.area = FINDING_AREA_HOST,
		.about = "keyboards and mice on a USB controller that would be reserved",
		.remedy = "plug them into a port of another controller",
	},
	[FINDING_PASSPHRASE] = {
		.name = "passphrase",
		.area = FINDING_AREA_HOST,
		.about = "a passphrase prompt at boot, on a screen that goes dark",
		.remedy = "type it without seeing the prompt, unlock with a key file or "
			  "TPM, or keep the boot display",
	},
	[FINDING_SEAT] = {
		.name = "seat",
		.area = FINDING_AREA_HOST,
		.about = "whether the desktop finds a card of its own",
		.remedy = "name the host's card in the configuration of the display server "
			  "(BusID), or choose it as primary display in the firmware setup",
	},
	[FINDING_IMAGE] = {
		.name = "image",
		.area = FINDING_AREA_IMAGE,
		.about = "the initramfs images that can be booted, and whether they can "
			 "be read",
		.remedy = "rebuild the initramfs",
	},
	[FINDING_IMAGE_PROGRAM] = {
		.name = "image-program",
		.area = FINDING_AREA_IMAGE,
		.about = "whether vfio-early-boot is in the image, and which version",
		.remedy = "rebuild the initramfs for this kernel",
	},
	[FINDING_IMAGE_ORDER] = {
		.name = "image-order",
		.area = FINDING_AREA_IMAGE,
		.about = "whether it runs before udev and before anything that loads "
			 "modules",
		.remedy = "rebuild the initramfs with the hooks of this version",
	},
	[FINDING_IMAGE_CONFIG] = {
		.name = "image-config",
		.area = FINDING_AREA_IMAGE,
		.about = "whether the config in the image is the one in /etc",
		.remedy = "rebuild the initramfs for this kernel",
	},
	[FINDING_IMAGE_MODULES] = {
		.name = "image-modules",
		.area = FINDING_AREA_IMAGE,
		.about = "whether the VFIO modules are in the image or built into its "
			 "kernel",
		.remedy = "rebuild the initramfs with the hooks of this version",
	},
	[FINDING_IMAGE_RECORD] = {
		.name = "image-record",
		.area = FINDING_AREA_IMAGE,
		.about = "whether the boot decides like the rules do now, given the "
			 "record of the host's disks and routes in the image",
		.remedy = "rebuild the initramfs with the hooks of this version",
	},
	[FINDING_IMAGE_HOST_DRIVER] = {
		.name = "image-host-driver",
		.area = FINDING_AREA_IMAGE,
		.about = "host drivers for the card that are in the image",
		.remedy = "nothing to do as long as vfio-early-boot runs first",
	},
	[FINDING_IMAGE_STALE] = {
		.name = "image-stale",
		.area = FINDING_AREA_IMAGE,
		.about = "lines and files of other passthrough recipes in the image, "
			 "such as a forced vfio_virqfd",
		.remedy = "remove the line from the configuration of the generator, and rebuild "
			  "the initramfs",
	},
	[FINDING_IMAGE_FIXED] = {
		.name = "image-fixed",
		.area = FINDING_AREA_IMAGE,
		.about = "systems whose initramfs is part of the system image",
		.remedy = "have the initramfs rebuilt locally (rpm-ostree initramfs "
			  "--enable), or name cards with vfio_early.target= on the "
			  "kernel command line",
	},
	[FINDING_LEFTOVER_IDS] = {
		.name = "leftover-ids",
		.area = FINDING_AREA_LEFTOVER,
		.about = "vfio-pci.ids= on the kernel command line or in modprobe.d, and "
			 "the functions that it would bind",
		.remedy = "remove it: the config decides now",
	},
	[FINDING_LEFTOVER_MODULE] = {
		.name = "leftover-module",
		.area = FINDING_AREA_LEFTOVER,
		.about = "softdep and blacklist lines that were meant to keep a driver "
			"from the card",
		.remedy = "remove it: it is no longer needed, host drivers may load",
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
		.about = "scripts of other passthrough recipes that rebind devices at "
			 "boot",
		.remedy = "remove the script and rebuild the initramfs",
	},
	[FINDING_LEFTOVER_RULE] = {
		.name = "leftover-rule",
		.area = FINDING_AREA_LEFTOVER,
		.about = "udev rules that rebind devices or load their drivers later",
		.remedy = "remove the rule, or exclude the functions of the target from "
			  "it",
	},
	[FINDING_KVM] = {
		.name = "kvm",
		.area = FINDING_AREA_AROUND,
		.about = "whether hardware virtualisation is available (/dev/kvm)",
		.remedy = "enable virtualisation (VT-x, SVM) in the firmware setup",
	},
	[FINDING_HYPERVISOR] = {
		.name = "hypervisor",
		.area = FINDING_AREA_AROUND,
		.about = "whether QEMU, libvirt or Proxmox is installed",
		.remedy = "install QEMU, and libvirt if you want it to manage the "
			"virtual machines",
	},
	[FINDING_FIRMWARE] = {
		.name = "firmware",
		.area = FINDING_AREA_AROUND,
		.about = "UEFI firmware for virtual machines (OVMF)",
		.remedy = "install OVMF (ovmf, edk2-ovmf): most cards need it in the "
			  "virtual machine",
	},
	[FINDING_LIBVIRT] = {
		.name = "libvirt",
		.area = FINDING_AREA_AROUND,
		.about = "whether libvirt's service is ready",
		.remedy = "systemctl enable --now libvirtd.socket",
	},
	[FINDING_NETWORK] = {
		.name = "network",
		.area = FINDING_AREA_AROUND,
		.about = "whether libvirt's default network is running",
		.remedy = "virsh net-start default; virsh net-autostart default",
	},
	[FINDING_USER] = {
		.name = "user",
		.area = FINDING_AREA_AROUND,
		.about = "whether the user may run virtual machines",
		.remedy = "add the user to the groups, and log in again",
	},
	[FINDING_PROOF] = {
		.name = "proof",
		.area = FINDING_AREA_PROOF,
		.about = "the kernel's answer when a reserved group is opened (--prove)",
		.remedy = "see the kernel log",
	},
	[FINDING_GUEST_DEVICE] = {
		.name = "guest-device",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether each function for a virtual machine is present, "
			 "belongs to the card of a target, and can be passed through at "
			 "all (--guest)",
		.remedy = "correct the address in the element: `vfio-early --plan` shows "
			 "where the card is",
	},
	[FINDING_GUEST_RESERVED] = {
		.name = "guest-reserved",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether the card of a virtual machine is reserved now, or will "
			 "be at the next boot",
		.remedy = "reboot; `vfio-early --check` says whether the next boot will "
			 "reserve it",
	},
	[FINDING_GUEST_FUNCTIONS] = {
		.name = "guest-functions",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether the virtual machine gets all functions of the card",
		.remedy = "add this function to it, too",
	},
	[FINDING_GUEST_SLOT] = {
		.name = "guest-slot",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether the functions of the card are in one slot of the "
			 "virtual machine, with their own numbers",
		.remedy = "put them into one slot, each with its own function number, "
			 "the first with multifunction='on'",
	},
	[FINDING_GUEST_PORT] = {
		.name = "guest-port",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether the card is behind a PCI Express root port in the "
			 "virtual machine",
		.remedy = "put it on the bus of a pcie-root-port (Proxmox: pcie=1)",
	},
	[FINDING_GUEST_MANAGED] = {
		.name = "guest-managed",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether libvirt rebinds the card itself (managed='yes')",
		.remedy = "set managed='no': if the card is not reserved, libvirt then "
			  "refuses the start with a message",
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
		.about = "whether the card works at a second start of the virtual "
			 "machine",
		.remedy = "if the second start hangs, reboot the host in between; "
			 "`vfio-early --check` has details (reset)",
	},
	[FINDING_ROM_ACCESS] = {
		.name = "rom-access",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether QEMU can read the ROM files that the virtual machine "
			 "names",
		.remedy = "copy it to /usr/share/vgabios/, make it readable for all, and "
			 "use that name; a card that does not show the boot needs no ROM "
			 "file",
	},
	[FINDING_ROM_NONE] = {
		.name = "rom-none",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether there is a ROM, and an image in it (--rom)",
		.remedy = "try without a ROM file first: most cards have a ROM of their "
			 "own, or need none",
	},
	[FINDING_ROM_SHADOW] = {
		.name = "rom-shadow",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "a boot display, whose ROM is hidden by the copy that the "
			 "firmware has run",
		.remedy = "make another card the boot display in the firmware setup "
			 "and try again, or read it in another machine; no ROM "
			 "file is needed for a card that is not the boot display",
	},
	[FINDING_ROM_POWER] = {
		.name = "rom-power",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether a card wakes up so that its ROM can be read, and goes "
			 "back to sleep",
		.remedy = "boot again, and read the ROM before a virtual machine "
			 "has used the card",
	},
	[FINDING_ROM_HEADER] = {
		.name = "rom-header",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "bytes before the first image of a ROM file",
		.remedy = "write only the images: `vfio-early --rom FILE NEW`",
	},
	[FINDING_ROM_ID] = {
		.name = "rom-id",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether a ROM is made for this card",
		.remedy = "remove the ROM file, or use one that was read from this card",
	},
	[FINDING_ROM_CUT] = {
		.name = "rom-cut",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether all images of a ROM are complete",
		.remedy = "read the ROM again; a file from elsewhere is damaged",
	},
	[FINDING_ROM_CHECKSUM] = {
		.name = "rom-checksum",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether the checksum of the PC image of a ROM is right",
		.remedy = "read the ROM again: a modified file cannot be trusted",
	},
	[FINDING_ROM_UEFI] = {
		.name = "rom-uefi",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "whether a ROM has an image that a UEFI guest can run",
		.remedy = "nothing if the guest has a driver; else start the guest with "
			 "BIOS",
	},
	[FINDING_ROM_ERASED] = {
		.name = "rom-erased",
		.area = FINDING_AREA_GUEST_CARD,
		.about = "a ROM whose bytes are all ff or 00",
		.remedy = "read it again with `vfio-early --rom ADDRESS FILE`, which "
			 "wakes the card up",
	},
	[FINDING_GUEST_MACHINE] = {
		.name = "guest-machine",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "whether the virtual machine has PCI Express (q35)",
		.remedy = "use q35 for new virtual machines; an installed Windows needs "
			 "a repair after the change",
	},
	[FINDING_GUEST_FIRMWARE] = {
		.name = "guest-firmware",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "whether the virtual machine starts with UEFI, and whether its "
			 "firmware files exist and have matching sizes",
		.remedy = "most cards need UEFI; an installed system needs a repair of "
			 "its boot loader after the change",
	},
	[FINDING_GUEST_WIDTH] = {
		.name = "guest-width",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "whether the virtual machine has more address bits than the "
			"IOMMU, which makes VFIO_MAP_DMA fail",
		.remedy = "limit the address bits of its processor to those of the IOMMU",
	},
	[FINDING_GUEST_APERTURE] = {
		.name = "guest-aperture",
		.area = FINDING_AREA_GUEST_MACHINE,
		.about = "whether the memory windows of the cards fit into the range "
			 "that the virtual machine's firmware has for them",
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
		.about = "nested virtualisation: whether it is allowed, and what it "
			 "costs",
		.remedy = "options kvm_intel nested=1 (or kvm_amd) in a file of "
			 "/etc/modprobe.d, or remove the feature from <cpu>",
	},
	[FINDING_PIN_NONE] = {
		.name = "pin-none",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether the vCPUs of a virtual machine are pinned",
		.remedy = "`vfio-early --pin GUEST` prints pins for it; without them "
			"Linux moves the vCPUs around, which makes latency uneven but "
			"breaks nothing",
	},
	[FINDING_PIN_CPU] = {
		.name = "pin-cpu",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether all processors that vCPUs are pinned to are online",
		.remedy = "`vfio-early --pin GUEST` prints pins to processors that are "
			  "online",
	},
	[FINDING_PIN_SIBLINGS] = {
		.name = "pin-siblings",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether the threads of a guest core are threads of one host "
			 "core",
		.remedy = "`vfio-early --pin GUEST` prints pins and a topology that "
			 "agree",
	},
	[FINDING_PIN_SHARED] = {
		.name = "pin-shared",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether vCPUs, emulator and I/O threads run on different "
			 "processors",
		.remedy = "`vfio-early --pin GUEST` prints pins that do",
	},
	[FINDING_PIN_KIND] = {
		.name = "pin-kind",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether all vCPUs are on cores of one kind (performance or "
			 "efficiency)",
		.remedy = "`vfio-early --pin GUEST` prints pins on the fastest kind",
	},
	[FINDING_PIN_CACHE] = {
		.name = "pin-cache",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether the vCPUs share as few last-level caches as possible",
		.remedy = "`vfio-early --pin GUEST` prints pins that do",
	},
	[FINDING_PIN_NODE] = {
		.name = "pin-node",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether vCPUs and memory are on the NUMA node of the card",
		.remedy = "`vfio-early --pin GUEST` prints pins on it",
	},
	[FINDING_PIN_HOST] = {
		.name = "pin-host",
		.area = FINDING_AREA_GUEST_CPU,
		.about = "whether the pins leave processors to the host",
		.remedy = "give the guest fewer vCPUs: the host needs processors for the "
			"guest's disks and screens",
	},
	[FINDING_GUEST_MEMORY] = {
		.name = "guest-memory",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "whether the host has the memory of the virtual machine, all of "
			"which is allocated at the start",
		.remedy = "give the virtual machine less memory, or end programs that "
			  "use it",
	},
	[FINDING_GUEST_HUGEPAGES] = {
		.name = "guest-hugepages",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "whether enough huge pages are free",
		.remedy = "reserve more huge pages at boot",
	},
	[FINDING_GUEST_LOCKED] = {
		.name = "guest-locked",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "whether hard_limit leaves room for the memory that QEMU pins",
		.remedy = "remove hard_limit, or set it to the guest's memory plus at "
			 "least 1 GiB",
	},
	[FINDING_GUEST_BALLOON] = {
		.name = "guest-balloon",
		.area = FINDING_AREA_GUEST_MEMORY,
		.about = "a memory balloon, which has no effect with a card",
		.remedy = "<memballoon model='none'/>",
	},
	[FINDING_GUEST_SCREEN] = {
		.name = "guest-screen",
		.area = FINDING_AREA_GUEST_SCREEN,
		.about = "emulated screens in addition to the card, and remains of SPICE",
		.remedy = "<video><model type='none'/></video> when the card shows a "
			 "picture",
	},
	[FINDING_GUEST_INPUT] = {
		.name = "guest-input",
		.area = FINDING_AREA_GUEST_SCREEN,
		.about = "whether there is a keyboard once the card is the screen",
		.remedy = "add a USB controller of the host, a USB keyboard, or <input "
			 "type='evdev'>; a desktop that is streamed over the network "
			 "needs none",
	},
	[FINDING_GUEST_TWICE] = {
		.name = "guest-twice",
		.area = FINDING_AREA_GUEST_START,
		.about = "whether another virtual machine has the same function",
		.remedy = "only one of them can run at a time",
	},
	[FINDING_GUEST_AUTOSTART] = {
		.name = "guest-autostart",
		.area = FINDING_AREA_GUEST_START,
		.about = "whether a virtual machine that starts with the host waits for "
			 "its card",
		.remedy = "order the unit that starts it after vfio-early.target",
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

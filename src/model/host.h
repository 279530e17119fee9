/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_H
#define VFIO_EARLY_HOST_H

/*
 * The machine: facts only, no judgement. Values in a few arrays; the readers in src/read/
 * fill them, plan.c reads them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/fault.h"

#define HOST_FUNCTIONS_MAX 16384 /* for which each struct host has room */
#define HOST_GROUPS_MAX HOST_FUNCTIONS_MAX
#define HOST_UNITS_MAX 256
#define HOST_DRIVERS_MAX 64
#define HOST_NOTES_MAX 16
#define HOST_NAME_MAX 64 /* driver, module and unit names, NUL included */
#define HOST_USE_MAX 96
#define HOST_NO_PARENT SIZE_MAX

/** enum fact - three-valued: an unreadable fact is not a "no" */
enum fact { FACT_UNKNOWN, FACT_NO, FACT_YES };

/**
 * enum host_port - the PCI Express type of a function (PCI Express Base 7.5.3.2)
 * @HOST_PORT_UNKNOWN: the config space could not be read far enough
 * @HOST_PORT_CONVENTIONAL: no PCI Express capability
 */
enum host_port {
	HOST_PORT_UNKNOWN,
	HOST_PORT_CONVENTIONAL,
	HOST_PORT_ENDPOINT,
	HOST_PORT_LEGACY_ENDPOINT,
	HOST_PORT_ROOT,
	HOST_PORT_UPSTREAM,
	HOST_PORT_DOWNSTREAM,
	HOST_PORT_TO_PCI,
	HOST_PORT_FROM_PCI,
	HOST_PORT_INTEGRATED_ENDPOINT,
	HOST_PORT_EVENT_COLLECTOR,
};

extern const char *const host_port_names[];

/**
 * struct host_acs - Access Control Services of a function (kernel: pci_acs_enabled())
 * @known: FACT_YES: the capability is there; FACT_NO: it is not
 * @capability: ACS capability register
 * @control: ACS control register
 */
struct host_acs {
	enum fact known;
	uint16_t capability;
	uint16_t control;
};

/**
 * enum host_want - facts to read about a function; bits
 * @HOST_WANT_ID: vendor and device
 * @HOST_WANT_PATH: path through the bridges
 * @HOST_WANT_FUNCTION: all facts for rules and records except @HOST_WANT_PORT; the
 *	function is no longer far then
 * @HOST_WANT_PORT: PCI Express type and ACS
 * @HOST_WANT_SUBSYSTEM: vendor and device, and those of the subsystem
 * @HOST_WANT_VFS: number and addresses of its possible virtual functions
 */
enum host_want {
	HOST_WANT_ID = 1,
	HOST_WANT_PATH = 2,
	HOST_WANT_FUNCTION = 4,
	HOST_WANT_PORT = 8,
	HOST_WANT_SUBSYSTEM = 16,
	HOST_WANT_VFS = 32,
};

/**
 * enum host_need - the host's use of functions that a verdict depends on; bits
 * @HOST_NEED_DISKS: block devices and what lies on them
 * @HOST_NEED_MOUNTS: mounted filesystems also where there is no block device
 * @HOST_NEED_ROUTES: the network's routes
 */
enum host_need {
	HOST_NEED_DISKS = 1,
	HOST_NEED_MOUNTS = 2,
	HOST_NEED_ROUTES = 4,
	HOST_NEED_ALL = 7,
};

/**
 * enum host_recorded - use of a function when the image was built (record.h)
 * @HOST_RECORDED_UNCLAIMED: no driver had it, and no module would have claimed it
 * @HOST_RECORDED_DISK: any of the first four
 */
enum host_recorded {
	HOST_RECORDED_ROOT = 1,
	HOST_RECORDED_RESUME = 2,
	HOST_RECORDED_SWAP = 4,
	HOST_RECORDED_FILESYSTEM = 8,
	HOST_RECORDED_NETWORK = 16,
	HOST_RECORDED_DISPLAY = 32,
	HOST_RECORDED_UNCLAIMED = 64,
	HOST_RECORDED_DISK = 15,
};

/**
 * enum host_record - can a part of the image's record be trusted?
 * @HOST_RECORD_NONE: there is no record
 * @HOST_RECORD_BAD: it cannot be read or parsed
 * @HOST_RECORD_UNKNOWN: the host did not know this when the image was built
 * @HOST_RECORD_STALE: it is of another machine, or of another root=
 */
enum host_record {
	HOST_RECORD_NONE,
	HOST_RECORD_BAD,
	HOST_RECORD_UNKNOWN,
	HOST_RECORD_STALE,
	HOST_RECORD_GOOD,
};

/**
 * struct host_function - one PCI function
 * @address: where it is now
 * @far: only its address is known, with facts from lists (its group, its VFIO driver)
 *	and, where ids were wanted, vendor and device (plan/near.h)
 * @path: path through the bridges
 * @parent: index of the bridge above it, HOST_NO_PARENT on a root bus
 * @holder: index of the function whose driver created the domain of this one (VMD): in
 *	sysfs this one is below the holder, and disappears without its driver;
 *	HOST_NO_PARENT: none
 * @id: vendor, device and, where the function has them, subsystem ids
 * @class_code: base class, subclass, interface: 0x030000
 * @revision: revision id
 * @unreadable: the function exists, but its kind or its group could not be read
 * @id_unknown: vendor or device could not be read
 * @has_header: @header_type and @multifunction could be read
 * @header_type: 0 endpoint, 1 PCI-PCI bridge, 2 cardbus bridge
 * @multifunction: bit 7 of the header type
 * @port: PCI Express type
 * @acs: of this function
 * @hotplug: a port whose card can be removed at run time: a cable, a bay (Slot
 *	Capabilities: hot-plug capable and surprise)
 * @driver: driver that is bound now; empty: none
 * @driver_unknown: it could not be read
 * @override: driver_override; empty: none (the kernel shows "(null)" or nothing)
 * @has_group: it is in group @group, real or not (see host_group)
 * @group: number; changes between boots
 * @unit: its IOMMU unit (its `iommu` link); empty: none
 * @boot_vga: FACT_UNKNOWN: the attribute does not exist (class other than 0300)
 * @framebuffer: owner of a firmware framebuffer in one of its BARs (efifb, simpledrm,
 *	BOOTFB, ...); empty: none
 * @bars: how many lines of /proc/iomem are its BARs; 0: they were not counted, as of what
 *	is no display
 * @bars_end: bytes of /proc/iomem up to the first line behind them
 * @shows_boot: the kernel says that the boot was shown on it (`boot_display`, 6.17+)
 * @has_console: it has the framebuffer device of the text console
 * @is_vf: a virtual function (physfn link)
 * @vfs: number of its enabled virtual functions
 * @vfs_unknown: their number could not be read
 * @vfs_total: largest number of virtual functions; 0: none
 * @vf_offset: from its routing id to that of the first virtual function; 0: unknown
 * @vf_stride: from one to the next
 * @vfio_driver: the most specific VFIO driver for it: index in host.drivers
 * @use: the host's use of it ("root filesystem /dev/nvme0n1p2"); empty: none
 * @is_host_disk: @use names root=, resume=, a mounted filesystem or swap
 * @has_route: a default route leads through it, or with root or a disk on the network any
 *	route
 * @recorded: bits of enum host_recorded
 * @has_reset: the `reset` attribute exists
 * @reset_methods: as the kernel lists them; empty: unknown or none
 * @power_state: D0, D3hot, ...; empty: not shown by this kernel
 * @d3cold_allowed: of the attribute
 * @numa_node: -1: none
 * @bars_unassigned: number of BARs without an address
 * @removable: the kernel says that it is connected by a cable (`removable`, 5.14+)
 */
struct host_function {
	struct pci_address address;
	bool far;
	struct pci_path path;
	size_t parent;
	size_t holder;
	struct pci_id id;
	uint32_t class_code;
	uint8_t revision;
	bool unreadable;
	bool id_unknown;
	bool has_header;
	uint8_t header_type;
	bool multifunction;
	enum host_port port;
	struct host_acs acs;
	bool hotplug;
	char driver[HOST_NAME_MAX];
	bool driver_unknown;
	char override[HOST_NAME_MAX];
	bool has_group;
	unsigned int group;
	char unit[HOST_NAME_MAX];
	enum fact boot_vga;
	char framebuffer[HOST_NAME_MAX];
	unsigned int bars;
	size_t bars_end;
	bool shows_boot;
	bool has_console;
	bool is_vf;
	unsigned int vfs;
	bool vfs_unknown;
	uint16_t vfs_total;
	uint16_t vf_offset;
	uint16_t vf_stride;
	size_t vfio_driver;
	bool is_host_disk;
	char use[HOST_USE_MAX];
	bool has_route;
	uint8_t recorded;
	bool has_reset;
	char reset_methods[HOST_NAME_MAX];
	char power_state[16];
	enum fact d3cold_allowed;
	int numa_node;
	unsigned int bars_unassigned;
	bool removable;
};

/**
 * struct host_group - one IOMMU group (/sys/kernel/iommu_groups/N)
 * @number: N
 * @type: domain type for host drivers: DMA, DMA-FQ, identity, ...; empty: not shown
 * @noiommu: VFIO's fake group: no isolation at all
 * @known: its name and reserved_regions could be read
 * @direct: it has a region of type `direct` (RMRR, IVMD, RMR): VFIO refuses the group
 * @direct_start: first byte of the first such region
 * @direct_end: its last byte
 * @relaxable: it has a region of type `direct-relaxable`, which the kernel gives up
 * @relaxable_start: first byte of the first such region
 * @relaxable_end: its last byte
 */
struct host_group {
	unsigned int number;
	char type[24];
	bool noiommu;
	bool known;
	bool direct;
	uint64_t direct_start;
	uint64_t direct_end;
	bool relaxable;
	uint64_t relaxable_start;
	uint64_t relaxable_end;
};

/**
 * enum host_driver_state - availability of a driver
 * @HOST_DRIVER_MISSING: no driver, no module in this root
 * @HOST_DRIVER_MODULE: a module that exists and is not loaded
 * @HOST_DRIVER_LOADED: registered (loaded, or built in if that cannot be distinguished)
 * @HOST_DRIVER_BUILTIN: built into the kernel
 */
enum host_driver_state {
	HOST_DRIVER_MISSING,
	HOST_DRIVER_MODULE,
	HOST_DRIVER_LOADED,
	HOST_DRIVER_BUILTIN,
};

extern const char *const host_driver_state_names[];

/**
 * struct host_driver - one VFIO driver
 * @name: driver name, as driver_override wants it: vfio-pci
 * @module: module name: vfio_pci
 * @state: its availability
 */
struct host_driver {
	char name[HOST_NAME_MAX];
	char module[HOST_NAME_MAX];
	enum host_driver_state state;
};

/**
 * enum host_arch - the architecture of the machine, by evidence below the root
 * @HOST_ARCH_ARM: ACPI tables IORT or GTDT, units of an SMMU, interrupts of a GIC
 */
enum host_arch { HOST_ARCH_UNKNOWN, HOST_ARCH_X86, HOST_ARCH_ARM };

/**
 * enum host_xen - does the machine run under Xen, and in which role?
 * @HOST_XEN_DOM0: the host: the hypervisor has the IOMMU, and there is no VFIO
 * @HOST_XEN_GUEST: a virtual machine of Xen (domU)
 */
enum host_xen { HOST_XEN_NO, HOST_XEN_DOM0, HOST_XEN_GUEST };

/**
 * struct host - the machine
 * @room: of @functions, if that is more than HOST_FUNCTIONS_MAX: then memory behind the
 *	struct belongs to it (boot/supervise.c)
 * @wanted: number of functions, where there was no room for them; else 0
 * @groups_listed: the members of each group that matters are known, so that an unreadable
 *	function which is in none of their lists is in none of these groups
 * @table: ACPI table that describes an IOMMU: DMAR, IVRS, IORT, VIOT; empty: none. An
 *	IORT without an SMMU describes none.
 * @table_known: FACT_UNKNOWN: the tables could not be read
 * @arch: architecture
 * @device_tree: a device tree describes the machine, and not ACPI
 * @xen: see there
 * @interrupt_remapping: FACT_UNKNOWN: no interrupt in use gives evidence
 * @interrupts_unread: the files with the evidence could not be read
 * @unsafe_interrupts: allow_unsafe_interrupts of vfio_iommu_type1 or, without that
 *	module, of iommufd is or will be set
 * @noiommu_mode: vfio.enable_unsafe_noiommu_mode is or will be set
 * @acs_override: pcie_acs_override= is on the command line: groups cannot be trusted
 * @kernel: release: 6.1.0-47-amd64; empty: unknown
 * @kernel_major: 0: unknown
 * @kernel_minor: of the release
 * @framebuffer_known: /proc/iomem and all other evidence of the boot display could be
 *	read
 * @framebuffer_orphan: the framebuffer of the firmware is in no BAR: other evidence gives
 *	its display
 * @disks_known: FACT_UNKNOWN: mounts, swaps or block devices could not be read, or the
 *	hardware of a device in use is not known
 * @root_resolved: the functions of root= and resume= are known, or root= is no local disk
 * @network_needed: root, or a disk in use, is on the network
 * @record_disks: state of the image's record of the host's disks: see
 *	host_record_of_disks()
 * @record_network: likewise of the host's network cards
 * @record_display: likewise of the console's display
 * @udev_ran: /run/udev/data existed: udev ran before this program
 * @drivers_count: bound drivers matter for the plan; false when a running or a recorded
 *	machine is asked about its next boot
 * @n_notes: number of @notes; more than HOST_NOTES_MAX are dropped
 * @drivers: vfio-pci is always the first
 * @units: IOMMU units that the kernel initialised (/sys/class/iommu): dmar0, ivhd0
 * @notes: what could not be found out
 * @groups: ordered by number
 * @functions: ordered by address
 */
struct host {
	size_t room;
	size_t wanted;
	size_t n_functions;
	size_t n_groups;
	bool groups_listed;
	size_t n_drivers;
	size_t n_units;
	char table[8];
	enum fact table_known;
	enum host_arch arch;
	bool device_tree;
	enum host_xen xen;
	enum fact interrupt_remapping;
	bool interrupts_unread;
	bool unsafe_interrupts;
	bool noiommu_mode;
	bool acs_override;
	char kernel[HOST_NAME_MAX];
	unsigned int kernel_major;
	unsigned int kernel_minor;
	enum fact framebuffer_known;
	bool framebuffer_orphan;
	enum fact disks_known;
	bool root_resolved;
	bool network_needed;
	enum host_record record_disks;
	enum host_record record_network;
	enum host_record record_display;
	bool udev_ran;
	bool drivers_count;
	size_t n_notes;
	struct host_driver drivers[HOST_DRIVERS_MAX];
	char units[HOST_UNITS_MAX][HOST_NAME_MAX];
	struct fault notes[HOST_NOTES_MAX];
	struct host_group groups[HOST_GROUPS_MAX];
	struct host_function functions[HOST_FUNCTIONS_MAX];
};

/** host_room() - how many functions fit */
size_t host_room(const struct host *host);

/**
 * host_find() - the function at an address
 *
 * Return: it, or NULL
 */
const struct host_function *host_find(const struct host *host,
				      const struct pci_address *address);

/**
 * host_group_find() - a group by its number
 *
 * Return: it, or NULL
 */
const struct host_group *host_group_find(const struct host *host, unsigned int number);

/**
 * host_driver_find() - a VFIO driver by its driver name
 *
 * '-' and '_' are equal: people write vfio_pci for vfio-pci.
 *
 * Return: the driver; NULL when host_read() did not look for it
 */
const struct host_driver *host_driver_find(const struct host *host, const char *name);

/**
 * host_kernel_is_before() - is the kernel older than major.minor?
 *
 * Return: false when its version is not known
 */
bool host_kernel_is_before(const struct host *host, unsigned int major,
			   unsigned int minor);

/** host_note() - note a fact that could not be determined */
void host_note(struct host *host, const struct fault *fault);

/**
 * host_iommu_active() - is an IOMMU active?
 *
 * Return: true when a function has a group and the group is not VFIO's fake one
 */
bool host_iommu_active(const struct host *host);

/**
 * enum iommu_state - is there an IOMMU, and if not, why not
 * @IOMMU_STATE_ACTIVE: functions have groups
 * @IOMMU_STATE_FIRMWARE: no ACPI table describes one
 * @IOMMU_STATE_KERNEL: a table describes one, but the kernel has started no unit
 * @IOMMU_STATE_NO_GROUPS: a unit was started, but no function has a group
 * @IOMMU_STATE_CANNOT_TELL: the tables could not be read
 * @IOMMU_STATE_XEN_DOM0: the hypervisor uses it, and the kernel starts none
 * @IOMMU_STATE_XEN_GUEST: a guest of Xen without one
 * @IOMMU_STATE_DEVICE_TREE: a device tree describes the machine; it has no ACPI tables
 */
enum iommu_state {
	IOMMU_STATE_ACTIVE,
	IOMMU_STATE_FIRMWARE,
	IOMMU_STATE_KERNEL,
	IOMMU_STATE_NO_GROUPS,
	IOMMU_STATE_CANNOT_TELL,
	IOMMU_STATE_XEN_DOM0,
	IOMMU_STATE_XEN_GUEST,
	IOMMU_STATE_DEVICE_TREE,
};

extern const char *const iommu_state_names[];

/** iommu_state_of() - judge by evidence: groups, units (/sys/class/iommu), ACPI tables */
enum iommu_state iommu_state_of(const struct host *host);

/**
 * enum boot_display - is a function the display of the boot, and by which evidence
 * @BOOT_DISPLAY_FRAMEBUFFER: a framebuffer of the firmware is in its BARs
 * @BOOT_DISPLAY_SHOWN: the kernel says so
 * @BOOT_DISPLAY_CONSOLE: the text console is on its framebuffer device
 * @BOOT_DISPLAY_VGA: boot_vga
 * @BOOT_DISPLAY_RECORDED: only the image's record says so
 */
enum boot_display {
	BOOT_DISPLAY_UNKNOWN,
	BOOT_DISPLAY_NO,
	BOOT_DISPLAY_FRAMEBUFFER,
	BOOT_DISPLAY_SHOWN,
	BOOT_DISPLAY_CONSOLE,
	BOOT_DISPLAY_VGA,
	BOOT_DISPLAY_RECORDED,
};

/**
 * host_boot_display() - is this the display of the boot? The same answer for all users.
 *
 * The best evidence on the machine decides for all functions, in the order of the enum:
 * boot_vga of one card is ignored when the framebuffer is in another card's BAR.
 */
enum boot_display host_boot_display(const struct host *host,
				    const struct host_function *function);

/** host_is_display() - is it a display controller (class 03)? */
bool host_is_display(const struct host_function *function);

/**
 * host_is_gpu() - is it a display or an accelerator (class 12), which can have
 * companions?
 */
bool host_is_gpu(const struct host_function *function);

/** host_class_is_gpu() - the same of a class: base class, subclass, interface */
bool host_class_is_gpu(uint32_t class_code);

/** host_is_boot_display() - is it known to be the display of the boot? */
bool host_is_boot_display(const struct host *host, const struct host_function *function);

/**
 * host_record_of_disks() - can the record of the host's disks be trusted?
 *
 * Return: host.record_disks; HOST_RECORD_STALE when a disk in use is on a function that
 * it does not name
 */
enum host_record host_record_of_disks(const struct host *host);

/**
 * host_is_bridge() - does it have the header of a bridge?
 *
 * Return: true for PCI-PCI and CardBus bridges (header types 1 and 2), which vfio-pci
 *	refuses (vfio_pci_core_register_device())
 */
bool host_is_bridge(const struct host_function *function);

/** host_is_hidden() - is it in a domain that a driver creates (VMD)? */
bool host_is_hidden(const struct host_function *function);

/**
 * host_may_come_later() - can it appear and disappear after the boot?
 *
 * Return: true for virtual functions, and for devices on a cable (Thunderbolt, USB4) or
 * in a hot-plug bay
 */
bool host_may_come_later(const struct host *host, size_t function);

/**
 * enum host_load - possible use by the host of functions of a class
 * @HOST_LOAD_DISK: storage controllers and buses for disks: USB, FireWire, Fibre Channel,
 *	SD hosts, card readers without a class
 * @HOST_LOAD_NETWORK: network cards: a root filesystem can come through them
 */
enum host_load { HOST_LOAD_NONE, HOST_LOAD_DISK, HOST_LOAD_NETWORK };

/** host_load_of() - possible use of a class (PCI Code and ID Assignment 1.15) */
enum host_load host_load_of(uint32_t class_code);

/**
 * host_of_path() - the function that a device belongs to
 * @path: of the device in sysfs, or the text of a link to it
 * @ret_function: index in host.functions of the one nearest to the device; written on
 *	success only
 *
 * Return: false when no function of the machine is in the path
 */
bool host_of_path(const struct host *host, const char *path, size_t *ret_function);

#endif

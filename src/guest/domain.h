/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DOMAIN_H
#define VFIO_EARLY_DOMAIN_H

/*
 * The configuration of a virtual machine, for any hypervisor: facts only, no judgement.
 * libvirt_read.c and proxmox_read.c fill it; the checks, --hostdev and --pin read it.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define GUEST_SIZE_MAX (4u << 20) /* bytes of a domain */
#define GUEST_NAME_MAX 256
#define GUEST_WORD_MAX 64
#define GUEST_PATH_MAX 512
#define GUEST_ARGS_MAX 8192 /* QEMU's own arguments */
#define GUEST_CPUS_MAX \
	4096 /* of the host, and vCPUs; NR_CPUS of no distribution is larger */
#define GUEST_PINS_MAX 1024
#define GUEST_NODES_MAX 64
#define GUEST_HOSTDEVS_MAX 64
#define GUEST_PLACES_MAX 256
#define GUEST_FEATURES_MAX 128
#define GUEST_SCREENS_MAX 8

/** enum guest_kind - hypervisor of a guest */
enum guest_kind { GUEST_LIBVIRT, GUEST_PROXMOX, GUEST_KINDS };

extern const char *const guest_kind_names[];

/**
 * enum guest_machine - QEMU's chipset
 * @GUEST_MACHINE_DEFAULT: not configured: i440fx in both hypervisors
 * @GUEST_MACHINE_OTHER: virt, microvm, ...
 */
enum guest_machine {
	GUEST_MACHINE_DEFAULT,
	GUEST_MACHINE_Q35,
	GUEST_MACHINE_I440FX,
	GUEST_MACHINE_OTHER,
	GUEST_MACHINES
};

extern const char *const guest_machine_names[];

/**
 * struct guest_cpus - a set of processors
 * @bits: bit n of word m: processor 64 * m + n
 */
struct guest_cpus {
	uint64_t bits[GUEST_CPUS_MAX / 64];
};

/**
 * struct guest_firmware - firmware of a guest
 * @uefi: UEFI, known from firmware='efi', a pflash loader, or bios: ovmf
 * @automatic: the hypervisor chooses the files
 * @loader: path of the code; empty: not configured
 * @nvram: path of the guest's own variables; empty: not configured
 * @nvram_template: path of the file that they are copied from; empty: not configured
 * @small: Proxmox, efitype=2m: files of 2 MiB
 */
struct guest_firmware {
	bool uefi;
	bool automatic;
	char loader[GUEST_PATH_MAX];
	char nvram[GUEST_PATH_MAX];
	char nvram_template[GUEST_PATH_MAX];
	bool small;
};

/**
 * enum guest_cpu_mode - processor model of a guest
 * @GUEST_CPU_DEFAULT: not configured: qemu64 or kvm64
 * @GUEST_CPU_MODEL: a named model
 * @GUEST_CPU_HOST_MODEL: the model nearest to the host's
 * @GUEST_CPU_HOST: the host's own, host-passthrough
 * @GUEST_CPU_MAXIMUM: all that can be emulated
 */
enum guest_cpu_mode {
	GUEST_CPU_DEFAULT,
	GUEST_CPU_MODEL,
	GUEST_CPU_HOST_MODEL,
	GUEST_CPU_HOST,
	GUEST_CPU_MAXIMUM,
};

/**
 * struct guest_feature - a configured processor feature
 * @name: svm, topoext, hypervisor
 * @on: required or forced; else switched off
 */
struct guest_feature {
	char name[GUEST_WORD_MAX];
	bool on;
};

/**
 * struct guest_cpu - the processor
 * @vcpus: largest number of vCPUs
 * @online: number of vCPUs at the start
 * @has_topology: @sockets to @threads are configured
 * @address_bits: configured width; 0: none
 * @address_limit: the host's width, but at most this; 0: no limit
 * @host_bits: the host's width is configured
 * @features: in the order of the configuration
 * @features_cut: there are more than GUEST_FEATURES_MAX
 */
struct guest_cpu {
	enum guest_cpu_mode mode;
	char model[GUEST_WORD_MAX];
	unsigned int vcpus;
	unsigned int online;
	bool has_topology;
	unsigned int sockets;
	unsigned int dies;
	unsigned int clusters;
	unsigned int cores;
	unsigned int threads;
	unsigned int address_bits;
	unsigned int address_limit;
	bool host_bits;
	struct guest_feature features[GUEST_FEATURES_MAX];
	size_t n_features;
	bool features_cut;
};

/**
 * struct guest_pin - processors that a thread may run on
 * @number: of the vCPU, or of the I/O thread
 */
struct guest_pin {
	unsigned int number;
	struct guest_cpus cpus;
};

/**
 * struct guest_pins - processors and memory nodes of all threads
 * @vcpus: in the order of the configuration
 * @has_all: @all is for each vCPU without a pin (<vcpu cpuset>, Proxmox affinity)
 * @has_emulator: @emulator is configured
 * @iothreads: in the order of the configuration
 * @io_count: number of I/O threads of the guest
 * @has_nodes: memory comes from the host's NUMA nodes in @nodes
 * @strict: and from no other node
 */
struct guest_pins {
	struct guest_pin vcpus[GUEST_PINS_MAX];
	size_t n_vcpus;
	bool has_all;
	struct guest_cpus all;
	bool has_emulator;
	struct guest_cpus emulator;
	struct guest_pin iothreads[GUEST_NODES_MAX];
	size_t n_iothreads;
	unsigned int io_count;
	bool has_nodes;
	bool strict;
	struct guest_cpus nodes;
};

/**
 * struct guest_memory - in bytes
 * @size: largest size
 * @current: size at the start; 0: @size
 * @hugepages: it comes from the host's pool of huge pages
 * @page: size of a page of that pool; 0: the host's default
 * @limit: hard limit of all memory of the QEMU process; 0: none
 * @balloon: there is a balloon device
 */
struct guest_memory {
	uint64_t size;
	uint64_t current;
	bool hugepages;
	uint64_t page;
	uint64_t limit;
	bool balloon;
};

/**
 * struct guest_hostdev - a PCI function, or a slot, of the host that the guest gets
 * @host: its address; unused with @mapping
 * @whole_slot: all functions of the slot (Proxmox)
 * @mapping: Proxmox: name of a resource mapping; empty: none
 * @line: line number in the file, for messages
 * @slot: Proxmox: N of hostpciN
 * @has_place: @place is configured
 * @place: its address in the guest
 * @unassigned: libvirt takes it from the host, but the guest does not see it
 * @pcie: Proxmox: pcie=1
 * @primary: Proxmox: x-vga=1
 * @managed: the hypervisor unbinds it from its driver and gives it back
 * @iommufd: it is passed by iommufd
 * @driver: configured VFIO driver; empty: the hypervisor's choice
 * @rom: path of a ROM file; empty: none
 * @rom_off: the guest sees no ROM
 */
struct guest_hostdev {
	struct pci_address host;
	bool whole_slot;
	char mapping[GUEST_WORD_MAX];
	unsigned int line;
	unsigned int slot;
	bool has_place;
	struct pci_address place;
	bool unassigned;
	bool pcie;
	bool primary;
	bool managed;
	bool iommufd;
	char driver[GUEST_WORD_MAX];
	char rom[GUEST_PATH_MAX];
	bool rom_off;
};

/**
 * struct guest_controller - a PCI bus of the guest
 * @index: its number
 * @model: pcie-root, pcie-root-port, pcie-to-pci-bridge, ...
 */
struct guest_controller {
	unsigned int index;
	char model[GUEST_WORD_MAX];
};

/**
 * struct guest_screen - an emulated display adapter
 * @model: qxl, virtio, vga, bochs, none, ...
 */
struct guest_screen {
	char model[GUEST_WORD_MAX];
};

/**
 * struct guest_wiring - screens, input devices and their channels
 * @screens: emulated display adapters; "none" is one of them
 * @spice: SPICE server, which spicevmc, redirdev and its audio need
 * @other_display: VNC, SDL, ...: another display with input
 * @spice_channels: channels and smartcards of type spicevmc
 * @spice_usb: redirdev of type spicevmc
 * @spice_audio: audio of type spice
 * @usb_devices: USB devices of the host
 * @evdev: input devices of the host (evdev, input-linux)
 * @serial: a serial console
 */
struct guest_wiring {
	struct guest_screen screens[GUEST_SCREENS_MAX];
	size_t n_screens;
	bool spice;
	bool other_display;
	unsigned int spice_channels;
	unsigned int spice_usb;
	bool spice_audio;
	unsigned int usb_devices;
	unsigned int evdev;
	bool serial;
};

/**
 * struct guest - a virtual machine; large: allocate it
 * @name: name of a libvirt domain, number of a Proxmox machine
 * @title: Proxmox: its name; empty: none
 * @machine_text: as configured: pc-q35-8.1
 * @kvm: it runs with KVM, not by emulation
 * @iommufd: all its devices are passed by iommufd
 * @hides_vendor: hyperv vendor_id is set
 * @hides_kvm: kvm hidden, kvm=off, hidden=1
 * @hyperv: it has Hyper-V enlightenments
 * @hostdevs: PCI functions of the host, in the order of the file
 * @places: all PCI addresses in the guest that are configured
 * @controllers: PCI buses that are configured
 * @args: QEMU's own arguments, blanks between them; empty: none
 * @has_onboot: Proxmox: it starts with the host
 * @hookscript: Proxmox: volume of the hook script; empty: none
 */
struct guest {
	enum guest_kind kind;
	char name[GUEST_NAME_MAX];
	char title[GUEST_NAME_MAX];
	enum guest_machine machine;
	char machine_text[GUEST_WORD_MAX];
	bool kvm;
	struct guest_firmware firmware;
	struct guest_cpu cpu;
	struct guest_pins pins;
	struct guest_memory memory;
	bool iommufd;
	bool hides_vendor;
	bool hides_kvm;
	bool hyperv;
	struct guest_hostdev hostdevs[GUEST_HOSTDEVS_MAX];
	size_t n_hostdevs;
	struct pci_address places[GUEST_PLACES_MAX];
	size_t n_places;
	struct guest_controller controllers[GUEST_PLACES_MAX];
	size_t n_controllers;
	struct guest_wiring wiring;
	char args[GUEST_ARGS_MAX];
	bool has_onboot;
	char hookscript[GUEST_PATH_MAX];
};

/** guest_cpus_add() - put a processor into a set */
void guest_cpus_add(struct guest_cpus *cpus, unsigned int cpu);

/** guest_cpus_has() - is a processor in a set? */
bool guest_cpus_has(const struct guest_cpus *cpus, unsigned int cpu);

/** guest_cpus_count() - how many processors are in a set */
unsigned int guest_cpus_count(const struct guest_cpus *cpus);

/** guest_cpus_meet() - do two sets have a processor in common? */
bool guest_cpus_meet(const struct guest_cpus *a, const struct guest_cpus *b);

/**
 * guest_cpus_parse() - read a list as libvirt and the kernel write it: 0-3,^2,8
 *
 * Return: 0; -EINVAL; -ERANGE for a number beyond GUEST_CPUS_MAX
 */
int guest_cpus_parse(const char *text, struct guest_cpus *ret_cpus);

/** guest_pin_of() - processors that a vCPU may run on; NULL: all */
const struct guest_cpus *guest_pin_of(const struct guest *guest, unsigned int vcpu);

/**
 * guest_feature_find() - find a configured processor feature
 *
 * Return: the last one of that name; NULL: not configured
 */
const struct guest_feature *guest_feature_find(const struct guest *guest,
					       const char *name);

/** guest_is_q35() - does the guest have a PCI Express root? */
bool guest_is_q35(const struct guest *guest);

/** guest_has_screen() - is there an emulated display adapter (other than none)? */
bool guest_has_screen(const struct guest *guest);

/**
 * guest_next_bus() - the bus number after the highest one in use
 *
 * Bus numbers in addresses count as well: libvirt adds a root port for each that has no
 * controller.
 */
unsigned int guest_next_bus(const struct guest *guest);

/**
 * guest_takes() - does the guest get a function of the host?
 *
 * Return: index in guest.hostdevs of the first element with it; SIZE_MAX: none
 */
size_t guest_takes(const struct guest *guest, const struct pci_address *address);

#endif

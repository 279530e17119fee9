/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FACTS_H
#define VFIO_EARLY_FACTS_H

/*
 * Facts about the host that matter for one guest, as plain values: facts_read.c fills
 * them, the checks judge them. Unreadable facts are FACT_UNKNOWN, or 0 where a comment
 * says so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/domain.h"
#include "guest/rom.h"
#include "model/host.h"

#define FACTS_PASSED_MAX 128
#define FACTS_OTHERS_MAX 64
#define FACTS_HOOKS_MAX 32
#define FACTS_PAGES_MAX 8

/**
 * struct passed - one function of the host that the guest gets; slots are split into
 * functions
 * @hostdev: index in guest.hostdevs of the element with it
 * @there: the function exists
 * @function: index in host.functions, when it is @there
 * @address: its configured address
 * @width: address bits of its IOMMU unit; 0: not known
 * @bars: sum of its 64-bit memory windows, each rounded up to a power of two
 * @bars_known: @bars could be read
 */
struct passed {
	size_t hostdev;
	bool there;
	size_t function;
	struct pci_address address;
	unsigned int width;
	uint64_t bars;
	bool bars_known;
};

/**
 * struct guest_file - a file that the guest needs
 * @there: whether it exists; FACT_UNKNOWN: its folder could not be read
 * @size: in bytes, if it exists
 * @closed: path of a parent folder, or of the file itself, that only its owner may read;
 *	empty: none
 * @confined: AppArmor lets QEMU read it; FACT_UNKNOWN: AppArmor is not on, or not known
 */
struct guest_file {
	enum fact there;
	uint64_t size;
	char closed[GUEST_PATH_MAX];
	enum fact confined;
};

/**
 * struct guest_other - another stored guest that has a function of this one
 * @name: of the guest
 * @address: the function
 * @starts: it starts with the host
 */
struct guest_other {
	char name[GUEST_NAME_MAX];
	struct pci_address address;
	bool starts;
};

/**
 * struct guest_hook - a script that the hypervisor runs around this guest
 * @path: below the root
 * @unbinds: it writes to an unbind attribute
 * @unloads: it removes modules
 * @calls_back: it calls virsh, which waits for libvirt, which waits for the script: a
 *	deadlock
 */
struct guest_hook {
	char path[GUEST_PATH_MAX];
	bool unbinds;
	bool unloads;
	bool calls_back;
};

/**
 * struct guest_pages - the host's pool of one page size
 * @size: of a page, bytes
 * @total: pages
 * @free: pages
 * @nodes: free pages on each NUMA node; bit n of @has_nodes: known for node n
 */
struct guest_pages {
	uint64_t size;
	uint64_t total;
	uint64_t free;
	uint64_t nodes[GUEST_NODES_MAX];
	uint64_t has_nodes;
};

/**
 * struct guest_facts - all of it; large: allocate it
 * @passed: functions that the guest gets
 * @cut: there are more than FACTS_PASSED_MAX
 * @vendor_known: the processor's maker is known
 * @is_amd: it is AMD
 * @cpu_bits: physical address bits of the processor; 0: not known
 * @nested: KVM lets guests run guests
 * @isolcpus: the list of isolcpus= without its flags; empty: none
 * @memory_total: bytes; 0: not known
 * @memory_free: MemAvailable, bytes
 * @page_default: bytes; 0: not known
 * @iommufd: /dev/iommu is there
 * @loader: the file guest.firmware.loader
 * @nvram: the file guest.firmware.nvram
 * @nvram_template: the file guest.firmware.nvram_template
 * @firmware_code: path of an installed UEFI firmware; empty: none of the known ones
 * @firmware_vars: path of its template of variables
 * @roms: ROM file of each hostdev
 * @images: parsed content of @roms, if @images_known
 * @qemu_is_root: QEMU runs as root, or as a user from qemu.conf: file modes prove nothing
 *	then
 * @starts: the guest starts with the host
 * @ordered: the unit that starts it is ordered after vfio-early.target
 * @others: functions that other stored guests have as well
 * @others_known: the stored guests could be listed
 * @hooks: scripts that unbind, unload modules or call back; other hooks are left out
 */
struct guest_facts {
	struct passed passed[FACTS_PASSED_MAX];
	size_t n_passed;
	bool cut;
	bool vendor_known;
	bool is_amd;
	unsigned int cpu_bits;
	enum fact nested;
	char isolcpus[256];
	uint64_t memory_total;
	uint64_t memory_free;
	uint64_t page_default;
	struct guest_pages pages[FACTS_PAGES_MAX];
	size_t n_pages;
	enum fact iommufd;
	struct guest_file loader;
	struct guest_file nvram;
	struct guest_file nvram_template;
	char firmware_code[GUEST_PATH_MAX];
	char firmware_vars[GUEST_PATH_MAX];
	struct guest_file roms[GUEST_HOSTDEVS_MAX];
	struct rom images[GUEST_HOSTDEVS_MAX];
	bool images_known[GUEST_HOSTDEVS_MAX];
	bool qemu_is_root;
	enum fact starts;
	enum fact ordered;
	struct guest_other others[FACTS_OTHERS_MAX];
	size_t n_others;
	bool others_known;
	struct guest_hook hooks[FACTS_HOOKS_MAX];
	size_t n_hooks;
};

#endif

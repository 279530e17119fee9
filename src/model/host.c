// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/host.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/module_name.h"

const char *const host_port_names[] = {
	[HOST_PORT_UNKNOWN] = "unknown",
	[HOST_PORT_CONVENTIONAL] = "conventional",
	[HOST_PORT_ENDPOINT] = "endpoint",
	[HOST_PORT_LEGACY_ENDPOINT] = "legacy-endpoint",
	[HOST_PORT_ROOT] = "root-port",
	[HOST_PORT_UPSTREAM] = "upstream-port",
	[HOST_PORT_DOWNSTREAM] = "downstream-port",
	[HOST_PORT_TO_PCI] = "bridge-to-pci",
	[HOST_PORT_FROM_PCI] = "bridge-from-pci",
	[HOST_PORT_INTEGRATED_ENDPOINT] = "integrated-endpoint",
	[HOST_PORT_EVENT_COLLECTOR] = "event-collector",
};
static_assert(ARRAY_SIZE(host_port_names) == HOST_PORT_EVENT_COLLECTOR + 1,
	      "a name for each port");

const char *const host_driver_state_names[] = {
	[HOST_DRIVER_MISSING] = "missing",
	[HOST_DRIVER_MODULE] = "module",
	[HOST_DRIVER_LOADED] = "loaded",
	[HOST_DRIVER_BUILTIN] = "built-in",
};
static_assert(ARRAY_SIZE(host_driver_state_names) == HOST_DRIVER_BUILTIN + 1,
	      "a name for each state");

static int function_compare(const void *key, const void *member)
{
	const struct host_function *function = member;

	return pci_address_compare(key, &function->address);
}

size_t host_room(const struct host *host)
{
	return host->room > HOST_FUNCTIONS_MAX ? host->room : HOST_FUNCTIONS_MAX;
}

const struct host_function *host_find(const struct host *host,
				      const struct pci_address *address)
{
	return bsearch(address, host->functions, host->n_functions,
		       sizeof(host->functions[0]), function_compare);
}

static int group_compare(const void *key, const void *member)
{
	unsigned int number = *(const unsigned int *)key;
	const struct host_group *group = member;

	return (number > group->number) - (number < group->number);
}

const struct host_group *host_group_find(const struct host *host, unsigned int number)
{
	return bsearch(&number, host->groups, host->n_groups, sizeof(host->groups[0]),
		       group_compare);
}

const struct host_driver *host_driver_find(const struct host *host, const char *name)
{
	/* People write vfio_pci for vfio-pci; no two drivers differ in that alone. */
	for (size_t i = 0; i < host->n_drivers; i++)
		if (module_name_equal(host->drivers[i].name, name))
			return &host->drivers[i];
	return NULL;
}

void host_note(struct host *host, const struct fault *fault)
{
	if (host->n_notes < HOST_NOTES_MAX)
		host->notes[host->n_notes++] = *fault;
}

bool host_kernel_is_before(const struct host *host, unsigned int major,
			   unsigned int minor)
{
	return host->kernel_major &&
	       (host->kernel_major < major ||
		(host->kernel_major == major && host->kernel_minor < minor));
}

bool host_iommu_active(const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		const struct host_group *group;

		if (!function->has_group)
			continue;
		group = host_group_find(host, function->group);
		if (group && !group->noiommu)
			return true;
	}
	return false;
}

const char *const iommu_state_names[] = {
	[IOMMU_STATE_ACTIVE] = "active",
	[IOMMU_STATE_FIRMWARE] = "firmware",
	[IOMMU_STATE_KERNEL] = "kernel",
	[IOMMU_STATE_NO_GROUPS] = "no-groups",
	[IOMMU_STATE_CANNOT_TELL] = "cannot-tell",
	[IOMMU_STATE_XEN_DOM0] = "xen-dom0",
	[IOMMU_STATE_XEN_GUEST] = "xen-guest",
	[IOMMU_STATE_DEVICE_TREE] = "device-tree",
};

static_assert(ARRAY_SIZE(iommu_state_names) == IOMMU_STATE_DEVICE_TREE + 1,
	      "an iommu_state has no name");

enum iommu_state iommu_state_of(const struct host *host)
{
	if (host_iommu_active(host))
		return IOMMU_STATE_ACTIVE;
	/* In dom0 tables and units prove nothing. */
	if (host->xen == HOST_XEN_DOM0)
		return IOMMU_STATE_XEN_DOM0;
	if (host->n_units)
		return IOMMU_STATE_NO_GROUPS;
	if (*host->table)
		return IOMMU_STATE_KERNEL;
	if (host->xen == HOST_XEN_GUEST)
		return IOMMU_STATE_XEN_GUEST;
	if (host->device_tree)
		return IOMMU_STATE_DEVICE_TREE;
	return host->table_known == FACT_YES ? IOMMU_STATE_FIRMWARE :
					       IOMMU_STATE_CANNOT_TELL;
}

/* The best evidence about one function, boot_vga apart; BOOT_DISPLAY_NO: none */
static enum boot_display evidence_of(const struct host_function *function)
{
	if (function->framebuffer[0])
		return BOOT_DISPLAY_FRAMEBUFFER;
	if (function->shows_boot)
		return BOOT_DISPLAY_SHOWN;
	return function->has_console ? BOOT_DISPLAY_CONSOLE : BOOT_DISPLAY_NO;
}

/* The best one about any function */
static enum boot_display evidence_find(const struct host *host)
{
	enum boot_display best = BOOT_DISPLAY_NO;

	for (size_t i = 0; i < host->n_functions; i++) {
		enum boot_display evidence = evidence_of(&host->functions[i]);

		if (evidence != BOOT_DISPLAY_NO &&
		    (best == BOOT_DISPLAY_NO || evidence < best))
			best = evidence;
	}
	return best;
}

bool host_may_come_later(const struct host *host, size_t function)
{
	bool later = host->functions[function].is_vf;

	for (size_t at = function, depth = 0;
	     at != HOST_NO_PARENT && depth < PCI_PATH_DEPTH_MAX;
	     at = host->functions[at].parent, depth++)
		later = later || host->functions[at].removable ||
			host->functions[at].hotplug;
	return later;
}

bool host_is_display(const struct host_function *function)
{
	return function->class_code >> 16 == 0x03;
}

bool host_is_gpu(const struct host_function *function)
{
	return host_class_is_gpu(function->class_code);
}

bool host_class_is_gpu(uint32_t class_code)
{
	return class_code >> 16 == 0x03 || class_code >> 16 == 0x12;
}

enum boot_display host_boot_display(const struct host *host,
				    const struct host_function *function)
{
	enum boot_display own = evidence_of(function), best;

	/*
	 * No evidence about other functions matters here: this ends most calls on a large
	 * machine.
	 */
	if (own == BOOT_DISPLAY_NO && function->boot_vga != FACT_YES &&
	    !host_is_display(function))
		return BOOT_DISPLAY_NO;
	best = evidence_find(host);
	if (own == best && own != BOOT_DISPLAY_NO)
		return own;
	/*
	 * While the framebuffer's place is unknown, weaker evidence does not exclude
	 * other functions.
	 */
	if (best == BOOT_DISPLAY_FRAMEBUFFER ||
	    (best != BOOT_DISPLAY_NO && host->framebuffer_known == FACT_YES))
		return BOOT_DISPLAY_NO;
	if (own != BOOT_DISPLAY_NO)
		return own;
	if (function->boot_vga == FACT_YES)
		return BOOT_DISPLAY_VGA;
	if (!host_is_display(function) ||
	    (host->framebuffer_known == FACT_YES &&
	     (function->class_code >> 8 != 0x0300 || function->is_vf ||
	      function->boot_vga != FACT_UNKNOWN)))
		return BOOT_DISPLAY_NO;
	if (host->record_display != HOST_RECORD_GOOD)
		return BOOT_DISPLAY_UNKNOWN;
	return (function->recorded & HOST_RECORDED_DISPLAY) ? BOOT_DISPLAY_RECORDED :
							      BOOT_DISPLAY_NO;
}

bool host_is_boot_display(const struct host *host, const struct host_function *function)
{
	return host_boot_display(host, function) > BOOT_DISPLAY_NO;
}

bool host_is_bridge(const struct host_function *function)
{
	return function->has_header && function->header_type;
}

/* drivers/pci/controller/vmd.c vmd_find_free_domain(): above all that 16 bits can name */
bool host_is_hidden(const struct host_function *function)
{
	return function->address.domain > UINT16_MAX;
}

enum host_record host_record_of_disks(const struct host *host)
{
	for (size_t i = 0;
	     i < host->n_functions && host->record_disks == HOST_RECORD_GOOD; i++) {
		const struct host_function *function = &host->functions[i];

		if (function->is_host_disk &&
		    !(function->recorded & HOST_RECORDED_DISK) &&
		    !host_is_bridge(function) && !host_is_hidden(function))
			return HOST_RECORD_STALE;
	}
	return host->record_disks;
}

enum host_load host_load_of(uint32_t class_code)
{
	switch (class_code >> 16) {
	case 0x00:
		return class_code >> 8 == 0x0001 ? HOST_LOAD_NONE : HOST_LOAD_DISK;
	case 0x01:
	case 0xff:
		return HOST_LOAD_DISK;
	case 0x02:
	case 0x0d:
		return HOST_LOAD_NETWORK;
	default:
		break;
	}
	switch (class_code >> 8) {
	case 0x0805: /* SD host */
	case 0x0c00: /* FireWire */
	case 0x0c03: /* USB */
	case 0x0c04: /* Fibre Channel */
		return HOST_LOAD_DISK;
	case 0x0c06: /* InfiniBand */
		return HOST_LOAD_NETWORK;
	default:
		return HOST_LOAD_NONE;
	}
}

bool host_of_path(const struct host *host, const char *path, size_t *ret_function)
{
	bool found = false;
	struct pci_address address;

	while (pci_address_next(&path, &address)) {
		const struct host_function *function = host_find(host, &address);

		if (!function)
			continue;
		*ret_function = (size_t)(function - host->functions);
		found = true;
	}
	return found;
}

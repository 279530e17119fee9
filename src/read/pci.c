// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/pci.h"

#include <errno.h>
#include <fcntl.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/number.h"

#define PCI_CAPS_START 0x40 /* capabilities follow the header (PCI 3.0 6.7) */
#define DEVICES "sys/bus/pci/devices"
#define RESOURCE_UNSET 0x20000000 /* include/linux/ioport.h IORESOURCE_UNSET */
#define RESOURCE_BARS 6 /* the first lines of `resource`; then ROM, windows, VF BARs */
#define RESOURCE_TEXT 4096
#define READ_AGAIN 4

/**
 * struct scan - one reading of the bus
 * @host: what is filled
 * @look: how much of it
 * @devices: of the bus directory
 * @listed: what was there before libpci looked
 * @n_listed: how many
 * @above: same index as host.functions: address of the bridge above it
 * @has_above: bit for each of @above
 * @holders: address of the function below which its root bus is, as with VMD
 * @has_holder: bit for each of @holders
 * @hidden: functions whose capabilities this reader may not see
 * @dead: functions that do not answer
 */
struct scan {
	struct host *host;
	enum host_look look;
	int devices;
	struct pci_address listed[HOST_FUNCTIONS_MAX];
	size_t n_listed;
	struct pci_address above[HOST_FUNCTIONS_MAX];
	bool has_above[HOST_FUNCTIONS_MAX];
	struct pci_address holders[HOST_FUNCTIONS_MAX];
	bool has_holder[HOST_FUNCTIONS_MAX];
	unsigned int hidden;
	unsigned int dead;
};

/* libpci's error callback must not return and is given no context. */
static struct {
	jmp_buf edge;
	char text[128];
} library;

static void __attribute__((noreturn, format(printf, 1, 2)))
library_error(char *message, ...)
{
	va_list args;

	va_start(args, message);
	(void)vsnprintf(library.text, sizeof(library.text), message, args);
	va_end(args);
	longjmp(library.edge, 1);
}

/* A function that cannot be read is told from what comes back, not from a message. */
static void library_silent(char *message, ...)
{
	(void)message;
}

/* Return: 0, -ENOENT or, noted, -errno */
static int number_read(struct scan *scan, int dir, const char *address, const char *name,
		       unsigned int base, uint64_t max, uint64_t *ret_value)
{
	int result = sysroot_read_number(dir, name, base, max, ret_value);
	struct fault fault;

	if (result < 0 && result != -ENOENT) {
		fault_set(&fault, result, "%s/%s: cannot be read: %s", address, name,
			  strerror(-result));
		host_note(scan->host, &fault);
	}
	return result;
}

/* The same, for what every function has. */
static uint64_t number_need(struct scan *scan, int dir, const char *address,
			    const char *name, uint64_t max,
			    struct host_function *function)
{
	struct fault fault;
	uint64_t value = 0;

	int result = number_read(scan, dir, address, name, 16, max, &value);

	if (!result)
		return value;
	function->unreadable = true;
	if (result == -ENOENT) {
		fault_set(&fault, -ENOENT, "%s/%s: missing", address, name);
		host_note(scan->host, &fault);
	}
	return 0;
}

static void identity_read(struct scan *scan, int dir, const char *address,
			  struct host_function *function)
{
	uint64_t subvendor, subdevice;

	function->id.vendor =
		(uint16_t)number_need(scan, dir, address, "vendor", 0xffff, function);
	function->id.device =
		(uint16_t)number_need(scan, dir, address, "device", 0xffff, function);
	function->class_code =
		(uint32_t)number_need(scan, dir, address, "class", 0xffffff, function);
	if (number_read(scan, dir, address, "subsystem_vendor", 16, 0xffff, &subvendor) ||
	    number_read(scan, dir, address, "subsystem_device", 16, 0xffff, &subdevice))
		return;
	/* All zeros: the function does not implement them (PCI 3.0 6.2.4). */
	function->id.has_subsystem = subvendor || subdevice;
	function->id.subvendor = (uint16_t)subvendor;
	function->id.subdevice = (uint16_t)subdevice;
}

/* A link's last component; empty when there is no link. False: it is not known. */
static bool link_read(struct scan *scan, int dir, const char *address, const char *name,
		      char text[static HOST_NAME_MAX])
{
	int result = sysroot_link_name(dir, name, text, HOST_NAME_MAX);
	struct fault fault;

	if (!result)
		return true;
	text[0] = '\0';
	/* An AMD IOMMU is a PCI function: there `iommu` is a directory with its units. */
	if (result == -ENOENT || (result == -EINVAL && !strcmp(name, "iommu")))
		return true;
	fault_set(&fault, result, "%s/%s: cannot be read: %s", address, name,
		  strerror(-result));
	host_note(scan->host, &fault);
	return false;
}

static void text_read(struct scan *scan, int dir, const char *address, const char *name,
		      char *text, size_t size)
{
	ssize_t length = sysroot_read(dir, name, text, size);
	struct fault fault;

	if (length >= 0)
		return;
	text[0] = '\0';
	if (length == -ENOENT)
		return;
	fault_set(&fault, (int)length, "%s/%s: cannot be read: %s", address, name,
		  strerror((int)-length));
	host_note(scan->host, &fault);
}

static void binding_read(struct scan *scan, int dir, const char *address,
			 struct host_function *function)
{
	char group[HOST_NAME_MAX];
	struct fault fault;
	uint64_t value;

	function->driver_unknown =
		!link_read(scan, dir, address, "driver", function->driver);
	text_read(scan, dir, address, "driver_override", function->override,
		  sizeof(function->override));
	if (!strcmp(function->override, "(null)"))
		function->override[0] = '\0';
	(void)link_read(scan, dir, address, "iommu", function->unit);
	if (!link_read(scan, dir, address, "iommu_group", group))
		function->unreadable = true;
	if (!group[0])
		return;
	if (number_parse(group, strlen(group), 10, UINT32_MAX, &value) < 0) {
		fault_set(&fault, -EINVAL, "%s/iommu_group: %s is no number", address,
			  group);
		host_note(scan->host, &fault);
		function->unreadable = true;
		return;
	}
	function->has_group = true;
	function->group = (unsigned int)value;
}

static enum fact fact_read(struct scan *scan, int dir, const char *address,
			   const char *name)
{
	uint64_t value;

	if (number_read(scan, dir, address, name, 10, 1, &value))
		return FACT_UNKNOWN;
	return value ? FACT_YES : FACT_NO;
}

/*
 * `resource`: a line `START END FLAGS` for each. A BAR for which the window above had no
 * room has IORESOURCE_UNSET (kernel: drivers/pci/setup-res.c).
 */
static unsigned int bars_unassigned(int dir)
{
	char text[RESOURCE_TEXT];
	const char *line = text;
	unsigned int count = 0;

	if (sysroot_read(dir, "resource", text, sizeof(text)) < 0)
		return 0;
	for (unsigned int i = 0; i < RESOURCE_BARS && *line; i++) {
		size_t length = strcspn(line, "\n");
		const char *flags = memrchr(line, ' ', length);
		uint64_t value;

		if (flags && !strncmp(flags, " 0x", 3) &&
		    !number_parse(flags + 3, length - (size_t)(flags + 3 - line), 16,
				  UINT64_MAX, &value))
			count += !!(value & RESOURCE_UNSET);
		line += length + (line[length] == '\n');
	}
	return count;
}

/* What the rules and the report want of the function itself. */
static void state_read(struct scan *scan, int dir, const char *address,
		       struct host_function *function)
{
	uint64_t value;
	int result;

	function->boot_vga = fact_read(scan, dir, address, "boot_vga");
	function->is_vf = sysroot_exists(dir, "physfn");
	result = number_read(scan, dir, address, "sriov_numvfs", 10, UINT16_MAX, &value);
	function->vfs_unknown = result && result != -ENOENT;
	if (result)
		return;
	function->vfs = (unsigned int)value;
	if (!number_read(scan, dir, address, "sriov_totalvfs", 10, UINT16_MAX, &value))
		function->vfs_total = (uint16_t)value;
	if (!number_read(scan, dir, address, "sriov_offset", 10, UINT16_MAX, &value))
		function->vf_offset = (uint16_t)value;
	if (!number_read(scan, dir, address, "sriov_stride", 10, UINT16_MAX, &value))
		function->vf_stride = (uint16_t)value;
}

static void revision_read(struct scan *scan, int dir, const char *address,
			  struct host_function *function)
{
	uint64_t value;

	if (!number_read(scan, dir, address, "revision", 16, 0xff, &value))
		function->revision = (uint8_t)value;
}

/* By its revision the kernel forbids interrupt remapping (plan/remedy.c). */
static bool is_intel_host_bridge(const struct host_function *function)
{
	return function->id.vendor == 0x8086 && function->class_code >> 8 == 0x0600;
}

/* What only a person wants to know */
static void details_read(struct scan *scan, int dir, const char *address,
			 struct host_function *function)
{
	char node[16], removable[16];
	uint64_t value;

	/* Before the config space: reading that wakes the function. */
	text_read(scan, dir, address, "power_state", function->power_state,
		  sizeof(function->power_state));
	revision_read(scan, dir, address, function);
	function->has_reset = sysroot_exists(dir, "reset");
	text_read(scan, dir, address, "reset_method", function->reset_methods,
		  sizeof(function->reset_methods));
	function->d3cold_allowed = fact_read(scan, dir, address, "d3cold_allowed");
	text_read(scan, dir, address, "numa_node", node, sizeof(node));
	if (!number_parse(node, strlen(node), 10, INT16_MAX, &value))
		function->numa_node = (int)value;
	function->bars_unassigned = bars_unassigned(dir);
	text_read(scan, dir, address, "removable", removable, sizeof(removable));
	function->removable = !strcmp(removable, "removable");
}

/* PCI Express Base 7.5.3.2, include/uapi/linux/pci_regs.h PCI_EXP_TYPE_* */
static enum host_port port_read(struct pci_dev *device, int express)
{
	static const enum host_port ports[] = {
		[PCI_EXP_TYPE_ENDPOINT] = HOST_PORT_ENDPOINT,
		[PCI_EXP_TYPE_LEG_END] = HOST_PORT_LEGACY_ENDPOINT,
		[PCI_EXP_TYPE_ROOT_PORT] = HOST_PORT_ROOT,
		[PCI_EXP_TYPE_UPSTREAM] = HOST_PORT_UPSTREAM,
		[PCI_EXP_TYPE_DOWNSTREAM] = HOST_PORT_DOWNSTREAM,
		[PCI_EXP_TYPE_PCI_BRIDGE] = HOST_PORT_TO_PCI,
		[PCI_EXP_TYPE_PCIE_BRIDGE] = HOST_PORT_FROM_PCI,
		[PCI_EXP_TYPE_ROOT_INT_EP] = HOST_PORT_INTEGRATED_ENDPOINT,
		[PCI_EXP_TYPE_ROOT_EC] = HOST_PORT_EVENT_COLLECTOR,
	};
	unsigned int flags = pci_read_word(device, express + PCI_EXP_FLAGS);
	unsigned int type = flags >> 4 & 0xf;

	return type < ARRAY_SIZE(ports) ? ports[type] : HOST_PORT_UNKNOWN;
}

/* PCI Express Base 7.5.3.9: a slot whose card may go without being asked */
static bool hotplug_read(struct pci_dev *device, int express)
{
	const unsigned int both = PCI_EXP_SLTCAP_HPC | PCI_EXP_SLTCAP_HPS;

	return pci_read_word(device, express + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_SLOT &&
	       (pci_read_word(device, express + PCI_EXP_SLTCAP) & both) == both;
}

/*
 * Root ports of the Sunrise Point and Union Point chipsets have ACS registers of 32 bits:
 * capability at +4, control at +8 (kernel: drivers/pci/quirks.c
 * pci_quirk_intel_spt_pch_acs_match()).
 */
static bool has_wide_acs(const struct host_function *function)
{
	static const struct {
		uint16_t first;
		uint16_t last;
	} ports[] = {
		{ 0xa110, 0xa11f }, { 0xa167, 0xa16a }, { 0xa290, 0xa29f },
		{ 0xa2e7, 0xa2ee }, { 0x9d10, 0x9d1b },
	};

	if (function->id.vendor != 0x8086 || function->port != HOST_PORT_ROOT)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		if (function->id.device >= ports[i].first &&
		    function->id.device <= ports[i].last)
			return true;
	return false;
}

static void acs_read(struct pci_dev *device, struct host_function *function)
{
	const struct pci_cap *cap;
	uint8_t byte;
	int where;

	if (function->port == HOST_PORT_CONVENTIONAL) {
		function->acs.known = FACT_NO;
		return;
	}
	/* Not there for this reader, or the platform has no extended config space. */
	if (!pci_read_block(device, 0x100, &byte, 1))
		return;
	cap = pci_find_cap(device, PCI_EXT_CAP_ID_ACS, PCI_CAP_EXTENDED);
	function->acs.known = cap ? FACT_YES : FACT_NO;
	if (!cap)
		return;
	where = (int)cap->addr;
	function->acs.capability = pci_read_word(device, where + 4);
	function->acs.control =
		pci_read_word(device, where + (has_wide_acs(function) ? 8 : 6));
}

/* Header, PCI Express type and ACS, as far as this reader can see. */
static void config_read_into(struct scan *scan, struct pci_dev *device,
			     struct host_function *function)
{
	const struct pci_cap *express;
	uint8_t header, last;

	if (!pci_read_block(device, PCI_HEADER_TYPE, &header, 1)) {
		scan->hidden++;
		return;
	}
	/* Not the vendor: a virtual function's reads as ones (SR-IOV 1.1 3.4.1.1). */
	if (header == 0xff) {
		scan->dead++;
		return;
	}
	function->has_header = true;
	function->header_type = header & 0x7f;
	function->multifunction = header & 0x80;
	/* Without CAP_SYS_ADMIN 64 bytes can be read (kernel: pci_read_config()). */
	if (!(pci_read_word(device, PCI_STATUS) & PCI_STATUS_CAP_LIST)) {
		function->port = HOST_PORT_CONVENTIONAL;
	} else if (!pci_read_block(device, 0xff, &last, 1)) {
		scan->hidden++;
		return;
	} else if (pci_read_byte(device, PCI_CAPABILITY_LIST) >= PCI_CAPS_START) {
		express = pci_find_cap(device, PCI_CAP_ID_EXP, PCI_CAP_NORMAL);
		function->port = HOST_PORT_CONVENTIONAL;
		if (express) {
			function->port = port_read(device, (int)express->addr);
			function->hotplug = function->header_type == 1 &&
					    hotplug_read(device, (int)express->addr);
		}
	} /* else the list that it claims to have is nowhere: nothing is known */
	acs_read(device, function);
}

static void config_read_guarded(struct scan *scan, struct pci_dev *device,
				struct host_function *function)
{
	struct fault fault;

	if (!setjmp(library.edge)) {
		config_read_into(scan, device, function);
		return;
	}
	fault_set(&fault, -EIO, "%04x:%02x:%02x.%u: libpci: %s", function->address.domain,
		  function->address.bus, function->address.device,
		  function->address.function, library.text);
	host_note(scan->host, &fault);
}

/* `pciDDDD:BB`, a root bus */
static bool root_bus_parse(const char *text, size_t length, struct pci_path *path)
{
	const char *colon = memchr(text, ':', length);
	uint64_t domain, bus;
	size_t skip;

	if (length < 4 || memcmp(text, "pci", 3) || !colon)
		return false;
	skip = (size_t)(colon + 1 - text);
	if (number_parse(text + 3, skip - 4, 16, UINT32_MAX, &domain) < 0 ||
	    number_parse(text + skip, length - skip, 16, 255, &bus) < 0)
		return false;
	*path = (struct pci_path){ .domain = (uint32_t)domain, .bus = (uint8_t)bus };
	return true;
}

/*
 * The way to the function is in its link: .../pci0000:00/0000:00:03.1/0000:09:00.0.
 * Behind Intel VMD a second root bus follows; the way starts at the last one.
 */
static int path_parse(const char *link, struct scan *scan, struct host_function *function)
{
	size_t index = scan->host->n_functions, length;
	struct pci_path path = { 0 };
	struct pci_address last = { 0 };
	bool has_bus = false, any = false;

	for (; *link; link += length + (link[length] == '/')) {
		char part[PCI_ADDRESS_TEXT];

		length = strcspn(link, "/");
		if (root_bus_parse(link, length, &path)) {
			scan->has_holder[index] = any;
			scan->holders[index] = last;
			has_bus = true;
			continue;
		}
		if (!has_bus || length >= sizeof(part))
			continue;
		memcpy(part, link, length);
		part[length] = '\0';
		scan->above[index] = last;
		if (pci_address_parse(part, &last) < 0)
			continue;
		any = true;
		if (path.depth == PCI_PATH_DEPTH_MAX)
			return -E2BIG;
		path.devfn[path.depth++] = (uint8_t)(last.device << 3 | last.function);
	}
	if (!path.depth || pci_address_compare(&last, &function->address))
		return -EINVAL;
	function->path = path;
	scan->has_above[index] = path.depth > 1;
	return 0;
}

static void path_read(struct scan *scan, const char *address,
		      struct host_function *function)
{
	char link[SYSROOT_PATH_MAX * 2];
	int result = sysroot_link(scan->devices, address, link, sizeof(link));
	struct fault fault;

	if (!result)
		result = path_parse(link, scan, function);
	if (!result)
		return;
	fault_set(&fault, result, "%s: its path through the bridges is not known: %s",
		  address, strerror(-result));
	host_note(scan->host, &fault);
}

/* Returns false when the function is gone. */
static bool function_read(struct scan *scan, struct pci_dev *device,
			  const struct pci_address *where)
{
	struct host_function *function = &scan->host->functions[scan->host->n_functions];
	cleanup_close int dir = -1;
	struct fault fault;
	int error;
	const char *address = PCI_ADDRESS(where);

	dir = openat(scan->devices, address, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && (errno == ENOENT || errno == ENODEV))
		return false;
	error = errno;
	*function = (struct host_function){
		.address = *where,
		.parent = HOST_NO_PARENT,
		.holder = HOST_NO_PARENT,
		.numa_node = -1,
	};
	if (dir < 0) {
		fault_set(&fault, -error, "%s: nothing of it can be read: %s", address,
			  strerror(error));
		host_note(scan->host, &fault);
		function->unreadable = true;
		return true;
	}
	identity_read(scan, dir, address, function);
	binding_read(scan, dir, address, function);
	state_read(scan, dir, address, function);
	if (scan->look == HOST_LOOK_ALL)
		details_read(scan, dir, address, function);
	else if (is_intel_host_bridge(function))
		revision_read(scan, dir, address, function);
	path_read(scan, address, function);
	config_read_guarded(scan, device, function);
	/* What went away meanwhile would look like a device that does not answer. */
	return !faccessat(scan->devices, address, F_OK, AT_SYMLINK_NOFOLLOW) ||
	       errno != ENOENT;
}

struct entry {
	struct pci_address address;
	struct pci_dev *device;
};

static int entry_compare(const void *a, const void *b)
{
	return pci_address_compare(&((const struct entry *)a)->address,
				   &((const struct entry *)b)->address);
}

/* What libpci has found, ordered by address. */
static int entries_sort(struct pci_access *access, struct entry **ret_entries,
			size_t *ret_count, struct fault *fault)
{
	size_t count = 0;
	struct entry *entries;

	for (const struct pci_dev *device = access->devices; device;
	     device = device->next)
		count++;
	if (count > HOST_FUNCTIONS_MAX)
		return fault_set(fault, -E2BIG,
				 "%zu PCI functions; at most %d are supported", count,
				 HOST_FUNCTIONS_MAX);
	entries = calloc(count + 1, sizeof(*entries));
	if (!entries)
		return fault_set(fault, -ENOMEM, "no memory for %zu PCI functions",
				 count);
	count = 0;
	for (struct pci_dev *device = access->devices; device; device = device->next)
		entries[count++] = (struct entry){
			.address = { (uint32_t)device->domain, device->bus, device->dev,
				     device->func },
			.device = device,
		};
	qsort(entries, count, sizeof(*entries), entry_compare);
	*ret_entries = entries;
	*ret_count = count;
	return 0;
}

/* libpci allocates, looks and fails in here; see library_error(). */
static int access_scan(const struct sysroot *root, struct pci_access *access,
		       struct fault *fault)
{
	char name[] = "sysfs.path", path[SYSROOT_PATH_MAX + sizeof("/sys/bus/pci")];

	(void)snprintf(path, sizeof(path), "%s/sys/bus/pci", root->path);
	access->method = PCI_ACCESS_SYS_BUS_PCI;
	access->error = library_error;
	access->warning = library_silent;
	access->debug = library_silent;
	if (setjmp(library.edge))
		return fault_set(fault, -EIO, "libpci: %s", library.text);
	if (pci_set_param(access, name, path) < 0)
		return fault_set(fault, -ENOSYS, "libpci knows no %s", name);
	pci_init(access);
	pci_scan_bus(access);
	return 0;
}

static void parents_find(struct scan *scan)
{
	struct host *host = scan->host;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *above = NULL, *holder = NULL;

		if (scan->has_above[i])
			above = host_find(host, &scan->above[i]);
		if (above)
			host->functions[i].parent = (size_t)(above - host->functions);
		if (scan->has_holder[i])
			holder = host_find(host, &scan->holders[i]);
		if (holder)
			host->functions[i].holder = (size_t)(holder - host->functions);
	}
}

static void scan_note(struct scan *scan)
{
	struct fault fault;

	if (scan->hidden) {
		fault_set(
			&fault, -EACCES,
			"the config space of %u functions could not be read far enough: "
			"PCI Express types and ACS are unknown",
			scan->hidden);
		host_note(scan->host, &fault);
	}
	if (scan->dead) {
		fault_set(&fault, -ENODEV,
			  "%u functions do not answer: their config space reads as ones",
			  scan->dead);
		host_note(scan->host, &fault);
	}
}

/*
 * libpci takes a list that ends by an error for a whole one, and what it has not seen may
 * be in the group, the slot or the likeness of a card. So the bus is listed before.
 */
static int functions_list(struct scan *scan, struct fault *fault)
{
	cleanup_closedir DIR *list = NULL;
	int result = sysroot_list(scan->devices, ".", &list);
	const char *name;

	while (!result && scan->n_listed < HOST_FUNCTIONS_MAX &&
	       (name = sysroot_list_next(list)))
		scan->n_listed += !pci_address_parse(name, &scan->listed[scan->n_listed]);
	if (!result && scan->n_listed < HOST_FUNCTIONS_MAX)
		result = -errno;
	return result ? fault_set(fault, result, "/" DEVICES ": %s", strerror(-result)) :
			0;
}

/* Return: -EAGAIN when one is not among what was read, and not gone */
static int functions_compare(const struct scan *scan, struct fault *fault)
{
	for (size_t i = 0; i < scan->n_listed; i++) {
		char address[PCI_ADDRESS_TEXT];

		if (host_find(scan->host, &scan->listed[i]))
			continue;
		pci_address_format(&scan->listed[i], address);
		if (faccessat(scan->devices, address, F_OK, 0) < 0 &&
		    (errno == ENOENT || errno == ENODEV))
			continue;
		return fault_set(fault, -EAGAIN, "%s: libpci does not see it", address);
	}
	return 0;
}

static int functions_read(struct pci_access *access, struct scan *scan,
			  struct fault *fault)
{
	cleanup_free struct entry *entries = NULL;
	size_t count = 0;
	int result = entries_sort(access, &entries, &count, fault);

	if (result < 0)
		return result;
	for (size_t i = 0; i < count; i++)
		if (function_read(scan, entries[i].device, &entries[i].address))
			scan->host->n_functions++;
	parents_find(scan);
	scan_note(scan);
	return functions_compare(scan, fault);
}

static int bus_read(const struct sysroot *root, enum host_look look, struct host *host,
		    struct fault *fault)
{
	cleanup_free struct scan *scan = calloc(1, sizeof(*scan));
	cleanup_close int devices =
		openat(root->fd, DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct pci_access *access;
	int result;

	host->n_functions = 0;
	if (devices < 0)
		return fault_set(fault, -errno, "/" DEVICES ": %s", strerror(errno));
	access = scan ? pci_alloc() : NULL;
	if (!access)
		return fault_set(fault, -ENOMEM, "no memory to list PCI functions");
	scan->host = host;
	scan->look = look;
	scan->devices = devices;
	result = functions_list(scan, fault);
	if (!result)
		result = access_scan(root, access, fault);
	if (!result)
		result = functions_read(access, scan, fault);
	pci_cleanup(access);
	return result;
}

int pci_read(const struct sysroot *root, enum host_look look, struct host *host,
	     struct fault *fault)
{
	size_t n_notes = host->n_notes;
	int result = bus_read(root, look, host, fault);

	/* One that went and came again while the others were read */
	for (int i = 0; i < READ_AGAIN && result == -EAGAIN; i++) {
		host->n_notes = n_notes;
		result = bus_read(root, look, host, fault);
	}
	return result;
}

/* The value of NAME=; NULL: it is not there */
static const char *uevent_find(const char *text, const char *name)
{
	size_t length = strlen(name);

	while (text && strncmp(text, name, length) != 0) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text ? text + length : NULL;
}

int pci_uevent_parse(const char *text, struct pci_id *ret_id, uint32_t *ret_class)
{
	const char *class_text = uevent_find(text, "PCI_CLASS=");
	const char *id_text = uevent_find(text, "PCI_ID=");
	char id_only[PCI_ID_TEXT];
	uint64_t class_code;
	struct pci_id id;

	if (!class_text || !id_text ||
	    number_parse(class_text, strcspn(class_text, "\n"), 16, 0xffffff,
			 &class_code) < 0)
		return -EINVAL;
	(void)snprintf(id_only, sizeof(id_only), "%.*s", (int)strcspn(id_text, "\n"),
		       id_text);
	if (pci_id_parse(id_only, &id) < 0)
		return -EINVAL;
	*ret_id = id;
	*ret_class = (uint32_t)class_code;
	return 0;
}

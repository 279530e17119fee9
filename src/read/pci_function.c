// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/pci_function.h"

#include <errno.h>
#include <fcntl.h>
#include <pci/pci.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"
#include "read/kept.h"

#define CLASS_BRIDGE 0x06
#define RESOURCE_UNSET 0x20000000 /* include/linux/ioport.h IORESOURCE_UNSET */
#define RESOURCE_BARS 6 /* the first lines of `resource`; then ROM, windows, VF BARs */
#define RESOURCE_TEXT 4096

/* Return: 0, -ENOENT or, noted, -errno */
static int number_read(struct pci_scan *scan, int dir, const char *address,
		       const char *name, unsigned int base, uint64_t max,
		       uint64_t *ret_value)
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
static uint64_t number_need(struct pci_scan *scan, int dir, const char *address,
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

static void vendor_read(struct pci_scan *scan, int dir, const char *address,
			struct host_function *function)
{
	function->id.vendor =
		(uint16_t)number_need(scan, dir, address, "vendor", 0xffff, function);
	function->id.device =
		(uint16_t)number_need(scan, dir, address, "device", 0xffff, function);
	function->id_unknown = function->unreadable;
}

static void subsystem_read(struct pci_scan *scan, int dir, const char *address,
			   struct host_function *function)
{
	uint64_t subvendor, subdevice;

	if (number_read(scan, dir, address, "subsystem_vendor", 16, 0xffff, &subvendor) ||
	    number_read(scan, dir, address, "subsystem_device", 16, 0xffff, &subdevice))
		return;
	/* All zeros: the function does not implement them (PCI 3.0 6.2.4). */
	function->id.has_subsystem = subvendor || subdevice;
	function->id.subvendor = (uint16_t)subvendor;
	function->id.subdevice = (uint16_t)subdevice;
}

/* A link's last component; empty when there is no link. False: it is not known. */
static bool link_read(struct pci_scan *scan, int dir, const char *address,
		      const char *name, char text[static HOST_NAME_MAX])
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

static void text_read(struct pci_scan *scan, int dir, const char *address,
		      const char *name, char *text, size_t size)
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

/*
 * One that may be written soon is opened for that as well.
 *
 * Return: open, or -1
 */
static int override_read(struct pci_scan *scan, int dir, const char *address,
			 struct host_function *function)
{
	bool keeps = scan->kept && scan->live &&
		     function->class_code >> 16 != CLASS_BRIDGE;
	int fd = keeps ? openat(dir, "driver_override",
				O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) :
			 -1;

	if (fd < 0 || sysroot_text_at(fd, function->override, HOST_NAME_MAX) < 0)
		text_read(scan, dir, address, "driver_override", function->override,
			  HOST_NAME_MAX);
	if (!strcmp(function->override, "(null)"))
		function->override[0] = '\0';
	return fd;
}

static void binding_read(struct pci_scan *scan, int dir, const char *address,
			 struct host_function *function)
{
	char group[HOST_NAME_MAX];
	struct fault fault;
	uint64_t value;

	function->driver_unknown =
		!link_read(scan, dir, address, "driver", function->driver);
	(void)link_read(scan, dir, address, "iommu", function->unit);
	if (!link_read(scan, dir, address, "iommu_group", group))
		function->unreadable = true;
	if (!group[0])
		return;
	if (number_parse(group, strlen(group), 10, UINT32_MAX, &value) < 0) {
		fault_set(&fault, -EINVAL, "%s/iommu_group: %s is not a number", address,
			  group);
		host_note(scan->host, &fault);
		function->unreadable = true;
		return;
	}
	function->has_group = true;
	function->group = (unsigned int)value;
}

static enum fact fact_read(struct pci_scan *scan, int dir, const char *address,
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

/* The virtual functions that it has, or could have */
static void vfs_read(struct pci_scan *scan, int dir, const char *address,
		     struct host_function *function)
{
	uint64_t value;
	int result =
		number_read(scan, dir, address, "sriov_numvfs", 10, UINT16_MAX, &value);

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

static void revision_read(struct pci_scan *scan, int dir, const char *address,
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

static void removable_read(struct pci_scan *scan, int dir, const char *address,
			   struct host_function *function)
{
	char removable[16];

	text_read(scan, dir, address, "removable", removable, sizeof(removable));
	function->removable = !strcmp(removable, "removable");
}

/* Facts that are only for people */
static void details_read(struct pci_scan *scan, int dir, const char *address,
			 struct host_function *function)
{
	char node[16];
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
	removable_read(scan, dir, address, function);
}

bool pci_header_take(struct pci_scan *scan, int header, struct host_function *function)
{
	if (header < 0) {
		scan->hidden++;
		return false;
	}
	/* Not the vendor: a virtual function's reads as ones (SR-IOV 1.1 3.4.1.1). */
	if (header == 0xff) {
		scan->dead++;
		return false;
	}
	function->has_header = true;
	function->header_type = header & 0x7f;
	function->multifunction = header & 0x80;
	return true;
}

/* One byte of the config space, where the kernel needs no capability for it */
static void header_read(struct pci_scan *scan, int dir, struct host_function *function)
{
	cleanup_close int fd = sysroot_file_open(dir, "config");
	uint8_t header;

	(void)pci_header_take(
		scan,
		fd >= 0 && pread(fd, &header, 1, PCI_HEADER_TYPE) == 1 ? header : -1,
		function);
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
static int path_parse(const char *link, struct host_function *function,
		      struct pci_above *ret_above)
{
	struct pci_above above = { 0 };
	size_t length;
	struct pci_path path = { 0 };
	struct pci_address last = { 0 };
	bool has_bus = false, any = false;

	for (; *link; link += length + (link[length] == '/')) {
		char part[PCI_ADDRESS_TEXT];

		length = strcspn(link, "/");
		if (root_bus_parse(link, length, &path)) {
			above.has_holder = any;
			above.holder = last;
			has_bus = true;
			continue;
		}
		if (!has_bus || length >= sizeof(part))
			continue;
		memcpy(part, link, length);
		part[length] = '\0';
		above.address = last;
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
	above.there = path.depth > 1;
	*ret_above = above;
	return 0;
}

int pci_path_read(struct pci_scan *scan, struct host_function *function,
		  struct pci_above *ret_above)
{
	char link[SYSROOT_PATH_MAX * 2], address[PCI_ADDRESS_TEXT];
	struct fault fault;
	int result;

	*ret_above = (struct pci_above){ 0 };
	pci_address_format(&function->address, address);
	result = sysroot_link(scan->devices, address, link, sizeof(link));
	if (!result)
		result = path_parse(link, function, ret_above);
	if (!result)
		return 0;
	fault_set(&fault, result, "%s: its path through the bridges is not known: %s",
		  address, strerror(-result));
	host_note(scan->host, &fault);
	return result;
}

/* A function that was removed meanwhile would look like one that does not answer. */
static bool is_still_there(const struct pci_scan *scan, const char *address)
{
	return !faccessat(scan->devices, address, F_OK, AT_SYMLINK_NOFOLLOW) ||
	       errno != ENOENT;
}

/* Return: its directory, -1 when nothing of it can be read, -ENOENT when it is gone */
static int function_open(struct pci_scan *scan, const char *address,
			 struct host_function *function)
{
	int dir = openat(scan->devices, address, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = errno;
	struct fault fault;

	if (dir >= 0)
		return dir;
	if (error == ENOENT || error == ENODEV)
		return -ENOENT;
	fault_set(&fault, -error, "%s: it cannot be read: %s", address, strerror(error));
	host_note(scan->host, &fault);
	function->unreadable = function->id_unknown = true;
	return -1;
}

/* Nothing else of it: two files, and on a large machine of thousands */
static bool id_read(struct pci_scan *scan, const char *address,
		    struct host_function *function)
{
	char path[PCI_ADDRESS_TEXT + sizeof("/vendor")];
	uint64_t vendor, device;

	(void)text_join(path, sizeof(path), address, "/vendor", NULL);
	if (number_read(scan, scan->devices, address, path, 16, UINT16_MAX, &vendor))
		return false;
	(void)text_join(path, sizeof(path), address, "/device", NULL);
	if (number_read(scan, scan->devices, address, path, 16, UINT16_MAX, &device))
		return false;
	function->id =
		(struct pci_id){ .vendor = (uint16_t)vendor, .device = (uint16_t)device };
	return true;
}

bool pci_far_read(struct pci_scan *scan, unsigned int want,
		  struct host_function *function)
{
	char address[PCI_ADDRESS_TEXT];
	cleanup_close int dir = -1;

	pci_address_format(&function->address, address);
	if (want == HOST_WANT_ID && id_read(scan, address, function))
		return true;
	dir = function_open(scan, address, function);
	if (dir < 0)
		return dir == -1;
	if (want & (HOST_WANT_ID | HOST_WANT_SUBSYSTEM))
		vendor_read(scan, dir, address, function);
	if (want & HOST_WANT_SUBSYSTEM)
		subsystem_read(scan, dir, address, function);
	if (want & HOST_WANT_VFS)
		vfs_read(scan, dir, address, function);
	return is_still_there(scan, address);
}

static void identity_read(struct pci_scan *scan, int dir, const char *address,
			  struct host_function *function)
{
	vendor_read(scan, dir, address, function);
	function->class_code =
		(uint32_t)number_need(scan, dir, address, "class", 0xffffff, function);
	subsystem_read(scan, dir, address, function);
}

/* NAME and hexadecimal digits; they are stepped over. */
static bool part_take(const char **text, const char *name, size_t digits,
		      uint32_t *ret_value)
{
	size_t length = strlen(name);
	uint64_t value;

	if (strncmp(*text, name, length) != 0 ||
	    strnlen(*text + length, digits) < digits ||
	    number_parse(*text + length, digits, 16, UINT32_MAX, &value) < 0)
		return false;
	*text += length + digits;
	*ret_value = (uint32_t)value;
	return true;
}

/*
 * `pci:vVVVVVVVVdDDDDDDDDsvVVVVVVVVsdDDDDDDDDbcCCscSSiPP`: the five numbers that have
 * attributes of their own (drivers/pci/pci-sysfs.c modalias_show()), for one look-up.
 */
static bool modalias_read(int dir, struct host_function *function)
{
	char text[128];
	const char *cursor = text;
	uint32_t id[4], class_code[3];

	if (sysroot_read(dir, "modalias", text, sizeof(text)) < 0 ||
	    !part_take(&cursor, "pci:v", 8, &id[0]) ||
	    !part_take(&cursor, "d", 8, &id[1]) || !part_take(&cursor, "sv", 8, &id[2]) ||
	    !part_take(&cursor, "sd", 8, &id[3]) ||
	    !part_take(&cursor, "bc", 2, &class_code[0]) ||
	    !part_take(&cursor, "sc", 2, &class_code[1]) ||
	    !part_take(&cursor, "i", 2, &class_code[2]) || *cursor ||
	    (id[0] | id[1] | id[2] | id[3]) > UINT16_MAX)
		return false;
	function->id.vendor = (uint16_t)id[0];
	function->id.device = (uint16_t)id[1];
	function->id.subvendor = (uint16_t)id[2];
	function->id.subdevice = (uint16_t)id[3];
	function->id.has_subsystem = id[2] || id[3];
	function->class_code = class_code[0] << 16 | class_code[1] << 8 | class_code[2];
	return true;
}

/* The facts for rules and report; returns what override_read() does. */
static int state_read(struct pci_scan *scan, int dir, const char *address, bool details,
		      struct host_function *function)
{
	int override;

	if (details || !modalias_read(dir, function))
		identity_read(scan, dir, address, function);
	binding_read(scan, dir, address, function);
	override = override_read(scan, dir, address, function);
	if (host_is_display(function)) /* others have none */
		function->boot_vga = fact_read(scan, dir, address, "boot_vga");
	function->is_vf = sysroot_exists(dir, "physfn");
	vfs_read(scan, dir, address, function);
	return override;
}

bool pci_function_read(struct pci_scan *scan, bool details,
		       struct host_function *function, struct pci_above *ret_above)
{
	char address[PCI_ADDRESS_TEXT];
	cleanup_close int dir = -1, override = -1;

	*ret_above = (struct pci_above){ 0 };
	pci_address_format(&function->address, address);
	*function = (struct host_function){
		.address = function->address,
		.parent = HOST_NO_PARENT,
		.holder = HOST_NO_PARENT,
		.numa_node = -1,
	};
	dir = function_open(scan, address, function);
	if (dir < 0)
		return dir == -1;
	override = state_read(scan, dir, address, details, function);
	if (details)
		details_read(scan, dir, address, function);
	else
		header_read(scan, dir, function);
	if (!details && is_intel_host_bridge(function))
		revision_read(scan, dir, address, function);
	if (!details && host_is_bridge(function)) /* for select.c */
		removable_read(scan, dir, address, function);
	if (pci_path_read(scan, function, ret_above) < 0 &&
	    !is_still_there(scan, address))
		return false;
	if (function->class_code >> 16 != CLASS_BRIDGE &&
	    kept_add(scan->kept, &function->address, dir, override))
		dir = override = -1;
	return true;
}

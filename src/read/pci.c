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
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "read/pci_function.h"

#define READ_AGAIN 4
#define PCI_CAPS_START 0x40 /* capabilities follow the header (PCI 3.0 6.7) */

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

/* A function that cannot be read is recognised by the values, not by a message. */
static void library_silent(char *message, ...)
{
	(void)message;
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
static void config_read_into(struct pci_scan *scan, struct pci_dev *device,
			     struct host_function *function)
{
	const struct pci_cap *express;
	uint8_t header, last;
	bool there = pci_read_block(device, PCI_HEADER_TYPE, &header, 1);

	if (!pci_header_take(scan, there ? header : -1, function))
		return;
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

/* libpci would wait for a writer of a named pipe. */
static bool has_config(const struct pci_scan *scan, const struct host_function *function)
{
	char name[PCI_ADDRESS_TEXT + sizeof("/config")];
	struct stat status;

	if (scan->live)
		return true;
	(void)snprintf(name, sizeof(name), "%s/config", PCI_ADDRESS(&function->address));
	return !fstatat(scan->devices, name, &status, 0) && S_ISREG(status.st_mode);
}

static void config_read_guarded(struct pci_scan *scan, struct pci_dev *device,
				struct host_function *function)
{
	struct fault fault;

	if (!has_config(scan, function)) {
		(void)pci_header_take(scan, -1, function);
		return;
	}
	if (!setjmp(library.edge)) {
		config_read_into(scan, device, function);
		return;
	}
	fault_set(&fault, -EIO, "%04x:%02x:%02x.%u: libpci: %s", function->address.domain,
		  function->address.bus, function->address.device,
		  function->address.function, library.text);
	host_note(scan->host, &fault);
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
static int access_begin(const struct sysroot *root, struct pci_access *access, bool scan,
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
	if (scan)
		pci_scan_bus(access);
	return 0;
}

void pci_above_set(struct host *host, struct host_function *function,
		   const struct pci_above *above)
{
	const struct host_function *found = NULL, *holder = NULL;

	if (above->there)
		found = host_find(host, &above->address);
	if (above->has_holder)
		holder = host_find(host, &above->holder);
	function->parent = found ? (size_t)(found - host->functions) : HOST_NO_PARENT;
	function->holder = holder ? (size_t)(holder - host->functions) : HOST_NO_PARENT;
}

void pci_scan_note(const struct pci_scan *scan)
{
	struct fault fault;

	if (scan->hidden) {
		fault_set(
			&fault, -EACCES,
			"the config space of %u function%s could not be read far enough: "
			"PCI Express types and ACS are unknown",
			scan->hidden, scan->hidden == 1 ? "" : "s");
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
static int functions_list(int devices, struct pci_address *listed, size_t *n_listed,
			  struct fault *fault)
{
	cleanup_listing struct listing *list = NULL;
	int result = sysroot_list(devices, ".", &list);
	const char *name;

	*n_listed = 0;
	while (!result && *n_listed < HOST_FUNCTIONS_MAX &&
	       (name = sysroot_list_next(list)))
		*n_listed += !pci_address_parse(name, &listed[*n_listed]);
	if (!result && *n_listed < HOST_FUNCTIONS_MAX)
		result = -errno;
	return result ? fault_set(fault, result, "/" PCI_DEVICES ": %s",
				  strerror(-result)) :
			0;
}

/* Return: -EAGAIN when one is not among what was read, and not gone */
static int functions_compare(const struct pci_scan *scan,
			     const struct pci_address *listed, size_t n_listed,
			     struct fault *fault)
{
	for (size_t i = 0; i < n_listed; i++) {
		char address[PCI_ADDRESS_TEXT];

		if (host_find(scan->host, &listed[i]))
			continue;
		pci_address_format(&listed[i], address);
		if (faccessat(scan->devices, address, F_OK, 0) < 0 &&
		    (errno == ENOENT || errno == ENODEV))
			continue;
		return fault_set(fault, -EAGAIN, "%s: libpci does not see it", address);
	}
	return 0;
}

static int functions_read(struct pci_access *access, struct pci_scan *scan,
			  struct fault *fault)
{
	cleanup_free struct entry *entries = NULL;
	cleanup_free struct pci_above *above = NULL;
	struct host *host = scan->host;
	size_t count = 0;
	int result = entries_sort(access, &entries, &count, fault);

	if (result < 0)
		return result;
	above = calloc(count + 1, sizeof(*above));
	if (!above)
		return fault_set(fault, -ENOMEM, "no memory for %zu PCI functions",
				 count);
	for (size_t i = 0; i < count; i++) {
		struct host_function *function = &host->functions[host->n_functions];

		function->address = entries[i].address;
		if (!pci_function_read(scan, true, function, &above[host->n_functions]))
			continue;
		config_read_guarded(scan, entries[i].device, function);
		host->n_functions++;
	}
	for (size_t i = 0; i < host->n_functions; i++)
		pci_above_set(host, &host->functions[i], &above[i]);
	pci_scan_note(scan);
	return 0;
}

/* @listed: room for what is there before libpci looks */
static int bus_read(const struct sysroot *root, struct pci_address *listed,
		    struct host *host, struct fault *fault)
{
	cleanup_close int devices =
		openat(root->fd, PCI_DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct pci_scan scan = { .host = host, .devices = devices, .live = root->live };
	struct pci_access *access;
	size_t n_listed;
	int result;

	host->n_functions = 0;
	if (devices < 0)
		return fault_set(fault, -errno, "/" PCI_DEVICES ": %s", strerror(errno));
	access = pci_alloc();
	if (!access)
		return fault_set(fault, -ENOMEM, "no memory to list PCI functions");
	result = functions_list(devices, listed, &n_listed, fault);
	if (!result)
		result = access_begin(root, access, true, fault);
	if (!result)
		result = functions_read(access, &scan, fault);
	if (!result)
		result = functions_compare(&scan, listed, n_listed, fault);
	pci_cleanup(access);
	return result;
}

int pci_read(const struct sysroot *root, struct host *host, struct fault *fault)
{
	cleanup_free struct pci_address *listed =
		calloc(HOST_FUNCTIONS_MAX, sizeof(*listed));
	size_t n_notes = host->n_notes;
	int result;

	if (!listed)
		return fault_set(fault, -ENOMEM, "no memory to list PCI functions");
	result = bus_read(root, listed, host, fault);
	/* One that went and came again while the others were read */
	for (int i = 0; i < READ_AGAIN && result == -EAGAIN; i++) {
		host->n_notes = n_notes;
		*fault = (struct fault){ .error = 0 };
		result = bus_read(root, listed, host, fault);
	}
	return result;
}

static void port_look(struct pci_scan *scan, struct pci_access *access,
		      struct host_function *function)
{
	const struct pci_address *address = &function->address;
	struct pci_dev *device;

	if (setjmp(library.edge))
		return; /* it stays unknown */
	device = pci_get_dev(access, (int)address->domain, address->bus, address->device,
			     address->function);
	config_read_guarded(scan, device, function);
	pci_free_dev(device);
}

void pci_ports_read(const struct sysroot *root, struct pci_scan *scan,
		    const uint8_t *want, const bool *gone)
{
	struct pci_access *access = pci_alloc();
	struct fault fault;

	if (!access)
		return;
	if (!access_begin(root, access, false, &fault))
		for (size_t i = 0; i < scan->host->n_functions; i++)
			if (want[i] & HOST_WANT_PORT && !gone[i])
				port_look(scan, access, &scan->host->functions[i]);
	pci_cleanup(access);
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

// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/pci_near.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "read/kept.h"
#include "read/pci.h"
#include "read/pci_function.h"

#define KEYS_FIRST 32 /* a power of two */
#define IDS_FILE "proc/bus/pci/devices"
#define IDS_TEXT_MAX (1u << 20)
/* Seven addresses and sizes in 16 columns each; what is jumped over is looked at. */
#define IDS_LINE_LEAST 240
#define IDS_LINE 13 /* bytes of a line that matter */
#define IDS_FEW 4 /* then their own attributes cost less */
#define IDS_MANY 1500 /* functions; then the file costs more */

/*
 * Addresses as numbers of the same order: the kernel lists functions by the hashes of
 * their names, and moving whole functions until they are in order would cost more than
 * all else here.
 */
struct keys {
	uint64_t *list;
	size_t count;
};

static int key_add(struct keys *keys, const char *name, struct fault *fault)
{
	struct pci_address address;

	if (pci_address_parse(name, &address) < 0)
		return fault_set(fault, -EIO, "/" PCI_DEVICES ": %s is not an address",
				 name);
	/* Full at each power of two from KEYS_FIRST on */
	if (!keys->count ||
	    (keys->count >= KEYS_FIRST && !(keys->count & (keys->count - 1)))) {
		size_t room = keys->count ? 2 * keys->count : KEYS_FIRST;
		uint64_t *list = realloc(keys->list, room * sizeof(*list));

		if (!list)
			return fault_set(fault, -ENOMEM, "/" PCI_DEVICES ": %s",
					 strerror(ENOMEM));
		keys->list = list;
	}
	keys->list[keys->count++] = (uint64_t)address.domain << 16 |
				    (uint64_t)address.bus << 8 |
				    (uint64_t)address.device << 3 | address.function;
	return 0;
}

/* By gaps: on a machine of hundreds qsort() took a fifth of what a function costs. */
static void keys_sort(const struct keys *keys)
{
	for (size_t gap = keys->count; gap > 1;) {
		gap = gap < 5 ? 1 : gap * 5 / 11;
		for (size_t i = gap; i < keys->count; i++) {
			uint64_t key = keys->list[i];
			size_t at = i;

			for (; at >= gap && keys->list[at - gap] > key; at -= gap)
				keys->list[at] = keys->list[at - gap];
			keys->list[at] = key;
		}
	}
}

static int keys_read(const struct sysroot *root, struct keys *keys, struct fault *fault)
{
	cleanup_listing struct listing *list = NULL;
	int error = sysroot_list(root->fd, PCI_DEVICES, &list);
	const char *name;

	if (error)
		return fault_set(fault, error, "/" PCI_DEVICES ": %s", strerror(-error));
	while ((name = sysroot_list_next(list))) {
		error = key_add(keys, name, fault);
		if (error)
			return error;
		errno = 0; /* of memory that was asked for */
	}
	/*
	 * A function that is not listed may be in a group or slot of a card, or equal to
	 * it.
	 */
	if (errno)
		return fault_set(fault, -errno, "/" PCI_DEVICES ": %s", strerror(errno));
	if (root->kept && root->kept->devices < 0) {
		root->kept->devices = list->fd;
		list->fd = -1;
	}
	keys_sort(keys);
	return 0;
}

static void function_begin(struct host_function *function, uint64_t key)
{
	memset(function, 0, sizeof(*function));
	function->address = (struct pci_address){ .domain = (uint32_t)(key >> 16),
						  .bus = (uint8_t)(key >> 8),
						  .device = (uint8_t)(key >> 3 & 31),
						  .function = (uint8_t)(key & 7) };
	function->far = true;
	function->parent = HOST_NO_PARENT;
	function->holder = HOST_NO_PARENT;
	function->numa_node = -1;
}

int pci_names_read(const struct sysroot *root, struct host *host, struct fault *fault)
{
	struct keys keys = { 0 };
	int error = keys_read(root, &keys, fault);

	if (!error && keys.count > host_room(host)) {
		host->wanted = keys.count;
		error = fault_set(fault, -E2BIG,
				  "%zu PCI functions: there is memory for %zu",
				  keys.count, host_room(host));
	}
	host->n_functions = error ? 0 : keys.count;
	for (size_t i = 0; i < host->n_functions; i++)
		function_begin(&host->functions[i], keys.list[i]);
	free(keys.list);
	return error;
}

/* Facts that were read while it was far are kept. */
static bool function_read(struct pci_scan *scan, struct host_function *function)
{
	struct host_function near = { .address = function->address };
	struct pci_above above;

	if (!pci_function_read(scan, false, &near, &above))
		return false;
	pci_above_set(scan->host, &near, &above);
	memcpy(near.framebuffer, function->framebuffer, sizeof(near.framebuffer));
	memcpy(near.use, function->use, sizeof(near.use));
	near.port = function->port;
	near.acs = function->acs;
	near.hotplug = function->hotplug;
	near.shows_boot = function->shows_boot;
	near.has_console = function->has_console;
	near.is_host_disk = function->is_host_disk;
	near.has_route = function->has_route;
	near.recorded = function->recorded;
	if (near.unreadable && !near.has_group && function->has_group) {
		near.has_group = true; /* so says the group */
		near.group = function->group;
	}
	*function = near;
	return true;
}

/*
 * `BBDD VVVVDDDD ...` for each function (drivers/pci/proc.c show_device()): bus, device
 * and function, then vendor and device. Without a domain, so it is good for one. Most
 * functions stand behind the one of the line before: @next.
 */
static void ids_line(const char *line, struct host *host, uint8_t *want, size_t *next)
{
	struct pci_address address = { .domain = host->functions[0].address.domain };
	const struct host_function *found;
	uint64_t place, id;
	size_t function;

	if (strnlen(line, IDS_LINE) < IDS_LINE ||
	    number_parse(line, 4, 16, UINT16_MAX, &place) < 0 ||
	    number_parse(line + 5, 8, 16, UINT32_MAX, &id) < 0)
		return;
	address.bus = (uint8_t)(place >> 8);
	address.device = (uint8_t)(place >> 3 & 0x1f);
	address.function = (uint8_t)(place & 7);
	found = &host->functions[*next];
	if (*next == host->n_functions || pci_address_compare(&found->address, &address))
		found = host_find(host, &address);
	if (!found)
		return;
	function = (size_t)(found - host->functions);
	*next = function + 1;
	if (!found->far)
		return;
	host->functions[function].id.vendor = (uint16_t)(id >> 16);
	host->functions[function].id.device = (uint16_t)id;
	want[function] &= (uint8_t)~HOST_WANT_ID;
}

/*
 * The ids of a whole machine from one file, which costs half of what two attributes of
 * each function do; but it begins anew for each piece that is read, so not for thousands.
 */
static void ids_read(const struct sysroot *root, struct host *host, uint8_t *want)
{
	cleanup_free char *text = NULL;
	size_t wanted = 0, next = 0, length;
	const char *line;

	for (size_t i = 0; i < host->n_functions; i++)
		wanted += !!(want[i] & HOST_WANT_ID);
	if (wanted < IDS_FEW || host->n_functions > IDS_MANY ||
	    host->functions[0].address.domain !=
		    host->functions[host->n_functions - 1].address.domain ||
	    sysroot_load(root->fd, IDS_FILE, IDS_TEXT_MAX, &text, &length) < 0)
		return;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		ids_line(line, host, want, &next);
		if ((size_t)(text + length - line) > IDS_LINE_LEAST)
			line += IDS_LINE_LEAST;
	}
}

/* Return: false when it is gone */
static bool want_read(struct pci_scan *scan, unsigned int want,
		      struct host_function *function)
{
	struct pci_above above;

	if (want & HOST_WANT_FUNCTION)
		return function_read(scan, function);
	if (want & HOST_WANT_PATH) {
		(void)pci_path_read(scan, function, &above);
		pci_above_set(scan->host, function, &above);
	}
	want &= HOST_WANT_ID | HOST_WANT_SUBSYSTEM | HOST_WANT_VFS;
	return !want || pci_far_read(scan, want, function);
}

static size_t moved_to(const size_t *moved, size_t index)
{
	return index == HOST_NO_PARENT || !moved ? HOST_NO_PARENT : moved[index];
}

/* Parents and holders are indices. */
static void functions_remove(struct host *host, const bool *gone)
{
	cleanup_free size_t *moved = calloc(host->n_functions + 1, sizeof(*moved));
	size_t count = 0;

	for (size_t i = 0; i < host->n_functions; i++) {
		if (moved)
			moved[i] = gone[i] ? HOST_NO_PARENT : count;
		count += !gone[i];
	}
	for (size_t i = 0, to = 0; i < host->n_functions; i++) {
		struct host_function *function = &host->functions[i];

		if (gone[i])
			continue;
		function->parent = moved_to(moved, function->parent);
		function->holder = moved_to(moved, function->holder);
		if (to != i)
			host->functions[to] = *function;
		to++;
	}
	host->n_functions = count;
}

/* Return: the directory of the bus: kept, or @ret_own */
static int devices_open(const struct sysroot *root, int *ret_own)
{
	int *devices = root->kept ? &root->kept->devices : ret_own;

	if (*devices < 0)
		*devices =
			openat(root->fd, PCI_DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *devices;
}

int pci_near_read(const struct sysroot *root, uint8_t *want, struct host *host,
		  struct fault *fault)
{
	cleanup_close int own = -1;
	int devices = devices_open(root, &own);
	cleanup_free bool *gone = calloc(host->n_functions + 1, sizeof(*gone));
	struct pci_scan scan = {
		.host = host, .devices = devices, .live = root->live, .kept = root->kept
	};
	bool ports = false, removed = false;

	if (devices < 0)
		return fault_set(fault, -errno, "/" PCI_DEVICES ": %s", strerror(errno));
	if (!gone)
		return fault_set(fault, -ENOMEM, "no memory for %zu PCI functions",
				 host->n_functions);
	ids_read(root, host, want);
	for (size_t i = 0; i < host->n_functions; i++) {
		if (!want[i])
			continue;
		gone[i] = !want_read(&scan, want[i], &host->functions[i]);
		removed |= gone[i];
		ports |= want[i] & HOST_WANT_PORT && !gone[i];
	}
	if (ports)
		pci_ports_read(root, &scan, want, gone);
	pci_scan_note(&scan);
	if (removed)
		functions_remove(host, gone);
	return removed;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/framebuffer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"
#include "base/text.h"
#include "read/kept.h"

#define IOMEM "proc/iomem"
#define PLATFORM "sys/bus/platform/devices"
#define DRM "sys/class/drm"
#define CONSOLES "sys/class/vtconsole"
#define DEVICES "sys/class/graphics"
#define IOMEM_MAX (16u << 20)
#define IOMEM_PIECE 4096
#define ENTRY_PATH_MAX 320 /* a name and one below it */
#define CLASS_DISPLAY 0x03
#define CLASS_VGA_OLD 0x0001 /* VGA before PCI had classes */

/*
 * What the kernel calls a region of the firmware's framebuffer, and its possible owners.
 */
static const char *const owners[] = {
	"BOOTFB",
	"simplefb",
	"simpledrm",
	"efifb",
	"efidrm",
	"simple-framebuffer",
	"efi-framebuffer",
	"vesafb",
	"vesadrm",
	"vesa-framebuffer",
	"Coreboot Framebuffer",
};

/**
 * struct region - a line of /proc/iomem
 * @name: not terminated
 * @length: of @name
 * @depth: its indentation
 * @is_bar: it is called as a function is
 */
struct region {
	const char *name;
	size_t length;
	size_t depth;
	bool is_bar;
};

#define SLOT_LENGTH 8 /* of ":00:00.0" */

/*
 * As the kernel writes one (drivers/pci/probe.c pci_setup_device()): the end of an
 * address that is all of a line; NULL: it is none
 */
static const char *address_end(const char *text)
{
	const char *slot = text;

	while ((*slot >= '0' && *slot <= '9') || (*slot >= 'a' && *slot <= 'f'))
		slot++;
	if (slot - text < 4 || slot[0] != ':' || slot[1] <= ' ' || slot[2] <= ' ' ||
	    slot[3] != ':' || slot[4] <= ' ' || slot[5] <= ' ' || slot[6] != '.' ||
	    slot[7] <= ' ' || (slot[SLOT_LENGTH] && slot[SLOT_LENGTH] != '\n'))
		return NULL;
	return slot + SLOT_LENGTH;
}

/* `START-END : NAME`, indented; false: there are no more. Each line has a colon. */
static bool region_next(const char **cursor, struct region *ret)
{
	while (**cursor) {
		const char *start = *cursor, *colon, *end;

		ret->depth = 0;
		while (start[ret->depth] == ' ')
			ret->depth++;
		colon = strchrnul(start + ret->depth, ':');
		ret->name = colon + 2;
		if (!*colon || colon == start || colon[-1] != ' ' || colon[1] != ' ') {
			*cursor = strchrnul(start, '\n');
			*cursor += **cursor == '\n';
			continue;
		}
		end = address_end(ret->name);
		ret->is_bar = end;
		if (!end)
			end = strchrnul(ret->name, '\n');
		ret->length = (size_t)(end - ret->name);
		*cursor = end + (*end == '\n');
		return true;
	}
	return false;
}

/* Most regions begin by other letters than owners do. */
static bool may_own(char first)
{
	switch (first) {
	case 'B':
	case 'C':
	case 'e':
	case 's':
	case 'v':
		return true;
	default:
		return false;
	}
}

/* NULL: it is no framebuffer's */
static const char *owner_find(const struct region *region)
{
	if (!may_own(*region->name))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (*owners[i] == *region->name && strlen(owners[i]) == region->length &&
		    !memcmp(owners[i], region->name, region->length))
			return owners[i];
	return NULL;
}

static void owner_set(struct host_function *function, const char *owner)
{
	(void)text_join(function->framebuffer, sizeof(function->framebuffer), owner,
			NULL);
}

/**
 * struct counted - a display whose BARs are counted
 * @address: as BARs of it are called, @length bytes
 * @bus: the part of it that tells it from most others
 */
struct counted {
	char address[PCI_ADDRESS_TEXT];
	size_t length;
	const char *bus;
	struct host_function *function;
};

static void counted_set(struct counted *counted, const struct pci_address *address)
{
	pci_address_format(address, counted->address);
	counted->length = strlen(counted->address);
	counted->bus = counted->address + counted->length - SLOT_LENGTH + 1;
}

static bool is_of(const struct counted *counted, const struct region *bar)
{
	const char *bus = bar->name + bar->length - SLOT_LENGTH + 1;

	return counted->length == bar->length && bus[1] == counted->bus[1] &&
	       bus[0] == counted->bus[0] &&
	       !memcmp(counted->address, bar->name, bar->length);
}

/**
 * struct walk - where we are in /proc/iomem
 * @bar: the BAR we are in, when @in_bar; whether that is one of @host is asked only for
 *	an owner
 * @owner_depth: indentation of the owner that was found in it; 0: none
 * @orphan: an owner that is in no BAR
 * @counted: as many as there is room for; the others are not counted
 * @inside: the one whose BAR we are in; NULL: none
 */
struct walk {
	struct host *host;
	struct region bar;
	bool in_bar;
	size_t owner_depth;
	const char *orphan;
	struct counted counted[4];
	size_t n_counted;
	struct host_function *inside;
};

static void owner_take(struct walk *walk, const char *owner, size_t depth)
{
	const struct host_function *function = NULL;
	struct pci_address address;
	char bar[PCI_ADDRESS_TEXT] = "";

	if (walk->in_bar && walk->bar.length < sizeof(bar))
		memcpy(bar, walk->bar.name, walk->bar.length);
	if (!pci_address_parse(bar, &address))
		function = host_find(walk->host, &address);

	if (!function)
		walk->orphan = owner;
	else if (depth > walk->owner_depth)
		owner_set(&walk->host->functions[function - walk->host->functions],
			  owner);
	walk->owner_depth = depth;
}

static void bar_enter(struct walk *walk, const struct region *region)
{
	walk->bar = *region;
	walk->in_bar = true;
	walk->owner_depth = 0;
	for (size_t i = 0; i < walk->n_counted; i++)
		if (is_of(&walk->counted[i], region)) {
			walk->inside = walk->counted[i].function;
			walk->inside->bars++;
		}
}

/* A line is below what is less indented; a BAR has its function's address. */
static void regions_walk(struct walk *walk, const char *text)
{
	const char *cursor = text, *owner;
	struct region region;

	while (region_next(&cursor, &region)) {
		walk->in_bar = walk->in_bar && region.depth > walk->bar.depth;
		if (walk->inside && (region.is_bar || !walk->in_bar)) {
			walk->inside->bars_end = (size_t)(cursor - text);
			walk->inside = NULL;
		}
		if (region.is_bar)
			bar_enter(walk, &region);
		else if ((owner = owner_find(&region)))
			owner_take(walk, owner, region.depth);
	}
	if (walk->inside)
		walk->inside->bars_end = (size_t)(cursor - text);
}

static void counted_begin(struct walk *walk)
{
	struct host *host = walk->host;

	for (size_t i = 0; i < host->n_functions; i++) {
		struct host_function *function = &host->functions[i];
		struct counted *counted = &walk->counted[walk->n_counted];

		function->bars = 0;
		if (function->far || !host_is_display(function) ||
		    walk->n_counted == ARRAY_SIZE(walk->counted))
			continue;
		counted_set(counted, &function->address);
		counted->function = function;
		walk->n_counted++;
	}
}

static int iomem_read(const struct sysroot *root, struct host *host,
		      const char **ret_orphan)
{
	struct walk walk = { .host = host };
	cleanup_free char *text = NULL;
	size_t length;
	int error = sysroot_load(root->fd, IOMEM, IOMEM_MAX, &text, &length);

	if (error)
		return error;
	counted_begin(&walk);
	regions_walk(&walk, text);
	*ret_orphan = walk.orphan;
	return 0;
}

/* It is not known which display shows the boot. */
static void unknown_note(struct host *host, int error, const char *what)
{
	struct fault fault;

	host->framebuffer_known = FACT_UNKNOWN;
	fault_set(&fault, error, "/%s: cannot be read: %s", what, strerror(-error));
	host_note(host, &fault);
}

static void entry_note(struct host *host, int error, const char *above, const char *entry)
{
	char path[2 * ENTRY_PATH_MAX];

	(void)text_join(path, sizeof(path), above, "/", entry, NULL);
	unknown_note(host, error, path);
}

/* A directory of a class ends; a kernel may have none. */
static void list_end(struct host *host, int error, const char *what)
{
	if (error && error != -ENOENT)
		unknown_note(host, error, what);
}

/* The platform devices of the firmware's framebuffer */
static const char *const devices[] = {
	"simple-framebuffer.0",
	"efi-framebuffer.0",
	"vesa-framebuffer.0",
};

static void device_own(struct host_function *function, const char *device)
{
	owner_set(function, device);
	function->framebuffer[strcspn(function->framebuffer, ".")] = '\0';
}

static bool is_display(const struct host_function *function)
{
	return function->class_code >> 16 == CLASS_DISPLAY ||
	       function->class_code >> 8 == CLASS_VGA_OLD;
}

/*
 * Since 6.9 or so the framebuffer's platform device is a child of the function
 * (kernel: drivers/firmware/sysfb.c sysfb_parent_dev()). It is gone when a driver has
 * taken the display over. Its bus has a link to each, wherever that is
 * (drivers/base/bus.c bus_add_device()). Of a far function nothing else is known.
 */
static void device_take(const struct sysroot *root, struct host *host, const char *device)
{
	char path[64], link[SYSROOT_PATH_MAX * 2];
	struct host_function *function;
	size_t index;
	int error;

	(void)text_join(path, sizeof(path), PLATFORM "/", device, NULL);
	error = sysroot_link(root->fd, path, link, sizeof(link));
	if (error && error != -ENOENT)
		unknown_note(host, error, path);
	if (error || !host_of_path(host, link, &index))
		return;
	function = &host->functions[index];
	if ((function->far || is_display(function)) && !function->framebuffer[0])
		device_own(function, device);
}

static void platform_read(const struct sysroot *root, struct host *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		device_take(root, host, devices[i]);
}

/* What shows the boot is known. */
static bool is_found(const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (host_is_boot_display(host, &host->functions[i]))
			return true;
	return false;
}

static bool any_far(const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].far)
			return true;
	return false;
}

/* An attribute of a display says 1, or the device below it that a link leads to does. */
static bool says_one(struct host *host, int dir, const char *above, const char *path)
{
	char text[8];
	ssize_t length = sysroot_read(dir, path, text, sizeof(text));

	/* sys/class/drm/version is a file. */
	if (length < 0 && length != -ENOENT && length != -ENOTDIR)
		entry_note(host, (int)length, above, path);
	return length > 0 && !strcmp(text, "1");
}

/* Return: false when a link in a class leads to no function */
static bool function_of_link(struct host *host, int dir, const char *above,
			     const char *entry, size_t *ret_function)
{
	char link[SYSROOT_PATH_MAX * 2];
	int result = sysroot_link(dir, entry, link, sizeof(link));

	if (result < 0 && result != -EINVAL)
		entry_note(host, result, above, entry);
	return !result && host_of_path(host, link, ret_function);
}

/* The same device, seen from its function: a recorded machine may lack that bus. */
static void child_read(struct host *host, int dir, const char *above,
		       struct host_function *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		int is_there = sysroot_look(dir, devices[i]);

		if (is_there > 0)
			device_own(function, devices[i]);
		else if (is_there < 0)
			entry_note(host, is_there, above, devices[i]);
	}
}

/* What is in the directories of displays; 6.17 has boot_display there ... */
static void displays_read(const struct sysroot *root, struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		struct host_function *function = &host->functions[i];
		const struct kept_function *kept;
		cleanup_close int own = -1;
		char path[ENTRY_PATH_MAX];
		int dir;

		if (function->far || !is_display(function))
			continue;
		kept = kept_find(root->kept, &function->address);
		(void)text_join(path, sizeof(path), "sys/bus/pci/devices/",
				PCI_ADDRESS(&function->address), NULL);
		if (!kept)
			own = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		dir = kept ? kept->dir : own;
		if (dir < 0 && errno != ENOENT)
			unknown_note(host, -errno, path);
		if (dir < 0)
			continue;
		if (!root->live && !function->framebuffer[0])
			child_read(host, dir, path, function);
		function->shows_boot = function->class_code >> 16 == CLASS_DISPLAY &&
				       says_one(host, dir, path, "boot_display");
	}
}

/* ... later kernels at its DRM device (drivers/gpu/drm/drm_sysfs.c). */
static void drm_shown_read(const struct sysroot *root, struct host *host)
{
	cleanup_listing struct listing *list = NULL;
	int result = sysroot_list(root->fd, DRM, &list);
	const char *entry;

	while (!result && (entry = sysroot_list_next(list))) {
		char path[ENTRY_PATH_MAX];
		size_t function;

		(void)text_join(path, sizeof(path), entry, "/boot_display", NULL);
		if (!says_one(host, list->fd, DRM, path))
			continue;
		if (function_of_link(host, list->fd, DRM, entry, &function))
			host->functions[function].shows_boot = true;
	}
	list_end(host, result ? result : -errno, DRM);
}

/* Is the text console on a framebuffer device? */
static bool console_is_on_framebuffer(const struct sysroot *root, struct host *host)
{
	cleanup_listing struct listing *list = NULL;
	int result = sysroot_list(root->fd, CONSOLES, &list);
	const char *entry;

	while (!result && (entry = sysroot_list_next(list))) {
		char path[ENTRY_PATH_MAX], name[64];
		ssize_t length;

		(void)text_join(path, sizeof(path), entry, "/name", NULL);
		length = sysroot_read(list->fd, path, name, sizeof(name));
		if (length < 0 && length != -ENOENT)
			entry_note(host, (int)length, CONSOLES, path);
		if (length <= 0 || !strstr(name, "frame buffer device"))
			continue;
		(void)text_join(path, sizeof(path), entry, "/bind", NULL);
		if (says_one(host, list->fd, CONSOLES, path))
			return true;
	}
	list_end(host, result ? result : -errno, CONSOLES);
	return false;
}

/*
 * The console takes the first framebuffer device (drivers/video/fbdev/core/fbcon.c
 * fbcon_fb_registered()); the numbers are given from 0, and again once they are free.
 */
static void console_read(const struct sysroot *root, struct host *host)
{
	cleanup_listing struct listing *list = NULL;
	uint64_t first = UINT64_MAX, number;
	bool found = false;
	size_t function;
	const char *entry;
	int result;

	result = sysroot_list(root->fd, DEVICES, &list);
	while (!result && (entry = sysroot_list_next(list))) {
		if (strncmp(entry, "fb", 2) != 0 ||
		    number_parse(entry + 2, strlen(entry + 2), 10, UINT32_MAX, &number) ||
		    number > first)
			continue;
		first = number;
		found = function_of_link(host, list->fd, DEVICES, entry, &function);
	}
	list_end(host, result ? result : -errno, DEVICES);
	if (found && console_is_on_framebuffer(root, host))
		host->functions[function].has_console = true;
}

void framebuffer_read(const struct sysroot *root, struct host *host)
{
	const char *orphan = NULL;
	struct fault fault;
	int result = iomem_read(root, host, &orphan);

	host->framebuffer_known = result < 0 ? FACT_UNKNOWN : FACT_YES;
	host->framebuffer_orphan = orphan;
	platform_read(root, host);
	displays_read(root, host);
	drm_shown_read(root, host);
	console_read(root, host);
	if (result < 0) {
		fault_set(&fault, result, "/" IOMEM ": cannot be read: %s",
			  strerror(-result));
		host_note(host, &fault);
	} else if (orphan && !is_found(host)) {
		host->framebuffer_known = FACT_UNKNOWN;
		if (any_far(host))
			return; /* a caller that needs it reads all functions first */
		fault_set(&fault, -ENXIO,
			  "/" IOMEM ": %s is in no BAR, so its owner is unknown", orphan);
		host_note(host, &fault);
	}
}

/**
 * struct holder - the owner of a part of the memory of one function
 * @bars: how many of its BARs will follow; 0: it is not known
 */
struct holder {
	struct counted function;
	unsigned int bars;
	const char *found;
	size_t bar_depth;
	bool in_bar;
};

/* Return: true when the last BAR was left */
static bool holder_walk(struct holder *holder, const char *text)
{
	struct region region;

	while (region_next(&text, &region)) {
		bool left = holder->in_bar;

		holder->in_bar = left && !region.is_bar &&
				 region.depth > holder->bar_depth;
		if (left && !holder->in_bar && holder->bars && !--holder->bars)
			return true;
		if (region.is_bar) {
			holder->in_bar = is_of(&holder->function, &region);
			holder->bar_depth = region.depth;
		} else if (holder->in_bar && owner_find(&region)) {
			holder->found = owner_find(&region);
		}
	}
	return false;
}

/*
 * The kernel makes no more lines than are read (fs/seq_file.c seq_read_iter()). Where the
 * function had no framebuffer, its BARs are enough: those that were counted. If there are
 * fewer of them now, all is read.
 */
static int holder_find(const struct sysroot *root, const struct host_function *function,
		       struct holder *holder)
{
	bool counted = function->bars && !function->framebuffer[0];
	cleanup_lines struct lines_part part = {
		.fd = sysroot_file_open(root->fd, IOMEM),
		.piece = counted ? function->bars_end : IOMEM_PIECE,
	};
	int more;

	if (part.fd < 0)
		return -errno;
	counted_set(&holder->function, &function->address);
	holder->bars = counted ? function->bars : 0;
	while ((more = lines_more(&part)) > 0)
		if (holder_walk(holder, part.text))
			break;
	return more < 0 ? more : 0;
}

int framebuffer_holder(const struct sysroot *root, const struct host_function *function,
		       char ret_owner[static HOST_NAME_MAX], struct fault *fault)
{
	struct holder holder = { .found = "" };
	int error = holder_find(root, function, &holder);

	if (error)
		return fault_set(fault, error, "/" IOMEM ": cannot be read: %s",
				 strerror(-error));
	(void)text_join(ret_owner, HOST_NAME_MAX, holder.found, NULL);
	return 0;
}

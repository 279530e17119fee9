// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/framebuffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"
#include "read/kept.h"

#define IOMEM "proc/iomem"
#define DRM "sys/class/drm"
#define CONSOLES "sys/class/vtconsole"
#define DEVICES "sys/class/graphics"
#define IOMEM_MAX (16u << 20)
#define ENTRY_PATH_MAX 256
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
 * struct walk - where we are in /proc/iomem
 * @bar: the name of the BAR we are in, when @in_bar; whether that is one of @host is
 *	asked only for an owner
 * @bar_depth: indentation of that BAR
 * @owner_depth: indentation of the owner that was found in it; 0: none
 * @orphan: an owner that is in no BAR
 */
struct walk {
	struct host *host;
	const char *bar;
	bool in_bar;
	size_t bar_depth;
	size_t owner_depth;
	const char *orphan;
};

static const char *owner_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (!strcmp(name, owners[i]))
			return owners[i];
	return NULL;
}

static void owner_set(struct host_function *function, const char *owner)
{
	(void)snprintf(function->framebuffer, sizeof(function->framebuffer), "%s", owner);
}

/* `START-END : NAME`, indented: the name; NULL: it is another line */
static const char *name_of(const char *line, size_t *ret_depth)
{
	const char *colon = line;

	while (*colon == ' ')
		colon++;
	*ret_depth = (size_t)(colon - line);
	while (*colon && *colon != ':')
		colon++;
	return *colon && colon > line && colon[-1] == ' ' && colon[1] == ' ' ? colon + 2 :
									       NULL;
}

/* As the kernel writes one (drivers/pci/probe.c pci_setup_device()): a BAR's name */
static bool is_address(const char *name)
{
	size_t digits = 0;

	while ((name[digits] >= '0' && name[digits] <= '9') ||
	       (name[digits] >= 'a' && name[digits] <= 'f'))
		digits++;
	name += digits;
	return digits >= 4 && name[0] == ':' && strlen(name) == strlen(":00:00.0") &&
	       name[3] == ':' && name[6] == '.';
}

static void owner_take(struct walk *walk, const char *owner, size_t depth)
{
	const struct host_function *function = NULL;
	struct pci_address address;

	if (walk->in_bar && !pci_address_parse(walk->bar, &address))
		function = host_find(walk->host, &address);

	if (!function)
		walk->orphan = owner;
	else if (depth > walk->owner_depth)
		owner_set(&walk->host->functions[function - walk->host->functions],
			  owner);
	walk->owner_depth = depth;
}

/* A line is below what is less indented; a BAR has its function's address. */
static void line_walk(char *line, void *context)
{
	struct walk *walk = context;
	size_t depth;
	const char *name = name_of(line, &depth), *owner;

	if (!name)
		return;
	walk->in_bar = walk->in_bar && depth > walk->bar_depth;
	if (is_address(name)) {
		walk->bar = name;
		walk->in_bar = true;
		walk->bar_depth = depth;
		walk->owner_depth = 0;
		return;
	}
	owner = owner_find(name);
	if (owner)
		owner_take(walk, owner, depth);
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

	(void)snprintf(path, sizeof(path), "%s/%s", above, entry);
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

/*
 * The same device seen from its bus, which leads to a function of which nothing is known.
 */
static void platform_read(const struct sysroot *root, struct host *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		char path[64], link[SYSROOT_PATH_MAX * 2];
		size_t function;

		(void)snprintf(path, sizeof(path), "sys/bus/platform/devices/%s",
			       devices[i]);
		if (sysroot_link(root->fd, path, link, sizeof(link)) >= 0 &&
		    host_of_path(host, link, &function) &&
		    host->functions[function].far &&
		    !host->functions[function].framebuffer[0])
			device_own(&host->functions[function], devices[i]);
	}
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

/* Of the function that a link in a class leads to; NULL: there is none */
static struct host_function *function_of_link(struct host *host, int dir,
					      const char *above, const char *entry)
{
	char link[SYSROOT_PATH_MAX * 2];
	size_t function;
	int result = sysroot_link(dir, entry, link, sizeof(link));

	if (result < 0 && result != -EINVAL)
		entry_note(host, result, above, entry);
	if (result < 0 || !host_of_path(host, link, &function))
		return NULL;
	return &host->functions[function];
}

static bool is_display(const struct host_function *function)
{
	return function->class_code >> 16 == CLASS_DISPLAY ||
	       function->class_code >> 8 == CLASS_VGA_OLD;
}

/*
 * Since 6.9 or so the framebuffer's platform device is a child of the function
 * (kernel: drivers/firmware/sysfb.c sysfb_parent_dev()). It is gone when a driver has
 * taken the display over.
 */
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
		const struct kept_function *kept =
			kept_find(root->kept, &function->address);
		cleanup_close int own = -1;
		char path[ENTRY_PATH_MAX];
		int dir;

		if (function->far || !is_display(function))
			continue;
		(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s",
			       PCI_ADDRESS(&function->address));
		if (!kept)
			own = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		dir = kept ? kept->dir : own;
		if (dir < 0 && errno != ENOENT)
			unknown_note(host, -errno, path);
		if (dir < 0)
			continue;
		if (!function->framebuffer[0])
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
		struct host_function *function;
		char path[ENTRY_PATH_MAX];

		(void)snprintf(path, sizeof(path), "%.200s/boot_display", entry);
		if (!says_one(host, list->fd, DRM, path))
			continue;
		function = function_of_link(host, list->fd, DRM, entry);
		if (function)
			function->shows_boot = true;
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

		(void)snprintf(path, sizeof(path), "%.200s/name", entry);
		length = sysroot_read(list->fd, path, name, sizeof(name));
		if (length < 0 && length != -ENOENT)
			entry_note(host, (int)length, CONSOLES, path);
		if (length <= 0 || !strstr(name, "frame buffer device"))
			continue;
		(void)snprintf(path, sizeof(path), "%.200s/bind", entry);
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
	struct host_function *function = NULL;
	const char *entry;
	int result;

	result = sysroot_list(root->fd, DEVICES, &list);
	while (!result && (entry = sysroot_list_next(list))) {
		if (strncmp(entry, "fb", 2) != 0 ||
		    number_parse(entry + 2, strlen(entry + 2), 10, UINT32_MAX, &number) ||
		    number > first)
			continue;
		first = number;
		function = function_of_link(host, list->fd, DEVICES, entry);
	}
	list_end(host, result ? result : -errno, DEVICES);
	if (function && console_is_on_framebuffer(root, host))
		function->has_console = true;
}

void framebuffer_read(const struct sysroot *root, struct host *host)
{
	struct walk walk = { .host = host };
	struct fault fault;
	int result = lines_each(root, IOMEM, IOMEM_MAX, line_walk, &walk);

	host->framebuffer_known = result < 0 ? FACT_UNKNOWN : FACT_YES;
	host->framebuffer_orphan = walk.orphan;
	platform_read(root, host);
	displays_read(root, host);
	drm_shown_read(root, host);
	console_read(root, host);
	if (result < 0) {
		fault_set(&fault, result, "/" IOMEM ": cannot be read: %s",
			  strerror(-result));
		host_note(host, &fault);
	} else if (walk.orphan && !is_found(host)) {
		host->framebuffer_known = FACT_UNKNOWN;
		if (any_far(host))
			return; /* a caller that needs it reads all functions first */
		fault_set(&fault, -ENXIO,
			  "/" IOMEM ": %s is in no BAR, so its owner is unknown",
			  walk.orphan);
		host_note(host, &fault);
	}
}

/* The owner of a part of the memory of one function */
struct holder {
	const char *address;
	const char *found;
	size_t bar_depth;
	bool in_bar;
};

static void line_hold(char *line, void *context)
{
	struct holder *holder = context;
	size_t depth;
	const char *name = name_of(line, &depth);

	if (!name)
		return;
	holder->in_bar = holder->in_bar && depth > holder->bar_depth;
	if (is_address(name)) {
		holder->in_bar = !strcmp(name, holder->address);
		holder->bar_depth = depth;
	} else if (holder->in_bar && owner_find(name)) {
		holder->found = owner_find(name);
	}
}

int framebuffer_holder(const struct sysroot *root, const struct host_function *function,
		       char ret_owner[static HOST_NAME_MAX], struct fault *fault)
{
	struct holder holder = { .address = PCI_ADDRESS(&function->address),
				 .found = "" };
	int result = lines_each(root, IOMEM, IOMEM_MAX, line_hold, &holder);

	if (result < 0)
		return fault_set(fault, result, "/" IOMEM ": cannot be read: %s",
				 strerror(-result));
	(void)snprintf(ret_owner, HOST_NAME_MAX, "%s", holder.found);
	return 0;
}

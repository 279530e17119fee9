// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/kernel.h"
#include "base/array.h"
#include "base/cleanup.h"

#define DEVICES "sys/bus/platform/devices"
#define CONSOLES "sys/class/vtconsole"
#define BLOCKED "vfio-early" /* no driver has this name */
#define SCREEN_PATH_MAX 320

/* Devices that stand for a framebuffer of the firmware (drivers/firmware/sysfb.c) */
static bool is_framebuffer(const char *entry)
{
	static const char *const names[] = {
		"efi-framebuffer.",
		"simple-framebuffer.",
		"vesa-framebuffer.",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(entry, names[i], strlen(names[i])))
			return true;
	return false;
}

/*
 * Since 6.9 or so the device is a child of its function. Before, it has no parent, and
 * there is only one, whose function is known from /proc/iomem.
 */
static bool is_of_function(int dir, const char *entry,
			   const struct host_function *function)
{
	char link[SYSROOT_PATH_MAX * 2];

	if (sysroot_link(dir, entry, link, sizeof(link)) < 0)
		return false;
	return !strstr(link, "/pci") || strstr(link, PCI_ADDRESS(&function->address));
}

/* Calls @deed for each such device; the first error counts, all are tried. */
static int devices_each(const struct sysroot *root, const struct host_function *function,
			int (*deed)(int dir, const char *entry, struct fault *fault),
			struct fault *fault)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;
	int result = sysroot_list(root->fd, DEVICES, &list);

	if (result < 0)
		return result == -ENOENT ? 0 :
					   fault_set(fault, result, "/" DEVICES ": %s",
						     strerror(-result));
	while ((entry = sysroot_list_next(list))) {
		int error;

		if (!is_framebuffer(entry) || !is_of_function(list->fd, entry, function))
			continue;
		error = deed(list->fd, entry, fault);
		result = result < 0 ? result : error;
	}
	return result;
}

static bool has_framebuffer_device(int dir, const char *directory)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(dir, directory, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list)))
		if (!strncmp(entry, "fb", 2) && entry[2] >= '0' && entry[2] <= '9')
			return true;
	return false;
}

/*
 * The text console's driver for framebuffer devices, switched on or off. Kernels without
 * VT_HW_CONSOLE_BINDING have no such switch, and unbind the console with the device.
 */
static void console_switch(const struct sysroot *root, const char *value)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(root->fd, CONSOLES, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		char path[SCREEN_PATH_MAX], name[64], now[8];

		(void)snprintf(path, sizeof(path), "%.250s/name", entry);
		if (sysroot_read(list->fd, path, name, sizeof(name)) <= 0 ||
		    !strstr(name, "frame buffer device"))
			continue;
		(void)snprintf(path, sizeof(path), "%.250s/bind", entry);
		if (sysroot_read(list->fd, path, now, sizeof(now)) > 0 &&
		    strcmp(now, value) != 0)
			(void)attribute_write(list->fd, path, value);
	}
}

static int device_release(int dir, const char *entry, struct fault *fault)
{
	char path[SCREEN_PATH_MAX], driver[HOST_NAME_MAX];
	int error;

	(void)snprintf(path, sizeof(path), "%.250s/driver_override", entry);
	error = attribute_write(dir, path, BLOCKED);
	if (error && error != -ENOENT)
		return fault_set(fault, error, "%s: %s", path, strerror(-error));
	(void)snprintf(path, sizeof(path), "%.250s/driver", entry);
	if (sysroot_link_name(dir, path, driver, sizeof(driver)) < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%.250s/driver/unbind", entry);
	error = attribute_write(dir, path, entry);
	return error ? fault_set(fault, error, "%s (%s): %s", path, driver,
				 strerror(-error)) :
		       0;
}

static int device_restore(int dir, const char *entry, struct fault *fault)
{
	char path[SCREEN_PATH_MAX], override[HOST_NAME_MAX];
	int error;

	(void)snprintf(path, sizeof(path), "%.250s/driver_override", entry);
	if (sysroot_read(dir, path, override, sizeof(override)) <= 0 ||
	    strcmp(override, BLOCKED) != 0)
		return 0;
	error = attribute_write(dir, path, "\n");
	if (!error)
		error = attribute_write(dir, "../drivers_probe", entry);
	return error ? fault_set(fault, error, "%s: %s", path, strerror(-error)) : 0;
}

static int device_has_console(int dir, const char *entry, struct fault *fault)
{
	char path[SCREEN_PATH_MAX];

	(void)fault;
	(void)snprintf(path, sizeof(path), "%.250s/graphics", entry);
	return has_framebuffer_device(dir, path) ? -EBUSY : 0;
}

void screen_console_off(const struct sysroot *root)
{
	console_switch(root, "0");
}

void screen_console_on(const struct sysroot *root)
{
	if (has_framebuffer_device(root->fd, "sys/class/graphics"))
		console_switch(root, "1");
}

bool screen_has_console_device(const struct sysroot *root,
			       const struct host_function *function)
{
	char address[PCI_ADDRESS_TEXT], path[SCREEN_PATH_MAX];

	pci_address_format(&function->address, address);
	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/graphics", address);
	return has_framebuffer_device(root->fd, path);
}

int screen_release(const struct sysroot *root, const struct host_function *function,
		   struct fault *fault)
{
	int error;

	if (devices_each(root, function, device_has_console, fault) == -EBUSY)
		console_switch(root, "0");
	error = devices_each(root, function, device_release, fault);
	screen_console_on(root); /* another card's framebuffer device may be left */
	return error;
}

int screen_restore(const struct sysroot *root, const struct host_function *function,
		   struct fault *fault)
{
	int error = devices_each(root, function, device_restore, fault);

	screen_console_on(root);
	return error;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apply/screen.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "read/framebuffer.h"
#include "read/kept.h"

#define PCI_BUS "sys/bus/pci"
#define ATTRIBUTE_PATH (sizeof(PCI_BUS "/drivers//bind") + HOST_NAME_MAX)

static int gone_fault(const char *address, struct fault *fault)
{
	return fault_set(fault, -ESTALE, "%s: the function is gone", address);
}

static int id_check(int fd, const char *name, uint16_t expected, const char *address,
		    struct fault *fault)
{
	uint64_t id;
	int error = sysroot_number_at(fd, 16, UINT16_MAX, &id);

	/* it went behind the open file: fs/kernfs/file.c kernfs_seq_start() */
	if (error == -ENODEV)
		return gone_fault(address, fault);
	if (error < 0)
		return fault_set(fault, error, "%s: %s: %s", address, name,
				 strerror(-error));
	if (id != expected)
		return fault_set(fault, -ESTALE,
				 "%s: %s is %04x, but was %04x: it is another function "
				 "now",
				 address, name, (unsigned int)id, expected);
	return 0;
}

static int id_open(int dir, const char *name, const char *address, int *ret_fd,
		   struct fault *fault)
{
	int fd = sysroot_file_open(dir, name);

	/* it went behind the open directory: fs/kernfs/file.c kernfs_fop_open() */
	if (fd < 0 && (errno == ENOENT || errno == ENODEV))
		return gone_fault(address, fault);
	if (fd < 0)
		return fault_set(fault, -errno, "%s: %s: %s", address, name,
				 strerror(errno));
	*ret_fd = fd;
	return 0;
}

static int directory_open(const struct sysroot *root, const char *address, int *ret_dir,
			  struct fault *fault)
{
	char path[sizeof(PCI_BUS "/devices/") + PCI_ADDRESS_TEXT];
	int dir;

	(void)text_join(path, sizeof(path), PCI_BUS "/devices/", address, NULL);
	dir = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno == ENOENT)
		return gone_fault(address, fault);
	if (dir < 0)
		return fault_set(fault, -errno, "%s: %s", address, strerror(errno));
	*ret_dir = dir;
	return 0;
}

/* @ret_dir: -1 when it is not the function that was decided about */
static int function_identify(const struct sysroot *root,
			     const struct host_function *function, const char *address,
			     int *ret_dir, struct fault *fault)
{
	cleanup_close int fd = -1;
	int error = directory_open(root, address, ret_dir, fault);

	if (!error)
		error = id_open(*ret_dir, "vendor", address, &fd, fault);
	if (!error)
		error = id_check(fd, "vendor", function->id.vendor, address, fault);
	if (error) {
		cleanup_close_p(ret_dir);
		*ret_dir = -1;
	}
	return error;
}

/**
 * struct opened - an open function whose identity was checked
 * @override: its driver_override; -1: not opened
 * @own: it is not in struct kept
 */
struct opened {
	int dir;
	int override;
	bool own;
};

static void cleanup_opened_p(struct opened *opened)
{
	if (opened->own)
		cleanup_close_p(&opened->dir);
}

#define cleanup_opened __attribute__((cleanup(cleanup_opened_p)))
#define OPENED_NONE                       \
	{                                 \
		.dir = -1, .override = -1 \
	}

/* A file of a function that is gone cannot be read, whatever is at its address by now. */
static int presence_check(int fd, const char *address, struct fault *fault)
{
	char byte;

	if (pread(fd, &byte, 1, 0) >= 0)
		return 0;
	return errno == ENODEV ? gone_fault(address, fault) :
				 fault_set(fault, -errno, "%s: driver_override: %s",
					   address, strerror(errno));
}

/* What is kept was identified by then, but may be gone. */
static int function_check(struct kept_function *kept,
			  const struct host_function *function, const char *address,
			  struct fault *fault)
{
	int error = 0;

	if (kept->override >= 0)
		return presence_check(kept->override, address, fault);
	if (kept->device < 0)
		error = id_open(kept->dir, "device", address, &kept->device, fault);
	if (error)
		return error;
	return id_check(kept->device, "device", function->id.device, address, fault);
}

/*
 * Open a function's directory and make sure that it is the function that was decided
 * about. All further accesses go through this descriptor: another function at the same
 * address has another directory.
 */
static int function_open(const struct sysroot *root, const struct host_function *function,
			 const char *address, struct opened *opened, struct fault *fault)
{
	struct kept_function *kept = kept_find(root->kept, &function->address);
	struct kept_function own = { .dir = -1, .override = -1, .device = -1 };
	int error;

	if (!kept) {
		error = function_identify(root, function, address, &own.dir, fault);
		if (error)
			return error;
		kept = kept_add(root->kept, &function->address, own.dir, -1);
	}
	opened->own = !kept;
	opened->dir = kept ? kept->dir : own.dir;
	opened->override = kept ? kept->override : -1;
	error = function_check(kept ? kept : &own, function, address, fault);
	cleanup_close_p(&own.device);
	if (error && kept)
		kept_remove(root->kept, kept);
	return error;
}

/* An attribute takes one write(); a second one would be a second command. */
static int attribute_put(int fd, const char *text)
{
	size_t length = strlen(text);
	ssize_t written = write(fd, text, length);

	if (written < 0)
		return -errno;
	return (size_t)written == length ? 0 : -EIO;
}

static int attribute_open(int dir, const char *name)
{
	return openat(dir, name, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
}

int attribute_write(int dir, const char *name, const char *text)
{
	cleanup_close int fd = attribute_open(dir, name);

	return fd < 0 ? -errno : attribute_put(fd, text);
}

/* On the running machine it stays open for the next function. */
static int bind_write(const struct sysroot *root, const char *driver, const char *path,
		      const char *address)
{
	struct kept *kept = root->live ? root->kept : NULL;

	if (!kept)
		return attribute_write(root->fd, path, address);
	if (kept->bind < 0 || strcmp(kept->driver, driver) != 0) {
		cleanup_close_p(&kept->bind);
		kept->bind = attribute_open(root->fd, path);
		(void)text_join(kept->driver, sizeof(kept->driver), driver, NULL);
	}
	return kept->bind < 0 ? -errno : attribute_put(kept->bind, address);
}

static int attribute_set(const struct sysroot *root, const struct opened *opened,
			 enum kernel_attribute attribute, const char *address,
			 const char *value, const char *path)
{
	/* An empty write would not reach the kernel; a newline clears. */
	const char *driver = value[0] ? value : "\n";

	switch (attribute) {
	case KERNEL_OVERRIDE:
		return opened->override < 0 ? attribute_write(opened->dir, path, driver) :
					      attribute_put(opened->override, driver);
	case KERNEL_UNBIND:
		return attribute_write(opened->dir, path, address);
	case KERNEL_BIND:
		return bind_write(root, value, path, address);
	case KERNEL_PROBE:
	default:
		return attribute_write(root->fd, path, address);
	}
}

/* Below the function's directory or the root */
static const char *attribute_path(enum kernel_attribute attribute, const char *value,
				  char path[static ATTRIBUTE_PATH])
{
	switch (attribute) {
	case KERNEL_OVERRIDE:
		return "driver_override";
	case KERNEL_UNBIND:
		return "driver/unbind";
	case KERNEL_BIND:
		(void)text_join(path, ATTRIBUTE_PATH, PCI_BUS "/drivers/", value, "/bind",
				NULL);
		return path;
	case KERNEL_PROBE:
	default:
		return PCI_BUS "/drivers_probe";
	}
}

static int sysfs_write(void *context, const struct host_function *function,
		       enum kernel_attribute attribute, const char *value,
		       struct fault *fault)
{
	const struct sysroot *root = context;
	cleanup_opened struct opened opened = OPENED_NONE;
	const char *address = PCI_ADDRESS(&function->address), *path;
	char text[ATTRIBUTE_PATH];
	int error = function_open(root, function, address, &opened, fault);

	if (error)
		return error;
	path = attribute_path(attribute, value, text);
	error = attribute_set(root, &opened, attribute, address, value, path);
	if (error)
		return fault_set(fault, error, "%s: %s: %s", address, path,
				 strerror(-error));
	return 0;
}

static int sysfs_driver(void *context, const struct host_function *function,
			char ret_driver[static HOST_NAME_MAX], struct fault *fault)
{
	const struct sysroot *root = context;
	char driver[HOST_NAME_MAX] = "";
	cleanup_opened struct opened opened = OPENED_NONE;
	int error;
	const char *address = PCI_ADDRESS(&function->address);

	error = function_open(root, function, address, &opened, fault);
	if (error)
		return error;
	error = sysroot_link_name(opened.dir, "driver", driver, sizeof(driver));
	if (error && error != -ENOENT)
		return fault_set(fault, error, "%s: driver: %s", address,
				 strerror(-error));
	memcpy(ret_driver, driver, sizeof(driver));
	return 0;
}

static int driver_load(void *context, const struct host_driver *driver,
		       char left_out[static MODULE_LEFT_OUT_MAX], struct fault *fault)
{
	const struct sysroot *root = context;

	if (!root->live)
		return fault_set(fault, -EOPNOTSUPP,
				 "%s: modules are loaded on the running machine only",
				 driver->module);
	return module_load(root, driver->module, left_out, fault);
}

/* Links named by their address, among other entries: module, new_id, bind, ... */
static int driver_list(void *context, const struct host_driver *driver,
		       struct kernel_list *list, struct fault *fault)
{
	const struct sysroot *root = context;
	char path[sizeof(PCI_BUS "/drivers/") + HOST_NAME_MAX];
	cleanup_listing struct listing *entries = NULL;
	const char *name;
	int error;

	list->n = 0;
	(void)text_join(path, sizeof(path), PCI_BUS "/drivers/", driver->name, NULL);
	error = sysroot_list(root->fd, path, &entries);
	if (error == -ENOENT)
		return 0;
	if (error)
		return fault_set(fault, error, "%s: %s", path, strerror(-error));
	while ((name = sysroot_list_next(entries))) {
		struct pci_address address;

		if (pci_address_parse(name, &address) < 0)
			continue;
		if (list->n == KERNEL_LIST_MAX)
			return fault_set(fault, -E2BIG, "%s: more than %d functions",
					 path, KERNEL_LIST_MAX);
		list->at[list->n++] = address;
	}
	return 0;
}

/* If its identity could not be read before, the present one counts. */
static int function_look(void *context, struct host_function *function,
			 struct fault *fault)
{
	const struct sysroot *root = context;
	char address[PCI_ADDRESS_TEXT], text[HOST_NAME_MAX];
	cleanup_close int dir = -1;
	uint64_t vendor, device;
	ssize_t length;
	int error;

	pci_address_format(&function->address, address);
	error = directory_open(root, address, &dir, fault);
	if (error)
		return error;
	length = sysroot_read(dir, "driver_override", text, sizeof(text));
	if (length < 0 || sysroot_read_number(dir, "vendor", 16, UINT16_MAX, &vendor) ||
	    sysroot_read_number(dir, "device", 16, UINT16_MAX, &device))
		return fault_set(fault, -EIO, "%s: its id and class cannot be read",
				 address);
	function->id =
		(struct pci_id){ .vendor = (uint16_t)vendor, .device = (uint16_t)device };
	if (strcmp(text, "(null)") != 0)
		memcpy(function->override, text, sizeof(text));
	return 0;
}

static int screen_do(void *context, const struct host_function *function,
		     enum kernel_screen deed, struct fault *fault)
{
	const struct sysroot *root = context;

	return deed == KERNEL_SCREEN_RELEASE ? screen_release(root, function, fault) :
					       screen_restore(root, function, fault);
}

static int holder_find(void *context, const struct host_function *function,
		       char ret_owner[static HOST_NAME_MAX], struct fault *fault)
{
	return framebuffer_holder(context, function, ret_owner, fault);
}

static uint64_t boot_clock(void *context)
{
	struct timespec now = { .tv_sec = 0 };

	(void)context;
	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void short_pause(void *context)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	(void)context;
	(void)nanosleep(&pause, NULL);
}

struct kernel kernel_of_sysroot(struct sysroot *root)
{
	return (struct kernel){
		.write = sysfs_write,
		.driver = sysfs_driver,
		.load = driver_load,
		.list = driver_list,
		.look = function_look,
		.screen = screen_do,
		.holder = holder_find,
		.now = boot_clock,
		.pause = short_pause,
		.context = root,
	};
}

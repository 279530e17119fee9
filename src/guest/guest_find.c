// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_find.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "guest/libvirt_read.h"
#include "guest/proxmox_read.h"

int guest_parse(const char *file, const char *text, size_t length, struct guest *guest,
		struct fault *fault)
{
	const char *bytes = text;
	size_t rest = length;

	if (rest >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
		bytes += 3;
		rest -= 3;
	}
	while (rest && *bytes && strchr(" \t\r\n", *bytes)) {
		bytes++;
		rest--;
	}
	if (rest && *bytes == '<')
		return libvirt_parse(file, text, length, guest, fault);
	if (!rest)
		return fault_set(fault, -EINVAL, "%s: it is empty", file);
	return proxmox_parse(file, text, length, guest, fault);
}

/* Says what to do about a stored file that cannot be read. */
static int load_fault(const char *path, int error, struct fault *fault)
{
	if (error == -EACCES || error == -EPERM)
		return fault_set(fault, error,
				 "/%s: %s; run it as root, or as your user: virsh "
				 "dumpxml NAME | vfio-early --guest -",
				 path, strerror(-error));
	if (error == -EFBIG)
		return fault_set(fault, error, "/%s: it is too large to be a domain",
				 path);
	return fault_set(fault, error, "/%s: %s", path, strerror(-error));
}

int guest_load(const struct sysroot *root, const char *path, struct guest *guest,
	       struct fault *fault)
{
	char *text cleanup_free = NULL, *bytes = NULL;
	char file[SYSROOT_PATH_MAX + 1];
	size_t length;
	int result = sysroot_load(root->fd, path, GUEST_SIZE_MAX, &bytes, &length);

	if (result < 0)
		return load_fault(path, result, fault);
	text = bytes;
	(void)snprintf(file, sizeof(file), "/%s", path);
	return guest_parse(file, text, length, guest, fault);
}

/* Reads a pipe or a file of the caller, one byte more than is allowed at most. */
static int stream_load(int fd, const char *file, struct guest *guest, struct fault *fault)
{
	char *text cleanup_free = malloc(GUEST_SIZE_MAX + 1);
	ssize_t length;

	if (!text)
		return fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
	length = sysroot_read_fd(fd, text, GUEST_SIZE_MAX + 1);
	if (length < 0)
		return fault_set(fault, (int)length, "%s: %s", file,
				 strerror((int)-length));
	if ((size_t)length > GUEST_SIZE_MAX)
		return fault_set(fault, -EFBIG, "%s: it is too large to be a domain",
				 file);
	return guest_parse(file, text, (size_t)length, guest, fault);
}

static int path_load(const char *path, struct guest *guest, struct fault *fault)
{
	int fd cleanup_close = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fault_set(fault, -errno, "%s: %s", path, strerror(errno));
	return stream_load(fd, path, guest, fault);
}

static int stored_load(const struct sysroot *root, const char *name, struct guest *guest,
		       char path[static SYSROOT_PATH_MAX], struct fault *fault)
{
	bool is_number = strspn(name, "0123456789") == strlen(name);
	int result;

	if (*name == '.' || strlen(name) >= GUEST_NAME_MAX)
		return fault_set(fault, -EINVAL, "%.60s: no guest has this name", name);
	(void)snprintf(path, SYSROOT_PATH_MAX, GUEST_PROXMOX_DIR "/%s.conf", name);
	if (is_number && sysroot_exists(root->fd, path))
		return guest_load(root, path, guest, fault);
	(void)snprintf(path, SYSROOT_PATH_MAX, GUEST_LIBVIRT_DIR "/%s.xml", name);
	result = guest_load(root, path, guest, fault);
	if (result != -ENOENT)
		return result;
	return fault_set(fault, -ENOENT,
			 "no guest is called %.60s: neither /" GUEST_LIBVIRT_DIR
			 "/%.60s.xml nor /" GUEST_PROXMOX_DIR
			 "/NUMBER.conf is there. For a guest of your user: virsh dumpxml "
			 "NAME | vfio-early --guest -",
			 name, name);
}

int guest_find(const struct sysroot *root, const char *subject, struct guest *guest,
	       char ret_source[static SYSROOT_PATH_MAX], struct fault *fault)
{
	char path[SYSROOT_PATH_MAX];
	int result;

	if (!strcmp(subject, "-")) {
		(void)snprintf(ret_source, SYSROOT_PATH_MAX, "standard input");
		return stream_load(STDIN_FILENO, "standard input", guest, fault);
	}
	if (strchr(subject, '/')) {
		(void)snprintf(ret_source, SYSROOT_PATH_MAX, "%s", subject);
		return path_load(subject, guest, fault);
	}
	result = stored_load(root, subject, guest, path, fault);
	if (!result)
		(void)snprintf(ret_source, SYSROOT_PATH_MAX, "/%.500s", path);
	return result;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/guard_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

#define STORE_MAGIC 0xde5e81e4 /* EFIVARFS_MAGIC */

int guard_read(int dir, struct guard_record *record, struct fault *fault)
{
	const size_t head = sizeof(uint32_t);
	char bytes[sizeof(uint32_t) + sizeof(*record) + 1];
	cleanup_close int fd = openat(dir, GUARD_VARIABLE,
				      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t length = 0;

	if (fd >= 0)
		length = read(fd, bytes, sizeof(bytes));
	if ((fd < 0 && errno != ENOENT) || length < 0)
		return fault_set(fault, -errno, GUARD_VARIABLE ": %s", strerror(errno));
	guard_record_parse(bytes + head,
			   (size_t)length > head ? (size_t)length - head : 0, record);
	return 0;
}

int guard_store_open(const struct sysroot *root, int *ret_dir, struct fault *fault)
{
	cleanup_close int dir = -1;
	struct statfs status;

	if (!sysroot_exists(root->fd, GUARD_EFI))
		return fault_set(fault, -ENODEV, "this machine did not boot by UEFI");
	dir = openat(root->fd, GUARD_STORE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fstatfs(dir, &status) < 0)
		return fault_set(fault, -errno, "EFI variables: %s", strerror(errno));
	if (root->live && (unsigned long)status.f_type != STORE_MAGIC)
		return fault_set(fault, -ENODEV,
				 "EFI variables: efivarfs is not mounted");
	*ret_dir = dir;
	dir = -1;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/device_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define DIRECTORY "run/vfio-early"
#define NAME DIRECTORY "/lock"

int device_lock_open(const struct sysroot *root, int *ret_fd, struct fault *fault)
{
	int fd;

	if (mkdirat(root->fd, DIRECTORY, 0755) < 0 && errno != EEXIST)
		return fault_set(fault, -errno, DIRECTORY ": %s", strerror(errno));
	fd = openat(root->fd, NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_set(fault, -errno, NAME ": %s", strerror(errno));
	*ret_fd = fd;
	return 0;
}

static int lock_set(int fd, short type, int command)
{
	struct flock whole = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, command, &whole) < 0 ? -errno : 0;
}

int device_lock_take(int fd, bool wait)
{
	int error;

	do
		error = lock_set(fd, F_WRLCK, wait ? F_OFD_SETLKW : F_OFD_SETLK);
	while (error == -EINTR);
	return error == -EACCES ? -EAGAIN : error;
}

void device_lock_release(int fd)
{
	if (fd >= 0)
		(void)lock_set(fd, F_UNLCK, F_OFD_SETLK);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/device_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"

#define DIRECTORY "run/vfio-early"
#define NAME DIRECTORY "/lock"
#define PAUSE 100L /* milliseconds */

int device_lock(const struct sysroot *root, int *ret_fd, struct fault *fault)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000 };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	cleanup_close int fd = -1;

	(void)mkdirat(root->fd, DIRECTORY, 0755);
	fd = openat(root->fd, NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_set(fault, -errno, NAME ": %s", strerror(errno));
	for (long tries = DEVICE_LOCK_SECONDS * 1000L / PAUSE; tries; tries--) {
		if (!fcntl(fd, F_SETLK, &whole)) {
			*ret_fd = fd;
			fd = -1;
			return 0;
		}
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return fault_set(fault, -errno, NAME ": %s", strerror(errno));
		(void)nanosleep(&pause, NULL);
	}
	return fault_set(fault, -ETIMEDOUT, NAME ": another run does not end");
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/guard_write.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "read/guard_read.h"

/**
 * struct content - of the file, for one write()
 */
struct content {
	uint32_t attributes;
	struct guard_record record;
} __attribute__((packed));

/* The request is an int in musl, and no int in glibc. */
static long flags_ask(int fd, unsigned long request, unsigned int *flags)
{
	return syscall(SYS_ioctl, fd, request, flags);
}

static int content_write(int dir, const struct guard_record *record, struct fault *fault)
{
	const struct content content = { GUARD_ATTRIBUTES, *record };
	cleanup_close int fd =
		openat(dir, GUARD_VARIABLE,
		       O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, &content, sizeof(content)) < 0)
		return fault_set(fault, -errno, GUARD_VARIABLE ": %s", strerror(errno));
	return 0;
}

/*
 * Every variable that is not on a short list of the kernel is immutable, in each mount
 * anew (fs/efivarfs/inode.c efivarfs_get_inode()); a new one is born so.
 *
 * Return: the flags that it had
 */
static unsigned int immutable_lift(int fd)
{
	unsigned int flags = 0, without;

	if (fd >= 0)
		(void)flags_ask(fd, FS_IOC_GETFLAGS, &flags);
	without = flags & ~(unsigned int)FS_IMMUTABLE_FL;
	if (flags != without)
		(void)flags_ask(fd, FS_IOC_SETFLAGS, &without);
	return flags;
}

static int mutable_write(int dir, const struct guard_record *record, struct fault *fault)
{
	cleanup_close int fd = openat(dir, GUARD_VARIABLE,
				      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	unsigned int flags = immutable_lift(fd);
	int error = content_write(dir, record, fault);

	if (flags & FS_IMMUTABLE_FL)
		(void)flags_ask(fd, FS_IOC_SETFLAGS, &flags);
	return error;
}

/* That the firmware reports success proves nothing; reading the variable does. */
int guard_write(int dir, const struct guard_record *record, struct fault *fault)
{
	struct guard_record now;
	int error = mutable_write(dir, record, fault);

	if (!error)
		error = guard_read(dir, &now, fault);
	if (!error && memcmp(&now, record, sizeof(now)) != 0)
		error = fault_set(fault, -EIO, GUARD_VARIABLE ": it does not stay");
	return error;
}

/* Removal needs no room (drivers/firmware/efi/vars.c asks for none). */
static int variable_remove(int dir, struct fault *fault)
{
	cleanup_close int fd = openat(dir, GUARD_VARIABLE,
				      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	(void)immutable_lift(fd);
	if (unlinkat(dir, GUARD_VARIABLE, 0) < 0)
		return fault_set(fault, -errno, GUARD_VARIABLE ": %s", strerror(errno));
	return 0;
}

int guard_end(int dir, const struct guard_record *record, bool *ret_kept,
	      struct fault *fault)
{
	int error = guard_write(dir, record, fault);

	*ret_kept = !error;
	return error == -ENOSPC ? variable_remove(dir, fault) : error;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/guard_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array.h"
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

#define ENDER "vfio-early-passed.service"
#define UNIT_MAX 64 /* bytes of a name; none of ours is longer */

/*
 * The first file of a name below the folders of systemd, in its order.
 *
 * Return: is there one, and is it no mask? @ret_last: what it links to
 */
static bool unit_find(const struct sysroot *root, const char *name,
		      char ret_last[static UNIT_MAX])
{
	static const char *const folders[] = { "etc", "usr/local/lib", "usr/lib", "lib" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char path[SYSROOT_PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/systemd/system/%s", folders[i],
			       name);
		ret_last[0] = '\0';
		if (!sysroot_link_name(root->fd, path, ret_last, UNIT_MAX))
			return strcmp(ret_last, "null") != 0;
		if (sysroot_exists(root->fd, path))
			return true;
	}
	return false;
}

static bool is_wanted(const struct sysroot *root, const char *target)
{
	char name[2 * UNIT_MAX], last[UNIT_MAX];

	(void)snprintf(name, sizeof(name), "%s.wants/" ENDER, target);
	return unit_find(root, name, last);
}

/* The init is known by its name; where there is none, another program starts it. */
static bool is_by_systemd(const struct sysroot *root)
{
	char last[UNIT_MAX];

	return !sysroot_exists(root->fd, "sbin/init") ||
	       (!sysroot_link_name(root->fd, "sbin/init", last, sizeof(last)) &&
		!strcmp(last, "systemd"));
}

/* graphical.target requires multi-user.target (systemd's units/graphical.target). */
static bool is_started(const struct sysroot *root)
{
	char last[UNIT_MAX], target[UNIT_MAX];

	if (!unit_find(root, ENDER, last) || !unit_find(root, "default.target", target))
		return false;
	return is_wanted(root, "default.target") ||
	       (target[0] && is_wanted(root, target)) ||
	       (!strcmp(target, "graphical.target") &&
		is_wanted(root, "multi-user.target"));
}

/* The initramfs mounts the store itself, so that a trial would be noted nevertheless. */
static bool is_read_only(const struct sysroot *root)
{
	cleanup_close int dir =
		openat(root->fd, GUARD_STORE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statvfs status;

	return dir >= 0 && !fstatvfs(dir, &status) && status.f_flag & ST_RDONLY;
}

const char *guard_obstacle(const struct sysroot *root)
{
	if (!is_by_systemd(root))
		return "systemd is not the init";
	if (!is_started(root))
		return "the default target does not start " ENDER;
	if (is_read_only(root))
		return "EFI variables are mounted read-only";
	return NULL;
}

/*
 * Since 6.5 blocks of one byte (fs/efivarfs/super.c efivarfs_statfs()); none at all: the
 * firmware does not say. Before that the kernel has pages, none at all.
 */
static void room_look(int dir, struct guard_look *look)
{
	struct statfs status;

	if (fstatfs(dir, &status) < 0 || (unsigned long)status.f_type != STORE_MAGIC ||
	    status.f_bsize != 1 || !status.f_blocks)
		return;
	look->room_known = true;
	look->room = status.f_bavail;
}

void guard_look(const struct sysroot *root, struct guard_look *look)
{
	cleanup_close int dir = -1;

	*look = (struct guard_look){ .obstacle = guard_obstacle(root) };
	sysroot_seen(root->fd, GUARD_STORE, SYSROOT_LOOKS);
	sysroot_seen(root->fd, GUARD_STORE "/" GUARD_VARIABLE, SYSROOT_READS);
	look->error = guard_store_open(root, &dir, &look->fault);
	if (look->error)
		return;
	look->error = guard_read(dir, &look->record, &look->fault);
	room_look(dir, look);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"

#define NAMES_MAX 100 /* that are tried */

/* What ends a program from outside */
static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

static void signals_hold(sigset_t *before)
{
	struct sigaction action;
	sigset_t held;

	/* A file that is larger than allowed is to be an error of write(2): EFBIG. */
	(void)signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&held);
	/*
	 * An ignored signal (nohup, a background job) stays ignored; if it were blocked,
	 * it would be pending.
	 */
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

static bool signals_wait(void)
{
	sigset_t pending;

	sigpending(&pending);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigismember(&pending, signals[i]) == 1)
			return true;
	return false;
}

/* The name is free, or taken by a regular file that may give way */
static int name_check(const struct newfile *newfile)
{
	struct stat status;

	/* The link itself: /dev/stdout leads to a regular file when it was redirected. */
	if (lstat(newfile->file, &status) < 0)
		return errno == ENOENT ? 0 : -errno;
	return newfile->replace && S_ISREG(status.st_mode) ? 0 : -EEXIST;
}

/*
 * An unnamed file, which vanishes with the process; on FAT a named one beside the target
 */
static int part_open(const struct newfile *newfile, char part[static PATH_MAX])
{
	const char *slash = strrchr(newfile->file, '/');
	int length = slash ? (int)(slash - newfile->file) + 1 : 0;
	int fd, error = name_check(newfile);

	if (error < 0)
		return error;
	length = snprintf(part, PATH_MAX, "%.*s.", length, newfile->file);
	if (length < 0 || length >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = open(part, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	*part = '\0';
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd < 0 ? -errno : fd;
	length = snprintf(part, PATH_MAX, "%s.XXXXXX", newfile->file);
	if (length < 0 || length >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = mkostemp(part, O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Links the unnamed file: as FILE, or as FILE.NUMBER beside the file to be replaced */
static int part_link(const struct newfile *newfile, char part[static PATH_MAX], int fd,
		     int number)
{
	char itself[32], beside[16] = "";
	int length;

	if (newfile->replace)
		(void)snprintf(beside, sizeof(beside), ".%d", number);
	length = snprintf(part, PATH_MAX, "%s%s", newfile->file, beside);
	if (length < 0 || length >= PATH_MAX)
		return -ENAMETOOLONG;
	(void)snprintf(itself, sizeof(itself), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, itself, AT_FDCWD, part, AT_SYMLINK_FOLLOW) < 0 ? -errno :
										 0;
}

/* A number can be taken: by one that was killed, or that counts processes otherwise */
static int part_name(const struct newfile *newfile, char part[static PATH_MAX], int fd)
{
	int error = -EEXIST;

	for (int i = 0; i < NAMES_MAX && error == -EEXIST; i++)
		error = part_link(newfile, part, fd, getpid() + i);
	if (error < 0)
		*part = '\0'; /* the file of that name is not ours */
	return error;
}

/* The whole file appears under its own name */
static int part_place(const struct newfile *newfile, char part[static PATH_MAX], int fd)
{
	bool has_name = *part;
	int error = has_name ? 0 : part_name(newfile, part, fd);

	if (error < 0 || (!has_name && !newfile->replace))
		return error;
	error = name_check(newfile);
	if (error < 0)
		return error;
	return rename(part, newfile->file) < 0 ? -errno : 0;
}

static const char *open_problem(const struct newfile *newfile, int error)
{
	return newfile->replace && error == -EEXIST ?
		       "a link, or not a regular file: give the name of a file" :
		       strerror(-error);
}

static int part_write(const struct newfile *newfile, char part[static PATH_MAX], int fd,
		      struct fault *fault)
{
	int error = newfile->write(newfile->context, fd, fault);

	if (error < 0)
		return error;
	if (signals_wait())
		error = -EINTR;
	else
		error = fsync(fd) < 0 ? -errno : part_place(newfile, part, fd);
	return error < 0 ? fault_set(fault, error, "%s: %s", newfile->file,
				     strerror(-error)) :
			   0;
}

int newfile_write(const struct newfile *newfile, struct fault *fault)
{
	char part[PATH_MAX];
	cleanup_close int fd = -1;
	sigset_t before;
	int error;

	signals_hold(&before);
	fd = part_open(newfile, part);
	if (fd < 0)
		error = fault_set(fault, fd, "%s: %s", newfile->file,
				  open_problem(newfile, fd));
	else
		error = part_write(newfile, part, fd, fault);
	if (fd >= 0 && error < 0 && *part)
		(void)unlink(part);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return error;
}

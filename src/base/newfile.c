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

/* What ends a program from outside */
static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

static void signals_hold(sigset_t *before)
{
	struct sigaction action;
	sigset_t held;

	/* A file that is larger than allowed is to be an error of write(2): EFBIG. */
	(void)signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&held);
	/* One that is ignored (nohup, a background job) stays so: held, it is pending. */
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

/* The name under which it is written: its own, or one beside the file that gives way */
static int part_open(const struct newfile *newfile, char part[static PATH_MAX])
{
	const char *suffix = newfile->replace ? ".XXXXXX" : "";
	int length = snprintf(part, PATH_MAX, "%s%s", newfile->file, suffix);
	struct stat status;
	int fd;

	if (length < 0 || length >= PATH_MAX)
		return -ENAMETOOLONG;
	/* The link itself: /dev/stdout leads to a regular file when it was redirected. */
	if (newfile->replace && !lstat(newfile->file, &status) &&
	    !S_ISREG(status.st_mode))
		return -EEXIST;
	fd = newfile->replace ? mkostemp(part, O_CLOEXEC) :
				open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static const char *open_problem(const struct newfile *newfile, int error)
{
	return newfile->replace && error == -EEXIST ?
		       "a link, or no file: give the name of a file" :
		       strerror(-error);
}

static int part_write(const struct newfile *newfile, const char *part, int fd,
		      struct fault *fault)
{
	int error = newfile->write(newfile->context, fd, fault);

	if (error < 0)
		return error;
	if (signals_wait())
		error = -EINTR;
	else if (fsync(fd) < 0 || (newfile->replace && rename(part, newfile->file) < 0))
		error = -errno;
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
	if (fd >= 0 && error < 0)
		(void)unlink(part);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return error;
}

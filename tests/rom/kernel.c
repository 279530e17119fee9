// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel does with `rom`, `power_state` and `power/control` of a function, for a
 * program that is run on a tree of plain files (LD_PRELOAD): a card sleeps while control
 * is auto, and its ROM is EIO while it sleeps, or while nothing was written to `rom`.
 *
 * KERNEL_SIGNAL=S and KERNEL_AT=N send signal S at the Nth of these files that is opened.
 * KERNEL_ASLEEP=1: the card never wakes up. The file `opened` counts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int real_open(int dir, const char *name, int flags)
{
	static int (*next)(int, const char *, int, ...);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "openat");
	return next(dir, name, flags, 0600);
}

static void count(int dir)
{
	static unsigned int opened;
	static pid_t first;
	const char *at = getenv("KERNEL_AT"), *number = getenv("KERNEL_SIGNAL");
	int fd;

	first = first ? first : getpid();
	if (getpid() != first)
		return;
	opened++;
	fd = real_open(dir, "opened", O_WRONLY | O_CREAT | O_TRUNC);
	dprintf(fd, "%u\n", opened);
	close(fd);
	if (at && number && opened == strtoul(at, NULL, 10))
		kill(getpid(), (int)strtoul(number, NULL, 10));
}

static int is_on(int dir, const char *name, const char *word)
{
	char text[16] = "";
	int fd = real_open(dir, name, O_RDONLY);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		*text = '\0';
	close(fd);
	return !strncmp(text, word, strlen(word));
}

static int state_open(int dir)
{
	int awake = is_on(dir, "power/control", "on") && !getenv("KERNEL_ASLEEP");
	int fd = memfd_create("power_state", 0);

	dprintf(fd, "%s\n", awake ? "D0" : "D3hot");
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int rom_open(int dir, int flags)
{
	if ((flags & O_ACCMODE) != O_RDONLY)
		return real_open(dir, "enabled", O_WRONLY | O_CREAT | O_TRUNC);
	if (!is_on(dir, "power/control", "on") || !is_on(dir, "enabled", "1")) {
		errno = EIO;
		return -1;
	}
	return real_open(dir, "rom", flags);
}

static int any_open(int dir, const char *name, int flags)
{
	if (strcmp(name, "power/control") != 0 && strcmp(name, "power_state") != 0 &&
	    strcmp(name, "rom") != 0)
		return real_open(dir, name, flags);
	count(dir);
	if (!strcmp(name, "power_state"))
		return state_open(dir);
	if (!strcmp(name, "rom"))
		return rom_open(dir, flags);
	/* an attribute is replaced as a whole */
	if ((flags & O_ACCMODE) != O_RDONLY)
		flags |= O_TRUNC;
	return real_open(dir, name, flags);
}

int openat(int dir, const char *name, int flags, ...)
{
	return any_open(dir, name, flags);
}

int openat64(int dir, const char *name, int flags, ...)
{
	return any_open(dir, name, flags);
}

int __openat_2(int dir, const char *name, int flags);
int __openat_2(int dir, const char *name, int flags)
{
	return any_open(dir, name, flags);
}

int __openat64_2(int dir, const char *name, int flags);
int __openat64_2(int dir, const char *name, int flags)
{
	return any_open(dir, name, flags);
}

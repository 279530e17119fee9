// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/preinit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "boot/supervise.h"
#include "model/config.h"

#define INIT "/init"
/* The child ends by itself; there is a limit for a child that cannot end. */
#define WAIT_MAX (CONFIG_DEADLINE_MAX + SUPERVISE_GRACE + 1)

/**
 * struct place - a file system that the work needs
 * @target: mount point
 * @source: a directory that --make-cpio may have added, or the name of the type
 * @type: of file system; NULL: @source is a directory
 * @flags: of mount(2)
 * @mounted: by us
 */
struct place {
	const char *target;
	const char *source;
	const char *type;
	unsigned long flags;
	bool mounted;
};

/* An existing mount (by a boot loader's stub, for example) is used and stays. */
static bool place_is_ready(const struct place *place)
{
	struct stat above, status;

	return place->type && !stat("/", &above) && !stat(place->target, &status) &&
	       above.st_dev != status.st_dev;
}

/* With the directory above it, since not every image has /lib. */
static void directory_make(const char *path)
{
	char above[32];

	(void)snprintf(above, sizeof(above), "%.*s", (int)(strrchr(path, '/') - path),
		       path);
	if (above[0])
		(void)mkdir(above, 0755);
	(void)mkdir(path, 0755);
}

static void places_mount(struct place *places, size_t n_places)
{
	for (size_t i = 0; i < n_places; i++) {
		struct place *place = &places[i];

		if (!place->type && access(place->source, F_OK) < 0)
			continue;
		directory_make(place->target);
		if (!place_is_ready(place))
			place->mounted = !mount(place->source, place->target, place->type,
						place->flags, "");
	}
}

/*
 * An /init that mounts the same file systems at the same places would get EBUSY.
 * Detached: a worker that hangs in sysfs must not keep us.
 */
static void places_unmount(struct place *places, size_t n_places)
{
	for (size_t i = n_places; i--;)
		if (places[i].mounted)
			(void)umount2(places[i].target, MNT_DETACH);
}

/* Process 1 gets its console only when the image has /dev/console. */
static void output_open(void)
{
	int fd;

	if (fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	do {
		fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd >= 0)
			(void)fcntl(fd, F_SETFD, 0); /* /init needs it too */
	} while (fd >= 0 && fd < STDERR_FILENO);
}

static void child_wait(pid_t pid, const sigset_t *signals)
{
	struct timespec slice = { .tv_sec = 1 };
	int status;

	for (int second = 0; second < WAIT_MAX;) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid || (ended < 0 && errno != EINTR))
			return;
		if (sigtimedwait(signals, NULL, &slice) < 0 && errno == EAGAIN)
			second++;
	}
	(void)kill(pid, SIGKILL);
}

/*
 * The child does not wait for its worker's last instructions (supervise.c), and /init may
 * take any child for its own. One that does not end is left.
 */
static void orphans_reap(const sigset_t *signals)
{
	const struct timespec patience = { .tv_nsec = 100000000 };

	for (;;) {
		pid_t ended = waitpid(-1, NULL, WNOHANG);

		if (ended < 0)
			return;
		if (!ended && sigtimedwait(signals, NULL, &patience) < 0 &&
		    errno == EAGAIN)
			return;
	}
}

/* Return: true in the child */
static bool work_start(const sigset_t *old, const sigset_t *signals)
{
	pid_t pid = fork();

	if (!pid) {
		(void)sigprocmask(SIG_SETMASK, old, NULL);
		return true;
	}
	if (pid > 0) {
		child_wait(pid, signals);
		orphans_reap(signals);
	}
	return false;
}

static enum preinit_role init_become(char **argv, struct fault *fault)
{
	static char name[] = INIT;

	argv[0] = name;
	(void)execv(INIT, argv);
	(void)fault_set(fault, -errno, INIT ": %s", strerror(errno));
	return PREINIT_FAILED;
}

enum preinit_role preinit(char **argv, struct fault *fault)
{
	struct place places[] = {
		{ "/proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
		{ "/sys", "sysfs", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
		{ "/dev", "devtmpfs", "devtmpfs", MS_NOSUID, false },
		{ "/lib/modules", PREINIT_MODULES, NULL, MS_BIND, false },
	};
	sigset_t signals, old;

	if (getpid() != 1 || !argv[0] || access(INIT, X_OK) < 0)
		return PREINIT_NONE;
	places_mount(places, ARRAY_SIZE(places));
	output_open();
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &signals, &old);
	if (access("/proc/vmcore", F_OK) < 0 && work_start(&old, &signals))
		return PREINIT_WORK;
	places_unmount(places, ARRAY_SIZE(places));
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return init_become(argv, fault);
}

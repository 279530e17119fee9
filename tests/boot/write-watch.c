// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * write-watch - record every write to the given files
 *
 * usage: write-watch LOG FILE...
 *
 * Asks inotify for IN_MODIFY of each file, prints "watching N" once the watches are
 * set, and then appends the name of a file to LOG each time that a process wrote to
 * it. sysfs attributes report writes from user space in this way, so "nothing was
 * written" is a statement of the kernel's. Runs until it is ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/inotify.h>

enum { FILES_MAX = 1024 };

static const char *file_of[FILES_MAX + 1];

static int watch_all(int fd, int count, char **files)
{
	for (int i = 0; i < count; i++) {
		int watch = inotify_add_watch(fd, files[i], IN_MODIFY);

		if (watch < 0 || watch > FILES_MAX) {
			fprintf(stderr, "write-watch: %s: %s\n", files[i],
				strerror(errno));
			return 1;
		}
		file_of[watch] = files[i];
	}
	return 0;
}

static void record(int log, const char *buffer, ssize_t length)
{
	const struct inotify_event *event;

	for (ssize_t at = 0; at < length; at += (ssize_t)(sizeof(*event) + event->len)) {
		event = (const struct inotify_event *)(const void *)(buffer + at);
		if (event->mask & IN_Q_OVERFLOW)
			dprintf(log, "overflow\n");
		else if (event->wd > 0 && event->wd <= FILES_MAX)
			dprintf(log, "%s\n", file_of[event->wd]);
	}
}

int main(int argc, char **argv)
{
	_Alignas(struct inotify_event) char buffer[4096];
	int fd, log;

	if (argc < 3 || argc - 2 > FILES_MAX)
		return 2;
	fd = inotify_init1(IN_CLOEXEC);
	log = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || log < 0 || watch_all(fd, argc - 2, argv + 2))
		return 1;
	printf("watching %d\n", argc - 2);
	fflush(stdout);
	for (;;) {
		ssize_t length = read(fd, buffer, sizeof(buffer));

		if (length < 0 && errno != EINTR)
			return 1;
		if (length > 0)
			record(log, buffer, length);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/probe.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

/* What comes through the pipe, in one piece: it is smaller than PIPE_BUF. */
struct answer {
	int error;
	char text[PROBE_TEXT_MAX];
};

/* A value that one device is asked for */
struct question {
	const char *path;
	const char *key;
};

static uint64_t clock_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* It ends as if killed: nothing of the parent's is flushed or freed twice. */
static void child_work(int pipe,
		       int (*work)(const void *what, char text[static PROBE_TEXT_MAX]),
		       const void *what)
{
	struct answer answer = { 0 };

	answer.error = work(what, answer.text);
	(void)!write(pipe, &answer, sizeof(answer));
	(void)raise(SIGKILL);
}

/* Interrupted waiting starts again with the time that is left. */
static int answer_wait(int pipe, unsigned int milliseconds, struct answer *answer)
{
	uint64_t until = clock_ms() + milliseconds;
	struct pollfd ready = { .fd = pipe, .events = POLLIN };

	for (;;) {
		uint64_t now = clock_ms();
		int result = poll(&ready, 1, now < until ? (int)(until - now) : 0);

		if (result > 0)
			break;
		if (!result)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
	return read(pipe, answer, sizeof(*answer)) == sizeof(*answer) ? 0 : -EPIPE;
}

/*
 * A child that has answered ends; any other is killed and, inside the kernel, may stay.
 */
static int answer_get(struct probe *probe, pid_t pid, int pipe, struct answer *answer)
{
	unsigned int most = probe->left < PROBE_ONE_MS ? probe->left : PROBE_ONE_MS;
	uint64_t start = clock_ms(), took;
	int error = answer_wait(pipe, most, answer);

	took = clock_ms() - start;
	probe->left -= took < probe->left ? (unsigned int)took : probe->left;
	if (error)
		(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, !error || error == -EPIPE ? 0 : WNOHANG);
	return error;
}

int probe_bounded(struct probe *probe,
		  int (*work)(const void *what, char text[static PROBE_TEXT_MAX]),
		  const void *what, char text[static PROBE_TEXT_MAX])
{
	cleanup_close int from = -1, to = -1;
	struct answer answer = { 0 };
	int ends[2], error;
	pid_t pid;

	if (!probe->left)
		return -ETIMEDOUT;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	from = ends[0];
	to = ends[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		child_work(to, work, what);
		return -ECHILD; /* never */
	}
	/* With our end open a child that crashed would not be noticed. */
	(void)close(to);
	to = -1;
	error = answer_get(probe, pid, from, &answer);
	if (error || answer.error)
		return error ? error : answer.error;
	memcpy(text, answer.text, sizeof(answer.text));
	return 0;
}

/* A card reader without a card, a drive without a disk */
static bool is_empty(int error)
{
	return error == ENOMEDIUM || error == ENXIO || error == ENODEV;
}

/* It is open for as long as this process lives. */
static int value_find(const void *what, char text[static PROBE_TEXT_MAX])
{
	const struct question *question = what;
	blkid_probe probe = blkid_new_probe_from_filename(question->path);
	const char *found = NULL;
	int result;

	if (!probe)
		return is_empty(errno) ? 0 : -EIO;
	(void)blkid_probe_enable_superblocks(probe, 1);
	(void)blkid_probe_set_superblocks_flags(
		probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL);
	(void)blkid_probe_enable_partitions(probe, 1);
	(void)blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS);
	result = blkid_do_safeprobe(probe);
	/*
	 * 1: nothing is on it; -2: several signatures are, and udev uses none of them
	 * either
	 */
	if (result == -1)
		return -EIO;
	if (!result && !blkid_probe_lookup_value(probe, question->key, &found, NULL))
		(void)snprintf(text, PROBE_TEXT_MAX, "%s", found);
	return 0;
}

enum fact probe_value(struct probe *probe, const char *path, const char *key,
		      char text[static PROBE_TEXT_MAX])
{
	const struct question question = { .path = path, .key = key };
	char found[PROBE_TEXT_MAX] = "";

	if (probe_bounded(probe, value_find, &question, found) < 0)
		return FACT_UNKNOWN;
	if (!found[0])
		return FACT_NO;
	memcpy(text, found, sizeof(found));
	return FACT_YES;
}

enum fact probe_tag(struct probe *probe, const char *path, const char *key, bool is_label,
		    const char *value)
{
	char found[PROBE_TEXT_MAX];
	enum fact has = probe_value(probe, path, key, found);

	if (has != FACT_YES)
		return has;
	return (is_label ? !strcmp(found, value) : !strcasecmp(found, value)) ? FACT_YES :
										FACT_NO;
}

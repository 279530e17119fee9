// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stopwatch - how long a command runs, from before its start until after its end
 *
 * usage: stopwatch [--all] COMMAND [ARGUMENT...]
 *
 * --all: until the last process that it has started is gone, too. Prints
 * "NANOSECONDS STATUS". Under QEMU's -icount the clock counts instructions, so this is no
 * measure of the machine that emulates.
 */
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(int argc, char **argv)
{
	int all = argc > 1 && !strcmp(argv[1], "--all"), status;
	char **command = argv + 1 + all;
	uint64_t begin, end;
	pid_t pid;

	if (!*command || (all && prctl(PR_SET_CHILD_SUBREAPER, 1)))
		return 2;
	begin = now();
	if (posix_spawn(&pid, *command, NULL, NULL, command, environ))
		return 2;
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	while (all && wait(NULL) > 0)
		;
	end = now();
	printf("%llu %d\n", (unsigned long long)(end - begin),
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}

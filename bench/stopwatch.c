// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stopwatch - how long a command runs, from before its start until after its end
 *
 * usage: stopwatch COMMAND [ARGUMENT...]
 *
 * Prints "NANOSECONDS STATUS". Under QEMU's -icount the clock counts instructions, so
 * this is no measure of the machine that emulates.
 */
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
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
	uint64_t begin = now(), end;
	int status;
	pid_t pid;

	if (argc < 2 || posix_spawn(&pid, argv[1], NULL, NULL, argv + 1, environ))
		return 2;
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	end = now();
	printf("%llu %d\n", (unsigned long long)(end - begin),
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}

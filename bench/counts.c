// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * counts - number of system calls and page faults of a command
 *
 * usage: counts COMMAND [ARGUMENT...]
 *
 * Counts all its processes together, also those that outlive the first one. Prints
 * "CALLS FAULTS STATUS". Unlike time, these numbers do not depend on the speed of the
 * processor.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                             \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

static int command(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
		return 127;
	execv(argv[0], argv);
	return 127;
}

/* A stop at a system call's entry, not at its end */
static int is_entry(pid_t pid)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* Return: the signal that the process is to get */
static int stop_count(pid_t pid, int status, unsigned long *calls)
{
	int number = WSTOPSIG(status);

	if (number == (SIGTRAP | 0x80)) {
		*calls += is_entry(pid);
		return 0;
	}
	return number == SIGTRAP || number == SIGSTOP ? 0 : number;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	unsigned long calls = 0;
	int status, result = -1;
	pid_t first, pid;

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1) || (first = fork()) < 0)
		return 2;
	if (!first)
		return command(argv + 1);
	if (waitpid(first, &status, 0) != first ||
	    ptrace(PTRACE_SETOPTIONS, first, 0, OPTIONS))
		return 1;
	ptrace(PTRACE_SYSCALL, first, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			ptrace(PTRACE_SYSCALL, pid, 0, stop_count(pid, status, &calls));
		else if (pid == first)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%lu %ld %d\n", calls, usage.ru_minflt, result);
	return 0;
}

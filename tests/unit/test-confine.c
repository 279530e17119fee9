// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "boot/confine.h"

/* What a process that has confined itself may not do */
static const long refused[] = {
	SYS_execve,	    SYS_execveat,	 SYS_socket,
	SYS_connect,	    SYS_ptrace,		 SYS_bpf,
	SYS_kexec_load,	    SYS_kexec_file_load, SYS_reboot,
	SYS_delete_module,  SYS_unshare,	 SYS_setns,
	SYS_mount,	    SYS_umount2,	 SYS_chroot,
	SYS_pivot_root,	    SYS_keyctl,		 SYS_perf_event_open,
	SYS_io_uring_setup, SYS_userfaultfd,	 SYS_mknodat,
	SYS_fchownat,	    SYS_setuid,		 SYS_swapon,
	SYS_capset,	    SYS_prctl,		 SYS_process_vm_writev,
	SYS_seccomp,
};

/* In a process of its own; @check returns 0, or the number of what does not hold. */
static void confined(int (*check)(uint64_t before), uint64_t before)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		confine();
		_exit(check(before));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* With arguments that would harm nothing */
static int calls_are_refused(uint64_t before)
{
	(void)before;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (syscall(refused[i], -1, 0, 0, 0, 0, 0) != -1 || errno != ENOSYS)
			return (int)i + 1;
	return 0;
}

static void test_calls_are_refused(void **state)
{
	(void)state;
	confined(calls_are_refused, 0);
}

/* A module that is none: the errno of the kernel's loader, ENOSYS where it has none */
static uint64_t loader_error(void)
{
	int error = syscall(SYS_finit_module, -1, "", 0) ? errno : 0;

	return (uint64_t)(error << 8 |
			  (syscall(SYS_init_module, NULL, 0, NULL) ? errno : 0));
}

static int work_is_possible(uint64_t before)
{
	char byte;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &byte, 1) != 1 || close(fd))
		return 1;
	return loader_error() != before;
}

static void test_work_is_possible(void **state)
{
	(void)state;
	confined(work_is_possible, loader_error());
}

static int privileges_are_few(uint64_t before)
{
	const uint64_t kept =
		UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_SYS_MODULE |
		UINT64_C(1) << CAP_DAC_OVERRIDE | UINT64_C(1) << CAP_DAC_READ_SEARCH |
		UINT64_C(1) << CAP_LINUX_IMMUTABLE;
	char text[4096], line[64];
	ssize_t length;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 1;
	length = read(fd, text, sizeof(text) - 1);
	if (length < 0 || close(fd))
		return 2;
	text[length] = 0;
	if (!strstr(text, "\nNoNewPrivs:\t1\n") || !strstr(text, "\nSeccomp:\t2\n"))
		return 3;
	(void)snprintf(line, sizeof(line), "\nCapPrm:\t%016" PRIx64 "\n", before & kept);
	if (!strstr(text, line))
		return 4;
	(void)snprintf(line, sizeof(line), "\nCapEff:\t%016" PRIx64 "\n", before & kept);
	return strstr(text, line) ? 0 : 5;
}

static void test_privileges_are_few(void **state)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	(void)state;
	assert_int_equal(syscall(SYS_capget, &head, sets), 0);
	confined(privileges_are_few,
		 (uint64_t)sets[1].permitted << 32 | sets[0].permitted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls_are_refused),
		cmocka_unit_test(test_work_is_possible),
		cmocka_unit_test(test_privileges_are_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

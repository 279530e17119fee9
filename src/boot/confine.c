// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/confine.h"

#include <assert.h>
#include <calls.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"

/*
 * SYS_ADMIN: a function's configuration beyond 64 bytes, the addresses in /proc/iomem.
 * DAC_*: an image that was packed by a user belongs to that user. LINUX_IMMUTABLE: the
 * variable of the guard, as each mount has it.
 */
#define KEPT_CAPABILITIES                                                      \
	(1U << CAP_SYS_ADMIN | 1U << CAP_SYS_MODULE | 1U << CAP_DAC_OVERRIDE | \
	 1U << CAP_DAC_READ_SEARCH | 1U << CAP_LINUX_IMMUTABLE)

/* System calls that this program, its libraries and the C library may use */
static const uint16_t allowed[] = {
	SYS_openat,
	SYS_read,
	SYS_close,
	SYS_readlinkat,
	SYS_newfstatat,
	SYS_fstat,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_lseek,
	SYS_getdents64,
	SYS_pread64,
	/* files */
	SYS_readv,
	SYS_write,
	SYS_writev,
	SYS_pwrite64,
	SYS_statx,
	SYS_statfs,
	SYS_fstatfs,
	SYS_fcntl,
	SYS_ioctl,
	SYS_flock,
	SYS_fsync,
	SYS_fdatasync,
	SYS_ftruncate,
	SYS_fadvise64,
	SYS_fchmod,
	SYS_fchmodat,
	SYS_mkdirat,
	SYS_unlinkat,
	SYS_linkat,
	SYS_renameat,
	SYS_renameat2,
	SYS_dup,
	SYS_dup3,
	SYS_pipe2,
	SYS_ppoll,
	SYS_getcwd,
	SYS_umask,
	/* memory */
	SYS_memfd_create,
	SYS_mmap,
	SYS_munmap,
	SYS_mprotect,
	SYS_mremap,
	SYS_madvise,
	SYS_brk,
	/* processes, signals, time */
	SYS_clone,
	SYS_wait4,
	SYS_waitid,
	SYS_kill,
	SYS_tkill,
	SYS_tgkill,
	SYS_exit,
	SYS_exit_group,
	SYS_setpgid,
	SYS_getpid,
	SYS_getppid,
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigpending,
	SYS_rt_sigreturn,
	SYS_rt_sigtimedwait,
	SYS_sigaltstack,
	SYS_restart_syscall,
	SYS_setitimer,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_clock_gettime,
	SYS_gettimeofday,
	SYS_futex,
	SYS_set_tid_address,
	SYS_set_robust_list,
	SYS_rseq,
	SYS_prlimit64,
	SYS_getrlimit,
	SYS_getrandom,
	SYS_uname,
	SYS_sysinfo,
	SYS_sched_yield,
	/* modules, plain and unpacked */
	SYS_finit_module,
	SYS_init_module,
	/* the guard's own mount */
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	CALLS_OLDER,
};

#define CALLS_LIMIT 512 /* of their numbers */
#define ENDS_MAX (2 * ARRAY_SIZE(allowed)) /* of runs of numbers: each begins and ends */
#define HEAD 4 /* what is read, and the machine */
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)

static_assert(HEAD + ENDS_MAX + 2 < UINT8_MAX, "a jump is too far");

static void capabilities_drop(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &head, sets))
		return;
	sets[0].permitted &= KEPT_CAPABILITIES;
	sets[1].permitted = 0;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		sets[i].effective = sets[i].permitted;
		sets[i].inheritable = 0;
	}
	(void)syscall(SYS_capset, &head, sets);
}

static void add(struct sock_fprog *program, struct sock_filter instruction)
{
	program->filter[program->len++] = instruction;
}

/* Where a run of allowed numbers begins, where it has ended, and so on; how many */
static size_t ends_find(uint16_t ends[static ENDS_MAX])
{
	bool is_allowed[CALLS_LIMIT] = { false }, before = false;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (allowed[i] < CALLS_LIMIT - 1)
			is_allowed[allowed[i]] = true;
	for (size_t i = 0; i < CALLS_LIMIT; i++) {
		if (is_allowed[i] != before)
			ends[count++] = (uint16_t)i;
		before = is_allowed[i];
	}
	return count;
}

/*
 * struct search - a search among the ends of runs
 * @refuse: index of the instruction that refuses; the one that allows is behind it
 */
struct search {
	struct sock_fprog *program;
	const uint16_t *ends;
	size_t refuse;
};

/* A number that is not below @count ends: behind a beginning it is in a run. */
static size_t answer_at(const struct search *search, size_t count)
{
	return search->refuse + count % 2;
}

/* The ends [first, last): the one in the middle, then those below, then those above it */
static void ends_add(const struct search *search, size_t first, size_t last)
{
	size_t middle = first + (last - first) / 2, next = search->program->len + 1u;
	size_t below = first < middle ? next : answer_at(search, first);
	size_t above = middle + 1 < last ? next + middle - first :
					   answer_at(search, middle + 1);

	add(search->program, (struct sock_filter)BPF_JUMP(
				     BPF_JMP | BPF_JGE | BPF_K, search->ends[middle],
				     (uint8_t)(above - next), (uint8_t)(below - next)));
	if (first < middle)
		ends_add(search, first, middle);
	if (middle + 1 < last)
		ends_add(search, middle + 1, last);
}

/*
 * Kernels since 5.11 run the filter for each number when it is set, and cache those that
 * are always allowed (seccomp_cache_prepare()). The binary search needs at most eight
 * steps for each. Refused calls are in the kernel log. SPEC_ALLOW avoids mitigations that
 * slow the process down: it runs no foreign code.
 */
static void calls_restrict(void)
{
	struct sock_filter code[HEAD + ENDS_MAX + 2];
	struct sock_fprog program = { .len = 0, .filter = code };
	uint16_t ends[ENDS_MAX];
	size_t count = ends_find(ends);
	const struct search search = { &program, ends, HEAD + count };

	add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, arch)));
	add(&program,
	    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALLS_MACHINE, 1, 0));
	add(&program, (struct sock_filter)REFUSE);
	add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, nr)));
	ends_add(&search, 0, count);
	add(&program, (struct sock_filter)REFUSE);
	add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		      SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_LOG, &program);
}

void confine(void)
{
	capabilities_drop();
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (CALLS_MACHINE)
		calls_restrict();
}

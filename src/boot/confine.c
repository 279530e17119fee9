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

#define WORD_BITS 32 /* of what a filter can load */
#define WORDS 14 /* of a map of all their numbers, which end below 448 */
#define HEAD 10 /* the machine, the number and where its bit is */
#define TAIL 4 /* the answer by the bit */
/* A comparison and two instructions for each word */
#define CODE_MAX (HEAD + 3 * WORDS + TAIL)
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)

static_assert(CODE_MAX < UINT8_MAX, "a jump is too far");

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

static void words_find(uint32_t words[static WORDS])
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (allowed[i] < WORDS * WORD_BITS)
			words[allowed[i] / WORD_BITS] |= 1U << allowed[i] % WORD_BITS;
}

/*
 * Load the word of the number in the accumulator. A word that was found jumps to the jump
 * of the next one, and so on: the kernel translates a filter until no jump becomes
 * shorter, and these have their length at once.
 */
static void words_add(struct sock_fprog *program, const uint32_t *words)
{
	for (uint32_t i = 0; i < WORDS; i++) {
		if (i < WORDS - 1)
			add(program,
			    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
							 (i + 1) * WORD_BITS, 2, 0));
		add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, words[i]));
		if (i < WORDS - 1)
			add(program, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
								  i < WORDS - 2 ? 2 : 1));
	}
}

/*
 * A map of all numbers, a bit each: a word of it is loaded, and shifted by the rest of
 * the number.
 *
 * Kernels since 5.11 run a filter for each number when it is set, to keep a list of those
 * that are always allowed (seccomp_cache_prepare()). They stop at the first instruction
 * that depends on more than the number. With the first one here they stop at once: a run
 * makes far fewer calls than there are numbers (doc/decisions/costs.md).
 *
 * Refused calls are in the kernel log. SPEC_ALLOW avoids mitigations that slow the
 * process down: it runs no foreign code.
 */
static void calls_restrict(void)
{
	struct sock_filter code[CODE_MAX] = {
		BPF_STMT(BPF_LDX | BPF_IMM, WORD_BITS - 1),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALLS_MACHINE, 1, 0),
		REFUSE,
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, WORDS * WORD_BITS, 0, 1),
		REFUSE,
	};
	struct sock_fprog program = { .len = HEAD, .filter = code };
	uint32_t words[WORDS] = { 0 };

	words_find(words);
	words_add(&program, words);
	add(&program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_RSH | BPF_X, 0));
	add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 1, 0));
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

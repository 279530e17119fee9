/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CALLS_H
#define VFIO_EARLY_CALLS_H

/* System calls of x86-64 for boot/confine.c */

#include <linux/audit.h>
#include <sys/syscall.h>

#define CALLS_MACHINE AUDIT_ARCH_X86_64

/* Calls that newer machines have in one form only, with a directory's descriptor */
#define CALLS_OLDER                                                                      \
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_rename, SYS_unlink, \
		SYS_mkdir, SYS_rmdir, SYS_link, SYS_chmod, SYS_dup2, SYS_pipe, SYS_poll, \
		SYS_fork, SYS_vfork, SYS_alarm, SYS_arch_prctl

#endif

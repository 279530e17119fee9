/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of util-linux's config.h that libblkid needs; true for every libc on Linux. */
#ifndef VFIO_EARLY_UTIL_LINUX_CONFIG_H
#define VFIO_EARLY_UTIL_LINUX_CONFIG_H

#define _GNU_SOURCE 1
#define PACKAGE "util-linux"
#define PACKAGE_VERSION "0"
#define LIBBLKID_VERSION "0"
#define LIBBLKID_DATE "0"
#define HAVE_BYTESWAP_H 1
#define HAVE_DIRFD 1
#define HAVE_ENDIAN_H 1
#define HAVE_ENVIRON_DECL 1
#define HAVE_ERRNO_H 1
#define HAVE_ERR_H 1
#define HAVE_ERR 1
#define HAVE_ERRX 1
#define HAVE_WARN 1
#define HAVE_WARNX 1
#define HAVE_FCNTL_H 1
#define HAVE_FSEEKO 1
#define HAVE_FSTATAT 1
#define HAVE_FSYNC 1
#define HAVE_GETRANDOM 1
#define HAVE_GETRLIMIT 1
#define HAVE_INTTYPES_H 1
#define HAVE_JRAND48 1
#define HAVE_LINUX_BLKZONED_H 1
#define HAVE_LINUX_CDROM_H 1
#define HAVE_LINUX_FD_H 1
#define HAVE_LINUX_FS_H 1
#define HAVE_LINUX_MAJOR_H 1
#define HAVE_LOCALE_H 1
#define HAVE_MEMPCPY 1
#define HAVE_MKOSTEMP 1
#define HAVE_MNTENT_H 1
#define HAVE_NANOSLEEP 1
#define HAVE_OPENAT 1
#define HAVE_PATHS_H 1
#define HAVE_POSIX_FADVISE 1
#define HAVE_PRCTL 1
#define HAVE_PROGRAM_INVOCATION_SHORT_NAME 1
#define HAVE_SECURE_GETENV 1
#define HAVE_SRANDOM 1
#define HAVE_STDINT_H 1
#define HAVE_STDIO_EXT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRINGS_H 1
#define HAVE_STRING_H 1
#define HAVE_STRNDUP 1
#define HAVE_STRNLEN 1
#define HAVE_STRUCT_STAT_ST_MTIM_TV_NSEC 1
#define HAVE_SYSCONF 1
#define HAVE_SYS_FILE_H 1
#define HAVE_SYS_IOCTL_H 1
#define HAVE_SYS_MOUNT_H 1
#define HAVE_SYS_PARAM_H 1
#define HAVE_SYS_PRCTL_H 1
#define HAVE_SYS_RESOURCE_H 1
#define HAVE_SYS_SOCKET_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_SYSCALL_H 1
#define HAVE_SYS_SYSMACROS_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_SYS_UN_H 1
#define HAVE_UNISTD_H 1
#define HAVE_UNLINKAT 1
#define HAVE_USLEEP 1
#define HAVE_WCHAR_H 1
#define HAVE_WIDECHAR 1
#define HAVE_TIMEGM 1
#define HAVE_TM_GMTOFF 1
#define HAVE_TM_ZONE 1
#define HAVE___FPENDING 1
#define HAVE_REALLOCARRAY 1
#define HAVE_DECL_CPU_ALLOC 1
#define HAVE_CPU_SET_T 1

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * libblkid's debug messages, 45 KB of them, go nowhere in an initramfs. Its debug.h needs
 * the headers above and is read once, so these are the macros that its files will see.
 */
#include "debug.h"
#undef __UL_DBG
#define __UL_DBG(library, prefix, mask, call) \
	do {                                  \
	} while (0)
#undef __UL_DBG_CALL
#define __UL_DBG_CALL(library, prefix, mask, call) \
	do {                                       \
	} while (0)
#undef __UL_INIT_DEBUG_FROM_ENV
#define __UL_INIT_DEBUG_FROM_ENV(library, prefix, mask, name) \
	do {                                                  \
	} while (0)

#include <features.h>
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 34)
#define HAVE_CLOSE_RANGE 1
#endif
#endif

#endif

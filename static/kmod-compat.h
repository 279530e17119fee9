/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libkmod takes from glibc and musl does not have: GNU's basename(). */
#ifndef VFIO_EARLY_KMOD_COMPAT_H
#define VFIO_EARLY_KMOD_COMPAT_H

#include <alloca.h>
#include <string.h>

static inline char *gnu_basename(const char *path)
{
	char *slash = strrchr(path, '/');

	return slash ? slash + 1 : (char *)path;
}

#undef basename
#define basename gnu_basename

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of glibc that libkmod uses, and that musl lacks or has in another form. */
#ifndef VFIO_EARLY_KMOD_COMPAT_H
#define VFIO_EARLY_KMOD_COMPAT_H

#include <alloca.h>
#include <stdio.h>
#include <string.h>

static inline char *gnu_basename(const char *path)
{
	char *slash = strrchr(path, '/');

	return slash ? slash + 1 : (char *)path;
}

#undef basename
#define basename gnu_basename

/*
 * libkmod unpacks .xz by pieces of this size, and for each it makes its buffer longer.
 * With musl's 1024 bytes that was a quarter of the time that unpacking took.
 */
#undef BUFSIZ
#define BUFSIZ 32768

#endif

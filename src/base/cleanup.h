/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CLEANUP_H
#define VFIO_EARLY_CLEANUP_H

/*
 * Owners that release by themselves: a local marked cleanup_x is released when it leaves
 * its scope. Hand a value over by copying it and setting the local to its empty value.
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_p(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close_p(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose_p(FILE **file)
{
	if (*file)
		fclose(*file);
}

#define cleanup_free __attribute__((cleanup(cleanup_free_p)))
#define cleanup_close __attribute__((cleanup(cleanup_close_p)))
#define cleanup_fclose __attribute__((cleanup(cleanup_fclose_p)))

#endif

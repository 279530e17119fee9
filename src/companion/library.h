/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LIBRARY_H
#define VFIO_EARLY_LIBRARY_H

/*
 * Libraries that are loaded when a mode needs them (doc/decisions/libraries.md).
 * library_calls.c defines those of their functions that are used here, as their own
 * headers declare them, so the callers do not see the difference.
 */

#include "base/fault.h"

#define LIBRARIES_MAX 3

/**
 * struct library - one of them
 * @soname: of the one that this program was compiled for
 * @packages: those that have it
 * @handle: of dlopen(); NULL: it is not loaded yet
 */
struct library {
	const char *soname;
	const char *packages;
	void *handle;
};

extern struct library library_kmod;
extern struct library library_archive;
extern struct library library_xml2;

/**
 * library_open() - load a library, if it is not
 * @mode: that needs it, for the message
 *
 * Return: 0, or -ENOENT with the packages that have it
 */
int library_open(struct library *library, const char *mode, struct fault *fault);

/**
 * library_find() - find a function, or a variable; the library is loaded if it is not
 *
 * Where that fails, the process ends with a message, as it would end at its start if it
 * were linked in the usual way. A mode names what it needs (mode.libraries), so that this
 * does not happen in the middle of it.
 */
void *library_find(struct library *library, const char *name);

#endif

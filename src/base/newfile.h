/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEWFILE_H
#define VFIO_EARLY_NEWFILE_H

/* A file that is made for the user: it is complete, or it is not there. */

#include <stdbool.h>

#include "base/fault.h"

/**
 * struct newfile - what is to be written
 * @file: the caller's own path
 * @replace: a regular file that is there gives way when all went well; else it stays,
 *	and that is -EEXIST, as it is for a link wherever it leads
 * @write: writes the content to a descriptor; 0, or -errno and a fault
 * @context: for @write
 */
struct newfile {
	const char *file;
	bool replace;
	int (*write)(void *context, int fd, struct fault *fault);
	void *context;
};

/**
 * newfile_write() - make the file, readable by its owner only
 *
 * A signal that would end the program waits; the file is taken away again (-EINTR)
 * before it takes effect. SIGKILL, or the loss of power, leaves nothing behind where the
 * filesystem can hold a file without a name (FAT cannot: FILE.XXXXXX); only in the
 * instant in which one file replaces another the new one is there twice: as FILE.NUMBER,
 * whole.
 *
 * Return: 0 or -errno
 */
int newfile_write(const struct newfile *newfile, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KMOD_INDEX_H
#define VFIO_EARLY_KMOD_INDEX_H

/*
 * Is what libkmod will read fit to be read? It maps modules.*.bin and follows the
 * offsets in them without a look at the size, and opens whatever is called *.conf: a file
 * that was cut off ends the program, a named pipe stops it.
 */

#include "base/fault.h"
#include "base/sysroot.h"

/**
 * kmod_index_judge() - is this an index as depmod(8) writes it?
 *
 * The format is that of libkmod/libkmod-index.c (kmod 1 to 34): a tree of nodes, each in
 * bytes of its own, that are reached from the root by offsets with flags.
 *
 * Return: 0; -EBADMSG: it is cut off, or damaged
 */
int kmod_index_judge(const unsigned char *bytes, size_t size);

/**
 * kmod_index_check() - can libkmod be let at the modules of a kernel?
 * @release: of the kernel
 * @fault: names the file, and what to do
 *
 * Return: 0, also when there is no index; -EBADMSG: one is damaged; -EINVAL: one is no
 * file; -EFBIG; another -errno: one cannot be read
 */
int kmod_index_check(const struct sysroot *root, const char *release,
		     struct fault *fault);

#endif

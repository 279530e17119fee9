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

/**
 * kmod_index_has_only() - do all aliases with a prefix lead to one module?
 * @release: of the kernel
 * @only: the module
 *
 * Return: false also when that is not known: then libkmod is to be asked
 */
bool kmod_index_has_only(const struct sysroot *root, const char *release,
			 const char *prefix, const char *only);

/**
 * kmod_confs_mention() - is there a word in some file of modprobe.d(5), or a pattern?
 *
 * Return: true also when that is not known
 */
bool kmod_confs_mention(const struct sysroot *root, const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KMOD_INDEX_H
#define VFIO_EARLY_KMOD_INDEX_H

/*
 * Can libkmod safely read its files? It maps modules.*.bin and follows their offsets
 * without a check of the size, and opens every *.conf: a truncated index crashes the
 * program, a named pipe blocks it.
 */

#include "base/fault.h"
#include "base/sysroot.h"

/**
 * kmod_index_judge() - is this a valid index of depmod(8)?
 *
 * The format is that of libkmod/libkmod-index.c (kmod 1 to 34): a tree of nodes, which do
 * not overlap and are reached from the root by offsets with flags.
 *
 * Return: 0; -EBADMSG: it is truncated or damaged
 */
int kmod_index_judge(const unsigned char *bytes, size_t size);

/**
 * kmod_index_check() - can libkmod safely read the indices of a kernel?
 * @release: of the kernel
 * @fault: names the file, and what to do
 *
 * Return: 0, also when there is no index; -EBADMSG: an index is damaged; -EINVAL: it is
 * no regular file; -EFBIG; another -errno: it cannot be read
 */
int kmod_index_check(const struct sysroot *root, const char *release,
		     struct fault *fault);

/**
 * kmod_index_has_only() - do all aliases with a prefix belong to one module?
 * @release: of the kernel
 * @only: the module
 *
 * Return: false also when that is not known; the caller then asks libkmod
 */
bool kmod_index_has_only(const struct sysroot *root, const char *release,
			 const char *prefix, const char *only);

/**
 * kmod_confs_mention() - may a file of modprobe.d(5) contain a word, literally or by a
 * pattern?
 *
 * Return: true also when that is not known
 */
bool kmod_confs_mention(const struct sysroot *root, const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KMOD_H
#define VFIO_EARLY_KMOD_H

/* libkmod, silent, below a root. */

#include "base/sysroot.h"

#define KMOD_PLACES 5

struct kmod_ctx;
struct kmod_list;
struct kmod_module;

/* Where modprobe.d(5) is, with a slash in front */
extern const char *const kmod_places[KMOD_PLACES];

/**
 * kmod_open() - the modules of a kernel, with what modprobe.d(5) says
 * @release: of the kernel; on the running machine always that of its kernel
 *
 * Return: to be given to kmod_unref(); NULL when there is no memory, when it is not known
 * where modules would be, or when kmod_index_check() finds a fault
 */
struct kmod_ctx *kmod_open(const struct sysroot *root, const char *release);

/**
 * kmod_open_bare() - the modules of any kernel, without modprobe.d
 *
 * It includes what libkmod reads from the command line of the running kernel.
 */
struct kmod_ctx *kmod_open_bare(const struct sysroot *root, const char *release);

void cleanup_kmod_p(struct kmod_ctx **kmod);
void cleanup_kmod_list_p(struct kmod_list **list);
void cleanup_kmod_module_p(struct kmod_module **module);

#define cleanup_kmod __attribute__((cleanup(cleanup_kmod_p)))
#define cleanup_kmod_list __attribute__((cleanup(cleanup_kmod_list_p)))
#define cleanup_kmod_module __attribute__((cleanup(cleanup_kmod_module_p)))

#endif

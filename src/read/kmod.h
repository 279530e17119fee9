/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KMOD_H
#define VFIO_EARLY_KMOD_H

/* libkmod without messages, below a root. */

#include "base/sysroot.h"

#define KMOD_PLACES 5

struct kmod_ctx;
struct kmod_list;
struct kmod_module;

/* Directories of modprobe.d(5), with a leading slash */
extern const char *const kmod_places[KMOD_PLACES];

/**
 * kmod_open() - open the modules of a kernel, with modprobe.d(5)
 * @release: kernel release; on the running machine always that of the running kernel
 *
 * Return: a context for kmod_unref(); NULL when there is no memory, when the directory of
 * modules is not known, or when kmod_index_check() finds a fault
 */
struct kmod_ctx *kmod_open(const struct sysroot *root, const char *release);

/**
 * kmod_open_bare() - open the modules of any kernel, without modprobe.d
 *
 * Options from the command line of the running kernel are included, since libkmod reads
 * these itself.
 */
struct kmod_ctx *kmod_open_bare(const struct sysroot *root, const char *release);

void cleanup_kmod_p(struct kmod_ctx **kmod);
void cleanup_kmod_list_p(struct kmod_list **list);
void cleanup_kmod_module_p(struct kmod_module **module);

#define cleanup_kmod __attribute__((cleanup(cleanup_kmod_p)))
#define cleanup_kmod_list __attribute__((cleanup(cleanup_kmod_list_p)))
#define cleanup_kmod_module __attribute__((cleanup(cleanup_kmod_module_p)))

#endif

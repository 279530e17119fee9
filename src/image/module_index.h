/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULE_INDEX_H
#define VFIO_EARLY_MODULE_INDEX_H

/*
 * What depmod wrote about the modules of one installed kernel, which need not be the one
 * that is running.
 */

#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define MODULE_LIST_MAX 64

struct kmod_ctx;

/** enum module_place - where a module of a kernel is */
enum module_place { MODULE_MISSING, MODULE_FILE, MODULE_BUILTIN };

/**
 * struct module_list - names of modules, with underscores
 * @names: each once
 * @count: of @names; what is beyond MODULE_LIST_MAX is dropped
 */
struct module_list {
	char names[MODULE_LIST_MAX][HOST_NAME_MAX];
	size_t count;
};

/**
 * struct module_index - the indices of a kernel; zeroed: of none
 * @dep: modules.dep; NULL: could not be read
 * @builtin: modules.builtin; NULL: could not be read
 * @kmod: looks aliases up
 */
struct module_index {
	char *dep;
	char *builtin;
	struct kmod_ctx *kmod;
};

/**
 * module_index_open() - read the indices of a kernel
 * @root: where it is installed
 * @ret_index: filled; give it to module_index_done(), whatever is returned
 *
 * Return: 0; -ENOENT when that kernel has no modules here; -errno
 */
int module_index_open(const struct sysroot *root, const char *release,
		      struct module_index *ret_index);

/**
 * module_index_done() - let go of it
 * @index: opened, or zeroed
 */
void module_index_done(struct module_index *index);

/**
 * module_list_add() - add a name, unless it is there
 * @name: '-' counts as '_'
 */
void module_list_add(struct module_list *list, const char *name);

/**
 * module_index_place() - where is a module?
 * @module: its name; '-' and '_' are equal
 */
enum module_place module_index_place(const struct module_index *index,
				     const char *module);

/**
 * module_index_needs() - a module and all that it depends on, as far as they are files
 */
void module_index_needs(const struct module_index *index, const char *module,
			struct module_list *list);

/** module_index_claims() - which modules would claim a device */
void module_index_claims(const struct module_index *index, const char *modalias,
			 struct module_list *list);

#endif

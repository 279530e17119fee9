/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULE_INDEX_H
#define VFIO_EARLY_MODULE_INDEX_H

/* Indices of depmod for the modules of one installed kernel, not only the running one. */

#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define MODULE_LIST_MAX 64

struct kmod_ctx;

/** enum module_place - place of a module */
enum module_place { MODULE_MISSING, MODULE_FILE, MODULE_BUILTIN };

/**
 * struct module_list - names of modules, with underscores
 * @names: without duplicates
 * @count: number of @names; names beyond MODULE_LIST_MAX are dropped
 */
struct module_list {
	char names[MODULE_LIST_MAX][HOST_NAME_MAX];
	size_t count;
};

/**
 * struct module_index - the indices of a kernel; zeroed: none
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
 * @ret_index: filled; give it to module_index_done(), even after an error
 *
 * Return: 0; -ENOENT when the root has no modules of that kernel; -errno
 */
int module_index_open(const struct sysroot *root, const char *release,
		      struct module_index *ret_index);

/**
 * module_index_done() - free the indices
 * @index: opened, or zeroed
 */
void module_index_done(struct module_index *index);

/**
 * module_list_add() - add a name, unless the list has it
 * @name: '-' counts as '_'
 */
void module_list_add(struct module_list *list, const char *name);

/**
 * module_index_place() - where is a module?
 * @module: its name; '-' and '_' are equal
 */
enum module_place module_index_place(const struct module_index *index,
				     const char *module);

/** module_index_needs() - add a module and all its dependencies that are files */
void module_index_needs(const struct module_index *index, const char *module,
			struct module_list *list);

/** module_index_claims() - add the modules that would claim a device */
void module_index_claims(const struct module_index *index, const char *modalias,
			 struct module_list *list);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/module_index.h"

#include <errno.h>
#include <libkmod.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/module_name.h"
#include "read/kmod.h"

#define INDEX_SIZE_MAX (32u << 20)

int module_index_open(const struct sysroot *root, const char *release,
		      struct module_index *ret_index)
{
	char path[HOST_NAME_MAX + 64];
	size_t length;
	int error;

	*ret_index = (struct module_index){ 0 };
	if (!*release || strchr(release, '/'))
		return -ENOENT;
	(void)snprintf(path, sizeof(path), "lib/modules/%s/modules.builtin", release);
	(void)sysroot_load(root->fd, path, INDEX_SIZE_MAX, &ret_index->builtin, &length);
	(void)snprintf(path, sizeof(path), "lib/modules/%s/modules.dep", release);
	error = sysroot_load(root->fd, path, INDEX_SIZE_MAX, &ret_index->dep, &length);
	if (error)
		return error;
	ret_index->kmod = kmod_open_bare(root, release);
	if (!ret_index->kmod)
		return -ENOMEM;
	(void)kmod_load_resources(ret_index->kmod);
	return 0;
}

void module_index_done(struct module_index *index)
{
	free(index->dep);
	free(index->builtin);
	if (index->kmod)
		kmod_unref(index->kmod);
	*index = (struct module_index){ 0 };
}

void module_list_add(struct module_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (module_name_equal(list->names[i], name))
			return;
	if (list->count == MODULE_LIST_MAX)
		return;
	module_name_copy(list->names[list->count++], name, strlen(name));
}

/* The line that begins with this module's file: behind the name of the file */
static const char *line_find(const char *text, const char *module)
{
	for (const char *line = text; line && *line;) {
		size_t length = strcspn(line, ":\n");
		char name[HOST_NAME_MAX];

		(void)module_name_of_file(line, length, name);
		if (module_name_equal(name, module))
			return line + length;
		line = strchr(line + length, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

enum module_place module_index_place(const struct module_index *index, const char *module)
{
	if (line_find(index->builtin, module))
		return MODULE_BUILTIN;
	return line_find(index->dep, module) ? MODULE_FILE : MODULE_MISSING;
}

void module_index_needs(const struct module_index *index, const char *module,
			struct module_list *list)
{
	const char *cursor = line_find(index->dep, module);

	if (!cursor)
		return;
	module_list_add(list, module);
	cursor += strspn(cursor, ":");
	while (*cursor && *cursor != '\n') {
		size_t length;
		char name[HOST_NAME_MAX];

		cursor += strspn(cursor, " ");
		length = strcspn(cursor, " \n");
		(void)module_name_of_file(cursor, length, name);
		if (length)
			module_list_add(list, name);
		cursor += length;
	}
}

void module_index_claims(const struct module_index *index, const char *modalias,
			 struct module_list *list)
{
	cleanup_kmod_list struct kmod_list *found = NULL;
	struct kmod_list *item;

	if (!index->kmod ||
	    kmod_module_new_from_lookup(index->kmod, modalias, &found) < 0)
		return;
	kmod_list_foreach (item, found) {
		struct kmod_module *module = kmod_module_get_module(item);

		module_list_add(list, kmod_module_get_name(module));
		kmod_module_unref(module);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/claim.h"

#include <fnmatch.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/module_name.h"
#include "read/kmod.h"
#include "report/json.h"

#define ALIAS_FILE_MAX (32u << 20)

/* Its file, or it is a part of the kernel */
static bool is_there(const struct kmod_module *module, bool builtin)
{
	const char *path = kmod_module_get_path(module);

	return builtin || (path && !access(path, F_OK));
}

/* The part of its path that is below the directory of modules */
static void file_find(const struct kmod_module *module, const char *release,
		      char file[static CLAIM_FILE_MAX])
{
	const char *path = kmod_module_get_path(module), *below;

	below = path ? strstr(path, release) : NULL;
	below = below ? strchr(below, '/') : NULL;
	(void)snprintf(file, CLAIM_FILE_MAX, "%s", below ? below + 1 : "");
}

static bool is_loaded(const struct sysroot *root, const char *module)
{
	char path[HOST_NAME_MAX + 32];

	(void)snprintf(path, sizeof(path), "sys/module/%s", module);
	return sysroot_exists(root->fd, path);
}

static bool is_in(struct kmod_list *list, const char *name)
{
	struct kmod_list *item;
	bool found = false;

	kmod_list_foreach (item, list) {
		struct kmod_module *module = kmod_module_get_module(item);

		found = found || !strcmp(kmod_module_get_name(module), name);
		kmod_module_unref(module);
	}
	return found;
}

static bool is_claimed(const struct claims *claims, const char *module)
{
	for (size_t i = 0; i < claims->count; i++)
		if (!strcmp(claims->list[i].module, module))
			return true;
	return false;
}

static void claims_fill(const struct sysroot *root, const char *release,
			struct kmod_list *list, struct kmod_list *allowed,
			struct claims *claims)
{
	struct kmod_list *item;

	kmod_list_foreach (item, list) {
		struct kmod_module *module = kmod_module_get_module(item);
		const char *name = kmod_module_get_name(module);
		struct claim *claim = &claims->list[claims->count];

		if (claims->count < CLAIMS_MAX && !is_claimed(claims, name)) {
			claims->count++;
			(void)snprintf(claim->module, sizeof(claim->module), "%s", name);
			claim->builtin = kmod_module_get_initstate(module) ==
					 KMOD_MODULE_BUILTIN;
			file_find(module, release, claim->file);
			claim->there = is_there(module, claim->builtin);
			claim->loaded = claim->builtin || is_loaded(root, name);
			claim->blacklisted = !is_in(allowed, name);
		}
		kmod_module_unref(module);
	}
}

static bool modalias_read(const struct sysroot *root,
			  const struct host_function *function,
			  char alias[static CLAIM_ALIAS_MAX])
{
	char path[96];

	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/modalias",
		       PCI_ADDRESS(&function->address));
	return sysroot_read(root->fd, path, alias, CLAIM_ALIAS_MAX) > 0;
}

/* `alias PATTERN MODULE`: the first pattern of each module that matches */
static void aliases_read(const struct sysroot *root, const char *release,
			 const char *alias, struct claims *claims)
{
	cleanup_free char *text = NULL;
	char path[HOST_NAME_MAX + 32], *cursor, *line;
	size_t length;

	(void)snprintf(path, sizeof(path), "lib/modules/%s/modules.alias", release);
	if (sysroot_load(root->fd, path, ALIAS_FILE_MAX, &text, &length) < 0)
		return;
	cursor = text;
	while ((line = strsep(&cursor, "\n"))) {
		const char *word = strsep(&line, " "), *pattern = strsep(&line, " ");

		if (!line || strcmp(word, "alias") || strncmp(pattern, "pci:", 4) ||
		    fnmatch(pattern, alias, 0))
			continue;
		for (size_t i = 0; i < claims->count; i++)
			if (!claims->list[i].alias[0] &&
			    module_name_equal(claims->list[i].module, line))
				(void)snprintf(claims->list[i].alias, CLAIM_ALIAS_MAX,
					       "%s", pattern);
	}
}

static bool index_exists(const struct sysroot *root, const char *release)
{
	char path[HOST_NAME_MAX + 32];

	(void)snprintf(path, sizeof(path), "lib/modules/%s/modules.alias.bin", release);
	return sysroot_exists(root->fd, path);
}

struct kmod_ctx *claims_open(const struct sysroot *root, const struct host *host)
{
	struct kmod_ctx *kmod =
		index_exists(root, host->kernel) ? kmod_open(root, host->kernel) : NULL;

	if (kmod)
		(void)kmod_load_resources(kmod);
	return kmod;
}

void claims_read(const struct sysroot *root, const struct host *host,
		 struct kmod_ctx *kmod, size_t function, struct claims *claims)
{
	cleanup_kmod_list struct kmod_list *list = NULL, *allowed = NULL;
	char alias[CLAIM_ALIAS_MAX];

	memset(claims, 0, sizeof(*claims));
	if (!kmod || !modalias_read(root, &host->functions[function], alias))
		return;
	claims->known = !kmod_module_new_from_lookup(kmod, alias, &list);
	if (claims->known && list) {
		(void)kmod_module_apply_filter(kmod, KMOD_FILTER_BLACKLIST, list,
					       &allowed);
		claims_fill(root, host->kernel, list, allowed, claims);
		aliases_read(root, host->kernel, alias, claims);
	}
}

const char *claim_format(const struct claim *claim)
{
	if (claim->builtin)
		return "built into the kernel";
	if (claim->loaded)
		return claim->blacklisted ? "loaded, although it is blacklisted" :
					    "loaded";
	if (!claim->there)
		return "its file is missing";
	return claim->blacklisted ? "not loaded; blacklisted" :
				    "not loaded; udev loads it for this function";
}

json_t *claims_to_json(const struct claims *claims)
{
	json_t *array = json_array();

	if (!claims->known) {
		json_decref(array);
		return json_null();
	}
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *claim = &claims->list[i];
		json_t *object = json_object();

		json_value_put(&object, "module", json_value_text(claim->module));
		json_value_put(&object, "alias", json_value_text(claim->alias));
		json_value_put(&object, "builtin", json_boolean(claim->builtin));
		json_value_put(&object, "there", json_boolean(claim->there));
		json_value_put(&object, "loaded", json_boolean(claim->loaded));
		json_value_put(&object, "blacklisted", json_boolean(claim->blacklisted));
		json_value_add(&array, object);
	}
	return array;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/kmod.h"

#include <libkmod.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/module_name.h"
#include "read/kmod_index.h"

#define DIRECTORY_MAX (SYSROOT_PATH_MAX + MODULE_NAME_MAX + 16)

const char *const kmod_places[KMOD_PLACES] = {
	"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d",
};

void cleanup_kmod_p(struct kmod_ctx **kmod)
{
	if (*kmod)
		kmod_unref(*kmod);
}

void cleanup_kmod_list_p(struct kmod_list **list)
{
	(void)kmod_module_unref_list(*list);
}

void cleanup_kmod_module_p(struct kmod_module **module)
{
	if (*module)
		kmod_module_unref(*module);
}

/* libkmod would write to stderr; what it returns is enough. */
static void __attribute__((format(printf, 6, 0)))
kmod_silent(void *data, int priority, const char *file, int line, const char *function,
	    const char *format, va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)args;
}

/* NULL: the directory, and the configuration, of the kernel that runs */
static struct kmod_ctx *open_silent(const char *directory, const char *const *paths)
{
	struct kmod_ctx *kmod;

	/* Nothing else silences it while it reads modprobe.d; 0 is LOG_EMERG. */
	(void)setenv("KMOD_LOG", "0", 1);
	kmod = kmod_new(directory, paths);
	if (kmod)
		kmod_set_log_fn(kmod, kmod_silent, NULL);
	return kmod;
}

static void directory_format(const struct sysroot *root, const char *release,
			     char directory[static DIRECTORY_MAX])
{
	(void)snprintf(directory, DIRECTORY_MAX, "%s/lib/modules/%s", root->path,
		       release);
}

/* Where a crash ends a worker, and is reported, nothing is looked at twice. */
static bool is_fit(const struct sysroot *root, const char *release)
{
	struct fault fault;

	return root->contained || !kmod_index_check(root, release, &fault);
}

struct kmod_ctx *kmod_open_bare(const struct sysroot *root, const char *release)
{
	static const char *const nothing[] = { NULL };
	char directory[DIRECTORY_MAX];

	if (!is_fit(root, release))
		return NULL;
	directory_format(root, release, directory);
	return open_silent(directory, nothing);
}

/* Its indexes are mapped once, and given back by the end of the process. */
static struct kmod_ctx *open_live(const struct sysroot *root)
{
	if (!root->modules)
		return open_silent(NULL, NULL);
	if (!*root->modules)
		*root->modules = open_silent(NULL, NULL);
	return *root->modules ? kmod_ref(*root->modules) : NULL;
}

struct kmod_ctx *kmod_open(const struct sysroot *root, const char *release)
{
	char path[KMOD_PLACES][SYSROOT_PATH_MAX + 32];
	const char *paths[KMOD_PLACES + 1] = { NULL };
	char directory[DIRECTORY_MAX];

	if (!root->live && !release[0])
		return NULL;
	if (!is_fit(root, release))
		return NULL;
	if (root->live)
		return open_live(root);
	for (size_t i = 0; i < KMOD_PLACES; i++) {
		(void)snprintf(path[i], sizeof(path[i]), "%s%s", root->path,
			       kmod_places[i]);
		paths[i] = path[i];
	}
	directory_format(root, release, directory);
	return open_silent(directory, paths);
}

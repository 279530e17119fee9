// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/hook_modules.h"

#include <errno.h>
#include <libkmod.h>
#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "read/kmod.h"

#define NVIDIA "nvidia"

/* In the order in which they can go: each uses the later ones. */
static const char *const modules[] = { "nvidia_peermem", "nvidia_drm", "nvidia_modeset",
				       "nvidia_uvm", NVIDIA };

bool hook_driver_unloads(const char *driver)
{
	return !strcmp(driver, NVIDIA);
}

static void module_load_by_name(struct kmod_ctx *kmod, const char *name)
{
	struct kmod_module *module cleanup_kmod_module = NULL;
	struct kmod_list *list cleanup_kmod_list = NULL;

	if (kmod_module_new_from_lookup(kmod, name, &list) < 0 || !list)
		return;
	module = kmod_module_get_module(list);
	(void)kmod_module_probe_insert_module(module, 0, NULL, NULL, NULL, NULL);
}

/* Return: 0, also when it is not loaded */
static int module_remove(struct kmod_ctx *kmod, const char *name)
{
	struct kmod_module *module cleanup_kmod_module = NULL;
	int error = kmod_module_new_from_name(kmod, name, &module);

	if (error < 0)
		return error;
	if (kmod_module_get_initstate(module) < 0)
		return 0;
	return kmod_module_remove_module(module, KMOD_REMOVE_NOWAIT);
}

/* From the last one to @first: those that had gone */
static void modules_put_back(struct kmod_ctx *kmod, size_t first)
{
	for (size_t i = first; i-- > 0;)
		module_load_by_name(kmod, modules[i]);
}

int hook_modules_unload(const struct sysroot *root, struct fault *fault)
{
	struct kmod_ctx *kmod cleanup_kmod = NULL;

	if (!root->live)
		return fault_set(fault, -EOPNOTSUPP,
				 NVIDIA
				 ": modules are unloaded on the running machine only");
	kmod = kmod_open(root, "");
	if (!kmod)
		return fault_set(fault, -ENOMEM, NVIDIA ": libkmod does not open");
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		int error = module_remove(kmod, modules[i]);

		if (!error)
			continue;
		modules_put_back(kmod, i);
		return fault_set(
			fault, -EBUSY,
			"%s is in use and stays (%s): end what uses the card, or "
			"give the guest a boot entry of its own (vfio-early "
			"--explain mode)",
			modules[i], strerror(-error));
	}
	return 0;
}

void hook_modules_load(const struct sysroot *root)
{
	struct kmod_ctx *kmod cleanup_kmod = root->live ? kmod_open(root, "") : NULL;

	if (kmod)
		modules_put_back(kmod, ARRAY_SIZE(modules));
}

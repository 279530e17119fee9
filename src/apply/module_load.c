// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/module_load.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/module_name.h"
#include "base/text.h"
#include "model/cmdline.h"
#include "model/host.h"
#include "read/kmod.h"

/*
 * All parameters of drivers/vfio and drivers/iommu/iommufd in 5.10 to 7.2 but
 * vfio_pci.ids, which binds whatever has such an id; and dyndbg of the kernel itself, but
 * not async_probe, which would bind after we have looked. A new parameter may bind too.
 */
static const char *const harmless[] = {
	"allow_unsafe_interrupts",
	"disable_blacklist",
	"disable_denylist",
	"disable_hugepages",
	"disable_idle_d3",
	"disable_vga",
	"dma_entry_limit",
	"dyndbg",
	"enable_sriov",
	"enable_unsafe_noiommu_mode",
	"nointxmask",
};

/**
 * struct loading - one module_load()
 * @root: the running machine
 * @left_out: of module_load()
 * @tried: the module that was inserted last
 */
struct loading {
	const struct sysroot *root;
	char *left_out;
	char tried[HOST_NAME_MAX];
};

static void leave_out(char left_out[static MODULE_LEFT_OUT_MAX], const char *module,
		      const char *what, size_t length)
{
	size_t used = strlen(left_out);

	(void)snprintf(left_out + used, MODULE_LEFT_OUT_MAX - used, "%s%s: %.*s",
		       used ? ", " : "", module, (int)length, what);
}

static bool is_harmless(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (module_name_equal(option, harmless[i]))
			return true;
	return false;
}

bool module_is_vfio(const char *module)
{
	return strstr(module, "vfio") || !strcmp(module, "iommufd");
}

void module_options_filter(const char *options, char *kept, const char *module,
			   char left_out[static MODULE_LEFT_OUT_MAX])
{
	char name[HOST_NAME_MAX], value[2];
	const char *cursor = options;
	char *end = kept;

	for (;;) {
		const char *start = cursor + strspn(cursor, " \t\n");
		size_t length;

		if (!cmdline_next(&cursor, name, sizeof(name), value, sizeof(value)))
			break;
		length = (size_t)(cursor - start);
		if (!is_harmless(name)) {
			leave_out(left_out, module, start, length);
			continue;
		}
		if (end != kept)
			*end++ = ' ';
		memcpy(end, start, length);
		end += length;
	}
	*end = '\0';
}

/*
 * COMING: the kernel lets a second insertion wait for the first. One that has a file and
 * no directory in sysfs is not there, which costs half of what libkmod does to find out.
 */
static bool is_there(const struct loading *loading, const struct kmod_module *module)
{
	char path[sizeof("sys/module/") + HOST_NAME_MAX];
	int state;

	if (kmod_module_get_path(module) &&
	    text_join(path, sizeof(path), "sys/module/", kmod_module_get_name(module),
		      NULL) &&
	    !sysroot_look(loading->root->fd, path))
		return false;
	state = kmod_module_get_initstate(module);
	return state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
}

/*
 * A plain file goes to the kernel as it is: libkmod would look at it and map it first.
 *
 * Return: 0, -errno; -ENOSYS: libkmod has to do it
 */
static int file_insert(const char *path, const char *options)
{
	const char *suffix = path ? strrchr(path, '.') : NULL;
	cleanup_close int fd = -1;
	char magic[SELFMAG];

	if (!suffix || strcmp(suffix, ".ko") != 0)
		return -ENOSYS;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (sysroot_pread(fd, magic, SELFMAG, 0) != SELFMAG ||
	    memcmp(magic, ELFMAG, SELFMAG) != 0)
		return -ENOSYS;
	return syscall(SYS_finit_module, fd, options, 0) ? -errno : 0;
}

/* One module that is not there, without its dependencies */
static int insert_new(struct loading *loading, struct kmod_module *module)
{
	const char *name = kmod_module_get_name(module);
	const char *options = kmod_module_get_options(module);
	cleanup_free char *kept = NULL;
	int error;

	(void)snprintf(loading->tried, sizeof(loading->tried), "%s", name);
	if (options && module_is_vfio(name)) {
		kept = calloc(1, strlen(options) + 1);
		if (!kept)
			return -ENOMEM;
		module_options_filter(options, kept, name, loading->left_out);
		options = kept;
	}
	error = file_insert(kmod_module_get_path(module), options ? options : "");
	if (error == -ENOSYS)
		error = kmod_module_insert_module(module, 0, options);
	return error == -EEXIST ? 0 : error;
}

static int insert(struct loading *loading, struct kmod_module *module)
{
	return is_there(loading, module) ? 0 : insert_new(loading, module);
}

/* With its dependencies, without softdeps. As with modprobe, a softdep may fail. */
static void insert_softly(struct loading *loading, struct kmod_module *module,
			  const struct kmod_list *wanted)
{
	const char *name = kmod_module_get_name(module);
	const struct kmod_list *item;

	kmod_list_foreach (item, wanted) {
		cleanup_kmod_module struct kmod_module *soft =
			kmod_module_get_module(item);
		cleanup_kmod_list struct kmod_list *needs = NULL;
		const char *soft_name = kmod_module_get_name(soft);
		struct kmod_list *need;
		int error = 0;

		if (is_there(loading, soft))
			continue;
		if (module_is_vfio(name) && !module_is_vfio(soft_name)) {
			leave_out(loading->left_out, name, soft_name, strlen(soft_name));
			continue;
		}
		needs = kmod_module_get_dependencies(soft);
		kmod_list_foreach (need, needs) {
			cleanup_kmod_module struct kmod_module *each =
				kmod_module_get_module(need);

			error = error ? error : insert(loading, each);
		}
		if (!error)
			(void)insert(loading, soft);
	}
}

/* A module that is not there, between its softdeps */
static int insert_between(struct loading *loading, struct kmod_module *module)
{
	cleanup_kmod_list struct kmod_list *before = NULL, *after = NULL;
	int error;

	(void)kmod_module_get_softdeps(module, &before, &after);
	insert_softly(loading, module, before);
	/* one of them may need it */
	error = before ? insert(loading, module) : insert_new(loading, module);
	if (!error)
		insert_softly(loading, module, after);
	return error;
}

/* libkmod lists all direct and indirect dependencies in the order of insertion. */
static int insert_all(struct loading *loading, struct kmod_module *module)
{
	cleanup_kmod_list struct kmod_list *needs = kmod_module_get_dependencies(module);
	struct kmod_list *item;
	int error;

	kmod_list_foreach (item, needs) {
		cleanup_kmod_module struct kmod_module *need =
			kmod_module_get_module(item);

		error = is_there(loading, need) ? 0 : insert_between(loading, need);
		if (error)
			return error;
	}
	return insert_between(loading, module);
}

int module_load(const struct sysroot *root, const char *module,
		char left_out[static MODULE_LEFT_OUT_MAX], struct fault *fault)
{
	cleanup_kmod struct kmod_ctx *kmod = NULL;
	cleanup_kmod_module struct kmod_module *found = NULL;
	struct loading loading = { .root = root, .left_out = left_out };
	int error;

	if (!root->live)
		return fault_set(fault, -EOPNOTSUPP,
				 "module %s: not loaded: %s is not the running machine",
				 module, root->path);
	kmod = kmod_open(root, "");
	if (!kmod)
		return fault_set(fault, -ENOMEM, "module %s: libkmod cannot start",
				 module);
	(void)kmod_load_resources(kmod);
	if (kmod_module_new_from_name(kmod, module, &found) < 0)
		return fault_set(fault, -ENOMEM, "module %s: %s", module,
				 strerror(ENOMEM));
	if (is_there(&loading, found))
		return 0;
	if (!kmod_module_get_path(found))
		return fault_set(fault, -ENOENT, "module %s: there is none", module);
	error = insert_all(&loading, found);
	return error ? fault_set(fault, error, "module %s: %s cannot be inserted: %s",
				 module, loading.tried, strerror(-error)) :
		       0;
}

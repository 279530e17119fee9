// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/modules.h"

#include <errno.h>
#include <fnmatch.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/module_name.h"
#include "base/text.h"
#include "model/cmdline.h"
#include "read/kmod.h"
#include "read/kmod_index.h"

#define VFIO_PCI 0 /* always the first of host.drivers */
#define ALIAS_MAX 256
#define DRIVERS "sys/bus/pci/drivers/"
#define MODULES "sys/module/"
#define ALIAS_PREFIX "vfio_pci:" /* of a variant: then as modalias has it */

/*
 * Driver names are not module names. These are in drivers/vfio/pci of kernels up to 7.2,
 * as struct pci_driver has them; most take KBUILD_MODNAME, which has underscores.
 */
static const char *const driver_names[] = {
	"vfio-pci",	"xe-vfio-pci",	 "hisi_acc_vfio_pci",
	"ism_vfio_pci", "mlx5_vfio_pci", "nvgrace_gpu_vfio_pci",
	"pds_vfio_pci", "qat_vfio_pci",	 "virtio_vfio_pci",
};

/**
 * struct modules - one look at the modules of a machine
 * @kmod: of kmod_of()
 * @is_open: @kmod was asked for; NULL then: it is not known where modules would be
 * @lists: what host.drivers have; NULL: it is not registered
 */
struct modules {
	const struct sysroot *root;
	struct host *host;
	struct kmod_ctx *kmod;
	bool is_open;
	struct listing *lists[HOST_DRIVERS_MAX];
};

/* Opened when it is asked for first: the loaded VFIO modules of a boot say all of it. */
static struct kmod_ctx *kmod_of(struct modules *modules)
{
	const struct sysroot *root = modules->root;
	struct host *host = modules->host;
	struct fault fault;

	if (modules->is_open)
		return modules->kmod;
	modules->is_open = true;
	modules->kmod = kmod_open(root, host->kernel);
	/* Maps the index once for all look-ups; without it they open it each time. */
	if (modules->kmod)
		(void)kmod_load_resources(modules->kmod);
	else if (host->kernel[0] && kmod_index_check(root, host->kernel, &fault) < 0)
		host_note(host, &fault);
	return modules->kmod;
}

/* Opens the list of what a driver has; true: it is registered */
static bool list_open(struct modules *modules, size_t index, const char *driver)
{
	char path[HOST_NAME_MAX + 32];

	(void)text_join(path, sizeof(path), DRIVERS, driver, NULL);
	return !sysroot_list(modules->root->fd, path, &modules->lists[index]);
}

/* A module that is built in has no such attribute (kernel/params.c, kernel/module). */
static bool is_loaded(const struct sysroot *root, const char *module)
{
	char path[HOST_NAME_MAX + 32];

	(void)text_join(path, sizeof(path), MODULES, module, "/initstate", NULL);
	return sysroot_exists(root->fd, path);
}

/* A loaded module shows its drivers; else it is known; else it is called as it is. */
static void driver_of(const struct sysroot *root, const char *module,
		      char name[static HOST_NAME_MAX])
{
	char path[HOST_NAME_MAX + 32];
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	(void)text_join(name, HOST_NAME_MAX, module, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(driver_names); i++)
		if (module_name_equal(module, driver_names[i]))
			(void)text_join(name, HOST_NAME_MAX, driver_names[i], NULL);
	if (!strcmp(name, "vfio-pci"))
		return; /* in every kernel that has it */
	(void)text_join(path, sizeof(path), MODULES, module, "/drivers", NULL);
	if (sysroot_list(root->fd, path, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list)))
		if (!strncmp(entry, "pci:", 4) && module_name_equal(entry + 4, module))
			(void)text_join(name, HOST_NAME_MAX, entry + 4, NULL);
}

/* The module by its own name; NULL: there is none, built in or not. */
static struct kmod_module *module_find(struct kmod_ctx *kmod, const char *name)
{
	cleanup_kmod_list struct kmod_list *list = NULL;
	struct kmod_list *item;

	if (!kmod || kmod_module_new_from_lookup(kmod, name, &list) < 0)
		return NULL;
	kmod_list_foreach (item, list) {
		struct kmod_module *module = kmod_module_get_module(item);

		if (module_name_equal(kmod_module_get_name(module), name))
			return module;
		kmod_module_unref(module);
	}
	return NULL;
}

/* The index knows more modules than an initramfs holds. */
static bool module_has_file(const struct kmod_module *module)
{
	const char *path = kmod_module_get_path(module);

	return path && !access(path, F_OK);
}

/* One of libkmod's indices as text, terminated; free() it. */
static int index_dump(const struct modules *modules, enum kmod_index type,
		      char **ret_text)
{
	cleanup_close int fd = memfd_create("index", MFD_CLOEXEC);
	cleanup_free char *text = NULL;
	off_t size;
	int result;

	if (fd < 0)
		return -errno;
	result = kmod_dump_index(modules->kmod, type, fd);
	if (result < 0)
		return result;
	size = lseek(fd, 0, SEEK_END);
	text = size >= 0 ? calloc(1, (size_t)size + 1) : NULL;
	if (!text)
		return -ENOMEM;
	if (sysroot_pread(fd, text, (size_t)size, 0) != size)
		return -EIO;
	*ret_text = text;
	text = NULL;
	return 0;
}

/* `kernel/drivers/vfio/pci/vfio-pci-core.ko.xz`, below the directory of modules or not */
static bool file_is_there(const struct modules *modules, const char *file)
{
	char path[HOST_NAME_MAX + SYSROOT_PATH_MAX];

	if (file[0] == '/')
		(void)text_join(path, sizeof(path), file + 1, NULL);
	else
		(void)text_join(path, sizeof(path), "lib/modules/", modules->host->kernel,
				"/", file, NULL);
	return sysroot_exists(modules->root->fd, path);
}

/*
 * The first dependency that is not there; false: all are. libkmod gives no list at all
 * when one of the files is missing, so the index has to be asked: lines
 * `vfio_pci kernel/.../vfio-pci.ko: kernel/.../vfio-pci-core.ko kernel/.../vfio.ko`.
 */
static bool module_lacks(const struct modules *modules, const struct kmod_module *module,
			 char lacks[static HOST_NAME_MAX])
{
	cleanup_kmod_list struct kmod_list *list = kmod_module_get_dependencies(module);
	cleanup_free char *text = NULL;
	char *cursor, *line;

	if (list || index_dump(modules, KMOD_INDEX_MODULES_DEP, &text) < 0)
		return false;
	cursor = text;
	while ((line = strsep(&cursor, "\n"))) {
		const char *file = strsep(&line, " ");

		if (!line || strcmp(file, kmod_module_get_name(module)))
			continue;
		(void)strsep(&line, ":");
		while ((file = strsep(&line, " ")))
			if (file[0] && !file_is_there(modules, file)) {
				(void)module_name_of_file(file, strlen(file), lacks);
				return true;
			}
		break;
	}
	return false;
}

static enum host_driver_state
state_find(struct modules *modules, const struct host_driver *driver, bool registered)
{
	cleanup_kmod_module struct kmod_module *module = NULL;
	char lacks[HOST_NAME_MAX];
	struct fault fault;

	if (registered && modules->root->contained &&
	    is_loaded(modules->root, driver->module))
		return HOST_DRIVER_LOADED;
	module = module_find(kmod_of(modules), driver->module);
	if (module && kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN)
		return HOST_DRIVER_BUILTIN;
	if (registered)
		return HOST_DRIVER_LOADED;
	if (!module || !module_has_file(module))
		return HOST_DRIVER_MISSING;
	if (!module_lacks(modules, module, lacks)) {
		/* Kept with libkmod for the load: it has looked at the dependencies. */
		if (modules->root->modules)
			module = NULL;
		return HOST_DRIVER_MODULE;
	}
	fault_set(&fault, -ENOENT, "module %s needs %s, which does not exist",
		  driver->module, lacks);
	host_note(modules->host, &fault);
	return HOST_DRIVER_MISSING;
}

/* Index in host.drivers; @name as people write it or as @module calls itself */
static size_t driver_add(struct modules *modules, const char *name)
{
	struct host *host = modules->host;
	const struct host_driver *known = host_driver_find(host, name);
	struct host_driver driver = { .state = HOST_DRIVER_MISSING };
	struct fault fault;

	if (known)
		return (size_t)(known - host->drivers);
	if (host->n_drivers == HOST_DRIVERS_MAX) {
		fault_set(&fault, -E2BIG, "more than %d VFIO drivers: %s is left out",
			  HOST_DRIVERS_MAX, name);
		host_note(host, &fault);
		return VFIO_PCI;
	}
	module_name_copy(driver.module, name, strlen(name));
	driver_of(modules->root, driver.module, driver.name);
	driver.state = state_find(modules, &driver,
				  list_open(modules, host->n_drivers, driver.name));
	host->drivers[host->n_drivers] = driver;
	return host->n_drivers++;
}

/* A driver of the config that is neither loaded nor known is called as it is written. */
static void driver_add_named(struct modules *modules, const char *name)
{
	struct host *host = modules->host;
	size_t before = host->n_drivers, index = driver_add(modules, name);

	if (index != before)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(driver_names); i++)
		if (!strcmp(host->drivers[index].name, driver_names[i]))
			return;
	if (modules->lists[index])
		return;
	(void)text_join(host->drivers[index].name, HOST_NAME_MAX, name, NULL);
	if (host->drivers[index].state != HOST_DRIVER_MODULE)
		(void)list_open(modules, index, name);
}

/* Characters of a pattern that stand for themselves */
static size_t pattern_literals(const char *pattern)
{
	size_t count = 0;

	for (; *pattern; pattern++)
		count += !strchr("*?[]", *pattern);
	return count;
}

/* `alias PATTERN MODULE` lines; the best of the variants that match @alias */
static void variant_choose(char *index, const char *alias,
			   char best[static HOST_NAME_MAX])
{
	char *cursor = index, *line;
	size_t score = 0;

	while ((line = strsep(&cursor, "\n"))) {
		char *word = line, *pattern, *module;

		(void)strsep(&word, " ");
		pattern = word ? strsep(&word, " ") : NULL;
		module = word;
		if (!module || strncmp(pattern, ALIAS_PREFIX, sizeof(ALIAS_PREFIX) - 1) ||
		    module_name_equal(module, "vfio_pci") ||
		    pattern_literals(pattern) <= score || fnmatch(pattern, alias, 0))
			continue;
		score = pattern_literals(pattern);
		(void)text_join(best, HOST_NAME_MAX, module, NULL);
	}
}

/* Which module has the most specific alias; empty: only vfio_pci has one, or none */
static void variant_find(const struct modules *modules, const char *alias,
			 char best[static HOST_NAME_MAX])
{
	cleanup_kmod_list struct kmod_list *list = NULL;
	cleanup_free char *text = NULL;
	struct kmod_list *item;
	struct fault fault;
	unsigned int variants = 0;
	int result;

	best[0] = '\0';
	if (kmod_module_new_from_lookup(modules->kmod, alias, &list) < 0)
		return;
	kmod_list_foreach (item, list) {
		cleanup_kmod_module struct kmod_module *module =
			kmod_module_get_module(item);
		const char *name = kmod_module_get_name(module);

		if (!strcmp(name, "vfio_pci") || !strcmp(name, best))
			continue;
		variants++;
		(void)text_join(best, HOST_NAME_MAX, name, NULL);
	}
	if (variants < 2)
		return;
	/* Only the whole index shows which alias matched. */
	result = index_dump(modules, KMOD_INDEX_MODULES_ALIAS, &text);
	if (!result) {
		variant_choose(text, alias, best);
	} else {
		fault_set(&fault, result, "the aliases of modules cannot be compared: %s",
			  strerror(-result));
		host_note(modules->host, &fault);
	}
}

static bool index_exists(const struct modules *modules, const char *name)
{
	char path[HOST_NAME_MAX + 64];

	(void)text_join(path, sizeof(path), "lib/modules/", modules->host->kernel, "/",
			name, NULL);
	return sysroot_exists(modules->root->fd, path);
}

/*
 * Is vfio_pci the only module that has aliases of VFIO? modprobe.d may have some, too.
 */
static bool is_alone(const struct modules *modules)
{
	return modules->root->contained && !modules->is_open &&
	       !kmod_confs_mention(modules->root, "vfio") &&
	       kmod_index_has_only(modules->root, modules->host->kernel, ALIAS_PREFIX,
				   "vfio_pci");
}

static void functions_match(struct modules *modules)
{
	struct host *host = modules->host;
	bool has_aliases = !is_alone(modules) && kmod_of(modules) &&
			   index_exists(modules, "modules.alias.bin");

	for (size_t i = 0; i < host->n_functions; i++) {
		struct host_function *function = &host->functions[i];
		char path[96], best[HOST_NAME_MAX];
		char text[ALIAS_MAX], alias[ALIAS_MAX + sizeof(ALIAS_PREFIX)];

		function->vfio_driver = VFIO_PCI;
		/* VFIO takes no bridge. */
		if (function->far || !has_aliases || host_is_bridge(function))
			continue;
		(void)text_join(path, sizeof(path), "sys/bus/pci/devices/",
				PCI_ADDRESS(&function->address), "/modalias", NULL);
		if (sysroot_read(modules->root->fd, path, text, sizeof(text)) < 0 ||
		    strncmp(text, "pci:", 4))
			continue;
		(void)text_join(alias, sizeof(alias), ALIAS_PREFIX, text + 4, NULL);
		variant_find(modules, alias, best);
		if (best[0])
			function->vfio_driver = driver_add(modules, best);
	}
}

/* A VFIO driver lists what it has: that is known of far functions, too. */
static void holders_read(struct host *host, const struct host_driver *driver,
			 struct listing *list)
{
	const char *name;

	while (list && (name = sysroot_list_next(list))) {
		struct pci_address address;
		const struct host_function *found = NULL;

		if (!pci_address_parse(name, &address))
			found = host_find(host, &address);
		if (found && found->far)
			(void)text_join(host->functions[found - host->functions].driver,
					HOST_NAME_MAX, driver->name, NULL);
	}
}

/* kernel: lib/kstrtox.c kstrtobool(); a parameter without value is on */
static bool is_on(const char *value)
{
	return !value[0] || strchr("yYtT1", value[0]) || !strncasecmp(value, "on", 2);
}

/* `NAME=VALUE` among blank separated options: the last one counts. */
static void option_find(const char *options, size_t length, const char *name,
			bool *is_set)
{
	while (length) {
		char word[HOST_NAME_MAX * 2];
		size_t skip = strspn(options, " \t"), width;
		char *value;

		if (skip >= length)
			return;
		options += skip;
		length -= skip;
		width = strcspn(options, " \t");
		if (width > length)
			width = length;
		(void)snprintf(word, sizeof(word), "%.*s", (int)width, options);
		options += width;
		length -= width;
		value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		if (module_name_equal(word, name))
			*is_set = is_on(value ? value : "");
	}
}

/*
 * What modprobe.d sets. libkmod appends options from the command line of the running
 * kernel, which is not this machine's when it is a recorded one: those are left off.
 */
static void options_read(struct modules *modules, const char *module, const char *name,
			 bool *is_set)
{
	cleanup_kmod struct kmod_ctx *bare_kmod = NULL;
	cleanup_kmod_module struct kmod_module *bare = NULL, *configured = NULL;
	const char *options, *foreign = NULL;
	size_t length, tail;

	if (!kmod_of(modules) ||
	    kmod_module_new_from_name(modules->kmod, module, &configured) < 0)
		return;
	options = kmod_module_get_options(configured);
	if (!options)
		return;
	length = strlen(options);
	if (!modules->root->live) {
		bare_kmod = kmod_open_bare(modules->root, modules->host->kernel);
		if (!bare_kmod || kmod_module_new_from_name(bare_kmod, module, &bare) < 0)
			return;
		foreign = kmod_module_get_options(bare);
	}
	tail = foreign ? strlen(foreign) : 0;
	if (tail <= length)
		option_find(options, length - tail, name, is_set);
}

static bool parameter_shown(const struct modules *modules, const char *module,
			    const char *name, bool *ret_set)
{
	char path[HOST_NAME_MAX * 3], text[16];

	(void)text_join(path, sizeof(path), MODULES, module, "/parameters/", name, NULL);
	if (sysroot_read(modules->root->fd, path, text, sizeof(text)) <= 0)
		return false;
	*ret_set = is_on(text);
	return true;
}

/*
 * A loaded module shows it, or has no such parameter; else modprobe.d, then the command
 * line, will set it.
 */
static bool parameter_read(struct modules *modules, const char *cmdline,
			   const char *module, const char *name)
{
	char path[HOST_NAME_MAX * 3], text[16];
	bool is_set = false;

	if (parameter_shown(modules, module, name, &is_set))
		return is_set;
	if (!modules->root->contained || !is_loaded(modules->root, module))
		options_read(modules, module, name, &is_set);
	(void)text_join(path, sizeof(path), module, ".", name, NULL);
	if (cmdline_get(cmdline, path, text, sizeof(text)))
		is_set = is_on(text);
	return is_set;
}

/*
 * Can the kernel have it: built in, loaded, or as an existing module? If that is not
 * known, the answer is yes: the parameter of iommufd must not count while type1 serves.
 */
static bool module_exists(struct modules *modules, const char *name)
{
	cleanup_kmod_module struct kmod_module *module = NULL;
	char path[HOST_NAME_MAX + 32];

	(void)text_join(path, sizeof(path), MODULES, name, NULL);
	if (sysroot_look(modules->root->fd, path))
		return true;
	module = module_find(kmod_of(modules), name);
	return (module && (kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN ||
			   module_has_file(module)));
}

/*
 * The parameter of the module that serves /dev/vfio/vfio: iommufd if VFIO has no
 * container (CONFIG_IOMMUFD_VFIO_CONTAINER excludes VFIO_CONTAINER: then there is no
 * type1).
 */
static bool unsafe_interrupts_read(struct modules *modules, const char *cmdline)
{
	static const char name[] = "allow_unsafe_interrupts",
			  type1[] = "vfio_iommu_type1";
	bool iommufd, is_set;

	if (parameter_shown(modules, type1, name, &is_set))
		return is_set;
	iommufd = !module_exists(modules, type1) && module_exists(modules, "iommufd");
	return parameter_read(modules, cmdline, iommufd ? "iommufd" : type1, name);
}

void modules_read(const struct sysroot *root, const struct config *config,
		  const char *cmdline, struct host *host)
{
	struct modules modules = { .root = root, .host = host };
	struct fault fault;

	host->n_drivers = 0;
	(void)driver_add(&modules, "vfio-pci");
	if (host->drivers[VFIO_PCI].state == HOST_DRIVER_MISSING &&
	    !index_exists(&modules, "modules.dep.bin")) {
		fault_set(&fault, -ENOENT, "/lib/modules/%s: no index of modules",
			  host->kernel);
		host_note(host, &fault);
	}
	functions_match(&modules);
	for (size_t i = 0; i < config->n_targets; i++)
		if (config->targets[i].driver[0])
			driver_add_named(&modules, config->targets[i].driver);
	for (size_t i = 0; i < host->n_drivers; i++) {
		holders_read(host, &host->drivers[i], modules.lists[i]);
		listing_close(modules.lists[i]);
	}
	host->unsafe_interrupts = unsafe_interrupts_read(&modules, cmdline);
	/* A plan says it only where no IOMMU is active. */
	host->noiommu_mode =
		(!root->contained || !host_iommu_active(host)) &&
		parameter_read(&modules, cmdline, "vfio", "enable_unsafe_noiommu_mode");
	cleanup_kmod_p(&modules.kmod);
}

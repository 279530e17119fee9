// SPDX-License-Identifier: GPL-2.0-or-later
/* Which VFIO driver a function would get, on modules that depmod has indexed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "helper-modules.h"
#include "helper-tree.h"
#include "read/kmod_index.h"
#include "read/modules.h"
#include "read/pci.h"

#define RELEASE MODULES_RELEASE
#define GPU "0000:09:00.0"
#define GPU_ALIAS "pci:v000010DEd00002342sv000010DEsd000016EBbc03sc02i00\n"
#define NIC "0000:0a:00.0"
#define NIC_ALIAS "pci:v000015B3d0000101Esv000015B3sd00000058bc02sc00i00\n"
#define ANY_ALIAS "alias=vfio_pci:v*d*sv*sd*bc*sc*i*"

static struct host host;
static struct fault fault;
static struct config config;

static int setup(void **state)
{
	static struct tree tree;

	memset(&host, 0, sizeof(host));
	memset(&config, 0, sizeof(config));
	tree_make(&tree);
	tree_function(&tree, "pci0000:00/0000:00:03.1/" GPU, "10de:2342", 0x030200, -1);
	tree_attribute(&tree, GPU, "modalias", GPU_ALIAS);
	tree_function(&tree, "pci0000:00/0000:00:03.2/" NIC, "15b3:101e", 0x020000, -1);
	tree_attribute(&tree, NIC, "modalias", NIC_ALIAS);
	tree_put(&tree, RELEASE "\n", "proc/sys/kernel/osrelease");
	tree_put(&tree, "", MODULES "/modules.order");
	tree_put(&tree, "", MODULES "/modules.builtin");
	module_make(&tree, "vfio", "softdep=post: vfio_iommu_type1", "vfio_register",
		    NULL);
	module_make(&tree, "vfio_iommu_type1", "name=vfio_iommu_type1", NULL,
		    "vfio_register");
	module_make(&tree, "vfio-pci-core", "name=vfio_pci_core", "vfio_pci_core_probe",
		    "vfio_register");
	module_make(&tree, "vfio-pci", ANY_ALIAS, NULL, "vfio_pci_core_probe");
	*state = &tree;
	return 0;
}

static void read_modules(struct tree *tree, const char *cmdline)
{
	host.n_notes = 0;
	(void)strcpy(host.kernel, RELEASE);
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
	modules_read(&tree->root, &config, cmdline, &host);
	assert_true(host.n_drivers >= 1);
	assert_string_equal(host.drivers[0].name, "vfio-pci");
	assert_string_equal(host.drivers[0].module, "vfio_pci");
}

static const struct host_driver *driver_at(const char *address)
{
	size_t index = host_at(&host, address)->vfio_driver;

	assert_true(index < host.n_drivers);
	return &host.drivers[index];
}

/* ---- an index that libkmod must not be let at ---- */

static void test_damaged(void **state)
{
	struct tree *tree = *state;
	cleanup_free char *bytes = NULL;
	size_t length;

	index_make(tree);
	assert_int_equal(sysroot_load(tree->root.fd, MODULES "/modules.alias.bin",
				      1 << 20, &bytes, &length),
			 0);
	assert_int_equal(kmod_index_judge((unsigned char *)bytes, length), 0);
	/* the root is written last: what was cut off lacks it */
	for (size_t i = 0; i < length; i++)
		assert_int_equal(kmod_index_judge((unsigned char *)bytes, i), -EBADMSG);
	tree_delete(tree, MODULES "/modules.alias.bin");
	tree_bytes(tree, MODULES "/modules.alias.bin", bytes, length - 1);
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
	assert_true(host.n_notes >= 1);
	assert_string_equal(host.notes[0].text,
			    "/" MODULES "/modules.alias.bin is damaged: nothing is known "
			    "about modules until `depmod " RELEASE "` has rewritten it");
	/* what a power failure leaves behind */
	tree_put(tree, "", MODULES "/modules.alias.bin");
	assert_int_equal(kmod_index_check(&tree->root, RELEASE, &fault), -EBADMSG);
	/* depmod itself writes this one so */
	tree_delete(tree, MODULES "/modules.builtin.alias.bin");
	tree_put(tree, "", MODULES "/modules.builtin.alias.bin");
	/* where a crash is contained, it is not looked at: no time is spent */
	tree_delete(tree, MODULES "/modules.alias.bin");
	tree_bytes(tree, MODULES "/modules.alias.bin", bytes, length);
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MODULE);
}

/* A root whose only child is itself, twice: libkmod would follow it for ever. */
static void test_circle(void **state)
{
	static const unsigned char circle[] = {
		0xB0, 0x07, 0xF4, 0x57, 0, 2, 0,  1,	0x20, 0, 0,
		12,   'a',  'b',  0x20, 0, 0, 12, 0x20, 0,    0, 12,
	};

	(void)state;
	assert_int_equal(kmod_index_judge(circle, sizeof(circle)), -EBADMSG);
}

static void test_no_file(void **state)
{
	static const char *const places[] = {
		MODULES "/modules.dep.bin",
		MODULES "/modules.softdep",
		"etc/modprobe.d/vfio.conf",
	};
	struct tree *tree = *state;
	char path[TREE_NAME_MAX];

	index_make(tree);
	tree_dir(tree, "etc/modprobe.d");
	tree_link(tree, "/dev/null", "etc/modprobe.d/masked.conf");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MODULE);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct fault named;

		(void)snprintf(path, sizeof(path), "%s/%s", tree->path, places[i]);
		(void)remove(path);
		assert_int_equal(mkfifo(path, 0600), 0);
		assert_int_equal(kmod_index_check(&tree->root, RELEASE, &named), -EINVAL);
		assert_non_null(strstr(named.text, places[i]));
		read_modules(tree, "");
		assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
		assert_int_equal(remove(path), 0);
		index_make(tree);
	}
}

/* ---- where vfio-pci comes from ---- */

static void test_module(void **state)
{
	struct tree *tree = *state;

	index_make(tree);
	read_modules(tree, "");
	assert_int_equal(host.n_drivers, 1);
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MODULE);
	assert_int_equal(host_at(&host, GPU)->vfio_driver, 0);
	assert_int_equal(host.n_notes, 0);
	/* loaded: its driver is there */
	tree_dir(tree, "sys/bus/pci/drivers/vfio-pci");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_LOADED);
}

static void test_builtin(void **state)
{
	struct tree *tree = *state;

	tree_delete(tree, MODULES "/kernel/vfio-pci.ko");
	tree_put(tree, "kernel/drivers/vfio/pci/vfio-pci.ko\n",
		 MODULES "/modules.builtin");
	index_make(tree);
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_BUILTIN);
	tree_dir(tree, "sys/bus/pci/drivers/vfio-pci");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_BUILTIN);
	assert_int_equal(host.n_notes, 0);
}

/* An initramfs has the whole index and few of the files. */
static void test_file_missing(void **state)
{
	struct tree *tree = *state;

	index_make(tree);
	tree_delete(tree, MODULES "/kernel/vfio-pci-core.ko");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
	assert_true(host_has_note(&host, "vfio_pci needs vfio_pci_core"));
	tree_delete(tree, MODULES "/kernel/vfio-pci.ko");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
	assert_int_equal(host.n_notes, 0);
}

static void test_no_modules(void **state)
{
	struct tree *tree = *state;

	/* no index */
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
	assert_true(host_has_note(&host, RELEASE ": no index of modules"));
	/* a kernel that has none, and needs none */
	tree_dir(tree, "sys/bus/pci/drivers/vfio-pci");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_LOADED);
	assert_int_equal(host.n_notes, 0);
	/* an index of other modules */
	tree_delete(tree, "sys/bus/pci/drivers/vfio-pci");
	tree_delete(tree, MODULES "/kernel/vfio-pci.ko");
	index_make(tree);
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
	assert_int_equal(host.n_notes, 0);
	/* a kernel whose name is not known */
	host.kernel[0] = '\0';
	modules_read(&tree->root, &config, "", &host);
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
}

static void test_garbage(void **state)
{
	static const char *const files[] = { "dep", "alias", "symbols", "builtin",
					     "builtin.alias" };
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		tree_put(tree, "garbage", MODULES "/modules.%s.bin", files[i]);
	tree_put(tree, "\xb0\x07\xf4\x57 no such version", MODULES "/modules.alias.bin");
	tree_put(tree, "options\nwhat\\", "etc/modprobe.d/x.conf");
	read_modules(tree, "");
	assert_int_equal(host.drivers[0].state, HOST_DRIVER_MISSING);
	assert_int_equal(host_at(&host, GPU)->vfio_driver, 0);
}

/* ---- variant drivers ---- */

static void variants_make(struct tree *tree)
{
	module_make(tree, "nvgrace-gpu-vfio-pci",
		    "alias=vfio_pci:v000010DEd00002342sv*sd*bc*sc*i*", NULL,
		    "vfio_pci_core_probe");
	module_make(tree, "mlx5-vfio-pci",
		    "alias=vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*", NULL,
		    "vfio_pci_core_probe");
}

static void test_variants(void **state)
{
	struct tree *tree = *state;

	variants_make(tree);
	index_make(tree);
	read_modules(tree, "");
	assert_int_equal(host.n_drivers, 3);
	/* the name of the driver, not that of the module's file */
	assert_string_equal(driver_at(GPU)->name, "nvgrace_gpu_vfio_pci");
	assert_string_equal(driver_at(GPU)->module, "nvgrace_gpu_vfio_pci");
	assert_int_equal(driver_at(GPU)->state, HOST_DRIVER_MODULE);
	assert_string_equal(driver_at(NIC)->name, "mlx5_vfio_pci");
	/* other functions get the plain one */
	tree_attribute(tree, GPU, "modalias",
		       "pci:v000010DEd00001E84sv00001458sd000037B2bc03sc00i00\n");
	tree_attribute(tree, NIC, "modalias", "usb:v15B3\n");
	read_modules(tree, "");
	assert_int_equal(host.n_drivers, 1);
	assert_int_equal(host_at(&host, GPU)->vfio_driver, 0);
	tree_delete(tree, "sys/bus/pci/devices/" GPU "/modalias");
	read_modules(tree, "");
	assert_int_equal(host_at(&host, GPU)->vfio_driver, 0);
}

/* The most specific alias wins, wherever it stands in the index. */
static void test_specific(void **state)
{
	struct tree *tree = *state;

	variants_make(tree);
	module_make(tree, "a-vfio-pci", "alias=vfio_pci:v000010DEd*sv*sd*bc03sc*i*", NULL,
		    NULL);
	module_make(tree, "z-vfio-pci", "alias=vfio_pci:v000010DEd*sv*sd*bc*sc*i*", NULL,
		    NULL);
	index_make(tree);
	read_modules(tree, "");
	assert_string_equal(driver_at(GPU)->module, "nvgrace_gpu_vfio_pci");
	module_make(tree, "z-vfio-pci",
		    "alias=vfio_pci:v000010DEd00002342sv000010DEsd000016EBbc*sc*i*", NULL,
		    NULL);
	index_make(tree);
	read_modules(tree, "");
	assert_string_equal(driver_at(GPU)->module, "z_vfio_pci");
	assert_string_equal(driver_at(NIC)->module, "mlx5_vfio_pci");
	assert_int_equal(host.n_notes, 0);
}

/* A loaded module shows what its driver is called. */
static void test_loaded_name(void **state)
{
	struct tree *tree = *state;

	variants_make(tree);
	index_make(tree);
	tree_link(tree, "../../../bus/pci/drivers/mlx5-vfio-pci",
		  "sys/module/mlx5_vfio_pci/drivers/pci:mlx5-vfio-pci");
	tree_dir(tree, "sys/bus/pci/drivers/mlx5-vfio-pci");
	read_modules(tree, "");
	assert_string_equal(driver_at(NIC)->name, "mlx5-vfio-pci");
	assert_int_equal(driver_at(NIC)->state, HOST_DRIVER_LOADED);
}

static void test_bridges(void **state)
{
	struct tree *tree = *state;
	uint8_t space[256] = { [0x0e] = 1 };

	variants_make(tree);
	index_make(tree);
	tree_config(tree, GPU, space, sizeof(space));
	read_modules(tree, "");
	assert_int_equal(host_at(&host, GPU)->vfio_driver, 0);
}

/* ---- drivers that the config names ---- */

static void test_named(void **state)
{
	struct tree *tree = *state;

	variants_make(tree);
	module_make(tree, "some-vendor-vfio", "name=some_vendor_vfio", NULL, NULL);
	index_make(tree);
	tree_attribute(tree, GPU, "modalias", "");
	tree_attribute(tree, NIC, "modalias", "");
	config.n_targets = 5;
	(void)strcpy(config.targets[0].driver, "nvgrace-gpu-vfio-pci");
	(void)strcpy(config.targets[1].driver, "vfio_pci");
	(void)strcpy(config.targets[2].driver, "some-vendor-vfio");
	(void)strcpy(config.targets[3].driver, "no-such-driver");
	read_modules(tree, "");
	assert_int_equal(host.n_drivers, 4);
	assert_string_equal(host.drivers[1].name, "nvgrace_gpu_vfio_pci");
	assert_int_equal(host.drivers[1].state, HOST_DRIVER_MODULE);
	assert_string_equal(host.drivers[2].name, "some-vendor-vfio");
	assert_string_equal(host.drivers[2].module, "some_vendor_vfio");
	assert_int_equal(host.drivers[2].state, HOST_DRIVER_MODULE);
	assert_string_equal(host.drivers[3].name, "no-such-driver");
	assert_int_equal(host.drivers[3].state, HOST_DRIVER_MISSING);
	assert_ptr_equal(host_driver_find(&host, "vfio_pci"), &host.drivers[0]);
	/* it is loaded under the other name */
	tree_dir(tree, "sys/bus/pci/drivers/some_vendor_vfio");
	read_modules(tree, "");
	assert_string_equal(host.drivers[2].name, "some_vendor_vfio");
	assert_int_equal(host.drivers[2].state, HOST_DRIVER_LOADED);
}

/* What a driver has is known of a far function, by whatever name it is registered. */
static void test_holders(void **state)
{
	static const char *const names[] = { "vfio-pci", "other_vfio", "other-vfio" };
	struct tree *tree = *state;
	struct host_function *gpu;

	index_make(tree);
	config.n_targets = 1;
	(void)strcpy(config.targets[0].driver, "other-vfio");
	read_modules(tree, "");
	gpu = &host.functions[host_at(&host, GPU) - host.functions];
	gpu->far = true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[TREE_NAME_MAX];

		(void)snprintf(path, sizeof(path), "sys/bus/pci/drivers/%s/" GPU,
			       names[i]);
		tree_link(tree, "../../../../devices/pci0000:00/0000:00:03.1/" GPU, "%s",
			  path);
		gpu->driver[0] = '\0';
		modules_read(&tree->root, &config, "", &host);
		assert_string_equal(gpu->driver, names[i]);
		tree_delete(tree, path);
		*strrchr(path, '/') = '\0';
		tree_delete(tree, path);
		gpu->driver[0] = '\0';
		modules_read(&tree->root, &config, "", &host);
		assert_string_equal(gpu->driver, "");
	}
}

/* ---- options ---- */

static const struct option {
	const char *modprobe;
	const char *loaded;
	const char *cmdline;
	bool want;
} options[] = {
	{ NULL, NULL, "", false },
	{ NULL, "Y\n", "", true },
	{ NULL, "N\n", "", false },
	{ "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", NULL, "", true },
	{ "options vfio-iommu-type1 allow_unsafe_interrupts\n", NULL, "", true },
	{ "options vfio_iommu_type1 allow_unsafe_interrupts=0\n", NULL, "", false },
	{ "options vfio_iommu_type1 x=1 allow_unsafe_interrupts=on y\n", NULL, "", true },
	{ "options vfio_iommu_type1 allow_unsafe_interrupts2=1\n", NULL, "", false },
	{ "options vfio_pci allow_unsafe_interrupts=1\n", NULL, "", false },
	{ "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"
	  "options vfio_iommu_type1 allow_unsafe_interrupts=n\n",
	  NULL, "", false },
	{ NULL, NULL, "vfio_iommu_type1.allow_unsafe_interrupts=1", true },
	{ NULL, NULL, "vfio-iommu-type1.allow-unsafe-interrupts", true },
	{ NULL, NULL, "vfio_iommu_type1.allow_unsafe_interrupts=0", false },
	{ NULL, NULL, "allow_unsafe_interrupts=1", false },
	{ "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", NULL,
	  "vfio_iommu_type1.allow_unsafe_interrupts=n", false },
	/* what is loaded does not read them again */
	{ "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", "N\n",
	  "vfio_iommu_type1.allow_unsafe_interrupts=1", false },
};

static void test_options(void **state)
{
	static const char loaded[] =
		"sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";
	struct tree *tree = *state;

	index_make(tree);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *row = &options[i];

		if (row->modprobe)
			tree_put(tree, row->modprobe, "etc/modprobe.d/vfio.conf");
		if (row->loaded)
			tree_put(tree, row->loaded, "%s", loaded);
		read_modules(tree, row->cmdline);
		assert_int_equal(host.unsafe_interrupts, row->want);
		assert_false(host.noiommu_mode);
		if (row->modprobe)
			tree_delete(tree, "etc/modprobe.d/vfio.conf");
		if (row->loaded)
			tree_delete(tree, loaded);
	}
}

#define UNSAFE "/parameters/allow_unsafe_interrupts"

/* The parameter of the one that serves counts, and no other. */
static void test_iommufd(void **state)
{
	struct tree *tree = *state;

	tree_put(tree, "Y\n", "sys/module/iommufd" UNSAFE);
	read_modules(tree, "");
	assert_true(host.unsafe_interrupts);
	read_modules(tree, "vfio_iommu_type1.allow_unsafe_interrupts=1");
	assert_true(host.unsafe_interrupts);
	tree_put(tree, "N\n", "sys/module/iommufd" UNSAFE);
	read_modules(tree, "vfio_iommu_type1.allow_unsafe_interrupts=1");
	assert_false(host.unsafe_interrupts);
	tree_put(tree, "N\n", "sys/module/vfio_iommu_type1" UNSAFE);
	tree_put(tree, "Y\n", "sys/module/iommufd" UNSAFE);
	read_modules(tree, "");
	assert_false(host.unsafe_interrupts);
}

static void test_noiommu(void **state)
{
	struct tree *tree = *state;

	index_make(tree);
	tree_put(tree, "options vfio enable_unsafe_noiommu_mode=1\n",
		 "usr/lib/modprobe.d/x.conf");
	read_modules(tree, "");
	assert_true(host.noiommu_mode);
	assert_false(host.unsafe_interrupts);
	tree_put(tree, "N\n", "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	read_modules(tree, "vfio.enable_unsafe_noiommu_mode=1");
	assert_false(host.noiommu_mode);
	/* what is loaded takes no options any more */
	tree_delete(tree, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	tree_put(tree, "live\n", "sys/module/vfio/initstate");
	tree->root.contained = true;
	read_modules(tree, "");
	assert_false(host.noiommu_mode);
	read_modules(tree, "vfio.enable_unsafe_noiommu_mode=1");
	assert_true(host.noiommu_mode);
	/* with an active IOMMU no plan speaks of it */
	host.functions[0].has_group = true;
	host.functions[0].group = 4;
	host.groups[0] = (struct host_group){ .number = 4, .noiommu = true };
	host.n_groups = 1;
	for (int active = 0; active < 2; active++) {
		host.groups[0].noiommu = !active;
		modules_read(&tree->root, &config, "vfio.enable_unsafe_noiommu_mode=1",
			     &host);
		assert_int_equal(host.noiommu_mode, !active);
	}
	tree->root.contained = false;
	modules_read(&tree->root, &config, "vfio.enable_unsafe_noiommu_mode=1", &host);
	assert_true(host.noiommu_mode);
}

/* ---- without libkmod ---- */

static bool is_alone(struct tree *tree)
{
	return kmod_index_has_only(&tree->root, RELEASE, "vfio_pci:", "vfio_pci");
}

static void test_alone(void **state)
{
	struct tree *tree = *state;

	assert_false(is_alone(tree)); /* there is no index */
	index_make(tree);
	assert_true(is_alone(tree));
	/* what has another prefix does not count, however much they share */
	module_make(tree, "vfio-mdev", "alias=vfio_pcj:v*", NULL, "vfio_register");
	module_make(tree, "other", "alias=vfio_pc", NULL, NULL);
	/* many of them, which depmod writes behind */
	for (unsigned int i = 0; i < 60; i++) {
		char name[16], alias[64];

		(void)snprintf(name, sizeof(name), "other%u", i);
		(void)snprintf(alias, sizeof(alias), "alias=w%03u:which is not short",
			       i * 13);
		module_make(tree, name, alias, NULL, NULL);
	}
	index_make(tree);
	assert_true(is_alone(tree));
	variants_make(tree);
	index_make(tree);
	assert_false(is_alone(tree));
	tree_put(tree, "\xb0\x07\xf4\x57 no such version", MODULES "/modules.alias.bin");
	assert_false(is_alone(tree));
}

/* Cut off anywhere it is never taken for one without variants. */
static void test_alone_cut_off(void **state)
{
	struct tree *tree = *state;
	cleanup_free char *bytes = NULL;
	size_t length;

	variants_make(tree);
	index_make(tree);
	assert_int_equal(sysroot_load(tree->root.fd, MODULES "/modules.alias.bin",
				      1 << 20, &bytes, &length),
			 0);
	for (size_t i = 0; i < length; i += 7) {
		tree_delete(tree, MODULES "/modules.alias.bin");
		tree_bytes(tree, MODULES "/modules.alias.bin", bytes, i);
		assert_false(is_alone(tree));
	}
}

static void test_mentioned(void **state)
{
	static const char *const files[] = {
		"alias vfio_pci:v* other\n",
		"options vfio-pci ids=1\n",
		"alias * other\n",
		"alias [v]fio* other\n",
	};
	struct tree *tree = *state;

	assert_false(kmod_confs_mention(&tree->root, "vfio"));
	tree_put(tree, "blacklist nouveau\n", "etc/modprobe.d/a.conf");
	assert_false(kmod_confs_mention(&tree->root, "vfio"));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		tree_put(tree, files[i], "usr/lib/modprobe.d/b.conf");
		assert_true(kmod_confs_mention(&tree->root, "vfio"));
		tree_delete(tree, "usr/lib/modprobe.d/b.conf");
	}
}

/* What a boot does without libkmod says the same as with it. */
static void test_contained(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/drivers/vfio-pci");
	tree_put(tree, "live\n", "sys/module/vfio_pci/initstate");
	for (int variants = 0; variants < 2; variants++) {
		size_t chosen[2];

		if (variants)
			variants_make(tree);
		index_make(tree);
		for (int contained = 0; contained < 2; contained++) {
			tree->root.contained = contained;
			read_modules(tree, "");
			assert_int_equal(host.drivers[0].state, HOST_DRIVER_LOADED);
			chosen[contained] = host_at(&host, GPU)->vfio_driver;
		}
		assert_int_equal(chosen[0], chosen[1]);
		assert_int_equal(chosen[0] > 0, variants);
	}
	tree->root.contained = false;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_alone),     TEST(test_alone_cut_off), TEST(test_mentioned),
		TEST(test_contained), TEST(test_damaged),	TEST(test_circle),
		TEST(test_no_file),   TEST(test_iommufd),	TEST(test_module),
		TEST(test_builtin),   TEST(test_file_missing),	TEST(test_no_modules),
		TEST(test_garbage),   TEST(test_variants),	TEST(test_specific),
		TEST(test_bridges),   TEST(test_loaded_name),	TEST(test_named),
		TEST(test_options),   TEST(test_noiommu),	TEST(test_holders),
	};

	return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}

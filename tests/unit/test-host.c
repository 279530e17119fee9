// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read of a machine: files, PCI functions, all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "helper-tree.h"
#include "read/host_read.h"
#include "read/iommu.h"
#include "read/pci.h"
#include "read/pci_near.h"

#define GPU "0000:09:00.0"
#define GPU_PATH "pci0000:00/0000:00:03.1/" GPU
#define PORT "0000:00:03.1"

static struct host host;
static struct fault fault;
static struct config config;

static int setup(void **state)
{
	memset(&host, 0, sizeof(host));
	return tree_setup(state);
}

static void read_pci(struct tree *tree)
{
	host.n_notes = 0;
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
}

/* ---- sysroot ---- */

static void test_root(void **state)
{
	struct tree *tree = *state;
	struct sysroot root;
	char path[TREE_ROOT_MAX + 4];

	(void)snprintf(path, sizeof(path), "%s///", tree->path);
	assert_int_equal(sysroot_open(path, &root, &fault), 0);
	assert_string_equal(root.path, tree->path);
	assert_false(root.live);
	sysroot_done(&root);
	assert_int_equal(root.fd, -1);
	sysroot_done(&root);

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(sysroot_open(i ? "/" : NULL, &root, &fault), 0);
		assert_string_equal(root.path, "");
		assert_true(root.live);
		sysroot_done(&root);
	}
}

static void test_root_bad(void **state)
{
	struct tree *tree = *state;
	struct sysroot root = { .fd = 77 };
	char path[SYSROOT_PATH_MAX + 2];

	(void)snprintf(path, sizeof(path), "%s/none", tree->path);
	assert_int_equal(sysroot_open(path, &root, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "/none"));
	tree_put(tree, "", "none");
	assert_int_equal(sysroot_open(path, &root, &fault), -ENOTDIR);
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(sysroot_open(path, &root, &fault), -ENAMETOOLONG);
	assert_int_equal(root.fd, 77);
}

static void test_read(void **state)
{
	struct tree *tree = *state;
	char text[8];

	tree_put(tree, "abc\n\n", "d/file");
	assert_int_equal(sysroot_read(tree->root.fd, "d/file", text, sizeof(text)), 3);
	assert_string_equal(text, "abc");
	tree_put(tree, "", "d/file");
	assert_int_equal(sysroot_read(tree->root.fd, "d/file", text, sizeof(text)), 0);
	assert_string_equal(text, "");
	tree_put(tree, "1234567", "d/file");
	assert_int_equal(sysroot_read(tree->root.fd, "d/file", text, sizeof(text)), 7);
	tree_put(tree, "12345678", "d/file");
	assert_int_equal(sysroot_read(tree->root.fd, "d/file", text, sizeof(text)),
			 -EFBIG);
	assert_int_equal(sysroot_read(tree->root.fd, "d", text, sizeof(text)), -EISDIR);
	assert_int_equal(sysroot_read(tree->root.fd, "e", text, sizeof(text)), -ENOENT);
}

static const struct number {
	const char *text;
	unsigned int base;
	uint64_t max;
	int result;
	uint64_t value;
} numbers[] = {
	{ "12\n", 10, 99, 0, 12 },
	{ "0x10de\n", 16, 0xffff, 0, 0x10de },
	{ "10de", 16, 0xffff, 0, 0x10de },
	{ "0x\n", 16, 0xffff, -EINVAL, 0 },
	{ "0x1 ", 16, 0xffff, -EINVAL, 0 },
	{ "-1\n", 10, 99, -EINVAL, 0 },
	{ "100\n", 10, 99, -ERANGE, 0 },
	{ "", 10, 99, -EINVAL, 0 },
	{ "0x10", 10, 99, -EINVAL, 0 },
	{ "11111111111111111111111111111111111", 10, 99, -EFBIG, 0 },
};

static void test_numbers(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number *row = &numbers[i];
		uint64_t value = 0;

		tree_put(tree, row->text, "number");
		assert_int_equal(sysroot_read_number(tree->root.fd, "number", row->base,
						     row->max, &value),
				 row->result);
		assert_int_equal(value, row->value);
	}
}

static void test_links(void **state)
{
	struct tree *tree = *state;
	char text[8];

	tree_link(tree, "../../a/b/vfio", "d/link");
	assert_int_equal(sysroot_link_name(tree->root.fd, "d/link", text, sizeof(text)),
			 0);
	assert_string_equal(text, "vfio");
	tree_link(tree, "12", "d/link");
	assert_int_equal(sysroot_link_name(tree->root.fd, "d/link", text, sizeof(text)),
			 0);
	assert_string_equal(text, "12");
	assert_int_equal(sysroot_link(tree->root.fd, "d/link", text, 2), -ENAMETOOLONG);
	tree_link(tree, "a/12345678", "d/link");
	assert_int_equal(sysroot_link_name(tree->root.fd, "d/link", text, sizeof(text)),
			 -ENAMETOOLONG);
	assert_true(sysroot_exists(tree->root.fd, "d/link"));
	assert_false(sysroot_exists(tree->root.fd, "d/none"));
	tree_put(tree, "", "d/file");
	assert_int_equal(sysroot_link_name(tree->root.fd, "d/file", text, sizeof(text)),
			 -EINVAL);
}

static void test_load(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 100000 };
	struct tree *tree = *state;
	char *bytes = calloc(1, 100001), *text;
	size_t length;

	assert_non_null(bytes);
	memset(bytes, 'x', 100000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		tree_bytes(tree, "file", bytes, sizes[i]);
		assert_int_equal(
			sysroot_load(tree->root.fd, "file", sizes[i], &text, &length), 0);
		assert_int_equal(length, sizes[i]);
		assert_memory_equal(text, bytes, length);
		assert_int_equal(text[length], 0);
		free(text);
		if (sizes[i])
			assert_int_equal(sysroot_load(tree->root.fd, "file", sizes[i] - 1,
						      &text, &length),
					 -EFBIG);
	}
	assert_int_equal(sysroot_load(tree->root.fd, "none", 1, &text, &length), -ENOENT);
	free(bytes);
}

/* ---- look-ups ---- */

static void test_find(void **state)
{
	struct pci_address address = { .domain = 0x10000 };

	(void)state;
	assert_null(host_find(&host, &address));
	assert_null(host_group_find(&host, 0));
	for (size_t i = 0; i < HOST_FUNCTIONS_MAX; i++) {
		struct host_function *function = &host.functions[i];

		function->address.domain = (uint32_t)(i / 2048) << 13;
		function->address.bus = (uint8_t)(i >> 3);
		function->address.function = i & 7;
		host.groups[i].number = (unsigned int)i * 3;
	}
	host.n_functions = HOST_FUNCTIONS_MAX;
	host.n_groups = HOST_GROUPS_MAX;
	for (size_t i = 0; i < HOST_FUNCTIONS_MAX; i++) {
		assert_ptr_equal(host_find(&host, &host.functions[i].address),
				 &host.functions[i]);
		assert_ptr_equal(host_group_find(&host, (unsigned int)i * 3),
				 &host.groups[i]);
		assert_null(host_group_find(&host, (unsigned int)i * 3 + 1));
	}
	address.device = 1;
	assert_null(host_find(&host, &address));
}

static void test_driver_find(void **state)
{
	(void)state;
	(void)strcpy(host.drivers[0].name, "vfio-pci");
	(void)strcpy(host.drivers[1].name, "mlx5_vfio_pci");
	host.n_drivers = 2;
	assert_ptr_equal(host_driver_find(&host, "vfio-pci"), &host.drivers[0]);
	assert_ptr_equal(host_driver_find(&host, "vfio_pci"), &host.drivers[0]);
	assert_ptr_equal(host_driver_find(&host, "mlx5-vfio-pci"), &host.drivers[1]);
	assert_null(host_driver_find(&host, "vfio-pc"));
	assert_null(host_driver_find(&host, "vfio-pci-"));
	assert_null(host_driver_find(&host, "vfio.pci"));
	assert_null(host_driver_find(&host, ""));
}

static void test_notes(void **state)
{
	(void)state;
	for (int i = 1; i <= HOST_NOTES_MAX + 3; i++) {
		fault_set(&fault, -i, "note %d", i);
		host_note(&host, &fault);
	}
	assert_int_equal(host.n_notes, HOST_NOTES_MAX);
	assert_int_equal(host.notes[HOST_NOTES_MAX - 1].error, -HOST_NOTES_MAX);
}

/* ---- PCI functions ---- */

/* A near look sees the same function without what only a person wants to know. */
static void check_near(struct tree *tree, const struct host_function *all)
{
	struct host_function wanted = *all;
	uint8_t want[2] = { HOST_WANT_PATH, HOST_WANT_FUNCTION | HOST_WANT_PORT };

	wanted.revision = 0;
	wanted.has_reset = false;
	memset(wanted.reset_methods, 0, sizeof(wanted.reset_methods));
	memset(wanted.power_state, 0, sizeof(wanted.power_state));
	wanted.d3cold_allowed = FACT_UNKNOWN;
	wanted.numa_node = -1;
	wanted.bars_unassigned = 0;
	assert_int_equal(pci_names_read(&tree->root, &host, &fault), 0);
	assert_true(host.functions[1].far);
	assert_int_equal(pci_near_read(&tree->root, want, &host, &fault), 0);
	assert_memory_equal(host_at(&host, GPU), &wanted, sizeof(wanted));
	assert_true(host.functions[0].far);
	assert_int_equal(host.functions[0].path.depth, 1);
	want[0] = HOST_WANT_SUBSYSTEM | HOST_WANT_VFS;
	want[1] = 0;
	assert_int_equal(pci_near_read(&tree->root, want, &host, &fault), 0);
	assert_int_equal(host.functions[0].id.device, 0x1453);
	assert_int_equal(host.functions[0].vfs_total, 7);
}

static void test_function(void **state)
{
	struct tree *tree = *state;
	const struct host_function *gpu;

	tree_function(tree, "pci0000:00/" PORT, "1022:1453", 0x060400, 2);
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 25);
	tree_attribute(tree, GPU, "revision", "0xa1\n");
	tree_attribute(tree, GPU, "subsystem_vendor", "0x1458\n");
	tree_attribute(tree, GPU, "subsystem_device", "0x37b2\n");
	tree_attribute(tree, GPU, "driver_override", "vfio-pci\n");
	tree_attribute(tree, GPU, "boot_vga", "1\n");
	tree_attribute(tree, GPU, "sriov_numvfs", "3\n");
	tree_attribute(tree, GPU, "reset", "");
	tree_attribute(tree, GPU, "reset_method", "flr bus\n");
	tree_attribute(tree, GPU, "power_state", "D3hot\n");
	tree_attribute(tree, GPU, "d3cold_allowed", "0\n");
	tree_attribute(tree, GPU, "numa_node", "1\n");
	tree_link(tree, "../../../../bus/pci/drivers/nouveau",
		  "sys/bus/pci/devices/" GPU "/driver");
	tree_link(tree, "../../../virtual/iommu/dmar0",
		  "sys/bus/pci/devices/" GPU "/iommu");
	read_pci(tree);
	assert_int_equal(host.n_functions, 2);
	assert_int_equal(host.n_notes, 0);
	gpu = host_at(&host, GPU);
	assert_false(gpu->unreadable);
	assert_int_equal(gpu->parent, 0);
	assert_int_equal(host.functions[0].parent, HOST_NO_PARENT);
	assert_int_equal(gpu->id.vendor, 0x10de);
	assert_int_equal(gpu->id.device, 0x1e84);
	assert_true(gpu->id.has_subsystem);
	assert_int_equal(gpu->id.subvendor, 0x1458);
	assert_int_equal(gpu->id.subdevice, 0x37b2);
	assert_int_equal(gpu->class_code, 0x030000);
	assert_int_equal(gpu->revision, 0xa1);
	assert_string_equal(gpu->driver, "nouveau");
	assert_string_equal(gpu->override, "vfio-pci");
	assert_true(gpu->has_group);
	assert_int_equal(gpu->group, 25);
	assert_string_equal(gpu->unit, "dmar0");
	assert_int_equal(gpu->boot_vga, FACT_YES);
	assert_false(gpu->is_vf);
	assert_int_equal(gpu->vfs, 3);
	assert_true(gpu->has_reset);
	assert_string_equal(gpu->reset_methods, "flr bus");
	assert_string_equal(gpu->power_state, "D3hot");
	assert_int_equal(gpu->d3cold_allowed, FACT_NO);
	assert_int_equal(gpu->numa_node, 1);
	tree_attribute(tree, PORT, "sriov_numvfs", "0\n");
	tree_attribute(tree, PORT, "sriov_totalvfs", "7\n");
	check_near(tree, gpu);
}

/* Nothing that is missing is made up. */
static void test_function_bare(void **state)
{
	struct tree *tree = *state;
	const struct host_function *gpu;

	tree_function(tree, "pci0000:00/0000:00:02.0", "8086:9a49", 0x030000, -1);
	tree_attribute(tree, "0000:00:02.0", "driver_override", "\n");
	tree_attribute(tree, "0000:00:02.0", "subsystem_vendor", "0x0000\n");
	tree_attribute(tree, "0000:00:02.0", "subsystem_device", "0x0000\n");
	tree_attribute(tree, "0000:00:02.0", "numa_node", "-1\n");
	read_pci(tree);
	assert_int_equal(host.n_notes, 0);
	gpu = &host.functions[0];
	assert_false(gpu->id.has_subsystem);
	assert_string_equal(gpu->driver, "");
	assert_string_equal(gpu->override, "");
	assert_false(gpu->has_group);
	assert_string_equal(gpu->unit, "");
	assert_int_equal(gpu->boot_vga, FACT_UNKNOWN);
	assert_int_equal(gpu->d3cold_allowed, FACT_UNKNOWN);
	assert_int_equal(gpu->vfs, 0);
	assert_false(gpu->has_reset);
	assert_int_equal(gpu->numa_node, -1);
	assert_int_equal(gpu->path.depth, 1);
}

/* Garbage is unknown, and said. */
static const struct garbage {
	const char *name;
	const char *text;
} garbages[] = {
	{ "vendor", "hello\n" },
	{ "device", "0x12345\n" },
	{ "class", "" },
	{ "subsystem_vendor", "0x\n" },
	{ "revision", "0x100\n" },
	{ "boot_vga", "2\n" },
	{ "sriov_numvfs", "-5\n" },
	{ "d3cold_allowed", "maybe\n" },
	{ "power_state", "D3coldestOfAllTheStates\n" },
};

static void test_garbage(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(garbages); i++) {
		tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
		tree_attribute(tree, GPU, garbages[i].name, garbages[i].text);
		read_pci(tree);
		assert_int_equal(host.n_functions, 1);
		assert_int_equal(host.n_notes, 1);
		assert_int_equal(host.functions[0].unreadable, i < 3);
		assert_int_equal(host.functions[0].vfs_unknown,
				 !strcmp(garbages[i].name, "sriov_numvfs"));
		assert_true(host_has_note(&host, garbages[i].name));
		assert_true(host_has_note(&host, GPU));
		tree_attribute(tree, GPU, garbages[i].name, "0\n");
	}
}

/* An AMD IOMMU is a function itself and has its units in a directory of that name. */
static void test_unit_directory(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "1022:1419", 0x080600, -1);
	tree_dir(tree, "sys/bus/pci/devices/" GPU "/iommu/ivhd0");
	read_pci(tree);
	assert_string_equal(host.functions[0].unit, "");
	assert_false(host.functions[0].unreadable);
	assert_int_equal(host.n_notes, 0);
}

static void test_garbage_group(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_link(tree, "../x/12a", "sys/bus/pci/devices/" GPU "/iommu_group");
	read_pci(tree);
	assert_false(host.functions[0].has_group);
	assert_true(host.functions[0].unreadable);
	assert_true(host_has_note(&host, "iommu_group"));
	tree_delete(tree, "sys/bus/pci/devices/" GPU "/device");
	read_pci(tree);
	assert_true(host_has_note(&host, "device: missing"));
}

static void test_huge(void **state)
{
	struct tree *tree = *state;
	char *text = calloc(1, 1 << 20);

	assert_non_null(text);
	memset(text, 'a', (1 << 20) - 1);
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_attribute(tree, GPU, "driver_override", text);
	tree_attribute(tree, GPU, "reset_method", text);
	tree_attribute(tree, GPU, "resource", text);
	read_pci(tree);
	assert_string_equal(host.functions[0].override, "");
	assert_string_equal(host.functions[0].reset_methods, "");
	assert_true(host_has_note(&host, "driver_override"));
	assert_true(host_has_note(&host, "reset_method"));
	free(text);
}

static void test_links_bad(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_link(tree, "driver", "sys/bus/pci/devices/" GPU "/driver");
	tree_link(tree, "vendor", "sys/bus/pci/devices/" GPU "/vendor2");
	tree_delete(tree, "sys/bus/pci/devices/" GPU "/vendor");
	tree_link(tree, "vendor", "sys/bus/pci/devices/" GPU "/vendor");
	/* gone between listing and reading */
	tree_link(tree, "../../../devices/pci0000:00/0000:00:04.0",
		  "sys/bus/pci/devices/0000:00:04.0");
	tree_link(tree, "0000:00:05.0", "sys/bus/pci/devices/0000:00:05.0");
	read_pci(tree);
	assert_int_equal(host.n_functions, 2);
	assert_string_equal(host_at(&host, GPU)->driver, "driver");
	assert_true(host_has_note(&host, GPU "/vendor"));
	assert_true(host_at(&host, "0000:00:05.0")->unreadable);
	assert_true(host_has_note(&host, "0000:00:05.0: it cannot be read"));
}

static const struct path {
	const char *link;
	const char *want; /* NULL: unknown */
	const char *parent;
} paths[] = {
	{ "../../../devices/" GPU_PATH, "00:03.1/00.0", PORT },
	{ "../../../devices/pci0000:09/" GPU, "09:00.0", NULL },
	{ "../../../devices/pci0000:40/0000:40:03.1/0000:41:00.0/0000:42:08.0/" GPU,
	  "40:03.1/00.0/08.0/00.0", NULL },
	{ "../../../devices/platform/40000000.pcie/" GPU_PATH, "00:03.1/00.0", PORT },
	/* VMD: the way starts at the last root bus */
	{ "../../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/" GPU,
	  "10000:e0:06.0/00.0", "10000:e0:06.0" },
	{ "../../../devices/pci0000:00/" PORT, NULL, NULL },
	{ "../../../devices/0000:00:03.1/" GPU, NULL, NULL },
	{ "../../../devices/pci0000:100/" GPU, NULL, NULL },
	{ "../../../devices/pci:/" GPU, NULL, NULL },
	{ "../../../../sys/bus", NULL, NULL },
};

static void test_paths(void **state)
{
	static const char up[] = "../../../";
	struct tree *tree = *state;

	tree_function(tree, "pci0000:00/" PORT, "1022:1453", 0x060400, -1);
	tree_function(tree, "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0",
		      "8086:9a0b", 0x010400, -1);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct host_function *gpu;
		char text[PCI_PATH_TEXT];

		/* The target must be there for the function to be there. */
		(void)snprintf(text, sizeof(text), "sys/%s", paths[i].link + strlen(up));
		if (!strncmp(paths[i].link, up, strlen(up)))
			tree_dir(tree, text);
		tree_link(tree, paths[i].link, "sys/bus/pci/devices/" GPU);
		host.n_notes = 0;
		assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
		gpu = host_at(&host, GPU);
		assert_int_equal(host_has_note(&host, GPU ": its path"), !paths[i].want);
		assert_int_equal(gpu->path.depth > 0, !!paths[i].want);
		if (paths[i].want) {
			pci_path_format(&gpu->path, text);
			assert_string_equal(text, paths[i].want);
		}
		if (paths[i].parent)
			assert_ptr_equal(&host.functions[gpu->parent],
					 host_at(&host, paths[i].parent));
		else
			assert_int_equal(gpu->parent, HOST_NO_PARENT);
	}
}

/* More bridges than any machine has: the function is known, its path is not. */
static void test_deep(void **state)
{
	struct tree *tree = *state;
	char path[1024] = "sys/devices/pci0000:00";
	size_t start = strlen("sys/devices/");

	for (unsigned int i = 0; i <= PCI_PATH_DEPTH_MAX; i++)
		(void)snprintf(path + strlen(path), sizeof(path) - strlen(path),
			       "/0000:%02x:00.0", i);
	tree_dir(tree, path);
	memmove(path + strlen("../../../devices/"), path + start,
		strlen(path + start) + 1);
	memcpy(path, "../../../devices/", strlen("../../../devices/"));
	tree_link(tree, path, "sys/bus/pci/devices/0000:20:00.0");
	read_pci(tree);
	assert_int_equal(host.n_functions, 1);
	assert_int_equal(host.functions[0].path.depth, 0);
	assert_int_equal(host.functions[0].parent, HOST_NO_PARENT);
	assert_true(host_has_note(&host, "0000:20:00.0: its path"));
}

static void test_order(void **state)
{
	static const char *const addresses[] = { "10000:e1:00.0", "0000:00:1f.7",
						 "0000:ff:00.0", "0000:00:02.0",
						 "0001:00:00.0" };
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "pci0000:00/%s", addresses[i]);
		tree_function(tree, path, "8086:0001", 0x060000, -1);
	}
	read_pci(tree);
	assert_int_equal(host.n_functions, ARRAY_SIZE(addresses));
	for (size_t i = 1; i < host.n_functions; i++)
		assert_true(pci_address_compare(&host.functions[i - 1].address,
						&host.functions[i].address) < 0);
	assert_int_equal(host.functions[4].address.domain, 0x10000);
}

static void test_too_many(void **state)
{
	struct tree *tree = *state;

	for (unsigned int i = 0; i <= HOST_FUNCTIONS_MAX; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%04x:%02x:00.0",
			       i >> 8, i & 255);
		tree_dir(tree, path);
	}
	assert_int_equal(pci_read(&tree->root, &host, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "16385"));
	assert_int_equal(host.n_functions, 0);
}

static void test_no_bus(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(pci_read(&tree->root, &host, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "/sys/bus/pci/devices"));
	tree_dir(tree, "sys/bus/pci/devices");
	read_pci(tree);
	assert_int_equal(host.n_functions, 0);
}

/* libpci calls an error function that must not return: it drops what it has opened. */
static void test_library_error(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices/garbage");
	__lsan_disable();
	assert_int_equal(pci_read(&tree->root, &host, &fault), -EIO);
	__lsan_enable();
	assert_non_null(strstr(fault.text, "libpci"));
	assert_non_null(strstr(fault.text, "garbage"));
}

/* A child tears the machine down and builds it up while we read it. */
static void test_changing(void **state)
{
	struct tree *tree = *state;
	pid_t child;

	tree_function(tree, "pci0000:00/" PORT, "1022:1453", 0x060400, -1);
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 7);
	child = fork();
	assert_true(child >= 0);
	while (!child) {
		static const char *const names[] = { "vendor", "config", "iommu_group" };

		tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 7);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			char path[128];

			(void)snprintf(path, sizeof(path), "sys/devices/" GPU_PATH "/%s",
				       names[i]);
			tree_delete(tree, path);
		}
		tree_delete(tree, "sys/bus/pci/devices/" GPU);
	}
	for (unsigned int i = 0; i < 300; i++) {
		read_pci(tree);
		iommu_read(&tree->root, "", &host);
		assert_in_range(host.n_functions, 1, 2);
		assert_int_equal(host.functions[0].id.vendor, 0x1022);
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_bars(void **state)
{
	static const char bar[] =
		"0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n";
	static const char unset[] =
		"0x0000000000000000 0x000000000fffffff 0x0000000020042208\n";
	struct tree *tree = *state;
	char text[2048] = "";

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	for (size_t i = 0; i < 17; i++)
		(void)strcat(text, i == 1 || i == 3 || i > 5 ? unset : bar);
	tree_attribute(tree, GPU, "resource", text);
	read_pci(tree);
	assert_int_equal(host.functions[0].bars_unassigned, 2);
	tree_attribute(tree, GPU, "resource", "0x20000000\n \n0x1 0x2 20000000\n");
	read_pci(tree);
	assert_int_equal(host.functions[0].bars_unassigned, 0);
}

static void test_virtual(void **state)
{
	struct tree *tree = *state;
	uint8_t space[256] = { 0xff, 0xff, 0xff, 0xff };

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_link(tree, "../0000:08:00.0", "sys/bus/pci/devices/" GPU "/physfn");
	/* Its ids read as ones, which does not mean that it is gone. */
	tree_config(tree, GPU, space, sizeof(space));
	read_pci(tree);
	assert_true(host.functions[0].is_vf);
	assert_true(host.functions[0].has_header);
	assert_int_equal(host.n_notes, 0);
}

/* ---- config space ---- */

static void put16(uint8_t *space, size_t at, uint16_t value)
{
	space[at] = (uint8_t)value;
	space[at + 1] = (uint8_t)(value >> 8);
}

/* A PCI Express function of a type with an ACS capability at 0x148, behind another one */
static void express(uint8_t *space, unsigned int type)
{
	memset(space, 0, 4096);
	put16(space, 0x00, 0x10de);
	space[0x06] = 0x10;
	space[0x0e] = 0x81;
	space[0x34] = 0x60;
	put16(space, 0x60, 0x7801); /* power management, next at 0x78 */
	put16(space, 0x78, 0x0010);
	put16(space, 0x7a, (uint16_t)(type << 4 | 2));
	put16(space, 0x100, 0x0001); /* AER */
	put16(space, 0x102, 0x1481);
	put16(space, 0x148, 0x000d);
	put16(space, 0x14a, 0x0001);
	put16(space, 0x14c, 0x005f);
	put16(space, 0x14e, 0x001d);
	put16(space, 0x150, 0x0077);
}

static void test_types(void **state)
{
	static const enum host_port want[16] = {
		HOST_PORT_ENDPOINT,
		HOST_PORT_LEGACY_ENDPOINT,
		HOST_PORT_UNKNOWN,
		HOST_PORT_UNKNOWN,
		HOST_PORT_ROOT,
		HOST_PORT_UPSTREAM,
		HOST_PORT_DOWNSTREAM,
		HOST_PORT_TO_PCI,
		HOST_PORT_FROM_PCI,
		HOST_PORT_INTEGRATED_ENDPOINT,
		HOST_PORT_EVENT_COLLECTOR,
	};
	struct tree *tree = *state;
	uint8_t space[4096];

	for (unsigned int type = 0; type < ARRAY_SIZE(want); type++) {
		const struct host_function *function = &host.functions[0];

		tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
		express(space, type);
		tree_config(tree, GPU, space, sizeof(space));
		read_pci(tree);
		assert_int_equal(function->port, want[type]);
		assert_true(function->has_header);
		assert_int_equal(function->header_type, 1);
		assert_true(function->multifunction);
		assert_int_equal(function->acs.known, FACT_YES);
		assert_int_equal(function->acs.capability, 0x5f);
		assert_int_equal(function->acs.control, 0x1d);
	}
}

static void test_no_acs(void **state)
{
	struct tree *tree = *state;
	uint8_t space[4096];

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	express(space, 4);
	put16(space, 0x102, 0x0001); /* the list ends at AER */
	tree_config(tree, GPU, space, sizeof(space));
	read_pci(tree);
	assert_int_equal(host.functions[0].acs.known, FACT_NO);
	/* lists that bite their tails */
	put16(space, 0x102, 0x1001);
	put16(space, 0x78, 0x6010);
	tree_config(tree, GPU, space, sizeof(space));
	read_pci(tree);
	assert_int_equal(host.functions[0].port, HOST_PORT_ROOT);
	assert_int_equal(host.functions[0].acs.known, FACT_NO);
	/* a machine without extended config space: it cannot be told */
	tree_config(tree, GPU, space, 256);
	read_pci(tree);
	assert_int_equal(host.functions[0].port, HOST_PORT_ROOT);
	assert_int_equal(host.functions[0].acs.known, FACT_UNKNOWN);
	/* no PCI Express capability: there is no ACS either */
	put16(space, 0x60, 0x0001);
	tree_config(tree, GPU, space, 256);
	read_pci(tree);
	assert_int_equal(host.functions[0].port, HOST_PORT_CONVENTIONAL);
	assert_int_equal(host.functions[0].acs.known, FACT_NO);
	/* a list that begins nowhere, as in machines made from a listing */
	space[0x34] = 0;
	tree_config(tree, GPU, space, 256);
	read_pci(tree);
	assert_int_equal(host.functions[0].port, HOST_PORT_UNKNOWN);
	assert_int_equal(host.functions[0].acs.known, FACT_UNKNOWN);
}

/* Some root ports of Intel have dwords where words should be. */
static void test_wide_acs(void **state)
{
	static const struct {
		const char *id;
		unsigned int type;
		uint16_t control;
	} rows[] = {
		{ "8086:a110", 4, 0x77 }, { "8086:a11f", 4, 0x77 },
		{ "8086:a120", 4, 0x1d }, { "8086:a167", 4, 0x77 },
		{ "8086:a16b", 4, 0x1d }, { "8086:a29f", 4, 0x77 },
		{ "8086:a2e7", 4, 0x77 }, { "8086:a2ef", 4, 0x1d },
		{ "8086:9d10", 4, 0x77 }, { "8086:9d1b", 4, 0x77 },
		{ "8086:9d0f", 4, 0x1d }, { "1022:a110", 4, 0x1d },
		{ "8086:a110", 6, 0x1d },
	};
	struct tree *tree = *state;
	uint8_t space[4096];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_function(tree, GPU_PATH, rows[i].id, 0x060400, -1);
		express(space, rows[i].type);
		tree_config(tree, GPU, space, sizeof(space));
		read_pci(tree);
		assert_int_equal(host.functions[0].acs.capability, 0x5f);
		assert_int_equal(host.functions[0].acs.control, rows[i].control);
	}
}

/* Without CAP_SYS_ADMIN the kernel shows 64 bytes. */
static void test_short_config(void **state)
{
	struct tree *tree = *state;
	uint8_t space[4096];

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	express(space, 4);
	tree_config(tree, GPU, space, 64);
	read_pci(tree);
	assert_true(host.functions[0].has_header);
	assert_int_equal(host.functions[0].header_type, 1);
	assert_int_equal(host.functions[0].port, HOST_PORT_UNKNOWN);
	assert_int_equal(host.functions[0].acs.known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "config space of 1 function"));
	/* without a list of capabilities the header says it all */
	space[0x06] = 0;
	tree_config(tree, GPU, space, 64);
	read_pci(tree);
	assert_int_equal(host.functions[0].port, HOST_PORT_CONVENTIONAL);
	assert_int_equal(host.n_notes, 0);
	tree_config(tree, GPU, space, 0);
	read_pci(tree);
	assert_false(host.functions[0].has_header);
	assert_int_equal(host.functions[0].port, HOST_PORT_UNKNOWN);
	assert_true(host_has_note(&host, "config space of 1 function"));
	tree_delete(tree, "sys/devices/" GPU_PATH "/config");
	read_pci(tree);
	assert_false(host.functions[0].has_header);
	assert_true(host_has_note(&host, "config space of 1 function"));
}

/* No process has it open for writing: an ordinary open would wait for one. */
static void test_pipe(void **state)
{
	struct tree *tree = *state;
	cleanup_free char *text = NULL;
	char small[8];
	size_t length;

	assert_int_equal(mkfifoat(tree->root.fd, "pipe", 0600), 0);
	assert_int_equal(sysroot_read(tree->root.fd, "pipe", small, sizeof(small)), 0);
	assert_int_equal(sysroot_load(tree->root.fd, "pipe", 64, &text, &length), 0);
	assert_int_equal(length, 0);
}

/* A pipe in the place of any attribute of a function, as an archive can have one */
static void test_pipe_as_attribute(void **state)
{
	static const char *const names[] = { "vendor",	 "device",   "class",	"config",
					     "resource", "revision", "modalias" };
	struct tree *tree = *state;
	char path[256];

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "sys/devices/" GPU_PATH "/%s",
			       names[i]);
		(void)unlinkat(tree->root.fd, path, 0);
		assert_int_equal(mkfifoat(tree->root.fd, path, 0600), 0);
		read_pci(tree);
		assert_int_equal(host.n_functions, 1);
	}
	assert_false(host.functions[0].has_header);
}

static void test_dead(void **state)
{
	struct tree *tree = *state;
	uint8_t space[4096];

	memset(space, 0xff, sizeof(space));
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_config(tree, GPU, space, sizeof(space));
	read_pci(tree);
	assert_int_equal(host.n_functions, 1);
	assert_false(host.functions[0].has_header);
	assert_int_equal(host.functions[0].port, HOST_PORT_UNKNOWN);
	assert_int_equal(host.functions[0].acs.known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "do not answer"));
}

/* ---- all of it ---- */

static const struct release {
	const char *file;
	const char *directory;
	const char *kernel;
	unsigned int major;
	unsigned int minor;
} releases[] = {
	{ "6.1.0-47-amd64\n", NULL, "6.1.0-47-amd64", 6, 1 },
	{ "5.10-rc1\n", "6.1.0", "5.10-rc1", 5, 10 },
	{ NULL, "6.12.3", "6.12.3", 6, 12 },
	{ NULL, NULL, "", 0, 0 },
	{ "linux\n", NULL, "linux", 0, 0 },
	{ "6\n", NULL, "6", 0, 0 },
	{ "6.\n", NULL, "6.", 0, 0 },
	{ "99999.1\n", NULL, "99999.1", 0, 0 },
	{ "../../etc\n", NULL, "", 0, 0 },
};

static void test_release(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	tree_put(tree, "", "proc/self/mountinfo");
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		const struct release *row = &releases[i];
		char path[64];

		if (row->file)
			tree_put(tree, row->file, "proc/sys/kernel/osrelease");
		(void)snprintf(path, sizeof(path), "lib/modules/%s",
			       row->directory ? row->directory : "");
		if (row->directory)
			tree_dir(tree, path);
		assert_int_equal(host_read(&tree->root, &config, "", &host, &fault), 0);
		assert_string_equal(host.kernel, row->kernel);
		assert_int_equal(host.kernel_major, row->major);
		assert_int_equal(host.kernel_minor, row->minor);
		assert_int_equal(host_has_note(&host, "kernel release"), !row->major);
		if (row->file)
			tree_delete(tree, "proc/sys/kernel/osrelease");
		if (row->directory)
			tree_delete(tree, path);
	}
	/* two kernels: which one runs is not known */
	tree_dir(tree, "lib/modules/6.1.0");
	tree_dir(tree, "lib/modules/6.12.3");
	assert_int_equal(host_read(&tree->root, &config, "", &host, &fault), 0);
	assert_string_equal(host.kernel, "");
}

/* What the struct held before does not matter. */
static void test_dirty(void **state)
{
	static struct host first;
	struct tree *tree = *state;

	tree_function(tree, "pci0000:00/" PORT, "1022:1453", 0x060400, 3);
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_put(tree, "d0-d1 : 0000:09:00.0\n  d0-d1 : efifb\n", "proc/iomem");
	tree_put(tree, "", "proc/self/mountinfo");
	tree_dir(tree, "run/udev/data");
	assert_int_equal(host_read(&tree->root, &config, "", &first, &fault), 0);
	memset(&host, 0x5a, sizeof(host));
	assert_int_equal(host_read(&tree->root, &config, "", &host, &fault), 0);
	assert_true(host.udev_ran);
	assert_int_equal(host.n_functions, 2);
	assert_int_equal(host.n_groups, 2);
	assert_memory_equal(host.functions, first.functions,
			    2 * sizeof(host.functions[0]));
	assert_memory_equal(host.groups, first.groups, 2 * sizeof(host.groups[0]));
	assert_memory_equal(&host.n_groups, &first.n_groups,
			    offsetof(struct host, n_notes) -
				    offsetof(struct host, n_groups));
	assert_int_equal(host.n_notes, first.n_notes);
}

static void test_no_machine(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(host_read(&tree->root, &config, "", &host, &fault), -ENOENT);
	assert_int_equal(host.n_functions, 0);
}

/* This very machine, whatever it is: read without harm, twice the same. */
static void test_live(void **state)
{
	static struct host second;
	struct sysroot root;
	int result;

	(void)state;
	assert_int_equal(sysroot_open(NULL, &root, &fault), 0);
	result = host_read(&root, &config, "", &host, &fault);
	assert_int_equal(result, host_read(&root, &config, "", &second, &fault));
	assert_true(!result || fault.text[0]);
	if (!result) {
		assert_int_equal(host.n_functions, second.n_functions);
		assert_true(host.kernel_major >= 4);
		assert_string_equal(host.drivers[0].name, "vfio-pci");
		for (size_t i = 0; i < host.n_functions; i++)
			assert_int_not_equal(host.functions[i].id.vendor, 0);
	}
	sysroot_done(&root);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_root),	   TEST(test_root_bad),
		TEST(test_read),	   TEST(test_numbers),
		TEST(test_links),	   TEST(test_load),
		TEST(test_find),	   TEST(test_driver_find),
		TEST(test_notes),	   TEST(test_function),
		TEST(test_function_bare),  TEST(test_garbage),
		TEST(test_unit_directory), TEST(test_garbage_group),
		TEST(test_huge),	   TEST(test_links_bad),
		TEST(test_paths),	   TEST(test_deep),
		TEST(test_order),	   TEST(test_too_many),
		TEST(test_no_bus),	   TEST(test_library_error),
		TEST(test_changing),	   TEST(test_bars),
		TEST(test_virtual),	   TEST(test_types),
		TEST(test_no_acs),	   TEST(test_wide_acs),
		TEST(test_short_config),   TEST(test_dead),
		TEST(test_pipe),	   TEST(test_pipe_as_attribute),
		TEST(test_release),	   TEST(test_dirty),
		TEST(test_no_machine),	   TEST(test_live),
	};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}

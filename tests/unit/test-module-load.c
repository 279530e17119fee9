// SPDX-License-Identifier: GPL-2.0-or-later

/* What reaches a module of VFIO, and what does not: apply/module_load.h. */

#include "apply/module_load.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "helper-tree.h"

static const struct {
	const char *options;
	const char *kept;
	const char *left_out;
} rows[] = {
	{ "", "", "" },
	{ "ids=10de:1e84", "", "vfio_pci: ids=10de:1e84" },
	{ "disable_vga=1 ids=10de:1e84,10de:10f8 disable_idle_d3",
	  "disable_vga=1 disable_idle_d3", "vfio_pci: ids=10de:1e84,10de:10f8" },
	{ "ids=1:2 nointxmask=Y ids=3:4", "nointxmask=Y",
	  "vfio_pci: ids=1:2, vfio_pci: ids=3:4" },
	/* as the kernel compares and splits */
	{ "  enable-sriov=1\tdisable_denylist  ", "enable-sriov=1 disable_denylist", "" },
	{ "ids=\"1:2 disable_vga=1\"", "", "vfio_pci: ids=\"1:2 disable_vga=1\"" },
	{ "\"ids=1:2\" disable_vga", "disable_vga", "vfio_pci: \"ids=1:2\"" },
	{ "dyndbg=\"func probe +p\" ids=1:2", "dyndbg=\"func probe +p\"",
	  "vfio_pci: ids=1:2" },
	/* what is not known to be harmless */
	{ "async_probe", "", "vfio_pci: async_probe" },
	{ "ids", "", "vfio_pci: ids" },
	{ "idsx=1 disable_vgax=1 disable_vg=1", "",
	  "vfio_pci: idsx=1, vfio_pci: disable_vgax=1, vfio_pci: disable_vg=1" },
	/* of the other modules */
	{ "allow_unsafe_interrupts=1 disable_hugepages dma_entry_limit=9",
	  "allow_unsafe_interrupts=1 disable_hugepages dma_entry_limit=9", "" },
	{ "enable_unsafe_noiommu_mode=1", "enable_unsafe_noiommu_mode=1", "" },
};

static void test_filter(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char left_out[MODULE_LEFT_OUT_MAX] = "";
		char kept[256];

		assert_true(strlen(rows[i].options) < sizeof(kept));
		module_options_filter(rows[i].options, kept, "vfio_pci", left_out);
		assert_string_equal(kept, rows[i].kept);
		assert_string_equal(left_out, rows[i].left_out);
	}
}

/* A list of ids may be a kilobyte; the sentence ends, and nothing else does. */
static void test_long(void **state)
{
	char left_out[MODULE_LEFT_OUT_MAX] = "";
	char options[2048] = "ids=", kept[2048];

	(void)state;
	for (size_t length = 4; length < 2000; length += 10)
		strcpy(options + length, "10de:1e84,");
	strcat(options, " disable_vga=1");
	module_options_filter(options, kept, "vfio_pci", left_out);
	assert_string_equal(kept, "disable_vga=1");
	assert_int_equal(strlen(left_out), MODULE_LEFT_OUT_MAX - 1);
	module_options_filter("ids=1:2", kept, "vfio_pci", left_out);
	assert_string_equal(kept, "");
}

static void test_whose_options(void **state)
{
	static const char *const vfio[] = {
		"vfio",	       "vfio_pci",	"vfio_iommu_type1", "iommufd",
		"xe_vfio_pci", "vfio_pci_core", "vfio_virqfd",	    "nvgrace_gpu_vfio_pci"
	};
	static const char *const others[] = { "xe", "irqbypass", "mlx5_core",
					      "iommufd_x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vfio); i++)
		assert_true(module_is_vfio(vfio[i]));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(module_is_vfio(others[i]));
}

/* A recorded machine's modules never get into this one. */
static void test_load(void **state)
{
	char left_out[MODULE_LEFT_OUT_MAX] = "";
	struct sysroot root;
	struct fault fault;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	assert_int_equal(module_load(&tree.root, "vfio_pci", left_out, &fault),
			 -EOPNOTSUPP);
	assert_non_null(strstr(fault.text, "vfio_pci"));
	tree_remove(&tree);
	assert_int_equal(sysroot_open(NULL, &root, &fault), 0);
	assert_int_equal(module_load(&root, "vfio_early_no_such_module", left_out,
				     &fault),
			 -ENOENT);
	assert_non_null(strstr(fault.text, "vfio_early_no_such_module"));
	assert_string_equal(left_out, "");
	sysroot_done(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_whose_options),
		cmocka_unit_test(test_load),
	};

	return cmocka_run_group_tests_name("module load", tests, NULL, NULL);
}

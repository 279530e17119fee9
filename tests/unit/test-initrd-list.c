// SPDX-License-Identifier: GPL-2.0-or-later

/* Which images can boot: where generators put them, what entries of boot loaders say. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "helper-tree.h"
#include "image/initrd_list.h"
#include "image/module_index.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct tree tree;
static struct initrd_list *list;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	list = calloc(1, sizeof(*list));
	return !list;
}

static int teardown(void **state)
{
	(void)state;
	free(list);
	tree_remove(&tree);
	return 0;
}

static const struct initrd_source *source_of(const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->sources[i].files[list->sources[i].main].path, path))
			return &list->sources[i];
	return NULL;
}

/* A file, and the release that its name tells; NULL: it is no image that can boot */
static const struct {
	const char *path;
	const char *release;
	bool fallback;
} places[] = {
	{ "boot/initrd.img-6.1.0-47-amd64", "6.1.0-47-amd64", false },
	{ "boot/initrd.img-6.1.0-47-amd64.new", NULL, false },
	{ "boot/initrd.img-6.1.0-47-amd64.dpkg-bak", NULL, false },
	{ "boot/initrd.img-6.1.0-47-amd64.old-dkms", NULL, false },
	{ "boot/initramfs-6.9.1-200.fc40.x86_64.img", "6.9.1-200.fc40.x86_64", false },
	{ "boot/initramfs-6.9.1-200.fc40.x86_64kdump.img", NULL, false },
	{ "boot/initramfs-0-rescue-" ID ".img", "", true },
	{ "boot/initramfs-linux.img", "", false },
	{ "boot/initramfs-5.10-x86_64.img", "5.10-x86_64", false },
	{ "boot/initrd-6f1a2b3c4d5e6f708192a3b4c5d6e7f801234567",
	  "6f1a2b3c4d5e6f708192a3b4c5d6e7f801234567", false },
	{ "boot/initramfs-linux-lts-fallback.img", "", true },
	{ "boot/booster-linux.img", "", false },
	{ "boot/booster-6.9.3.img", "6.9.3", false },
	{ "boot/initrd-6.4.0-150600.21-default", "6.4.0-150600.21-default", false },
	{ "boot/initrd-6.4.0-150600.21-default-kdump", NULL, false },
	{ "boot/6.1.0-1/initrd", "6.1.0-1", false },
	{ "boot/" ID "/6.1.0-2/initrd", "6.1.0-2", false },
	{ "boot/efi/" ID "/6.1.0-3/initrd", "6.1.0-3", false },
	{ "efi/" ID "/6.1.0-4/initrd", "6.1.0-4", false },
	{ "boot/efi/" ID "/6.1.0-5/initrd.img-6.1.0-5", "6.1.0-5", false },
	{ "boot/efi/EFI/proxmox/6.8.12-4-pve/initrd.img-6.8.12-4-pve", "6.8.12-4-pve",
	  false },
	{ "boot/efi/EFI/Pop_OS-1/initrd.img", "", false },
	{ "boot/ostree/fedora-1/initramfs-6.9.2.img", "6.9.2", false },
	{ "efi/EFI/Linux/" ID "-6.1.0-6.efi", "6.1.0-6", false },
	{ "boot/efi/EFI/Linux/arch-linux.efi", "", false },
	{ "boot/EFI/Linux/arch-linux-fallback.efi", "", true },
	{ "boot/vmlinuz-6.1.0-47-amd64", NULL, false },
	{ "boot/config-6.1.0-47-amd64", NULL, false },
};

/* @known: lib/modules has the releases */
static void assert_places(bool known)
{
	size_t count = 0;

	initrd_list_read(&tree.root, list);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct initrd_source *source = source_of(places[i].path);

		print_message("# %s\n", places[i].path);
		count += places[i].release != NULL;
		assert_int_equal(source != NULL, places[i].release != NULL);
		if (!source)
			continue;
		assert_string_equal(source->named, places[i].release);
		assert_string_equal(source->release, known ? places[i].release : "");
		assert_int_equal(source->fallback, places[i].fallback);
		assert_int_equal(source->n_files, 1);
	}
	assert_int_equal(list->count, count);
	assert_false(list->more);
	assert_int_equal(list->n_closed, 0);
}

/* A name alone is no release: initramfs-5.10-x86_64.img is of 5.10.84-1-MANJARO. */
static void each_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		tree_put(&tree, "x", "%s", places[i].path);
	assert_places(false);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].release && *places[i].release)
			tree_put(&tree, "", "lib/modules/%s/modules.dep",
				 places[i].release);
	assert_places(true);
}

/* One partition, mounted at two places */
static void one_image_by_two_names(void **state)
{
	char one[TREE_NAME_MAX], other[TREE_NAME_MAX];

	(void)state;
	tree_put(&tree, "x", "efi/EFI/Linux/arch.efi");
	tree_dir(&tree, "boot/efi/EFI/Linux/x");
	(void)snprintf(one, sizeof(one), "%s/efi/EFI/Linux/arch.efi", tree.path);
	(void)snprintf(other, sizeof(other), "%s/boot/efi/EFI/Linux/arch.efi", tree.path);
	assert_int_equal(link(one, other), 0);
	tree_dir(&tree, "boot/initrd.img-6.1.0");
	tree_link(&tree, "nowhere", "boot/initrd.img-6.1.1");
	initrd_list_read(&tree.root, list);
	assert_int_equal(list->count, 1);
}

static void assert_files(const char *main, const char *const *files, bool is_preinit)
{
	const struct initrd_source *source = source_of(main);
	size_t count = 0;

	assert_non_null(source);
	for (; files[count]; count++) {
		assert_true(count < source->n_files);
		assert_string_equal(source->files[count].path, files[count]);
	}
	assert_int_equal(source->n_files, count);
	assert_int_equal(source->preinit, is_preinit);
}

static void boot_loader_entries(void **state)
{
	static const char *const arch[] = { "boot/intel-ucode.img",
					    "boot/initramfs-linux.img", NULL };
	static const char *const fedora[] = { "efi/" ID "/6.9.1/initrd", "efi/extra.cpio",
					      NULL };
	static const char *const own[] = { "boot/mine.cpio", NULL };

	(void)state;
	tree_put(&tree, "x", "boot/intel-ucode.img");
	tree_put(&tree, "x", "boot/initramfs-linux.img");
	tree_put(&tree, "x", "boot/mine.cpio");
	tree_put(&tree, "x", "efi/" ID "/6.9.1/initrd");
	tree_put(&tree, "x", "efi/extra.cpio");
	tree_put(
		&tree,
		"title Arch\nlinux /vmlinuz-linux\ninitrd /intel-ucode.img\n"
		"initrd\t/initramfs-linux.img $tuned_initrd\noptions root=/dev/sda2 rw\n",
		"boot/loader/entries/arch.conf");
	tree_put(&tree,
		 "# comment\nlinux /" ID "/6.9.1/linux\n"
		 "initrd /" ID "/6.9.1/initrd\ninitrd /extra.cpio\n"
		 "options rdinit=/usr/lib/vfio-early/vfio-early-boot quiet\n",
		 "efi/loader/entries/" ID "-6.9.1.conf");
	tree_put(&tree, "linux /v\ninitrd /mine.cpio\noptions rdinit=/bin/sh\n",
		 "boot/loader/entries/mine.conf");
	tree_put(&tree, "linux /v\ninitrd /gone.img\n", "boot/loader/entries/gone.conf");
	tree_put(&tree, "linux /v\ninitrd /mine.cpio\n", "boot/loader/entries/mine.bak");
	initrd_list_read(&tree.root, list);
	assert_int_equal(list->count, 3);
	assert_files("boot/initramfs-linux.img", arch, false);
	assert_files("efi/" ID "/6.9.1/initrd", fedora, true);
	assert_files("boot/mine.cpio", own, false);
}

/* The first entry of an image is the one that counts: the others are for rescue. */
static void grub_entries(void **state)
{
	static const char *const both[] = { "boot/early.cpio", "boot/initrd.img-6.1.0",
					    NULL };
	static const char *const second[] = { "boot/initrd.img-6.0.0", NULL };

	(void)state;
	tree_put(&tree, "x", "boot/early.cpio");
	tree_put(&tree, "x", "boot/initrd.img-6.1.0");
	tree_put(&tree, "x", "boot/initrd.img-6.0.0");
	tree_put(&tree,
		 "menuentry 'Debian' {\n"
		 "\tlinux\t/boot/vmlinuz-6.1.0 root=UUID=1 ro "
		 "rdinit=/usr/lib/vfio-early/vfio-early-boot\n"
		 "\tinitrd\t/boot/early.cpio /@/boot/initrd.img-6.1.0\n}\n"
		 "menuentry 'rescue' {\n\tlinux /vmlinuz-6.1.0 single\n"
		 "\tinitrd /initrd.img-6.1.0\n}\n"
		 "menuentry 'old' {\n\tlinux /vmlinuz-6.0.0\n"
		 "\tinitrdefi /initrd.img-6.0.0\n}\n",
		 "boot/grub/grub.cfg");
	initrd_list_read(&tree.root, list);
	assert_int_equal(list->count, 2);
	assert_files("boot/initrd.img-6.1.0", both, true);
	assert_files("boot/initrd.img-6.0.0", second, false);
}

static void too_many(void **state)
{
	(void)state;
	for (int i = 0; i <= INITRD_LIST_MAX; i++)
		tree_put(&tree, "x", "boot/initrd.img-6.1.%d", i);
	initrd_list_read(&tree.root, list);
	assert_int_equal(list->count, INITRD_LIST_MAX);
	assert_true(list->more);
}

static void installed_kernels(void **state)
{
	(void)state;
	tree_dir(&tree, "lib/modules");
	tree_dir(&tree, "lib/modules/6.0.0");
	tree_dir(&tree, "lib/modules/6.1.0");
	tree_put(&tree, "x", "boot/vmlinuz-6.1.0");
	tree_put(&tree, "x", "lib/modules/6.2.0/vmlinuz");
	initrd_list_read(&tree.root, list);
	assert_int_equal(list->n_kernels, 2);
	assert_string_not_equal(list->kernels[0], "6.0.0");
	assert_string_not_equal(list->kernels[1], "6.0.0");
}

static void preinit_lines(void **state)
{
	(void)state;
	assert_true(initrd_preinit("quiet rdinit=/usr/lib/vfio-early/vfio-early-boot x"));
	assert_true(initrd_preinit("rdinit=\"/lib/vfio-early/vfio-early-boot\""));
	assert_false(initrd_preinit("rdinit=/init quiet"));
	assert_false(initrd_preinit("init=/usr/lib/vfio-early/vfio-early-boot"));
	assert_false(
		initrd_preinit("rdinit=/usr/lib/vfio-early/vfio-early-boot rdinit=/x"));
	assert_false(initrd_preinit("-- rdinit=/usr/lib/vfio-early/vfio-early-boot"));
	assert_false(initrd_preinit(""));
}

static void module_indices(void **state)
{
	struct module_list needs = { .count = 0 };
	struct module_index index;

	(void)state;
	assert_int_equal(module_index_open(&tree.root, "6.1.0", &index), -ENOENT);
	module_index_done(&index);
	assert_int_equal(module_index_open(&tree.root, "../6.1.0", &index), -ENOENT);
	tree_put(
		&tree,
		"kernel/a/other-vfio-pci.ko.xz: kernel/a/x.ko\n"
		"kernel/a/vfio-pci.ko.xz: kernel/a/vfio-pci-core.ko.xz kernel/a/vfio.ko\n"
		"kernel/a/vfio.ko:\n",
		"lib/modules/6.1.0/modules.dep");
	tree_put(&tree, "kernel/b/vfio_iommu_type1.ko\n",
		 "lib/modules/6.1.0/modules.builtin");
	assert_int_equal(module_index_open(&tree.root, "6.1.0", &index), 0);
	assert_int_equal(module_index_place(&index, "vfio_pci"), MODULE_FILE);
	assert_int_equal(module_index_place(&index, "vfio-iommu-type1"), MODULE_BUILTIN);
	assert_int_equal(module_index_place(&index, "vfio_pc"), MODULE_MISSING);
	assert_int_equal(module_index_place(&index, "x"), MODULE_MISSING);
	module_index_needs(&index, "vfio", &needs);
	module_index_needs(&index, "vfio_pci", &needs);
	module_index_needs(&index, "nothing", &needs);
	assert_int_equal(needs.count, 3);
	assert_string_equal(needs.names[0], "vfio");
	assert_string_equal(needs.names[1], "vfio_pci");
	assert_string_equal(needs.names[2], "vfio_pci_core");
	module_index_done(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_place, setup, teardown),
		cmocka_unit_test_setup_teardown(one_image_by_two_names, setup, teardown),
		cmocka_unit_test_setup_teardown(boot_loader_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(grub_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(installed_kernels, setup, teardown),
		cmocka_unit_test_setup_teardown(preinit_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(module_indices, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

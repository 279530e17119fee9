// SPDX-License-Identifier: GPL-2.0-or-later

/* Initramfs images: what is read out of them, in every way in which they are packed. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "helper-image.h"
#include "image/initrd.h"
#include "image/pe.h"

#define FILE_PATH "boot/image"
#define CONFIG "[target gpu]\nid = 10de:1e84\n"

static struct tree tree;
static struct bytes *image, *inner, *early;
static struct initrd initrd;
static struct fault fault;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	image = calloc(1, sizeof(*image));
	inner = calloc(1, sizeof(*inner));
	early = calloc(1, sizeof(*early));
	fault = (struct fault){ 0 };
	return !image || !inner || !early;
}

static int teardown(void **state)
{
	(void)state;
	initrd_done(&initrd);
	free(image);
	free(inner);
	free(early);
	tree_remove(&tree);
	return 0;
}

static int image_read(void)
{
	initrd_done(&initrd);
	bytes_put(image, &tree, FILE_PATH);
	return initrd_read(tree.root.fd, FILE_PATH, &initrd, &fault);
}

static void assert_reads(void)
{
	int error = image_read();

	if (error)
		print_message("# %s\n", fault.text);
	assert_int_equal(error, 0);
}

static void assert_text(const char *path, const char *text)
{
	const char *found = initrd_text(&initrd, path);

	assert_non_null(found);
	assert_string_equal(found, text);
}

/* A small but complete archive, with all that is looked for */
static void inner_fill(void)
{
	cpio_add(inner, ".", S_IFDIR | 0755, "", 0);
	cpio_link(inner, "lib", "usr/lib");
	cpio_link(inner, "./init", "usr/lib/systemd/systemd");
	cpio_add(inner, "usr/lib/vfio-early/vfio-early-boot", S_IFREG | 0755,
		 "\177ELF rest", 9);
	cpio_file(inner, "etc/vfio-early.conf", CONFIG);
	cpio_file(inner, "/etc/vfio-early.conf.d/empty.conf", "");
	cpio_file(inner, "usr/lib/modules/6.1.0-1/kernel/drivers/vfio-pci.ko.xz",
		  "module");
	cpio_end(inner);
	bytes_add(inner, NULL, -inner->count & 511);
}

static void assert_whole(void)
{
	const struct initrd_entry *program = initrd_program(&initrd);
	char release[HOST_NAME_MAX];

	assert_non_null(program);
	assert_int_equal(program->size, 9);
	assert_int_equal(program->mode, S_IFREG | 0755);
	assert_memory_equal(program->text, "\177ELF", 5);
	assert_text("etc/vfio-early.conf", CONFIG);
	assert_text("etc/vfio-early.conf.d/empty.conf", "");
	assert_string_equal(initrd_find(&initrd, "init")->text,
			    "usr/lib/systemd/systemd");
	initrd_release(&initrd, release);
	assert_string_equal(release, "6.1.0-1");
	assert_true(initrd_has_module(&initrd, "6.1.0-1", "vfio_pci"));
	assert_true(initrd_has_module(&initrd, "", "vfio-pci"));
	assert_false(initrd_has_module(&initrd, "6.1.0-2", "vfio_pci"));
	assert_false(initrd_has_module(&initrd, "", "vfio"));
}

static const char *const filters[] = { "", "gzip", "xz", "zstd", "lz4", "bzip2", "lzma" };

static void every_compression(void **state)
{
	(void)state;
	inner_fill();
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		image->count = 0;
		bytes_pack(image, filters[i], inner);
		assert_reads();
		assert_whole();
		assert_string_equal(initrd.filter, filters[i]);
		assert_int_equal(initrd.archives, 1);
	}
}

/* One or two archives for the processor, as they are, then the real one */
static void microcode_first(void **state)
{
	(void)state;
	inner_fill();
	cpio_file(early, "kernel/x86/microcode/GenuineIntel.bin", "microcode");
	cpio_end(early);
	bytes_add(early, NULL, -early->count & 511);
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		image->count = 0;
		bytes_add(image, early->at, early->count);
		bytes_add(image, early->at, early->count);
		bytes_pack(image, filters[i], inner);
		assert_reads();
		assert_whole();
		assert_int_equal(initrd.archives, 3);
		assert_non_null(
			initrd_find(&initrd, "kernel/x86/microcode/GenuineIntel.bin"));
	}
}

/* Two compressed parts with zeros between them: what ukify does with several images */
static void compressed_parts_in_a_row(void **state)
{
	(void)state;
	inner_fill();
	cpio_file(early, "etc/vfio-early.conf", "replaced");
	cpio_end(early);
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		for (size_t j = 0; j < ARRAY_SIZE(filters); j++) {
			/* Nothing tells where these end but what follows. */
			if (!strcmp(filters[j], "bzip2") || !strcmp(filters[j], "lzma"))
				continue;
			image->count = 0;
			bytes_pack(image, filters[j], early);
			bytes_add(image, NULL, -image->count & 3);
			if (!strcmp(filters[j], "lz4"))
				bytes_add(image, NULL, 4);
			bytes_pack(image, filters[i], inner);
			assert_reads();
			assert_int_equal(initrd.archives, 2);
			assert_whole();
		}
}

/* Two archives in one compressed part, zeros between them */
static void archives_in_one_part(void **state)
{
	(void)state;
	cpio_file(inner, "etc/vfio-early.conf", "replaced");
	cpio_end(inner);
	bytes_add(inner, NULL, 64);
	inner_fill();
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		image->count = 0;
		bytes_pack(image, filters[i], inner);
		assert_reads();
		assert_int_equal(initrd.archives, 2);
		assert_whole();
	}
}

/* The boot loader hands over several files as one; the later ones win. */
static void several_files(void **state)
{
	(void)state;
	cpio_file(image, "etc/vfio-early.conf", "first");
	cpio_end(image);
	bytes_put(image, &tree, "boot/first");
	assert_int_equal(initrd_read(tree.root.fd, "boot/first", &initrd, &fault), 0);
	assert_text("etc/vfio-early.conf", "first");
	inner_fill();
	bytes_put(inner, &tree, "boot/second");
	assert_int_equal(initrd_read(tree.root.fd, "boot/second", &initrd, &fault), 0);
	assert_whole();
}

static void unified_kernel_image(void **state)
{
	(void)state;
	inner_fill();
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		early->count = 0;
		bytes_pack(early, filters[i], inner);
		bytes_wrap(image, ".initrd", early);
		assert_reads();
		assert_whole();
	}
	bytes_wrap(image, ".uname", early);
	assert_int_equal(image_read(), -ENODATA);
	assert_non_null(strstr(fault.text, "without an initramfs"));
}

/* What --make-cpio writes has its modules where no other part of the image looks. */
static void modules_of_our_own(void **state)
{
	char release[HOST_NAME_MAX];

	(void)state;
	cpio_file(image, "usr/lib/modules/6.0.0/kernel/radeon.ko", "");
	cpio_file(image, "usr/lib/vfio-early/modules/6.1.0/kernel/vfio-pci.ko", "");
	cpio_end(image);
	assert_reads();
	initrd_release(&initrd, release);
	assert_string_equal(release, "6.0.0");
	assert_true(initrd_has_module(&initrd, "", "radeon"));
	assert_false(initrd_has_module(&initrd, "", "vfio_pci"));
	initrd.own_modules = true;
	initrd_release(&initrd, release);
	assert_string_equal(release, "6.1.0");
	assert_false(initrd_has_module(&initrd, "", "radeon"));
	assert_true(initrd_has_module(&initrd, "6.1.0", "vfio_pci"));
}

/* Of a file with several names only the last has the content (cpio(5), newc). */
static void hard_links(void **state)
{
	(void)state;
	cpio_hard(image, "etc/vfio-early.conf", 7000, "");
	cpio_hard(image, "etc/vfio-early.conf.d/other.conf", 7001, "");
	cpio_hard(image, "opt/other", 7001, "other");
	cpio_hard(image, "opt/copy", 7000, CONFIG);
	cpio_end(image);
	assert_reads();
	assert_text("etc/vfio-early.conf", CONFIG);
	assert_text("etc/vfio-early.conf.d/other.conf", "other");
	assert_null(initrd_find(&initrd, "opt/copy")->text);
}

/* Wherever an image is cut off, that is said, or no more is read than is there. */
static void cut_off(void **state)
{
	(void)state;
	inner_fill();
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		image->count = 0;
		bytes_pack(image, filters[i], inner);
		for (size_t count = image->count - 1; count > 0;
		     count -= (count + 15) / 16) {
			int error;

			image->count = count;
			error = image_read();
			assert_true(!error || error == -EBADMSG);
			assert_true(!error || strstr(fault.text, "/" FILE_PATH ": "));
			/* Only a checksum may have been lost. */
			if (!error && *filters[i])
				assert_int_equal(initrd.count, 8);
		}
	}
}

static void bad_bytes(void **state)
{
	static const struct {
		const char *bytes;
		int error;
	} rows[] = {
		{ "", -EBADMSG },
		{ "nonsense", -EBADMSG },
		{ "070707 the old format, which the kernel does not take; long enough "
		  "for a header, and for more than a header",
		  -EBADMSG },
		{ "070701zzzzzzzz................................................"
		  "......................................................",
		  -EBADMSG },
		{ "\x1f\x8bgarbage", -EBADMSG },
		{ "\xfd"
		  "7zXZ",
		  -EBADMSG },
		{ "\x28\xb5\x2f\xfd\x20", -EBADMSG },
		{ "\x02\x21\x4c\x18\x01", -EBADMSG },
		{ "\x89LZO", -EOPNOTSUPP },
		{ "MZ", -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		image->count = 0;
		bytes_add(image, rows[i].bytes, strlen(rows[i].bytes));
		assert_int_equal(image_read(), rows[i].error);
		assert_int_equal(fault.error, rows[i].error);
		assert_non_null(strstr(fault.text, "/" FILE_PATH ": "));
	}
	image->count = 0;
	bytes_add(image, NULL, 1024);
	assert_int_equal(image_read(), -EBADMSG);
	/* a cpio archive has to begin at a multiple of four */
	image->count = 0;
	bytes_add(image, NULL, 2);
	inner_fill();
	bytes_add(image, inner->at, inner->count);
	assert_int_equal(image_read(), -EBADMSG);
	assert_int_equal(initrd_read(tree.root.fd, "boot", &initrd, &fault), -EINVAL);
	assert_int_equal(initrd_read(tree.root.fd, "none", &initrd, &fault), -ENOENT);
}

static void pe_sections(void **state)
{
	struct pe_section section;
	int fd;

	(void)state;
	bytes_add(inner, "content", 7);
	bytes_wrap(image, ".initrd", inner);
	bytes_put(image, &tree, FILE_PATH);
	fd = openat(tree.root.fd, FILE_PATH, O_RDONLY | O_CLOEXEC);
	assert_true(pe_is(fd));
	assert_int_equal(pe_find(fd, ".initrd", &section), 0);
	assert_int_equal(section.offset, 512);
	assert_int_equal(section.size, 7);
	assert_int_equal(pe_find(fd, ".cmdline", &section), -ENOENT);
	assert_int_equal(pe_find(fd, ".init", &section), -ENOENT);
	close(fd);
	/* a section that goes beyond the file, a table that does, a start that does */
	image->count = 512 + 6;
	bytes_put(image, &tree, "section");
	image->count = 64 + 24 + 60;
	bytes_put(image, &tree, "table");
	memset(image->at + 60, 0xff, 4);
	bytes_put(image, &tree, "start");
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "section", "table", "start" };

		fd = openat(tree.root.fd, names[i], O_RDONLY | O_CLOEXEC);
		assert_int_equal(pe_find(fd, ".initrd", &section), -EBADMSG);
		close(fd);
	}
}

/* The same hash as the program computes on the machine, whatever their order in here */
static void config_of_an_image(void **state)
{
	struct config there, here;

	(void)state;
	cpio_file(image, "etc/vfio-early.conf.d/b.conf", "[target b]\nid = 1002:0002\n");
	cpio_file(image, "etc/vfio-early.conf", "old");
	cpio_file(image, "etc/vfio-early.conf.d/.hidden.conf", "bad");
	cpio_file(image, "etc/vfio-early.conf.d/a.conf", "[target a]\nid = 1002:0001\n");
	cpio_file(image, "etc/vfio-early.conf.d/not", "bad");
	cpio_file(image, "etc/vfio-early.conf", CONFIG);
	cpio_end(image);
	assert_reads();
	assert_true(initrd_config(&initrd, &here));
	tree_put(&tree, CONFIG, "etc/vfio-early.conf");
	tree_put(&tree, "[target a]\nid = 1002:0001\n", "etc/vfio-early.conf.d/a.conf");
	tree_put(&tree, "[target b]\nid = 1002:0002\n", "etc/vfio-early.conf.d/b.conf");
	assert_int_equal(config_read(&tree.root, NULL, "", &there), 0);
	assert_false(here.invalid);
	assert_int_equal(here.n_files, 3);
	assert_int_equal(here.n_targets, 3);
	assert_int_equal(here.hash, there.hash);
	assert_string_equal(here.targets[1].file, there.targets[1].file);
}

static void config_that_is_refused(void **state)
{
	struct config config;

	(void)state;
	cpio_add(image, "etc/vfio-early.conf", S_IFREG | 0664, CONFIG, strlen(CONFIG));
	cpio_end(image);
	assert_reads();
	assert_true(initrd_config(&initrd, &config));
	assert_true(config.invalid);
	assert_int_equal(config.n_targets, 0);
	image->count = 0;
	cpio_add(image, "etc/vfio-early.conf.d", S_IFDIR | 0775, "", 0);
	cpio_file(image, "etc/vfio-early.conf.d/a.conf", CONFIG);
	cpio_end(image);
	assert_reads();
	assert_true(initrd_config(&initrd, &config));
	assert_true(config.invalid);
	assert_string_equal(
		config.fault.text,
		"/etc/vfio-early.conf.d: users other than its owner can write "
		"to it");
	image->count = 0;
	cpio_link(image, "etc/vfio-early.conf", "../opt/vfio-early.conf");
	cpio_end(image);
	assert_reads();
	assert_false(initrd_config(&initrd, &config));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_compression, setup, teardown),
		cmocka_unit_test_setup_teardown(microcode_first, setup, teardown),
		cmocka_unit_test_setup_teardown(compressed_parts_in_a_row, setup,
						teardown),
		cmocka_unit_test_setup_teardown(archives_in_one_part, setup, teardown),
		cmocka_unit_test_setup_teardown(several_files, setup, teardown),
		cmocka_unit_test_setup_teardown(unified_kernel_image, setup, teardown),
		cmocka_unit_test_setup_teardown(modules_of_our_own, setup, teardown),
		cmocka_unit_test_setup_teardown(hard_links, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(pe_sections, setup, teardown),
		cmocka_unit_test_setup_teardown(config_of_an_image, setup, teardown),
		cmocka_unit_test_setup_teardown(config_that_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

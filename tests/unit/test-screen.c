// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware's framebuffer: which files are written, and when none is. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "apply/kernel.h"
#include "apply/screen.h"
#include "helper-tree.h"
#include "read/framebuffer.h"
#include "read/pci.h"

#define CARD "0000:09:00.0"
#define CARD_PATH "pci0000:00/0000:00:03.1/" CARD
#define OTHER "0000:00:02.0"
#define PLATFORM "sys/bus/platform/devices/"
#define EFI "efi-framebuffer.0"
#define CONSOLE "sys/class/vtconsole/vtcon1/"

static struct host host;
static struct fault fault;

/* A framebuffer device below @parent, with driver and text console */
static void framebuffer_put(struct tree *tree, const char *parent)
{
	tree_put(tree, "(null)\n", "sys/devices/%s/" EFI "/driver_override", parent);
	tree_put(tree, "", "sys/bus/platform/drivers_probe");
	tree_put(tree, "", "sys/devices/%s/" EFI "/graphics/fb0/name", parent);
}

static int setup(void **state)
{
	static struct tree tree;

	memset(&host, 0, sizeof(host));
	tree_make(&tree);
	tree_function(&tree, CARD_PATH, "10de:1e84", 0x038000, -1);
	tree_function(&tree, "pci0000:00/" OTHER, "8086:9a49", 0x030000, -1);
	tree_put(&tree, "(S) dummy device\n", "sys/class/vtconsole/vtcon0/name");
	tree_put(&tree, "0\n", "sys/class/vtconsole/vtcon0/bind");
	tree_put(&tree, "(M) frame buffer device\n", CONSOLE "name");
	tree_put(&tree, "1\n", CONSOLE "bind");
	assert_int_equal(pci_read(&tree.root, &host, &fault), 0);
	*state = &tree;
	return 0;
}

static void assert_text(struct tree *tree, const char *path, const char *wanted)
{
	char text[128] = "";

	if (sysroot_read(tree->root.fd, path, text, sizeof(text)) < 0)
		fail_msg("%s cannot be read", path);
	assert_string_equal(text, wanted);
}

/* The device's own directory, with a driver directory as sysfs has it */
static void driver_put(struct tree *tree, const char *parent)
{
	tree_link(tree, "efi-framebuffer", "sys/devices/%s/" EFI "/driver", parent);
	tree_put(tree, "", "sys/devices/%s/" EFI "/efi-framebuffer/unbind", parent);
}

static void test_release(void **state)
{
	static const char *const parents[] = { CARD_PATH, "platform" };
	struct tree *tree = *state;

	for (size_t i = 0; i < 2; i++) {
		char device[128], path[256];

		framebuffer_put(tree, parents[i]);
		driver_put(tree, parents[i]);
		(void)snprintf(path, sizeof(path), "../../../devices/%s/" EFI,
			       parents[i]);
		tree_link(tree, path, PLATFORM EFI);
		tree_put(tree, "1\n", CONSOLE "bind");
		(void)snprintf(device, sizeof(device), "sys/devices/%s/" EFI, parents[i]);
		assert_int_equal(
			screen_release(&tree->root, host_at(&host, CARD), &fault), 0);
		assert_text(tree, CONSOLE "bind", "0");
		assert_text(tree, "sys/class/vtconsole/vtcon0/bind", "0");
		(void)snprintf(path, sizeof(path), "%s/driver_override", device);
		assert_text(tree, path, "vfio-early");
		(void)snprintf(path, sizeof(path), "%s/driver/unbind", device);
		assert_text(tree, path, EFI);
		assert_text(tree, "sys/bus/platform/drivers_probe", "");

		/* a framebuffer device is there again: the console goes back to it */
		tree_dir(tree, "sys/class/graphics/fb0");
		assert_int_equal(
			screen_restore(&tree->root, host_at(&host, CARD), &fault), 0);
		assert_text(tree, CONSOLE "bind", "1");
		(void)snprintf(path, sizeof(path), "%s/driver_override", device);
		assert_text(tree, path, "");
		assert_text(tree, "sys/bus/platform/drivers_probe", EFI);
		tree_put(tree, "", "sys/bus/platform/drivers_probe");
		tree_delete(tree, "sys/class/graphics/fb0");
		tree_delete(tree, PLATFORM EFI);
	}
}

/* Another card's, and one that has no driver yet */
static void test_release_others(void **state)
{
	struct tree *tree = *state;

	framebuffer_put(tree, "pci0000:00/" OTHER);
	driver_put(tree, "pci0000:00/" OTHER);
	tree_link(tree, "../../../devices/pci0000:00/" OTHER "/" EFI, PLATFORM EFI);
	assert_int_equal(screen_release(&tree->root, host_at(&host, CARD), &fault), 0);
	assert_text(tree, CONSOLE "bind", "1");
	assert_text(tree, PLATFORM EFI "/driver_override", "(null)");
	assert_text(tree, PLATFORM EFI "/driver/unbind", "");
	/* not marked: not touched */
	assert_int_equal(screen_restore(&tree->root, host_at(&host, OTHER), &fault), 0);
	assert_text(tree, "sys/bus/platform/drivers_probe", "");

	/* simpledrm has not come yet: it is kept off */
	framebuffer_put(tree, "pci0000:00/none");
	tree_put(tree, "\n",
		 "sys/devices/" CARD_PATH "/simple-framebuffer.0/driver_override");
	tree_link(tree, "../../../devices/" CARD_PATH "/simple-framebuffer.0",
		  PLATFORM "simple-framebuffer.0");
	assert_int_equal(screen_release(&tree->root, host_at(&host, CARD), &fault), 0);
	assert_text(tree, PLATFORM "simple-framebuffer.0/driver_override", "vfio-early");
	assert_text(tree, PLATFORM EFI "/driver_override", "(null)");
}

static void test_nothing(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(screen_release(&tree->root, host_at(&host, CARD), &fault), 0);
	assert_int_equal(screen_restore(&tree->root, host_at(&host, CARD), &fault), 0);
	assert_text(tree, CONSOLE "bind", "1");
}

/* What is no framebuffer of the firmware, or not as the kernel shows it */
static void test_faults(void **state)
{
	struct tree *tree = *state;
	const struct host_function *card = host_at(&host, CARD);

	tree_link(tree, "../../../devices/platform/serial8250", PLATFORM "serial8250");
	tree_put(tree, "", PLATFORM EFI); /* no link */
	assert_int_equal(screen_release(&tree->root, card, &fault), 0);
	tree_delete(tree, PLATFORM EFI);

	framebuffer_put(tree, CARD_PATH);
	driver_put(tree, CARD_PATH);
	tree_link(tree, "../../../devices/" CARD_PATH "/" EFI, PLATFORM EFI);
	tree_delete(tree, PLATFORM EFI "/driver/unbind");
	assert_int_equal(screen_release(&tree->root, card, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, EFI "/driver/unbind (efi-framebuffer)"));
	tree_delete(tree, PLATFORM EFI "/driver_override");
	tree_dir(tree, "sys/devices/" CARD_PATH "/" EFI "/driver_override");
	assert_int_equal(screen_release(&tree->root, card, &fault), -EISDIR);
	assert_non_null(strstr(fault.text, EFI "/driver_override"));

	tree_delete(tree, PLATFORM EFI);
	tree_delete(tree, PLATFORM "serial8250");
	tree_delete(tree, "sys/bus/platform/devices");
	tree_put(tree, "", "sys/bus/platform/devices");
	assert_int_equal(screen_release(&tree->root, card, &fault), -ENOTDIR);
	assert_non_null(strstr(fault.text, "/sys/bus/platform/devices: "));
}

/* While a virtual machine has the card: the console goes off by itself. */
static void test_console(void **state)
{
	struct tree *tree = *state;
	const struct host_function *card = host_at(&host, CARD);

	assert_false(screen_has_console_device(&tree->root, card));
	tree_dir(tree, "sys/devices/" CARD_PATH "/graphics/fbcon");
	assert_false(screen_has_console_device(&tree->root, card));
	tree_dir(tree, "sys/devices/" CARD_PATH "/graphics/fb0");
	assert_true(screen_has_console_device(&tree->root, card));
	screen_console_off(&tree->root);
	assert_text(tree, CONSOLE "bind", "0");
	assert_text(tree, "sys/class/vtconsole/vtcon0/bind", "0");
	tree_delete(tree, CONSOLE "bind");
	screen_console_off(&tree->root);
	tree_delete(tree, CONSOLE "name");
	screen_console_off(&tree->root);
}

static void test_holder(void **state)
{
	static const struct {
		const char *iomem, *owner;
	} rows[] = {
		{ "", "" },
		{ "d0-df : " CARD "\n  d0-d2 : efifb\n", "efifb" },
		{ "d0-df : " CARD "\n  d0-d2 : BOOTFB\n    d0-d2 : simpledrm\n",
		  "simpledrm" },
		{ "d0-df : " CARD "\n  d0-d2 : vfio-pci\n", "" },
		{ "d0-df : " OTHER "\n  d0-d2 : efifb\n", "" },
		{ "c0-df : PCI Bus 0000:09\n  d0-d2 : " CARD "\n  d4-d5 : efifb\n", "" },
	};
	struct tree *tree = *state;
	char owner[HOST_NAME_MAX];

	assert_int_equal(framebuffer_holder(&tree->root, host_at(&host, CARD), owner,
					    &fault),
			 -ENOENT);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_put(tree, rows[i].iomem, "proc/iomem");
		assert_int_equal(framebuffer_holder(&tree->root, host_at(&host, CARD),
						    owner, &fault),
				 0);
		assert_string_equal(owner, rows[i].owner);
	}
}

/* A write that the kernel takes a part of is none: the limit stands for it. */
static void test_short_write(void **state)
{
	struct tree *tree = *state;
	struct rlimit before, small;

	tree_attribute(tree, CARD, "driver_override", "");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 3;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(attribute_write(tree->root.fd,
					 "sys/devices/" CARD_PATH "/driver_override",
					 "vfio-pci"),
			 -EIO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_release),	TEST(test_release_others), TEST(test_nothing),
		TEST(test_faults),	TEST(test_console),	   TEST(test_holder),
		TEST(test_short_write),
	};

	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}

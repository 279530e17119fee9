// SPDX-License-Identifier: GPL-2.0-or-later

/* What is read of the firmware's framebuffer and of the display of the boot */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "helper-tree.h"
#include "read/framebuffer.h"
#include "read/pci.h"

#define GPU "0000:09:00.0"
#define GPU_PATH "pci0000:00/0000:00:03.1/" GPU

static struct host host;
static struct fault fault;

static void read_pci(struct tree *tree)
{
	host.n_notes = 0;
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
}

static const struct iomem {
	const char *text;
	const char *gpu;
	const char *igpu;
	const char *note;
} iomems[] = {
	{ "", "", "", NULL },
	{ "c0000000-fbffffff : PCI Bus 0000:00\n"
	  "  d0000000-e1ffffff : PCI Bus 0000:09\n"
	  "    d0000000-dfffffff : 0000:09:00.0\n"
	  "      d0000000-d02fffff : BOOTFB\n"
	  "        d0000000-d02fffff : simpledrm\n"
	  "    e0000000-e1ffffff : 0000:09:00.0\n",
	  "simpledrm", "", NULL },
	{ "00000000-00000000 : PCI Bus 0000:00\n"
	  "  00000000-00000000 : 0000:00:02.0\n"
	  "    00000000-00000000 : efifb\n"
	  "  00000000-00000000 : PCI Bus 0000:09\n"
	  "    00000000-00000000 : 0000:09:00.0\n"
	  "      00000000-00000000 : nvidia\n",
	  "", "efifb", NULL },
	{ "d0000000-dfffffff : 0000:09:00.0\n"
	  "  d0000000-d02fffff : Coreboot Framebuffer\n",
	  "Coreboot Framebuffer", "", NULL },
	/* the display's legacy window and ROM own nothing */
	{ "000a0000-000bffff : PCI Bus 0000:00\n"
	  "  000a0000-000bffff : Video RAM area\n"
	  "000c0000-000cffff : Video ROM\n"
	  "d0000000-dfffffff : 0000:09:00.0\n"
	  "  d0000000-d02fffff : vesafb2\n",
	  "", "", NULL },
	{ "d0000000-dfffffff : 0000:09:00.0\n"
	  "e0000000-efffffff : BOOTFB\n",
	  "", "", "BOOTFB" },
	{ "d0000000-dfffffff : 0000:0a:00.0\n"
	  "  d0000000-d02fffff : BOOTFB\n",
	  "", "", "BOOTFB" },
	{ "no colon\n : \n  : 0000:09:00.0\n : efifb\n", "", "", "efifb" },
	/* lines of another form say nothing, and the next one is read as it is */
	{ ":\n"
	  "d0-df : 0000:09:00.0\n"
	  "  d0-d1: efifb\n"
	  "  d0-d1 :-efifb\n"
	  "  d0-d2 : vesafb\n",
	  "vesafb", "", NULL },
	/* the innermost owner counts, of equal ones the first, in each BAR anew */
	{ "d0000000-dfffffff : 0000:09:00.0\n"
	  "  d0000000-d02fffff : BOOTFB\n"
	  "    d0000000-d02fffff : simpledrm\n"
	  "  d4000000-d42fffff : efifb\n",
	  "simpledrm", "", NULL },
	{ "d0000000-dfffffff : 0000:09:00.0\n"
	  "  d0000000-d02fffff : efifb\n"
	  "  d4000000-d42fffff : vesafb\n",
	  "efifb", "", NULL },
	{ "c0000000-cfffffff : 0000:00:02.0\n"
	  "  c0000000-c02fffff : BOOTFB\n"
	  "    c0000000-c02fffff : simpledrm\n"
	  "d0000000-dfffffff : 0000:09:00.0\n"
	  "  d0000000-d02fffff : efifb\n",
	  "efifb", "simpledrm", NULL },
};

static void test_framebuffer(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_function(tree, "pci0000:00/0000:00:02.0", "8086:9a49", 0x038000, -1);
	for (size_t i = 0; i < ARRAY_SIZE(iomems); i++) {
		tree_put(tree, iomems[i].text, "proc/iomem");
		read_pci(tree);
		framebuffer_read(&tree->root, &host);
		/* In no function's BAR: any display may be the one. */
		assert_int_equal(host.framebuffer_known,
				 iomems[i].note ? FACT_UNKNOWN : FACT_YES);
		assert_string_equal(host_at(&host, GPU)->framebuffer, iomems[i].gpu);
		assert_string_equal(host_at(&host, "0000:00:02.0")->framebuffer,
				    iomems[i].igpu);
		assert_int_equal(host.framebuffer_orphan, iomems[i].note != NULL);
		if (iomems[i].note)
			assert_true(host_has_note(&host, iomems[i].note));
		else
			assert_int_equal(host.n_notes, 0);
	}
}

static void test_framebuffer_child(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x038000, -1);
	tree_dir(tree, "sys/devices/" GPU_PATH "/simple-framebuffer.0");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "iomem"));
	assert_string_equal(host.functions[0].framebuffer, "simple-framebuffer");
	/* /proc/iomem names the owner */
	tree_put(tree, "d0000000-dfffffff : 0000:09:00.0\n  d0-d1 : simpledrm\n",
		 "proc/iomem");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_string_equal(host.functions[0].framebuffer, "simpledrm");
}

/* A function that is there without its facts, and what says so of the framebuffer */
static void test_framebuffer_far(void **state)
{
	struct tree *tree = *state;
	struct host_function *gpu;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_put(tree, "e0-ef : BOOTFB\n", "proc/iomem");
	tree_attribute(tree, GPU, "boot_display", "1\n");
	tree_dir(tree, "sys/devices/" GPU_PATH "/simple-framebuffer.0");
	read_pci(tree);
	gpu = &host.functions[0];
	gpu->far = true;
	framebuffer_read(&tree->root, &host);
	/* nothing of its own directory; whose it is will be asked again */
	assert_string_equal(gpu->framebuffer, "");
	assert_false(gpu->shows_boot);
	assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
	assert_int_equal(host.n_notes, 0);
	tree_link(tree, "../../../devices/" GPU_PATH "/efi-framebuffer.0",
		  "sys/bus/platform/devices/efi-framebuffer.0");
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "efi-framebuffer");
	/* /proc/iomem names the owner */
	tree_put(tree, "d0-df : 0000:09:00.0\n  d0-d1 : vesafb\n", "proc/iomem");
	gpu->framebuffer[0] = '\0';
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "vesafb");
	/* of one that is near, its own directory tells as well */
	read_pci(tree);
	tree_put(tree, "", "proc/iomem");
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "efi-framebuffer");
	assert_true(gpu->shows_boot);
	tree_delete(tree, "sys/bus/platform/devices/efi-framebuffer.0");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "simple-framebuffer");
}

/* The running kernel's bus knows all devices. */
static void test_framebuffer_bus(void **state)
{
	static const char link[] = "sys/bus/platform/devices/vesa-framebuffer.0";
	struct tree *tree = *state;
	struct host_function *gpu = &host.functions[0];

	tree_function(tree, GPU_PATH, "10de:1e84", 0x038000, -1);
	tree_put(tree, "", "proc/iomem");
	tree_dir(tree, "sys/devices/" GPU_PATH "/simple-framebuffer.0");
	read_pci(tree);
	tree->root.live = true;
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "");
	/* below no function, as before 6.9, and below one */
	tree_link(tree, "../../../devices/platform/vesa-framebuffer.0", "%s", link);
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "");
	tree_delete(tree, link);
	tree_link(tree, "../../../devices/" GPU_PATH "/vesa-framebuffer.0", "%s", link);
	gpu->class_code = 0x020000;
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "");
	gpu->class_code = 0x038000;
	framebuffer_read(&tree->root, &host);
	assert_string_equal(gpu->framebuffer, "vesa-framebuffer");
	assert_int_equal(host.framebuffer_known, FACT_YES);
	assert_int_equal(host.n_notes, 0);
	/* one that cannot be read may lead to any */
	tree_delete(tree, link);
	tree_dir(tree, link);
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "vesa-framebuffer.0: cannot be read"));
	tree->root.live = false;
}

/* Each name that an owner may have, and none that only begins like it or ends there */
static void test_framebuffer_owners(void **state)
{
	static const char *const owners[] = {
		"BOOTFB",
		"simplefb",
		"simpledrm",
		"efifb",
		"efidrm",
		"simple-framebuffer",
		"efi-framebuffer",
		"vesafb",
		"vesadrm",
		"vesa-framebuffer",
		"Coreboot Framebuffer",
	};
	struct tree *tree = *state;
	char text[128];

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		for (int length = (int)strlen(owners[i]); length; length--) {
			bool whole = !owners[i][length];

			(void)snprintf(text, sizeof(text),
				       "d0-d8 : " GPU "\n  d0-d2 : %.*s", length,
				       owners[i]);
			tree_put(tree, text, "proc/iomem");
			read_pci(tree);
			framebuffer_read(&tree->root, &host);
			assert_string_equal(host.functions[0].framebuffer,
					    whole ? owners[i] : "");
		}
}

#define WINDOW "c0-df : PCI Bus 0000:00\n  d0-df : PCI Bus 0000:09\n"
#define BAR(range) "    " range " : " GPU "\n"
#define INNER(range, name) "      " range " : " name "\n"

static const char *holder_of(struct tree *tree, const char *iomem)
{
	static char owner[HOST_NAME_MAX];

	tree_put(tree, iomem, "proc/iomem");
	assert_int_equal(
		framebuffer_holder(&tree->root, host_at(&host, GPU), owner, &fault), 0);
	return owner;
}

static unsigned int bars_of(struct tree *tree, const char *iomem)
{
	tree_put(tree, iomem, "proc/iomem");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	return host_at(&host, GPU)->bars;
}

/* What only looks like a function's address is one more line of the BAR that it is in. */
static void test_framebuffer_addresses(void **state)
{
	static const char *const others[] = {
		"000:0a:00.0",	"0000;0a:00.0", "0000: a:00.0",	 "0000:0 :00.0",
		"0000:0a;00.0", "0000:0a: 0.0", "0000:0a:0 .0",	 "0000:0a:00;0",
		"0000:0a:00. ", "0000:0a:00.",	"0000:0a:00.00",
	};
	struct tree *tree = *state;
	char text[128];

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_function(tree, "pci9af0:00/9af0:00:00.0", "8086:9a49", 0x038000, -1);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		(void)snprintf(text, sizeof(text),
			       "d0-d8 : " GPU "\n  d0-d4 : %s\n    d0-d2 : efifb\n",
			       others[i]);
		assert_int_equal(bars_of(tree, text), 1);
		assert_string_equal(host_at(&host, GPU)->framebuffer, "efifb");
	}
	/* each digit of a domain */
	(void)bars_of(tree, "d0-d8 : 9af0:00:00.0\n  d0-d2 : efifb\n");
	assert_string_equal(host_at(&host, "9af0:00:00.0")->framebuffer, "efifb");
}

/* A display's BARs are its own, and they end with the first line that is in none. */
static void test_bars(void **state)
{
	static const char end[] = WINDOW BAR("d0-d1") INNER("d0-d0", "a") "  e0-e1 : b\n";
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	assert_int_equal(bars_of(tree, "d0-d1 : 0000:19:00.0\n"
				       "d2-d3 : 0000:09:00.1\n"
				       "d4-d5 : " GPU "\n"),
			 1);
	assert_int_equal(
		bars_of(tree, WINDOW BAR("d0-d1")
				      INNER("d0-d0", "a") "  e0-e1 : b\n  e2-e3 : c\n"),
		1);
	assert_int_equal(host_at(&host, GPU)->bars_end, strlen(end));
}

/*
 * The second look goes as far as the first one saw BARs of the display. What follows
 * behind them only shows that it went no further: the kernel makes no new BAR.
 */
static void test_holder(void **state)
{
	static const char facts[] = WINDOW BAR("d0-d1") BAR("d4-d5")
		INNER("d4-d4", "vfio-pci") "  e0-e1 : 0000:00:02.0\n";
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_function(tree, "pci0000:00/0000:00:02.0", "8086:9a49", 0x020000, -1);
	assert_int_equal(bars_of(tree, facts), 2);
	assert_int_equal(host_at(&host, GPU)->bars_end, strlen(facts));
	assert_int_equal(host_at(&host, "0000:00:02.0")->bars, 0); /* no display */
	assert_string_equal(holder_of(tree, facts), "");
	/* in the first and in the last, however deep, and however long the lines */
	assert_string_equal(holder_of(tree, WINDOW BAR("d0-d1") INNER("d0-d0", "efifb")
						    BAR("d4-d5")),
			    "efifb");
	assert_string_equal(
		holder_of(tree,
			  WINDOW BAR("d0-d1") BAR("d4-d5")
				  INNER("d4-d4", "a") "        d4-d4 : BOOTFB\n"
						      "          d4-d4 : simpledrm\n"),
		"simpledrm");
	/* behind them, or in a BAR that was not there: that far nothing is read */
	assert_string_equal(
		holder_of(tree, WINDOW BAR("d0-d1") BAR("d4-d5") "  e0-e1 : efifb\n" BAR(
					"e4-e5") INNER("e4-e4", "efifb")),
		"");
	assert_string_equal(
		holder_of(tree, WINDOW BAR("d0-d1")
					BAR("d4-d5") "  e0-e1 : a\n" WINDOW BAR("e4-e5")
						INNER("e4-e4", "efifb")),
		"");
	/* one is gone: all is read */
	assert_string_equal(holder_of(tree, WINDOW BAR("d0-d1") "  e0-e1 : b\n" BAR(
						    "e4-e5") INNER("e4-e4", "efifb")),
			    "efifb");
	assert_string_equal(holder_of(tree, WINDOW), "");
	/* one that had a framebuffer: all is read */
	assert_int_equal(bars_of(tree, WINDOW BAR("d0-d1") INNER("d0-d0", "BOOTFB")), 1);
	assert_string_equal(holder_of(tree, WINDOW BAR("d0-d1") "  e0-e1 : b\n" BAR(
						    "e4-e5") INNER("e4-e4", "efifb")),
			    "efifb");
	/* the last line of all */
	assert_int_equal(bars_of(tree, "d0-d1 : " GPU), 1);
	assert_string_equal(holder_of(tree, "d0-d1 : " GPU "\n  d0-d1 : efifb"), "efifb");
	/* a longer table than one piece, of what was not counted */
	host.functions[1].bars = host.functions[0].bars = 0;
	{
		char text[3 * 4096] = "";

		for (size_t i = 0; i < 10000; i += strlen(text + i))
			(void)snprintf(text + i, sizeof(text) - i,
				       "%04zx-%04zx : 0000:77:00.0\n", i, i);
		(void)strcat(text, BAR("d0-d1") INNER("d0-d1", "vesafb"));
		assert_string_equal(holder_of(tree, text), "vesafb");
	}
}

/* More displays than are counted: the others are looked for in all of it. */
static void test_holder_many(void **state)
{
	struct tree *tree = *state;
	char owner[HOST_NAME_MAX], path[64];
	size_t counted = 0;

	for (unsigned int i = 0; i < 9; i++) {
		(void)snprintf(path, sizeof(path), "pci0000:00/0000:0%u:00.0", i);
		tree_function(tree, path, "10de:1e84", 0x030000, -1);
	}
	tree_put(tree,
		 "d0-d1 : 0000:00:00.0\nd2-d3 : 0000:08:00.0\nd4-d5 : 0000:08:00.0\n",
		 "proc/iomem");
	read_pci(tree);
	host.functions[1].far = true;
	host.functions[8].bars = 1; /* of an earlier look */
	framebuffer_read(&tree->root, &host);
	for (size_t i = 0; i < host.n_functions; i++)
		counted += host.functions[i].bars;
	assert_int_equal(counted, 1);
	tree_put(tree, "d2-d3 : 0000:08:00.0\nd4-d5 : 0000:08:00.0\n  d4-d5 : efifb\n",
		 "proc/iomem");
	assert_int_equal(
		framebuffer_holder(&tree->root, &host.functions[8], owner, &fault), 0);
	assert_string_equal(owner, "efifb");
}

/* Only displays, also those from before PCI had classes */
static void test_framebuffer_classes(void **state)
{
	static const struct {
		uint32_t class_code;
		const char *framebuffer;
		bool shows;
	} rows[] = {
		{ 0x030000, "simple-framebuffer", true },
		{ 0x038000, "simple-framebuffer", true },
		{ 0x000100, "simple-framebuffer", false },
		{ 0x000000, "", false },
		{ 0x020000, "", false },
	};
	struct tree *tree = *state;

	tree_put(tree, "", "proc/iomem");
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_attribute(tree, GPU, "boot_display", "1\n");
	tree_dir(tree, "sys/devices/" GPU_PATH "/simple-framebuffer.0");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		read_pci(tree);
		host.functions[0].class_code = rows[i].class_code;
		/* What lies behind the last function is none. */
		host.functions[1] = host.functions[0];
		host.functions[1].class_code = 0x030000;
		host.functions[1].bars = 7;
		framebuffer_read(&tree->root, &host);
		assert_string_equal(host.functions[0].framebuffer, rows[i].framebuffer);
		assert_int_equal(host.functions[0].shows_boot, rows[i].shows);
		assert_string_equal(host.functions[1].framebuffer, "");
		assert_int_equal(host.functions[1].bars, 7);
		assert_false(host.functions[1].shows_boot);
	}
}

/* A framebuffer that is in no BAR */
static void test_framebuffer_orphan(void **state)
{
	struct tree *tree = *state;

	tree_put(tree, "e0-ef : BOOTFB\n", "proc/iomem");
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	read_pci(tree);
	host.functions[1] = host.functions[0];
	host.functions[1].far = true;
	strcpy(host.functions[1].framebuffer, "efifb");
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "BOOTFB is in no BAR"));
	/* the kernel says which display it is, and that is all there is to know */
	tree_attribute(tree, GPU, "boot_display", "1\n");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_YES);
	assert_int_equal(host.n_notes, 0);
}

#define CONSOLE "sys/class/vtconsole/vtcon1/"
#define IGPU "0000:00:02.0"

/* What the class of a display cannot tell is not known; what is no display is not it. */
static void test_framebuffer_unread(void **state)
{
	static const char *const classes[] = { "sys/class/drm", "sys/class/vtconsole",
					       "sys/class/graphics" };
	struct tree *tree = *state;

	tree_put(tree, "", "proc/iomem");
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_attribute(tree, GPU, "boot_display", "");
	tree_put(tree, "", "sys/class/vtconsole/vtcon0/name");
	tree_dir(tree, "sys/class/vtconsole/vtcon2");
	tree_put(tree, "(M) frame buffer device\n", CONSOLE "name");
	tree_put(tree, "1\n", CONSOLE "bind");
	/* no links, and none that bears a number */
	tree_dir(tree, "sys/class/graphics/fb0");
	tree_link(tree, "../../devices/" GPU_PATH "/graphics/fbcon",
		  "sys/class/graphics/fbcon");
	tree_link(tree, "../../devices/" GPU_PATH "/graphics/xb0",
		  "sys/class/graphics/xb0");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_YES);
	assert_int_equal(host.n_notes, 0);
	assert_false(host.functions[0].has_console);
	assert_false(host.functions[0].shows_boot);
	tree_delete(tree, "sys/class/graphics/fb0");
	tree_delete(tree, "sys/class/graphics/xb0");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_false(host.functions[0].has_console);

	/* a name that cannot be read matters if there is a framebuffer device */
	tree_put(tree, "0\n", CONSOLE "bind");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_YES);
	tree_dir(tree, "sys/class/vtconsole/vtcon2/name");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_YES);
	tree_link(tree, "../../devices/" GPU_PATH "/graphics/fb0",
		  "sys/class/graphics/fb0");
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "vtcon2/name: cannot be read: Is a directory"));
	tree_delete(tree, "sys/class/vtconsole/vtcon2/name");
	/* an empty one is no framebuffer's */
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_YES);
	assert_int_equal(host.n_notes, 0);
	tree_put(tree, "1\n", CONSOLE "bind");

	/* a list that is none */
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (i > 0)
			assert_int_equal(renameat(tree->root.fd, classes[i],
						  tree->root.fd,
						  i == 1 ? "sys/class/before" :
							   "sys/class/earlier"),
					 0);
		tree_put(tree, "", "%s", classes[i]);
		read_pci(tree);
		framebuffer_read(&tree->root, &host);
		assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
		assert_true(host_has_note(&host, classes[i]));
		tree_delete(tree, classes[i]);
	}
}

/* A display that has gone shows nothing; one that cannot be opened may. */
static void test_framebuffer_gone(void **state)
{
	static const char path[] = "sys/bus/pci/devices/" IGPU;
	struct tree *tree = *state;

	tree_put(tree, "", "proc/iomem");
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_function(tree, "pci0000:00/" IGPU, "8086:9a49", 0x038000, -1);
	read_pci(tree);
	tree_delete(tree, path);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_YES);
	assert_int_equal(host.n_notes, 0);
	tree_put(tree, "", "%s", path);
	framebuffer_read(&tree->root, &host);
	assert_int_equal(host.framebuffer_known, FACT_UNKNOWN);
	assert_int_equal(host.n_notes, 1);
	assert_true(host_has_note(&host, IGPU ": cannot be read: Not a directory"));
}

/* The console is on the first framebuffer device, in whatever order they are listed. */
static void test_framebuffer_first(void **state)
{
	struct tree *tree = *state;

	tree_put(tree, "", "proc/iomem");
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_function(tree, "pci0000:00/" IGPU, "8086:9a49", 0x038000, -1);
	tree_put(tree, "(M) frame buffer device\n", CONSOLE "name");
	tree_put(tree, "1\n", CONSOLE "bind");
	for (unsigned int i = 1; i < 9; i++) {
		if (i == 5)
			tree_link(tree, "../../devices/" GPU_PATH "/graphics/fb0",
				  "sys/class/graphics/fb0");
		tree_link(tree, "../../devices/pci0000:00/" IGPU "/graphics/fb",
			  "sys/class/graphics/fb%u", i);
	}
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	assert_true(host_at(&host, GPU)->has_console);
	assert_false(host_at(&host, IGPU)->has_console);
}

static enum boot_display display_of(struct tree *tree, const char *address)
{
	read_pci(tree);
	framebuffer_read(&tree->root, &host);
	return host_boot_display(&host, host_at(&host, address));
}

/*
 * One display of class 0380 whose native driver has it, one with boot_vga: what each kind
 * of evidence says, from the weakest on.
 */
static void test_boot_display(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_function(tree, "pci0000:00/" IGPU, "8086:9a49", 0x038000, -1);
	tree_attribute(tree, GPU, "boot_vga", "1\n");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_VGA);
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_UNKNOWN); /* no iomem */
	tree_put(tree, "", "proc/iomem");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_VGA);
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_NO);

	/* fb0 is the console's only when the console is on it */
	tree_link(tree, "../../devices/pci0000:00/" IGPU "/graphics/fb0",
		  "sys/class/graphics/fb0");
	tree_link(tree, "../../devices/" GPU_PATH "/graphics/fb1",
		  "sys/class/graphics/fb1");
	tree_link(tree, "../../devices/virtual/graphics/fbcon",
		  "sys/class/graphics/fbcon");
	tree_put(tree, "(S) dummy device\n", "sys/class/vtconsole/vtcon0/name");
	tree_put(tree, "1\n", "sys/class/vtconsole/vtcon0/bind");
	tree_put(tree, "(M) frame buffer device\n", CONSOLE "name");
	tree_put(tree, "0\n", CONSOLE "bind");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_VGA);
	tree_put(tree, "1\n", CONSOLE "bind");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_NO);
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_CONSOLE);

	/* the kernel knows, at the function or at its DRM device */
	tree_put(tree, "1\n", "sys/devices/" GPU_PATH "/drm/card0/boot_display");
	tree_link(tree, "../../devices/" GPU_PATH "/drm/card0", "sys/class/drm/card0");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_SHOWN);
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_NO);
	tree_put(tree, "0\n", "sys/devices/" GPU_PATH "/drm/card0/boot_display");
	tree_attribute(tree, IGPU, "boot_display", "1\n");
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_SHOWN);
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_NO);

	/* One that cannot be read may say otherwise: the weaker clears no display. */
	tree_attribute(tree, IGPU, "boot_display", "0\n");
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_CONSOLE);
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_NO);
	tree_delete(tree, "sys/devices/" GPU_PATH "/drm/card0/boot_display");
	tree_dir(tree, "sys/devices/" GPU_PATH "/drm/card0/boot_display");
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_CONSOLE);
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_VGA);
	assert_true(host_has_note(&host, "card0/boot_display: cannot be read"));
	tree_attribute(tree, GPU, "boot_vga", "0\n");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_UNKNOWN);
	/* a file among the directories of the class is none */
	tree_delete(tree, "sys/devices/" GPU_PATH "/drm/card0/boot_display");
	tree_put(tree, "drm 1.1.0 20060810\n", "sys/class/drm/version");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_NO);

	/* and the framebuffer decides before all */
	tree_put(tree, "d0-df : 0000:09:00.0\n  d0-d2 : BOOTFB\n", "proc/iomem");
	assert_int_equal(display_of(tree, GPU), BOOT_DISPLAY_FRAMEBUFFER);
	assert_int_equal(display_of(tree, IGPU), BOOT_DISPLAY_NO);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_framebuffer),
		TEST(test_framebuffer_child),
		TEST(test_framebuffer_far),
		TEST(test_framebuffer_classes),
		TEST(test_framebuffer_orphan),
		TEST(test_framebuffer_unread),
		TEST(test_framebuffer_gone),
		TEST(test_framebuffer_first),
		TEST(test_boot_display),
		TEST(test_framebuffer_bus),
		TEST(test_framebuffer_owners),
		TEST(test_framebuffer_addresses),
		TEST(test_bars),
		TEST(test_holder),
		TEST(test_holder_many),
	};

	return cmocka_run_group_tests_name("framebuffer", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What a config file says, and every way in which it can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/config.h"

#define T "[target t]\n"
#define ID "id = 10de:1e84\n"
#define X10 "xxxxxxxxxx"
#define X50 X10 X10 X10 X10 X10
#define X1000 \
	X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50
#define SEVEN_IDS "1002:0001,1002:0002,1002:0003,1002:0004,1002:0005,1002:0006,1002:0007"
#define DRIVER_55 "vfio_" X50 /* the longest name that a module can have */

/* ---- texts that are right ---- */

/* @want: each target as NAME:LINE and what differs from the defaults */
static const struct good {
	const char *name;
	const char *text;
	const char *want;
} goods[] = {
	{ "nothing", "", "" },
	{ "comments only", "# one\n; two\n\n \t \n", "" },
	{ "id", T ID, "t:1 id=10de:1e84" },
	{ "id with subsystem", T "id = 10de:1e84:1043:8674\n",
	  "t:1 id=10de:1e84:1043:8674" },
	{ "upper case id", T "id = 10DE:1E84", "t:1 id=10de:1e84" },
	{ "ids", T "ids = 10de:1e84, 10de:10f8\n", "t:1 id=10de:1e84 id=10de:10f8" },
	{ "ids as in vfio-pci.ids", T "ids=10de:1e84,10de:10f8",
	  "t:1 id=10de:1e84 id=10de:10f8" },
	{ "ids that differ in the subsystem", T "ids=10de:1e84,10de:1e84:1043:8674",
	  "t:1 id=10de:1e84 id=10de:1e84:1043:8674" },
	{ "ids that is one", T "ids = 10de:1e84 ", "t:1 id=10de:1e84" },
	{ "ids that are eight", T "ids = " SEVEN_IDS ",1002:0008",
	  "t:1 id=1002:0001 id=1002:0002 id=1002:0003 id=1002:0004 id=1002:0005 "
	  "id=1002:0006 id=1002:0007 id=1002:0008" },
	{ "address", T "address = 0000:09:00.0", "t:1 address=0000:09:00.0" },
	{ "address without domain", T "address = 09:00.1", "t:1 address=0000:09:00.1" },
	{ "address behind VMD", T "address = 10000:e1:00.0",
	  "t:1 address=10000:e1:00.0" },
	{ "path", T "path = 00:03.1/00.0", "t:1 path=00:03.1/00.0" },
	{ "all three", T ID "address = 9:0.0\npath = 00:03.1/00.0",
	  "t:1 id=10de:1e84 address=0000:09:00.0 path=00:03.1/00.0" },
	{ "functions = slot", T ID "functions = slot", "t:1 id=10de:1e84" },
	{ "functions = list", T ID "functions = 0,1", "t:1 id=10de:1e84 functions=03" },
	{ "functions = all eight", T ID "functions = 7, 6 ,5,4,3,2,1,0",
	  "t:1 id=10de:1e84 functions=ff" },
	{ "peers = refuse", T ID "peers = refuse", "t:1 id=10de:1e84" },
	{ "peers = take", T ID "peers = take", "t:1 id=10de:1e84 peers" },
	{ "boot-display = refuse", T ID "boot-display = refuse", "t:1 id=10de:1e84" },
	{ "host-network = refuse", T ID "host-network = refuse", "t:1 id=10de:1e84" },
	{ "host-network = allow", T ID "host-network = allow",
	  "t:1 id=10de:1e84 network" },
	{ "boot-display = allow", T ID "boot-display = allow",
	  "t:1 id=10de:1e84 display" },
	{ "host-disk = refuse", T ID "host-disk = refuse", "t:1 id=10de:1e84" },
	{ "driver = auto", T ID "driver = auto", "t:1 id=10de:1e84" },
	{ "driver by name", T ID "driver = mlx5_vfio_pci",
	  "t:1 id=10de:1e84 driver=mlx5_vfio_pci" },
	{ "driver with a long name", T ID "driver = " DRIVER_55,
	  "t:1 id=10de:1e84 driver=" DRIVER_55 },
	{ "optional = yes", T ID "optional = yes", "t:1 id=10de:1e84 optional" },
	{ "optional = no", T ID "optional = no", "t:1 id=10de:1e84" },
	{ "all = yes", T ID "all = yes", "t:1 id=10de:1e84 all" },
	{ "all = no", T ID "all = no", "t:1 id=10de:1e84" },
	{ "every character of a name", "[target Az09-_.]\n" ID,
	  "Az09-_.:1 id=10de:1e84" },
	{ "longest name", "[target " X10 X10 X10 "xx]\n" ID,
	  X10 X10 X10 "xx:1 id=10de:1e84" },
	{ "two targets", T ID "\n[target u]\naddress = 9:0.0\n",
	  "t:1 id=10de:1e84\nu:4 address=0000:09:00.0" },
	{ "blanks everywhere", "  [target \t t]  \n\t id\t=\t10de:1e84 \t\n",
	  "t:1 id=10de:1e84" },
	{ "comments behind", "[target t] # a\nid = 10de:1e84 ; b\nall = yes # c = d\n",
	  "t:1 id=10de:1e84 all" },
	{ "comment right behind a heading", "[target t]# a\n" ID, "t:1 id=10de:1e84" },
	{ "many blanks ahead of a name",
	  "[target                                          a-long-one]\n" ID,
	  "a-long-one:1 id=10de:1e84" },
	{ "colon in the place of =", "[target t]\nid: 10de:1e84\n", "t:1 id=10de:1e84" },
	{ "carriage returns", "[target t]\r\nid = 10de:1e84\r\n", "t:1 id=10de:1e84" },
	{ "byte order mark", "\xef\xbb\xbf" T ID, "t:1 id=10de:1e84" },
	{ "longest line", "#" X1000 X10 X10 "x\n" T ID, "t:2 id=10de:1e84" },
	{ "longest last line", T ID "#" X1000 X10 X10 "x", "t:1 id=10de:1e84" },
	{ "UTF-8 in a comment", "# f\xc3\xbcr Windows\n" T ID, "t:2 id=10de:1e84" },
};

static void flag_print(FILE *out, bool flag, const char *word)
{
	if (flag)
		fprintf(out, " %s", word);
}

static void target_print(FILE *out, const struct config_target *target)
{
	char text[PCI_PATH_TEXT];

	fprintf(out, "%s:%u", target->name, target->line);
	for (size_t i = 0; i < target->n_ids; i++) {
		pci_id_format(&target->ids[i], text);
		fprintf(out, " id=%s", text);
	}
	if (target->has_address) {
		pci_address_format(&target->address, text);
		fprintf(out, " address=%s", text);
	}
	if (target->has_path) {
		pci_path_format(&target->path, text);
		fprintf(out, " path=%s", text);
	}
	if (target->has_functions)
		fprintf(out, " functions=%02x", target->functions);
	flag_print(out, target->take_peers, "peers");
	flag_print(out, target->allow_boot_display, "display");
	flag_print(out, target->allow_host_network, "network");
	flag_print(out, target->optional, "optional");
	flag_print(out, target->all, "all");
	if (target->driver[0])
		fprintf(out, " driver=%s", target->driver);
}

/* All targets, one line each; free() it. */
static char *targets_text(const struct config *config)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t i = 0; i < config->n_targets; i++) {
		fprintf(out, "%s", i ? "\n" : "");
		target_print(out, &config->targets[i]);
	}
	fclose(out);
	return text;
}

static void test_good(void **state)
{
	const struct good *row = *state;
	struct fault fault = { 0 };
	struct config config;
	char *text;

	config_init(&config);
	if (config_parse(&config, "f", row->text, strlen(row->text), &fault) < 0)
		fail_msg("%s", fault.text);
	assert_false(config.invalid);
	text = targets_text(&config);
	assert_string_equal(text, row->want);
	for (size_t i = 0; i < config.n_targets; i++)
		assert_string_equal(config.targets[i].file, "f");
	free(text);
}

/* ---- texts that are wrong ---- */

#define KEYS \
	"id, ids, address, path, functions, peers, boot-display, host-disk, " KEYS_REST
#define KEYS_REST "host-network, bound-driver, driver, optional or all"
#define WANT_ID "vendor:device[:subvendor:subdevice], like 10de:1e84"
#define WANT_IDS "up to 8 different ids with commas, like 10de:1e84,10de:10f8"
#define WANT_ADDRESS "domain:bus:device.function, like 0000:09:00.0"
#define WANT_PATH "the path of lspci -P, like 00:03.1/00.0"
#define WANT_FUNCTIONS "slot, or different numbers from 0 to 7, like 0,1"
#define WANT_DRIVER "auto, or the name of a VFIO driver, like vfio-pci"
#define WANT_NAME "a NAME of 1 to 32 letters, digits, - _ or ."
#define WANT_LINE "KEY = VALUE or [target NAME]"

/* @length: of a text with NUL bytes */
static const struct bad {
	const char *name;
	const char *text;
	const char *want;
	size_t length;
} bads[] = {
	/* lines */
	{ "word", T "vfio", "f:2: found \"vfio\", expected " WANT_LINE, 0 },
	{ "word between blanks", T " \t vfio \t\r\n",
	  "f:2: found \"vfio\", expected " WANT_LINE, 0 },
	{ "open heading", "[target t\n" ID,
	  "f:1: found \"[target t\", expected " WANT_LINE, 0 },
	{ "comment in a heading", "[target t ;]\n" ID,
	  "f:1: found \"[target t ;]\", expected " WANT_LINE, 0 },
	{ "long line", T "#" X1000 X10 X10 "xx\n" ID,
	  "f:2: found a longer line, expected at most 1022 bytes", 0 },
	{ "long last line", T ID "#" X1000 X1000,
	  "f:3: found a longer line, expected at most 1022 bytes", 0 },
	{ "NUL byte", T "id = 10de:1e84\0:1043:8674\n",
	  "f:2: found a NUL byte, expected text", sizeof(T) - 1 + 26 },
	{ "NUL byte in a comment", "#\0\n" T ID, "f:1: found a NUL byte, expected text",
	  3 + sizeof(T ID) - 1 },
	{ "control characters", T "\x1b[2J\"\\\x7f\xff",
	  "f:2: found \"\\x1b[2J\\\"\\\\\\x7f\\xff\", expected " WANT_LINE, 0 },
	{ "long text", T X50 X50,
	  "f:2: found \"" X50 X10 X10 "xxxx...\", expected " WANT_LINE, 0 },
	/* sections */
	{ "key before a section", "\n\nid = 10de:1e84  # a\n",
	  "f:3: found \"id = 10de:1e84  # a\", expected a [target NAME] before the first key",
	  0 },
	{ "unknown section", "[global]\n",
	  "f:1: found \"[global]\", expected [target NAME]", 0 },
	{ "section in capitals", "[Target t]\n" ID,
	  "f:1: found \"[Target t]\", expected [target NAME]", 0 },
	{ "longer word", "[targets t]\n" ID,
	  "f:1: found \"[targets t]\", expected [target NAME]", 0 },
	{ "section without a name", "[target]\n" ID,
	  "f:1: found \"[target]\", expected [target NAME]", 0 },
	{ "section with an empty name", "[target ]\n" ID,
	  "f:1: found \"[target ]\", expected " WANT_NAME, 0 },
	{ "empty section", "[]\n" ID, "f:1: found \"[]\", expected [target NAME]", 0 },
	{ "blank in a name", "[target a b]\n" ID,
	  "f:1: found \"[target a b]\", expected " WANT_NAME, 0 },
	{ "blank behind a name", "[target a ]\n" ID,
	  "f:1: found \"[target a ]\", expected " WANT_NAME, 0 },
	{ "odd character in a name", "[target a/b]\n" ID,
	  "f:1: found \"[target a/b]\", expected " WANT_NAME, 0 },
	{ "long name", "[target " X10 X10 X10 "xxx]\n" ID,
	  "f:1: found \"[target " X10 X10 X10 "xxx]\", expected " WANT_NAME, 0 },
	{ "name of 50 letters", "[target " X50 "]\n" ID,
	  "f:1: found \"[target " X50 "]\", expected " WANT_NAME, 0 },
	{ "heading that is not closed", "[target t # a]\n" ID,
	  "f:1: found \"[target t # a]\", expected " WANT_LINE, 0 },
	{ "name that is no line of its own", "[target t] [target u]\n" ID,
	  "f:1: found \"[target t] [target u]\", expected [target NAME] alone in its line",
	  0 },
	{ "text behind a heading", "[target t] id = 10de:1e84\n",
	  "f:1: found \"[target t] id = 10de:1e84\", expected [target NAME] alone in its line",
	  0 },
	{ "bracket behind a heading", "[target t]]\n" ID,
	  "f:1: found \"[target t]]\", expected [target NAME] alone in its line", 0 },
	{ "same name", T ID "\n" T ID,
	  "f:4: found target t again, expected another name; this one is in f:1", 0 },
	{ "target without id", "\n" T "all = yes\n",
	  "f:2: found target t without a card, expected at least one of id, ids, address and path in it",
	  0 },
	{ "first target without id", T "\n[target u]\n" ID,
	  "f:1: found target t without a card, expected at least one of id, ids, address and path in it",
	  0 },
	/* keys */
	{ "unknown key", T "name = x", "f:2: found \"name\", expected " KEYS, 0 },
	{ "key in capitals", T "ID = 10de:1e84", "f:2: found \"ID\", expected " KEYS, 0 },
	{ "no key", T "= 10de:1e84", "f:2: found nothing, expected " KEYS, 0 },
	{ "no equals sign", T "id 10de:1e84", "f:2: found \"id 10de\", expected " KEYS,
	  0 },
	{ "key that goes on", T "id=1002:0001\n  ids = 1\n",
	  "f:3: found ids, expected one of id and ids; line 2 has id", 0 },
	{ "ids, then id", T "ids = 10de:1e84\n\n" ID,
	  "f:4: found id, expected one of id and ids; line 2 has ids", 0 },
	{ "same key", T ID "all = no\n" ID,
	  "f:4: found id again, expected it once; line 2 has it", 0 },
	{ "same key, same value", T ID "all = no\nall = no",
	  "f:4: found all again, expected it once; line 3 has it", 0 },
	/* values */
	{ "id = nothing", T "id =", "f:2: found id = nothing, expected " WANT_ID, 0 },
	{ "id = comment", T "id = # 10de:1e84",
	  "f:2: found id = nothing, expected " WANT_ID, 0 },
	{ "id and no blank before #", T "id = 10de:1e84#a",
	  "f:2: found id = \"10de:1e84#a\", expected " WANT_ID, 0 },
	{ "id of three parts", T "id = 10de:1e84:1043",
	  "f:2: found id = \"10de:1e84:1043\", expected " WANT_ID, 0 },
	{ "id in quotes", T "id = \"10de:1e84\"",
	  "f:2: found id = \"\\\"10de:1e84\\\"\", expected " WANT_ID, 0 },
	{ "id with two ids", T "id = 10de:1e84,10de:10f8",
	  "f:2: found id = \"10de:1e84,10de:10f8\", expected " WANT_ID, 0 },
	{ "ids = nothing", T "ids =", "f:2: found ids = nothing, expected " WANT_IDS, 0 },
	{ "ids with a comma too much", T "ids = 10de:1e84,",
	  "f:2: found ids = \"10de:1e84,\", expected " WANT_IDS, 0 },
	{ "ids with two commas", T "ids = 10de:1e84,,10de:10f8",
	  "f:2: found ids = \"10de:1e84,,10de:10f8\", expected " WANT_IDS, 0 },
	{ "ids without comma", T "ids = 10de:1e84 10de:10f8",
	  "f:2: found ids = \"10de:1e84 10de:10f8\", expected " WANT_IDS, 0 },
	{ "ids twice the same", T "ids = 10de:1e84,10DE:1E84",
	  "f:2: found ids = \"10de:1e84,10DE:1E84\", expected " WANT_IDS, 0 },
	{ "nine ids", T "ids=1002:0008,1002:0009, " SEVEN_IDS,
	  "f:2: found ids = \"1002:0008,1002:0009, 1002:0001,1002:0002,1002:0003,1002:0004,"
	  "1002:0005,100...\", expected " WANT_IDS,
	  0 },
	{ "id that is cut to a good one", T "ids = 10de:1e84:1043:8674567890",
	  "f:2: found ids = \"10de:1e84:1043:8674567890\", expected " WANT_IDS, 0 },
	{ "address", T "address = 09:00",
	  "f:2: found address = \"09:00\", expected " WANT_ADDRESS, 0 },
	{ "path", T "path = 00:03.1/",
	  "f:2: found path = \"00:03.1/\", expected " WANT_PATH, 0 },
	{ "functions", T ID "functions = 8",
	  "f:3: found functions = \"8\", expected " WANT_FUNCTIONS, 0 },
	{ "functions twice the same", T ID "functions = 0,1,0",
	  "f:3: found functions = \"0,1,0\", expected " WANT_FUNCTIONS, 0 },
	{ "functions with a comma too much", T ID "functions = 0,",
	  "f:3: found functions = \"0,\", expected " WANT_FUNCTIONS, 0 },
	{ "functions with slot in a list", T ID "functions = 0,slot",
	  "f:3: found functions = \"0,slot\", expected " WANT_FUNCTIONS, 0 },
	{ "functions with two digits", T ID "functions = 00",
	  "f:3: found functions = \"00\", expected " WANT_FUNCTIONS, 0 },
	{ "peers", T ID "peers = allow",
	  "f:3: found peers = \"allow\", expected refuse or take", 0 },
	{ "host-network", T ID "host-network = yes",
	  "f:3: found host-network = \"yes\", expected refuse or allow", 0 },
	{ "boot-display", T ID "boot-display = yes",
	  "f:3: found boot-display = \"yes\", expected refuse or allow", 0 },
	{ "host-disk", T ID "host-disk = allow",
	  "f:3: found host-disk = \"allow\", expected refuse; a disk of the host cannot be reserved",
	  0 },
	{ "driver of the host", T ID "driver = nouveau",
	  "f:3: found driver = \"nouveau\", expected " WANT_DRIVER, 0 },
	{ "driver with a path", T ID "driver = ../vfio-pci",
	  "f:3: found driver = \"../vfio-pci\", expected " WANT_DRIVER, 0 },
	{ "driver with a name too long", T ID "driver = " DRIVER_55 "x",
	  "f:3: found driver = \"" DRIVER_55 "x\", expected " WANT_DRIVER, 0 },
	{ "optional", T ID "optional = true",
	  "f:3: found optional = \"true\", expected yes or no", 0 },
	{ "all", T ID "all = Yes", "f:3: found all = \"Yes\", expected yes or no", 0 },
};

static void test_bad(void **state)
{
	const struct bad *row = *state;
	size_t length = row->length ? row->length : strlen(row->text);
	struct fault fault = { 0 };
	struct config config;
	int error;

	config_init(&config);
	error = config_parse(&config, "f", row->text, length, &fault);
	assert_string_equal(fault.text, row->want);
	assert_int_equal(error, strstr(row->name, "same name") ? -EEXIST : -EINVAL);
	assert_int_equal(fault.error, error);
	assert_true(config.invalid);
	assert_string_equal(config.fault.text, row->want);
}

/* ---- several files ---- */

static int parse(struct config *config, const char *file, const char *text,
		 struct fault *fault)
{
	return config_parse(config, file, text, strlen(text), fault);
}

static void test_same_name_in_two_files(void **state)
{
	struct fault fault = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(parse(&config, "/etc/a.conf", "\n" T ID, &fault), 0);
	assert_int_equal(parse(&config, "/etc/b.conf", "\n\n" T ID, &fault), -EEXIST);
	assert_string_equal(fault.text,
			    "/etc/b.conf:3: found target t again, expected another name; "
			    "this one is in /etc/a.conf:2");
}

static void test_first_fault_stays(void **state)
{
	struct fault fault = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(parse(&config, "a", T ID "[target u]\nx = 1\n", &fault),
			 -EINVAL);
	assert_int_equal(parse(&config, "b", "[target v]\n" ID, &fault), 0);
	assert_int_equal(parse(&config, "c", "y", &fault), -EINVAL);
	assert_string_equal(fault.text, "c:1: found \"y\", expected " WANT_LINE);
	assert_string_equal(config.fault.text, "a:4: found \"x\", expected " KEYS);
	assert_true(config.invalid);
	assert_int_equal(config.n_targets, 2);
	assert_string_equal(config.targets[0].name, "t");
	assert_string_equal(config.targets[1].name, "v");
}

static void test_too_many_targets(void **state)
{
	struct fault fault = { 0 };
	struct config config;
	char text[64];

	(void)state;
	config_init(&config);
	for (unsigned int i = 0; i < CONFIG_TARGETS_MAX; i++) {
		snprintf(text, sizeof(text), "[target t%u]\n" ID, i);
		assert_int_equal(parse(&config, "f", text, &fault), 0);
	}
	assert_int_equal(parse(&config, "f", "\n[target last]\n" ID, &fault), -E2BIG);
	assert_string_equal(fault.text,
			    "f:2: found one target too many, expected at most 32");
	assert_int_equal(config.n_targets, CONFIG_TARGETS_MAX);
}

static void test_long_file_name(void **state)
{
	struct fault fault = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(parse(&config, "/" X50 X50 X50 "/end.conf", T ID, &fault), 0);
	assert_string_equal(config.targets[0].file, "..." X50 X50 X10 "xxxxx/end.conf");
	assert_int_equal(strlen(config.targets[0].file), CONFIG_FILE_MAX - 1);
}

static void test_odd_file_name(void **state)
{
	struct fault fault = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(parse(&config, "a\n\x1b[2J.conf", "x", &fault), -EINVAL);
	assert_string_equal(fault.text,
			    "a\\x0a\\x1b[2J.conf:1: found \"x\", expected " WANT_LINE);
}

static void test_init(void **state)
{
	struct config config;

	(void)state;
	memset(&config, 0xff, sizeof(config));
	config_init(&config);
	assert_int_equal(config.mode, CONFIG_MODE_ON);
	assert_int_equal(config.deadline, 20);
	assert_false(config.debug);
	assert_false(config.invalid);
	assert_int_equal(config.n_targets, 0);
	assert_int_equal(config.n_files, 0);
	assert_int_equal(config.fault.error, 0);
	assert_string_equal(config_mode_names[CONFIG_MODE_ON], "on");
	assert_string_equal(config_mode_names[CONFIG_MODE_PLAN], "plan");
	assert_string_equal(config_mode_names[CONFIG_MODE_OFF], "off");
}

/* Values of an independent FNV-1a: of no byte, and of "a\0foobar\0". */
static void test_hash(void **state)
{
	struct config config;

	(void)state;
	config_init(&config);
	assert_true(config.hash == UINT64_C(0xcbf29ce484222325));
	config_hash_add(&config, "a", "foobar", 6);
	assert_true(config.hash == UINT64_C(0xabf0abbf96d4bf1b));
	config_init(&config);
	config_hash_add(&config, "af", "oobar", 5);
	assert_true(config.hash != UINT64_C(0xabf0abbf96d4bf1b));
}

/* ---- what the initramfs hook wrote ---- */

static const struct image_row {
	const char *name;
	const char *text;
	const char *want;
} image_rows[] = {
	{ "image: generator", "[image]\ngenerator = dracut\nversion = 1\n", "dracut" },
	{ "image: other keys and sections",
	  "[new]\ngenerator = a\n[image]\nnew = 1\ngenerator = dracut # x\n[b]\ngenerator = c",
	  "dracut" },
	{ "image: last one wins", "[image]\ngenerator = a\ngenerator = b\n", "b" },
	{ "image: nothing", "", "" },
	{ "image: no such key", "[image]\nversion = 1\n", "" },
	{ "image: does not fit", "[image]\ngenerator = 12345678\n", "" },
	{ "image: garbage", "\x01\x02[image\ngenerator", "" },
};

static void test_image(void **state)
{
	const struct image_row *row = *state;
	char value[8] = "before";

	config_image_get(row->text, "generator", value, sizeof(value));
	assert_string_equal(value, row->want);
}

static const struct CMUnitTest singles[] = {
	cmocka_unit_test(test_same_name_in_two_files),
	cmocka_unit_test(test_first_fault_stays),
	cmocka_unit_test(test_too_many_targets),
	cmocka_unit_test(test_long_file_name),
	cmocka_unit_test(test_odd_file_name),
	cmocka_unit_test(test_init),
	cmocka_unit_test(test_hash),
};

#define TESTS                                                            \
	(ARRAY_SIZE(goods) + ARRAY_SIZE(bads) + ARRAY_SIZE(image_rows) + \
	 ARRAY_SIZE(singles))

int main(void)
{
	static struct CMUnitTest tests[TESTS];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(goods); i++)
		tests[n++] = (struct CMUnitTest){ goods[i].name, test_good, NULL, NULL,
						  (void *)&goods[i] };
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++)
		tests[n++] = (struct CMUnitTest){ bads[i].name, test_bad, NULL, NULL,
						  (void *)&bads[i] };
	for (size_t i = 0; i < ARRAY_SIZE(image_rows); i++)
		tests[n++] = (struct CMUnitTest){ image_rows[i].name, test_image, NULL,
						  NULL, (void *)&image_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++)
		tests[n++] = singles[i];
	return _cmocka_run_group_tests("config", tests, n, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of vfio-pci.ids=, as vfio-pci reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/vfio_ids.h"

/* @want: <vendor:device:subvendor:subdevice:class:mask> of each entry; <?> for no id */
static const struct row {
	const char *name;
	const char *list;
	const char *want;
} rows[] = {
	{ "empty", "", "" },
	{ "commas only", ",,,", "" },
	{ "two", "10de:1e84,10de:10f8",
	  "<10de:1e84:ffffffff:ffffffff:0:0><10de:10f8:ffffffff:ffffffff:0:0>" },
	{ "empty entries", ",10de:1,,10de:2,",
	  "<10de:1:ffffffff:ffffffff:0:0><10de:2:ffffffff:ffffffff:0:0>" },
	{ "subsystem", "10de:1e84:1462:3741", "<10de:1e84:1462:3741:0:0>" },
	{ "class and mask", "1002:ffffffff:ffffffff:ffffffff:00030000:ffff00ff",
	  "<1002:ffffffff:ffffffff:ffffffff:30000:ffff00ff>" },
	{ "prefix 0x", "0x1002:0X67ff", "<1002:67ff:ffffffff:ffffffff:0:0>" },
	{ "upper case", "10DE:1E84", "<10de:1e84:ffffffff:ffffffff:0:0>" },
	{ "blanks before a number", " 10de: 1e84", "<10de:1e84:ffffffff:ffffffff:0:0>" },
	{ "a blank before the colon ends it", "10de :1e84", "<?>" },
	{ "what follows is not looked at", "1002:67ff;1002:aae0",
	  "<1002:67ff:ffffffff:ffffffff:0:0>" },
	{ "a colon at the end", "10de:1e84:", "<10de:1e84:ffffffff:ffffffff:0:0>" },
	{ "one field", "10de", "<?>" },
	{ "no number", "10de:,zz:1", "<?><?>" },
	{ "a sign is none", "-1:1", "<?>" },
	{ "a pair behind an address", "1=8086:9d71", "<?>" },
	{ "too many digits fall out at the top", "110de10de:1e84",
	  "<10de10de:1e84:ffffffff:ffffffff:0:0>" },
	{ "seven fields", "1:2:3:4:5:6:7", "<1:2:3:4:5:6>" },
};

static void format(const char *list, char *text, size_t size)
{
	const char *cursor = list;
	struct vfio_id id;
	size_t used = 0;

	text[0] = '\0';
	while (vfio_ids_next(&cursor, list + strlen(list), &id))
		used += (size_t)(id.valid ?
					 snprintf(text + used, size - used,
						  "<%x:%x:%x:%x:%x:%x>", id.vendor,
						  id.device, id.subvendor, id.subdevice,
						  id.class, id.class_mask) :
					 snprintf(text + used, size - used, "<?>"));
}

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[512];

		format(rows[i].list, text, sizeof(text));
		if (strcmp(text, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, text);
	}
}

/* An entry and the function 10de:1e84, subsystem 1462:3741, class 030000 */
static const struct match {
	const char *entry;
	bool want;
} matches[] = {
	{ "10de:1e84", true },
	{ "10de:1e85", false },
	{ "10de:ffffffff", true },
	{ "10de:ffff", false },
	{ "ffffffff:ffffffff", true },
	{ "110de:1e84", false },
	{ "10de:1e84:1462:3741", true },
	{ "10de:1e84:1462", true },
	{ "10de:1e84:1043", false },
	{ "10de:ffffffff:ffffffff:ffffffff:030000:ffff00", true },
	{ "10de:ffffffff:ffffffff:ffffffff:040300:ffff00", false },
	{ "10de:ffffffff:ffffffff:ffffffff:040300", true },
};

static void test_match(void **state)
{
	const struct host_function function = {
		.id = { 0x10de, 0x1e84, 0x1462, 0x3741, true },
		.class_code = 0x030000,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(matches); i++) {
		const char *cursor = matches[i].entry;
		struct vfio_id id;

		assert_true(vfio_ids_next(&cursor, cursor + strlen(cursor), &id));
		if (vfio_id_matches(&id, &function) != matches[i].want)
			fail_msg("%s", matches[i].entry);
	}
}

static void test_plain(void **state)
{
	const struct {
		const char *entry;
		bool want;
	} plain[] = {
		{ "10de:1e84", true },
		{ "10de:1e84:1462:3741", true },
		{ "10de:1e84:1462", false },
		{ "10de:ffffffff", false },
		{ "10de:1e84:ffffffff:ffffffff:030000:ffff00", false },
		{ "10de:1e84:ffffffff:ffffffff:030000", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		const char *cursor = plain[i].entry;
		struct vfio_id id;
		struct pci_id as_config;

		assert_true(vfio_ids_next(&cursor, cursor + strlen(cursor), &id));
		if (vfio_id_is_plain(&id, &as_config) != plain[i].want)
			fail_msg("%s", plain[i].entry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests_name("vfio-ids", tests, NULL, NULL);
}

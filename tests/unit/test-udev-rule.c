// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of udev's rules: for which functions they are, and what they assign. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/udev_rule.h"

#define NVIDIA "SUBSYSTEM==\"pci\", ATTR{vendor}==\"0x10de\""

static void test_matches(void **state)
{
	/* @id: without a class, which is not known of a card that is gone */
	static const struct {
		const char *rule;
		bool whole;
		bool id;
	} rows[] = {
		{ NVIDIA, true, true },
		{ "SUBSYSTEM==\"usb\", ATTR{vendor}==\"0x10de\"", false, false },
		{ "ATTR{vendor}==\"0x1002\"", false, false },
		{ "ATTR{vendor}!=\"0x1002\"", true, true },
		{ "ATTR{vendor}==\"0x1002|0x10de\"", true, true },
		{ "ATTR{vendor}==\"0x10DE\"", true, true },
		{ NVIDIA ", ATTR{class}==\"0x03[0-9]*\"", true, true },
		{ NVIDIA ", ATTR{class}==\"0x040300\"", false, true },
		{ NVIDIA ", ATTR{device}==\"0x1e84\"", true, true },
		{ NVIDIA ", ATTR{device}==\"0x1e85\"", false, false },
		{ "KERNEL==\"0000:01:00.0\"", true, true },
		{ "KERNEL==\"0000:02:00.0\"", false, true },
		{ "ACTION==\"add\", TEST==\"power/control\"", true, true },
		{ "", true, true },
	};
	const struct host_function function = {
		.address = { .bus = 1 },
		.id = { .vendor = 0x10de, .device = 0x1e84 },
		.class_code = 0x030000,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (udev_rule_matches(rows[i].rule, &function, true) != rows[i].whole ||
		    udev_rule_matches(rows[i].rule, &function, false) != rows[i].id)
			fail_msg("%s", rows[i].rule);
}

static void test_assigns(void **state)
{
	static const struct {
		const char *rule;
		bool want;
	} rows[] = {
		{ NVIDIA ", ATTR{remove}=\"1\"", true },
		{ NVIDIA ",ATTR{remove} = \"1\"", true },
		{ NVIDIA ", ATTR{remove}==\"1\"", false },
		{ NVIDIA ", ATTR{power/control}=\"auto\"", false },
		{ NVIDIA ", ENV{x}=\"ATTR{remove}=1\"", false },
		{ "ATTR{remove", false },
		{ "ATTR{remove}=\"1", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (udev_rule_assigns(rows[i].rule, "ATTR{remove}") != rows[i].want)
			fail_msg("%s", rows[i].rule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_assigns),
	};

	return cmocka_run_group_tests_name("udev-rule", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, ids and paths: each text that is read is written back in its one form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/address.h"
#include "base/array.h"

/* @want: how it is written; NULL: it is refused */
struct row {
	const char *name;
	const char *text;
	const char *want;
};

/* 32 steps, the most there are */
#define STEP4 "01.0/02.1/1f.7/00.0"
#define STEP16 STEP4 "/" STEP4 "/" STEP4 "/" STEP4
#define STEP32 STEP16 "/" STEP16

static const struct row addresses[] = {
	{ "address", "0000:09:00.0", "0000:09:00.0" },
	{ "address: no domain", "09:00.0", "0000:09:00.0" },
	{ "address: short", "9:0.0", "0000:09:00.0" },
	{ "address: short domain", "1:09:00.0", "0001:09:00.0" },
	{ "address: VMD", "10000:e1:00.0", "10000:e1:00.0" },
	{ "address: largest", "ffffffff:ff:1f.7", "ffffffff:ff:1f.7" },
	{ "address: capitals", "0000:0A:1F.3", "0000:0a:1f.3" },
	{ "address: nothing", "", NULL },
	{ "address: slot", "0000:09:00", NULL },
	{ "address: no bus", "00.0", NULL },
	{ "address: bus", "0000:09", NULL },
	{ "address: empty domain", ":09:00.0", NULL },
	{ "address: empty bus", "0000::00.0", NULL },
	{ "address: empty device", "0000:09:.0", NULL },
	{ "address: empty function", "0000:09:00.", NULL },
	{ "address: domain too large", "100000000:09:00.0", NULL },
	{ "address: bus too large", "0000:100:00.0", NULL },
	{ "address: device too large", "0000:09:20.0", NULL },
	{ "address: function too large", "0000:09:00.8", NULL },
	{ "address: function with two digits", "0000:09:00.00", NULL },
	{ "address: three colons", "0:0000:09:00.0", NULL },
	{ "address: blank", "0000:09:00.0 ", NULL },
	{ "address: path", "00:03.1/00.0", NULL },
	{ "address: sign", "-1:00.0", NULL },
	{ "address: all functions", "0000:09:00.*", NULL },
};

static const struct row ids[] = {
	{ "id", "10de:1e84", "10de:1e84" },
	{ "id: capitals", "10DE:1E84", "10de:1e84" },
	{ "id: subsystem", "10de:1e84:1043:8674", "10de:1e84:1043:8674" },
	{ "id: largest", "ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff" },
	{ "id: nothing", "", NULL },
	{ "id: vendor", "10de", NULL },
	{ "id: colon", ":", NULL },
	{ "id: three parts", "10de:1e84:1043", NULL },
	{ "id: five parts", "10de:1e84:1043:8674:0300", NULL },
	{ "id: three digits", "10de:1e8", NULL },
	{ "id: five digits", "10de:1e840", NULL },
	{ "id: prefix", "0x10de:0x1e84", NULL },
	{ "id: any", "10de:*", NULL },
	{ "id: blank", "10de: 1e84", NULL },
	{ "id: empty part", "10de:1e84::8674", NULL },
	{ "id: colon at the end", "10de:1e84:1043:", NULL },
	{ "id: any subsystem of the kernel", "10de:1e84:ffffffff:ffffffff", NULL },
};

static const struct row paths[] = {
	{ "path", "00:03.1/00.0", "00:03.1/00.0" },
	{ "path: short", "0:3.1/0.0", "00:03.1/00.0" },
	{ "path: domain 0", "0000:00:03.1/00.0", "00:03.1/00.0" },
	{ "path: domain", "10000:e0:06.0/00.0", "10000:e0:06.0/00.0" },
	{ "path: on the root bus", "00:02.0", "00:02.0" },
	{ "path: three bridges", "40:01.1/00.0/02.0/00.1", "40:01.1/00.0/02.0/00.1" },
	{ "path: deepest", "00:" STEP32, "00:" STEP32 },
	{ "path: deepest with a domain", "ffffffff:ff:" STEP32, "ffffffff:ff:" STEP32 },
	{ "path: too deep", "00:" STEP32 "/00.0", NULL },
	{ "path: nothing", "", NULL },
	{ "path: no bus", "03.1/00.0", NULL },
	{ "path: bus only", "00:", NULL },
	{ "path: slash at the end", "00:03.1/", NULL },
	{ "path: two slashes", "00:03.1//00.0", NULL },
	{ "path: slash in front", "/00:03.1", NULL },
	{ "path: bus in a step", "00:03.1/09:00.0", NULL },
	{ "path: device too large", "00:03.1/20.0", NULL },
	{ "path: function too large", "00:03.8/00.0", NULL },
	{ "path: blank", "00:03.1 /00.0", NULL },
};

static void test_address(void **state)
{
	const struct row *row = *state;
	struct pci_address address = { .bus = 0x55 };
	char text[PCI_ADDRESS_TEXT];

	assert_int_equal(pci_address_parse(row->text, &address), row->want ? 0 : -EINVAL);
	pci_address_format(&address, text);
	assert_string_equal(text, row->want ? row->want : "0000:55:00.0");
}

static void test_id(void **state)
{
	const struct row *row = *state;
	struct pci_id id = { .vendor = 0x5555 };
	char text[PCI_ID_TEXT];

	assert_int_equal(pci_id_parse(row->text, &id), row->want ? 0 : -EINVAL);
	pci_id_format(&id, text);
	assert_string_equal(text, row->want ? row->want : "5555:0000");
}

static void test_path(void **state)
{
	const struct row *row = *state;
	struct pci_path path = { .bus = 0x55, .depth = 1, .devfn = { 0xff } };
	char text[PCI_PATH_TEXT];

	assert_int_equal(pci_path_parse(row->text, &path), row->want ? 0 : -EINVAL);
	pci_path_format(&path, text);
	assert_string_equal(text, row->want ? row->want : "55:1f.7");
}

static struct pci_address address_of(const char *text)
{
	struct pci_address address;

	assert_int_equal(pci_address_parse(text, &address), 0);
	return address;
}

/* In their order */
static const char *const ordered[] = {
	"0000:00:00.0",	 "0000:00:00.1",     "0000:00:1f.0",
	"0000:01:00.0",	 "0000:ff:1f.7",     "0001:00:00.0",
	"10000:00:00.0", "80000000:00:00.0", "ffffffff:00:00.0",
};

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ordered); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(ordered); j++) {
			struct pci_address a = address_of(ordered[i]);
			struct pci_address b = address_of(ordered[j]);
			int order = pci_address_compare(&a, &b);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void test_slot(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool want;
	} pairs[] = {
		{ "0000:09:00.0", "0000:09:00.0", true },
		{ "0000:09:00.0", "0000:09:00.7", true },
		{ "0000:09:00.0", "0000:09:01.0", false },
		{ "0000:09:00.0", "0000:0a:00.0", false },
		{ "0000:09:00.0", "0001:09:00.0", false },
	};
	struct pci_address a, b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		a = address_of(pairs[i].a);
		b = address_of(pairs[i].b);
		assert_int_equal(pci_address_same_slot(&a, &b), pairs[i].want);
	}
}

static struct pci_path path_of(const char *text)
{
	struct pci_path path;

	assert_int_equal(pci_path_parse(text, &path), 0);
	return path;
}

static void test_path_equal(void **state)
{
	static const char *const different[] = {
		"00:03.1/00.0", "00:03.1/00.1",	     "00:03.2/00.0",	  "01:03.1/00.0",
		"00:03.1",	"00:03.1/00.0/00.0", "0001:00:03.1/00.0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(different); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(different); j++) {
			struct pci_path a = path_of(different[i]);
			struct pci_path b = path_of(different[j]);

			assert_int_equal(pci_path_equal(&a, &b), i == j);
		}
	}
}

static const struct CMUnitTest singles[] = {
	cmocka_unit_test(test_compare),
	cmocka_unit_test(test_slot),
	cmocka_unit_test(test_path_equal),
};

static size_t tests_add(struct CMUnitTest *tests, const struct row *rows, size_t n_rows,
			CMUnitTestFunction test)
{
	for (size_t i = 0; i < n_rows; i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, test, NULL, NULL,
						(void *)&rows[i] };
	return n_rows;
}

#define TESTS                                                          \
	(ARRAY_SIZE(addresses) + ARRAY_SIZE(ids) + ARRAY_SIZE(paths) + \
	 ARRAY_SIZE(singles))

int main(void)
{
	static struct CMUnitTest tests[TESTS];
	size_t n = 0;

	n += tests_add(tests + n, addresses, ARRAY_SIZE(addresses), test_address);
	n += tests_add(tests + n, ids, ARRAY_SIZE(ids), test_id);
	n += tests_add(tests + n, paths, ARRAY_SIZE(paths), test_path);
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++)
		tests[n++] = singles[i];
	return _cmocka_run_group_tests("address", tests, n, NULL, NULL);
}

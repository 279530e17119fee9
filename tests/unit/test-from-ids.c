// SPDX-License-Identifier: GPL-2.0-or-later

/* Lists of vfio-pci.ids=: cards on several buses, limits */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "plan/from_ids.h"
#include "unit/helper-machine.h"

static struct host host;
static struct from_ids from;

static void machine_parts(struct host *machine)
{
	machine_init(machine);
	machine_add(machine, "0000:05:00.0", 0x0200, "8086:1521", 1);
	machine_add(machine, "0000:05:00.1", 0x0200, "8086:1521", 2);
	machine_add(machine, "0000:05:00.2", 0x0c03, "8086:15f0", 3);
	machine_add(machine, "0000:05:00.7", 0x0200, "8086:1520", 5)->is_vf = true;
	machine_add(machine, "0000:05:10.0", 0x0200, "8086:1520", 4)->is_vf = true;
}

static void machine_apu(struct host *machine)
{
	machine_init(machine);
	machine_add(machine, "0000:06:00.0", 0x0300, "1002:15e7", 1);
	machine_add(machine, "0000:06:00.1", 0x0403, "1002:1637", 1);
}

/* Targets, and what became of each entry */
static void test_parts(void **state)
{
	static const struct {
		void (*make)(struct host *machine);
		const char *list;
		size_t n_targets;
		enum from_ids_fate fates[2];
	} rows[] = {
		{ machine_switch,
		  "8086:56a0,8086:4f90",
		  1,
		  { FROM_IDS_USED, FROM_IDS_USED } },
		{ machine_switch,
		  "8086:4f90,8086:56a0",
		  1,
		  { FROM_IDS_USED, FROM_IDS_USED } },
		{ machine_switch,
		  "8086:4f90,dead:beef",
		  0,
		  { FROM_IDS_FOREIGN, FROM_IDS_NOWHERE } },
		{ machine_switch,
		  "8086:4fa4,8086:56a0",
		  1,
		  { FROM_IDS_BRIDGE, FROM_IDS_USED } },
		/* not displays: each function that is named, and no other */
		{ machine_parts,
		  "8086:1521,8086:15f0",
		  3,
		  { FROM_IDS_USED, FROM_IDS_USED } },
		{ machine_parts,
		  "8086:15f0,zzzz",
		  1,
		  { FROM_IDS_USED, FROM_IDS_INVALID } },
		{ machine_parts,
		  "8086:1520,8086:15f0",
		  1,
		  { FROM_IDS_VIRTUAL, FROM_IDS_USED } },
		{ machine_apu,
		  "1002:1637,1002:15e8",
		  0,
		  { FROM_IDS_FOREIGN, FROM_IDS_NOWHERE } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault = { 0 };

		rows[i].make(&host);
		assert_int_equal(from_ids(rows[i].list, &host, &from, &fault), 0);
		assert_int_equal(from.n_targets, rows[i].n_targets);
		assert_int_equal(from.n_ids, 2);
		for (size_t j = 0; j < 2; j++)
			if (from.fates[j] != rows[i].fates[j])
				fail_msg("%s, entry %zu: %d", rows[i].list, j,
					 from.fates[j]);
	}
}

/* The last "ids=" counts, but one of vfio-pci before any other */
static void test_whose(void **state)
{
	static const struct {
		const char *line;
		const char *id;
	} rows[] = {
		{ "options vfio-pci ids=8086:56a0", "8086:56a0" },
		{ "vfio_pci.ids=8086:56a0 pci-stub.ids=8086:4f90", "8086:56a0" },
		{ "x.ids=8086:4f90 vfio-pci.ids=8086:56a0", "8086:56a0" },
		{ "x ids=8086:56a0", "8086:56a0" },
		{ "vfio-pci.ids=8086:4f90 vfio-pci.ids=8086:56a0", "8086:56a0" },
		{ "grids=8086:4f90 ids=8086:56a0", "8086:56a0" },
	};

	(void)state;
	machine_switch(&host);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault = { 0 };
		struct pci_id id;

		assert_int_equal(from_ids(rows[i].line, &host, &from, &fault), 0);
		assert_int_equal(from.n_ids, 1);
		assert_int_equal(pci_id_parse(rows[i].id, &id), 0);
		if (from.ids[0].vendor != id.vendor || from.ids[0].device != id.device)
			fail_msg("%s: %04x", rows[i].line, from.ids[0].device);
	}
}

/* An entry for any device names the card, and the card's own id is what a config gets. */
static void test_any(void **state)
{
	struct fault fault = { 0 };
	struct pci_id id;

	(void)state;
	machine_apu(&host);
	assert_int_equal(from_ids("1002:ffffffff", &host, &from, &fault), 0);
	assert_true(from.has_class);
	assert_int_equal(from.n_targets, 1);
	assert_int_equal(from.targets[0].n_ids, 1);
	assert_int_equal(pci_id_parse("1002:15e7", &id), 0);
	assert_true(pci_id_equal(&from.targets[0].ids[0], &id));
}

/* What is pasted: quotes, blanks, line breaks, the same twice */
static void test_pasted(void **state)
{
	static const struct {
		const char *text;
		size_t n_ids; /* 0: it is refused */
	} rows[] = {
		{ "\"8086:56a0,8086:4f90\" \n", 2 },
		{ "vfio-pci.ids=8086:56a0,\n 8086:4f90 quiet", 2 },
		{ "vfio-pci.ids=8086:56a0 ,8086:4f90 quiet", 2 },
		{ "vfio-pci.ids=8086:56a0 8086:4f90", 1 },
		{ "'options vfio-pci ids=8086:56a0' x", 1 },
		{ "8086:56a0,8086:4f90,8086:56a0", 2 },
		{ "8086:56a0,8086:56a0:ffffffff:ffffffff:030000:ff0000", 2 },
		{ "", 0 },
		{ "  ", 0 },
		{ "my card", 0 },
		{ "options vfio-pci ids=", 0 },
	};

	(void)state;
	machine_switch(&host);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault = { 0 };
		int result = from_ids(rows[i].text, &host, &from, &fault);

		if (result != (rows[i].n_ids ? 0 : -EINVAL))
			fail_msg("%s: %d", rows[i].text, result);
		if (!rows[i].n_ids)
			assert_non_null(strstr(fault.text, "expected VENDOR:DEVICE"));
		else if (from.n_ids != rows[i].n_ids)
			fail_msg("%s: %zu ids", rows[i].text, from.n_ids);
	}
}

static void test_limits(void **state)
{
	char list[(FROM_IDS_MAX + 2) * 10 + 1] = "";
	struct fault fault = { 0 };
	size_t used = 0;

	(void)state;
	machine_switch(&host);
	for (unsigned int i = 0; i <= FROM_IDS_MAX; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s8086:%04x",
					 i ? "," : "", 0x1000 + i);
	assert_int_equal(from_ids(list, &host, &from, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "more than 64 ids"));

	machine_init(&host);
	for (unsigned int i = 0; i <= FROM_IDS_TARGETS_MAX; i++) {
		char address[PCI_ADDRESS_TEXT];

		(void)snprintf(address, sizeof(address), "0000:%02x:00.0", i + 1);
		machine_add(&host, address, 0x0300, "10de:1b80", (int)i);
	}
	assert_int_equal(from_ids("10de:1b80", &host, &from, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "cards"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),  cmocka_unit_test(test_whose),
		cmocka_unit_test(test_any),    cmocka_unit_test(test_pasted),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

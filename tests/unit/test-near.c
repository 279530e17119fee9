// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * A plan from what plan/near.c asks for is that from everything: on machines and configs
 * by chance, and, with arguments, on a machine below a root.
 *
 * usage: test-near [SYSROOT...]
 *
 * With roots: for some functions of each, all ways to name them; says how many plans were
 * compared, and what differs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "model/record.h"
#include "plan/near.h"
#include "report/decide.h"
#include "report/json.h"
#include "report/plan_json.h"
#include "unit/helper-dice.h"
#include "unit/helper-machine.h"

#define MACHINES 2000
#define CARDS_OF_A_ROOT 6

static struct host whole, seen;
static struct config config;
static struct plan full, near_plan;
static struct near near;
static uint8_t asked[2 * HOST_FUNCTIONS_MAX];
static uint8_t given[HOST_FUNCTIONS_MAX]; /* what was wanted so far */
static size_t n_read;

/* The image's record; empty: there is none */
static char record[2048];
static struct record_place places[64];

/* ---- a reader that gives what is wanted of the whole machine, and no more ---- */

static void names_read(void)
{
	seen.n_functions = whole.n_functions;
	memcpy(&seen, &whole, offsetof(struct host, groups));
	seen.n_groups = 0;
	seen.groups_listed = false;
	record_mismatch(&seen, HOST_RECORD_NONE);
	for (size_t i = 0; i < whole.n_functions; i++)
		seen.functions[i] = (struct host_function){
			.address = whole.functions[i].address,
			.far = true,
			.parent = HOST_NO_PARENT,
			.holder = HOST_NO_PARENT,
			.numa_node = -1,
		};
}

/* A few facts of one that stays far */
static void far_read(struct host_function *function, const struct host_function *all,
		     unsigned int want)
{
	if (want & (HOST_WANT_ID | HOST_WANT_SUBSYSTEM)) {
		function->id = all->id;
		function->id.has_subsystem = all->id.has_subsystem &&
					     want & HOST_WANT_SUBSYSTEM;
		function->id_unknown = function->unreadable = all->id_unknown;
	}
	if (want & HOST_WANT_VFS) {
		function->vfs_total = all->vfs_total;
		function->vf_offset = all->vf_offset;
		function->vf_stride = all->vf_stride;
	}
	if (want & HOST_WANT_PATH) {
		function->path = all->path;
		function->parent = all->parent;
		function->holder = all->holder;
	}
}

static void function_read(size_t i, unsigned int want)
{
	struct host_function *function = &seen.functions[i];
	const struct host_function *all = &whole.functions[i];
	struct host_function before = *function;

	n_read += want & HOST_WANT_FUNCTION && function->far;
	if (want & HOST_WANT_FUNCTION) {
		*function = *all;
		function->port = before.port;
		function->acs = before.acs;
		function->hotplug = before.hotplug;
		function->recorded = before.recorded;
		function->is_host_disk = before.is_host_disk;
		function->has_route = before.has_route;
		memcpy(function->use, before.use, sizeof(function->use));
	} else {
		far_read(function, all, want);
	}
	if (want & HOST_WANT_PORT) {
		function->port = all->port;
		function->acs = all->acs;
		function->hotplug = all->hotplug;
	}
}

/* The groups of near functions, and the functions in them */
static void groups_read(void)
{
	seen.n_groups = 0;
	for (size_t g = 0; g < whole.n_groups; g++) {
		const struct host_group *group = &whole.groups[g];
		bool is_near = false;

		for (size_t i = 0; i < seen.n_functions; i++)
			is_near |= !seen.functions[i].far &&
				   seen.functions[i].has_group &&
				   seen.functions[i].group == group->number;
		if (!is_near)
			continue;
		seen.groups[seen.n_groups++] = *group;
		for (size_t i = 0; i < seen.n_functions; i++)
			if (whole.functions[i].has_group &&
			    whole.functions[i].group == group->number) {
				seen.functions[i].has_group = true;
				seen.functions[i].group = group->number;
			}
	}
	seen.groups_listed = true;
}

static void want_read(void)
{
	for (size_t i = 0; i < seen.n_functions; i++) {
		assert_int_equal(near.want[i] & given[i], 0); /* once */
		given[i] |= near.want[i];
		function_read(i, near.want[i]);
	}
	groups_read();
}

/* What /proc/iomem tells of every function */
static void framebuffers_read(void)
{
	for (size_t i = 0; i < seen.n_functions; i++)
		memcpy(seen.functions[i].framebuffer, whole.functions[i].framebuffer,
		       HOST_NAME_MAX);
}

/* What the record says of a machine, as far as it is known */
static void record_mark_all(struct host *host)
{
	char text[sizeof(record)];

	memcpy(text, record, sizeof(text));
	if (*record)
		(void)record_apply(text, "root=/dev/vda", host);
	else
		record_mismatch(host, HOST_RECORD_NONE);
}

/* Disks and routes lead to functions, near or far. */
static void use_read(unsigned int needs)
{
	bool any_disk = false;

	for (size_t i = 0; i < seen.n_functions; i++) {
		any_disk |= whole.functions[i].is_host_disk;
		if (needs & HOST_NEED_DISKS) {
			seen.functions[i].is_host_disk = whole.functions[i].is_host_disk;
			memcpy(seen.functions[i].use, whole.functions[i].use,
			       HOST_USE_MAX);
		}
		if (needs & HOST_NEED_ROUTES)
			seen.functions[i].has_route = whole.functions[i].has_route;
	}
	if (!any_disk && !(needs & HOST_NEED_MOUNTS))
		seen.root_resolved = seen.network_needed = false;
}

static void near_plan_build(void)
{
	do {
		want_read();
		record_mark_all(&seen);
		framebuffers_read();
		plan_build(&config, &seen, &near_plan);
	} while (near_find(&config, &seen, &near_plan, &near));
}

/* @acts: a boot, which looks at disks only when it needs to */
static void near_look(bool acts)
{
	const char *cursor = record;
	size_t n_places = 0;

	while (record_next(&cursor, &places[n_places]))
		n_places++;
	n_read = 0;
	names_read();
	memset(asked, 0xff, sizeof(asked)); /* as memory may be */
	memset(given, 0, sizeof(given));
	near_begin(&near, asked, &seen, places, n_places);
	while (near_find(&config, &seen, NULL, &near))
		want_read();
	near_plan_build();
	use_read(acts ? plan_needs(&seen, &near_plan) : HOST_NEED_ALL);
	near_plan_build();
}

/* ---- machines by chance ---- */

static void random_facts(struct host_function *function)
{
	function->driver_unknown = one_in(60);
	function->vfs_unknown = one_in(60);
	function->removable = one_in(10);
	if (one_in(4)) {
		function->vfs_total = (uint16_t)(1 + dice(8));
		function->vf_offset = (uint16_t)dice(12);
		function->vf_stride = (uint16_t)dice(3);
	}
	if (one_in(3)) {
		function->id.has_subsystem = true;
		function->id.subvendor = (uint16_t)(1 + dice(3));
	}
	function->is_host_disk = one_in(30);
	if (function->is_host_disk)
		strcpy(function->use, "root filesystem /dev/vda");
	function->has_route = function->class_code >> 8 == 0x0200 && one_in(3);
}

static void random_function(unsigned int bus, unsigned int number, unsigned int n_groups)
{
	static const uint32_t classes[] = { 0x0300, 0x0302, 0x0403, 0x0c03,
					    0x0c80, 0x0604, 0x1200, 0x0601,
					    0x0106, 0x0108, 0x0200, 0x0806 };
	static const char *const ids[] = { "10de:0001", "10de:0002", "1002:0001",
					   "1022:0001", "8086:0001", "8086:0002" };
	static const char *const drivers[] = { "", "", "nouveau", "vfio-pci", "shpchp" };
	struct host_function *function;
	char address[PCI_ADDRESS_TEXT];

	(void)snprintf(address, sizeof(address), "0000:%02x:00.%u", bus, number);
	function = machine_add(&whole, address, classes[dice(ARRAY_SIZE(classes))],
			       ids[dice(ARRAY_SIZE(ids))],
			       one_in(20) ? -1 : (int)dice(n_groups));
	strcpy(function->driver, drivers[dice(ARRAY_SIZE(drivers))]);
	function->has_header = !one_in(50);
	function->header_type = function->class_code >> 8 == 0x0604;
	random_facts(function);
	function->vfs = one_in(50);
	function->is_vf = one_in(50);
	if (whole.n_functions > 1 && one_in(2))
		function->parent = dice((unsigned int)whole.n_functions - 1);
	if (whole.n_functions > 1 && one_in(30))
		function->holder = dice((unsigned int)whole.n_functions - 1);
	if (bus && one_in(2)) {
		function->path.bus = 0;
		function->path.depth = 2;
		function->path.devfn[1] = function->path.devfn[0];
		function->path.devfn[0] = (uint8_t)dice(8);
	}
	function->port = (enum host_port)dice(HOST_PORT_EVENT_COLLECTOR + 1);
	function->hotplug = one_in(10);
	function->acs.known = (enum fact)dice(3);
	if (one_in(20))
		function->boot_vga = FACT_YES;
	if (one_in(30))
		strcpy(function->framebuffer, "efifb");
	function->shows_boot = one_in(40);
	if (one_in(60)) {
		function->unreadable = true;
		function->id_unknown = one_in(2);
		if (function->id_unknown)
			function->id = (struct pci_id){ 0 };
	}
}

/* Lines of functions, of which some are of another machine; or all just unclaimed */
static void random_record(void)
{
	const bool is_plain = one_in(4);
	size_t length = (size_t)snprintf(
		record, sizeof(record),
		RECORD_HEADING "\nroot %016llx\ndisks %s\nnetwork %s\n",
		(unsigned long long)record_root_hash(one_in(5) ? "" : "root=/dev/vda"),
		one_in(5) ? "unknown" : "known", one_in(5) ? "unknown" : "known");

	for (unsigned int i = dice(8); i; i--) {
		size_t at = dice((unsigned int)whole.n_functions);
		unsigned int number = dice(RECORD_USES);
		const struct record_use *use =
			&record_uses[is_plain ? RECORD_USES - 1 : number];
		char path[PCI_PATH_TEXT], id[PCI_ID_TEXT];
		struct pci_id known = whole.functions[at].id;
		struct pci_path place = whole.functions[at].path;

		known.vendor = (uint16_t)(known.vendor + one_in(is_plain ? 2 : 10));
		if (is_plain && one_in(2)) /* there is none */
			place.devfn[place.depth - 1] ^= 0xf0;
		pci_path_format(&place, path);
		pci_id_format(&known, id);
		length += (size_t)snprintf(
			record + length, sizeof(record) - length, "at %s %s %s%s\n", path,
			id, use->name,
			use->bit != HOST_RECORDED_UNCLAIMED && one_in(5) ? " unclaimed" :
									   "");
	}
	(void)snprintf(record + length, sizeof(record) - length, "%s",
		       one_in(20) ? "" : "end\n");
}

/* Without interrupt remapping, which chipsets have a remedy of their own for */
static void random_chipset(void)
{
	struct host_function *bridge = &whole.functions[0];

	whole.interrupt_remapping = FACT_NO;
	bridge->class_code = 0x060000;
	bridge->id.vendor = 0x8086;
	bridge->id.device = one_in(2) ? 0x3403 : 0x3405;
	bridge->revision = one_in(2) ? 0x13 : 0x22;
}

static void random_machine(void)
{
	unsigned int n_groups = 20 + dice(200);

	machine_init(&whole);
	whole.groups_listed = true;
	whole.kernel_minor = one_in(2) ? 1 : 17;
	whole.kernel_major = one_in(4) ? 7 * dice(2) : 6;
	whole.drivers_count = one_in(2);
	for (unsigned int bus = 0, slots = 1 + dice(30); bus < slots; bus++)
		for (unsigned int number = 0; number < 8; number++)
			if (!number || one_in(3))
				random_function(bus, number, n_groups);
	for (size_t i = 0; i < whole.n_functions && one_in(10); i++)
		whole.functions[i].has_group = false;
	for (size_t i = 0; i < whole.n_groups; i++) {
		whole.groups[i].noiommu = one_in(40);
		whole.groups[i].direct = one_in(40);
		whole.groups[i].known = !one_in(40);
	}
	if (one_in(10))
		whole.framebuffer_known = FACT_UNKNOWN;
	whole.interrupts_unread = one_in(20);
	if (one_in(10))
		random_chipset();
	whole.root_resolved = !one_in(4);
	whole.network_needed = one_in(4);
	*record = '\0';
	if (!one_in(3))
		random_record();
	record_mark_all(&whole);
	/* 6.1 has no such attribute */
	for (size_t i = 0; i < whole.n_functions && whole.kernel_minor < 17; i++)
		whole.functions[i].shows_boot = false;
}

static void random_target(struct config_target *target, size_t number)
{
	const struct host_function *function =
		&whole.functions[dice((unsigned int)whole.n_functions)];

	memset(target, 0, sizeof(*target));
	target->allow_host_network = one_in(3);
	(void)snprintf(target->name, sizeof(target->name), "t%zu", number);
	target->has_address = one_in(2);
	target->address = function->address;
	target->has_path = one_in(4);
	target->path = function->path;
	target->n_ids = one_in(3) && target->has_address ? 0 : 1 + one_in(5);
	target->ids[0] = one_in(8) ? whole.functions[0].id : function->id;
	target->ids[0].has_subsystem = false;
	target->ids[1] = whole.functions[dice((unsigned int)whole.n_functions)].id;
	target->ids[1].has_subsystem = false;
	target->take_peers = one_in(4);
	target->optional = one_in(3);
	target->all = one_in(4) && !target->has_address && !target->has_path;
	target->allow_boot_display = one_in(2);
	if (one_in(10))
		target->address.bus ^= 0x40;
	/* A place of a virtual function that is not there yet, or just any */
	if (one_in(3)) {
		unsigned int devfn = target->path.devfn[target->path.depth - 1] +
				     function->vf_offset + dice(3) * function->vf_stride +
				     dice(9) / 8;

		target->address.device = devfn >> 3 & 0x1f;
		target->address.function = devfn & 7;
		target->ids[0] = target->ids[1];
		target->has_address = target->has_address && one_in(3);
		target->has_path = !target->has_address;
		target->optional = one_in(2);
		target->path.devfn[target->path.depth - 1] = (uint8_t)devfn;
	}
	if (one_in(6)) {
		target->has_functions = true;
		target->functions = (uint8_t)dice(256);
	}
}

static char *plan_text(const struct host *host, const struct plan *plan)
{
	json_t *object = plan_to_json(&config, host, plan);
	char *text;

	assert_non_null(object);
	(void)json_object_del(object, "notes");
	text = json_dumps(object, JSON_INDENT(1));
	json_decref(object);
	assert_non_null(text);
	return text;
}

static bool can_carry(const struct host_function *function)
{
	uint32_t class = function->class_code >> 8;

	if (class >> 8 == 0x03 || class >> 8 == 0x04 || class >> 8 == 0x12 ||
	    class == 0x0c80)
		return false;
	return function->driver_unknown || function->header_type == 1 ||
	       !function->has_header || !strcmp(function->driver, "nouveau");
}

/* As a kernel has it: what no driver holds carries nothing. */
static void make_plausible(struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		struct host_function *function = &host->functions[i];

		if (can_carry(function) &&
		    (function->holder == HOST_NO_PARENT ||
		     can_carry(&host->functions[function->holder])))
			continue;
		function->is_host_disk = function->has_route = false;
		function->use[0] = '\0';
	}
}

static void plans_compare(bool acts, uint64_t machine)
{
	char *one, *other;

	plan_build(&config, &whole, &full);
	near_look(acts);
	assert_int_equal(seen.record_disks, whole.record_disks);
	assert_int_equal(seen.record_network, whole.record_network);
	assert_int_equal(seen.record_display, whole.record_display);
	one = plan_text(&whole, &full);
	other = plan_text(&seen, &near_plan);
	if (strcmp(one, other) != 0) {
		(void)printf("record: %s\nall: %s\nnear: %s\n", record, one, other);
		fail_msg("machine %llu%s", (unsigned long long)machine,
			 acts ? ", at a boot" : "");
	}
	free(one);
	free(other);
}

static void test_random(void **state)
{
	size_t read = 0, all = 0;

	(void)state;
	for (dice_seed = 1; dice_seed <= MACHINES; dice_seed++) {
		const uint64_t start = dice_seed;

		(void)dice(2);
		random_machine();
		config_init(&config);
		for (size_t n = 1 + dice(3); config.n_targets < n; config.n_targets++)
			random_target(&config.targets[config.n_targets],
				      config.n_targets);
		plans_compare(false, start);
		read += n_read;
		all += whole.n_functions;
		make_plausible(&whole);
		plans_compare(true, start);
		dice_seed = start;
	}
	/* else it proves nothing */
	(void)printf("# %zu of %zu functions were read\n", read, all);
	assert_true(read < all * 3 / 4);
}

/* A far function is not read, and one that cannot be read stops no card. */
static void test_far(void **state)
{
	(void)state;
	machine_desktop(&whole);
	*record = '\0';
	whole.groups_listed = true;
	machine_at(&whole, "0000:0a:00.0")->unreadable = true;
	config_of(&config, "[target card]\naddress = 0b:00.0\n");
	near_look(true);
	assert_int_equal(near_plan.targets[0].verdict, VERDICT_RESERVE);
	assert_true(seen.functions[0].far);
	assert_int_equal(n_read, 2);
	plan_build(&config, &whole, &full);
	assert_int_equal(full.targets[0].verdict, VERDICT_RESERVE);
}

/* An optional card is not there: the port for it is found by its path. */
static void test_way(void **state)
{
	(void)state;
	machine_desktop(&whole);
	*record = '\0';
	whole.groups_listed = true;
	machine_add(&whole, "0000:40:00.0", 0x0604, "8086:a343", 30)->hotplug = true;
	config_of(&config, "[target card]\nid = 10de:1e84\naddress = 41:01.0\n"
			   "path = 40:00.0/01.0\noptional = yes\n");
	plan_build(&config, &whole, &full);
	assert_int_equal(full.targets[0].reason, REASON_ABSENT);
	near_look(true);
	assert_int_equal(near_plan.targets[0].reason, REASON_ABSENT);
}

/* ---- a machine below a root ---- */

static struct run run_full, run_near;

static char *decided(struct run *run, const struct sysroot *root, const char *file,
		     enum decide_look look)
{
	struct fault fault;

	memset(&run->config, 0, sizeof(run->config));
	if ((look == DECIDE_PLAN ? decide : decide_all)(root, file, look, run, &fault) <
	    0)
		fail_msg("%s: %s", root->path, fault.text);
	config = run->config;
	return plan_text(&run->host, &run->plan);
}

static bool is_equal(const struct sysroot *root, const char *target)
{
	char name[] = "/tmp/near-XXXXXX";
	int fd = mkstemp(name);
	char *one, *other;
	bool equal;

	assert_true(fd >= 0);
	assert_true(dprintf(fd, "[target t]\n%s", target) > 0);
	close(fd);
	one = decided(&run_full, root, name, DECIDE_ALWAYS);
	other = decided(&run_near, root, name, DECIDE_PLAN);
	equal = !strcmp(one, other);
	if (!equal)
		(void)printf("%s: %s\nall: %s\nnear: %s\n", root->path, target, one,
			     other);
	free(one);
	free(other);
	unlink(name);
	return equal;
}

static unsigned int ways_compare(const struct sysroot *root,
				 const struct host_function *function, bool *equal)
{
	static const char *const ways[] = {
		"id = %1$s\n",
		"address = %2$s\nboot-display = allow\n",
		"id = %1$s\naddress = %2$s\n",
		"path = %3$s\n",
		"id = %1$s\npath = %3$s\npeers = take\n",
		"id = %1$s\nall = yes\n",
		"id = ffff:0001\naddress = %2$s\n",
		"id = %1$s\naddress = ff:1f.7\n",
		"id = ffff:0001\n",
	};
	char id[PCI_ID_TEXT], address[PCI_ADDRESS_TEXT], path[PCI_PATH_TEXT];
	struct pci_id plain = function->id;
	char text[512];

	plain.has_subsystem = false;
	pci_id_format(&plain, id);
	pci_address_format(&function->address, address);
	pci_path_format(&function->path, path);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(text, sizeof(text), ways[i], id, address, path);
#pragma GCC diagnostic pop
		*equal &= is_equal(root, text);
	}
	return ARRAY_SIZE(ways);
}

static bool root_compare(const char *path)
{
	struct sysroot root = { .fd = -1 };
	struct fault fault;
	unsigned int compared = 0;
	bool equal = true;
	size_t step;

	assert_int_equal(sysroot_open(path, &root, &fault), 0);
	(void)memset(&run_full.config, 0, sizeof(run_full.config));
	assert_int_equal(decide_all(&root, NULL, DECIDE_MACHINE, &run_full, &fault), 0);
	whole = run_full.host;
	step = 1 + whole.n_functions / CARDS_OF_A_ROOT;
	for (size_t i = 0; i < whole.n_functions; i++)
		if (whole.functions[i].class_code >> 16 == 0x03 || i % step == 0)
			compared += ways_compare(&root, &whole.functions[i], &equal);
	sysroot_done(&root);
	(void)printf("%s: %u plans %s\n", path, compared, equal ? "equal" : "DIFFER");
	return equal;
}

/* As deep as its parents make it */
static void path_set(struct host *host, struct host_function *function)
{
	function->path = (struct pci_path){ .depth = 1 };
	function->path.devfn[0] =
		(uint8_t)(function->address.device << 3 | function->address.function);
	for (size_t at = function->parent; at != HOST_NO_PARENT;
	     at = host->functions[at].parent)
		function->path.depth++;
}

/* What is behind the switch of a card is near, however the card is named. */
static void test_own_switch(void **state)
{
	static const char *const texts[] = {
		"[target arc]\nids = 8086:56a0, 8086:4f90\n",
		"[target arc]\nid = 8086:56a0\n",
		"[target arc]\naddress = 0000:03:00.0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *one, *other;

		machine_switch(&whole);
		for (size_t j = 0; j < whole.n_functions; j++)
			path_set(&whole, &whole.functions[j]);
		*record = '\0';
		config_of(&config, texts[i]);
		plan_build(&config, &whole, &full);
		near_look(false);
		one = plan_text(&whole, &full);
		other = plan_text(&seen, &near_plan);
		assert_string_equal(one, other);
		assert_int_equal(near_plan.targets[0].n_functions, 2);
		free(one);
		free(other);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_way),
		cmocka_unit_test(test_own_switch),
	};
	bool equal = true;

	for (int i = 1; i < argc; i++)
		equal &= root_compare(argv[i]);
	if (argc > 1)
		return equal ? 0 : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

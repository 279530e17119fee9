// SPDX-License-Identifier: GPL-2.0-or-later
/* The first-boot guard: what a boot is, what is noted, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "companion/login.h"
#include "model/guard.h"
#include "plan/risk.h"
#include "read/guard_read.h"
#include "report/guard_write.h"
#include "unit/helper-machine.h"
#include "unit/helper-tree.h"

#define GPU "[target gpu]\nid = 10de:1e84\naddress = 0000:09:00.0\n"
#define FIRST "6.1.0-1-amd64"
#define SECOND "6.1.0-2-amd64"

static struct guard_boot boot_of(const char *text, const char *kernel, const char *id,
				 enum guard_risk risk)
{
	struct config *config = malloc(sizeof(*config));
	struct guard_boot boot;

	assert_non_null(config);
	config_of(config, text);
	config_hash_add(config, "etc/vfio-early.conf", text, strlen(text));
	guard_boot_of(config, kernel, id, risk, &boot);
	free(config);
	return boot;
}

/* What happened before: a boot of a config on a kernel, and how its trial went on */
enum past { NEVER, NOTED, PASSED, FORGOTTEN };

static void record_of(struct guard_record *record, enum past past,
		      const struct guard_boot *boot)
{
	guard_record_parse("", 0, record);
	if (past != NEVER)
		guard_record_begin(record, boot);
	if (past == PASSED || past == FORGOTTEN)
		guard_record_end(record, past == PASSED);
}

static void test_judge(void **state)
{
	static const struct {
		const char *name;
		enum past past;
		enum guard_risk risk;
		const char *config;
		const char *kernel;
		const char *boot;
		enum guard_risk now;
		enum guard_state want;
	} rows[] = {
		{ "nothing is known", NEVER, GUARD_RISK_BOOT, GPU, FIRST, "b",
		  GUARD_RISK_BOOT, GUARD_TRIAL },
		{ "the same boot again", NOTED, GUARD_RISK_BOOT, GPU, FIRST, "a",
		  GUARD_RISK_BOOT, GUARD_TRIAL },
		{ "unfinished", NOTED, GUARD_RISK_BOOT, GPU, FIRST, "b", GUARD_RISK_BOOT,
		  GUARD_FALLBACK },
		{ "unfinished, another kernel", NOTED, GUARD_RISK_BOOT, GPU, SECOND, "b",
		  GUARD_RISK_BOOT, GUARD_FALLBACK },
		{ "unfinished, the config was mended", NOTED, GUARD_RISK_BOOT,
		  GPU "optional = yes\n", FIRST, "b", GUARD_RISK_BOOT, GUARD_TRIAL },
		{ "passed", PASSED, GUARD_RISK_BOOT, GPU, FIRST, "b", GUARD_RISK_BOOT,
		  GUARD_PASSED },
		{ "passed, the screen too", PASSED, GUARD_RISK_SCREEN, GPU, FIRST, "b",
		  GUARD_RISK_SCREEN, GUARD_PASSED },
		{ "passed with more at risk", PASSED, GUARD_RISK_SCREEN, GPU, FIRST, "b",
		  GUARD_RISK_BOOT, GUARD_PASSED },
		{ "passed with less at risk", PASSED, GUARD_RISK_BOOT, GPU, FIRST, "b",
		  GUARD_RISK_SCREEN, GUARD_TRIAL },
		{ "passed, a new kernel", PASSED, GUARD_RISK_BOOT, GPU, SECOND, "b",
		  GUARD_RISK_BOOT, GUARD_TRIAL },
		{ "passed, a new config", PASSED, GUARD_RISK_BOOT, GPU "optional = yes\n",
		  FIRST, "b", GUARD_RISK_BOOT, GUARD_TRIAL },
		{ "to be tried again", FORGOTTEN, GUARD_RISK_BOOT, GPU, FIRST, "b",
		  GUARD_RISK_BOOT, GUARD_TRIAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct guard_boot past = boot_of(GPU, FIRST, "a", rows[i].risk);
		const struct guard_boot now = boot_of(rows[i].config, rows[i].kernel,
						      rows[i].boot, rows[i].now);
		struct guard_record record;

		record_of(&record, rows[i].past, &past);
		if (guard_judge(&record, &now) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
}

/* The last ones that passed stay known; a trial in between takes none of them away. */
static void test_passed_limit(void **state)
{
	char kernel[] = "6.1.0-a";
	struct guard_record record;

	(void)state;
	guard_record_parse("", 0, &record);
	for (int i = 0; i <= GUARD_PASSED_MAX; i++) {
		struct guard_boot boot;

		kernel[6] = (char)('a' + i);
		boot = boot_of(GPU, kernel, "boot", GUARD_RISK_BOOT);
		guard_record_begin(&record, &boot);
		guard_record_end(&record, true);
		guard_record_begin(&record, &boot);
		guard_record_end(&record, true); /* once more is once */
	}
	for (int i = 0; i <= GUARD_PASSED_MAX; i++) {
		struct guard_boot boot;

		kernel[6] = (char)('a' + i);
		boot = boot_of(GPU, kernel, "other", GUARD_RISK_BOOT);
		assert_int_equal(guard_judge(&record, &boot),
				 i ? GUARD_PASSED : GUARD_TRIAL);
	}
}

/* What is no record of ours is as if there were none. */
static void test_parse(void **state)
{
	const struct guard_boot boot = boot_of(GPU, FIRST, "a", GUARD_RISK_SCREEN);
	struct guard_record record, empty, read;

	(void)state;
	record_of(&empty, NEVER, &boot);
	record_of(&record, NOTED, &boot);
	guard_record_parse(&record, sizeof(record), &read);
	assert_memory_equal(&read, &record, sizeof(read));
	for (size_t length = 0; length < sizeof(record); length++) {
		guard_record_parse(&record, length, &read);
		assert_memory_equal(&read, &empty, sizeof(read));
	}
	record.magic[7]++;
	guard_record_parse(&record, sizeof(record), &read);
	assert_memory_equal(&read, &empty, sizeof(read));
	record.magic[7]--;
	memset(record.kernel, 'x', sizeof(record.kernel));
	guard_record_parse(&record, sizeof(record), &read);
	assert_int_equal(strlen(read.kernel), sizeof(read.kernel) - 1);
}

static void test_config_hash(void **state)
{
	static const struct config_target targets[] = {
		{ .name = "a", .n_ids = 1, .ids = { { .vendor = 1, .device = 2 } } },
		{ .name = "a", .n_ids = 1, .ids = { { .vendor = 1, .device = 3 } } },
		{ .name = "a",
		  .n_ids = 1,
		  .ids = { { .vendor = 1, .device = 2 } },
		  .has_address = true,
		  .address = { .bus = 9 } },
	};
	struct config *config = malloc(sizeof(*config));
	uint64_t hashes[ARRAY_SIZE(targets) + 1];

	(void)state;
	assert_non_null(config);
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		struct fault fault;

		config_init(config);
		if (i)
			assert_int_equal(
				config_add_target(config, &targets[i - 1], &fault), 0);
		hashes[i] = guard_config_hash(config);
		for (size_t j = 0; j < i; j++)
			assert_true(hashes[i] != hashes[j]);
	}
	free(config);
}

static void test_needs(void **state)
{
	struct config *config = malloc(sizeof(*config));

	(void)state;
	assert_non_null(config);
	config_of(config, GPU);
	assert_int_equal(guard_needs_of(config, GUARD_RISK_BOOT), GUARD_NEEDS_TARGET);
	assert_int_equal(guard_needs_of(config, GUARD_RISK_SCREEN), GUARD_NEEDS_LOGIN);
	config_of(config, "guard = reached\n" GPU);
	assert_int_equal(guard_needs_of(config, GUARD_RISK_SCREEN), GUARD_NEEDS_TARGET);
	free(config);
}

/* ---- what is at risk ---- */

static void test_risk(void **state)
{
	/* @gone: the host's own display is not there; @unknown: framebuffer_known */
	static const struct {
		const char *name;
		const char *config;
		bool shows;
		bool gone;
		enum fact known;
		enum guard_risk want;
	} rows[] = {
		{ "a second card", GPU, false, false, FACT_YES, GUARD_RISK_BOOT },
		{ "the boot display", GPU "boot-display = allow\n", true, false, FACT_YES,
		  GUARD_RISK_SCREEN },
		{ "the last display",
		  "[target gpu]\nid = 10de:1e84\nall = yes\n"
		  "boot-display = allow\n",
		  false, true, FACT_YES, GUARD_RISK_SCREEN },
		{ "unknown", GPU "boot-display = allow\n", false, false, FACT_UNKNOWN,
		  GUARD_RISK_SCREEN },
		{ "refused", GPU, true, false, FACT_YES, GUARD_RISK_BOOT },
	};
	struct host *host = malloc(sizeof(*host));
	struct config *config = malloc(sizeof(*config));
	struct plan *plan = malloc(sizeof(*plan));

	(void)state;
	assert_true(host && config && plan);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		machine_desktop(host);
		host->framebuffer_known = rows[i].known;
		if (rows[i].shows)
			strcpy(machine_at(host, "0000:09:00.0")->framebuffer, "efifb");
		if (rows[i].gone) {
			machine_at(host, "0000:00:02.0")->class_code = 0x0c0500;
			machine_at(host, "0000:00:02.0")->boot_vga = FACT_UNKNOWN;
			machine_at(host, "0000:00:02.0")->framebuffer[0] = '\0';
		}
		config_of(config, rows[i].config);
		plan_build(config, host, plan);
		if (plan_risk(host, plan) != rows[i].want)
			fail_msg("%s", rows[i].name);
	}
	free(host);
	free(config);
	free(plan);
}

/* ---- the variable ---- */

static void test_store(void **state)
{
	const struct guard_boot boot = boot_of(GPU, FIRST, "a", GUARD_RISK_BOOT);
	struct guard_record record, back;
	struct stat status;
	struct fault fault;
	struct tree tree;
	uint32_t attributes;
	int dir = -1, fd;

	(void)state;
	tree_make(&tree);
	assert_int_equal(guard_store_open(&tree.root, &dir, &fault), -ENODEV);
	tree_dir(&tree, GUARD_EFI);
	assert_int_equal(guard_store_open(&tree.root, &dir, &fault), -ENOENT);
	tree_dir(&tree, GUARD_STORE);
	assert_int_equal(guard_store_open(&tree.root, &dir, &fault), 0);
	assert_int_equal(guard_read(dir, &record, &fault), 0);
	assert_false(guard_is_noted(&record, boot.boot));

	guard_record_begin(&record, &boot);
	assert_int_equal(guard_write(dir, &record, &fault), 0);
	assert_int_equal(guard_read(dir, &back, &fault), 0);
	assert_memory_equal(&back, &record, sizeof(back));
	assert_true(guard_is_noted(&back, boot.boot));
	fd = openat(dir, GUARD_VARIABLE, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, &attributes, sizeof(attributes)), sizeof(attributes));
	assert_int_equal(attributes, 7);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_size, sizeof(attributes) + sizeof(record));
	close(fd);
	close(dir);
	tree_remove(&tree);
}

/* What is not ours is not followed, and a store that cannot be written is a fault. */
static void test_store_faults(void **state)
{
	const struct guard_boot boot = boot_of(GPU, FIRST, "a", GUARD_RISK_BOOT);
	struct guard_record record;
	struct fault fault;
	struct tree tree;
	int dir = -1;

	(void)state;
	tree_make(&tree);
	tree_put(&tree, "keep", GUARD_STORE "/Boot0000-other");
	tree_link(&tree, "Boot0000-other", GUARD_STORE "/" GUARD_VARIABLE);
	assert_int_equal(guard_store_open(&tree.root, &dir, &fault), 0);
	record_of(&record, NOTED, &boot);
	assert_int_equal(guard_read(dir, &record, &fault), -ELOOP);
	assert_int_equal(guard_write(dir, &record, &fault), -ELOOP);
	assert_non_null(strstr(fault.text, GUARD_VARIABLE));
	tree_delete(&tree, GUARD_STORE "/" GUARD_VARIABLE);
	tree_dir(&tree, GUARD_STORE "/" GUARD_VARIABLE);
	assert_int_equal(guard_write(dir, &record, &fault), -EISDIR);
	close(dir);
	tree_remove(&tree);
}

/* ---- what would end a trial ---- */

#define SYSTEM "/systemd/system/"
#define PASSED "vfio-early-passed.service"
#define WANTED(folder, target) folder SYSTEM target ".wants/" PASSED

static void test_ends(void **state)
{
	/* @link: in place of the installed one; @mask, @init: what is made, too */
	static const struct {
		const char *name;
		const char *link;
		const char *default_target;
		const char *mask;
		const char *init;
		bool want;
	} rows[] = {
		{ "as it is installed", WANTED("usr/lib", "default.target"),
		  "graphical.target", NULL, NULL, true },
		{ "of another default target", WANTED("usr/lib", "default.target"),
		  "kiosk.target", NULL, NULL, true },
		{ "by hand, below graphical.target", WANTED("etc", "multi-user.target"),
		  "graphical.target", NULL, NULL, true },
		{ "by hand, the default target", WANTED("etc", "multi-user.target"),
		  "multi-user.target", NULL, NULL, true },
		{ "by hand, and another target is the default",
		  WANTED("etc", "multi-user.target"), "kiosk.target", NULL, NULL, false },
		{ "by hand, that one", WANTED("etc", "kiosk.target"), "kiosk.target",
		  NULL, NULL, true },
		{ "of graphical.target, which is not the default",
		  WANTED("etc", "graphical.target"), "multi-user.target", NULL, NULL,
		  false },
		{ "nothing wants it", NULL, "graphical.target", NULL, NULL, false },
		{ "no default target", WANTED("usr/lib", "default.target"), NULL, NULL,
		  NULL, false },
		{ "masked", WANTED("usr/lib", "default.target"), "graphical.target",
		  "etc" SYSTEM PASSED, NULL, false },
		{ "its want is masked", WANTED("usr/lib", "default.target"),
		  "multi-user.target", WANTED("etc", "default.target"), NULL, false },
		{ "systemd is the init", WANTED("usr/lib", "default.target"),
		  "graphical.target", NULL, "../lib/systemd/systemd", true },
		{ "another one is", WANTED("usr/lib", "default.target"),
		  "graphical.target", NULL, "openrc-init", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tree tree;

		tree_make(&tree);
		tree_put(&tree, "[Unit]\n", "usr/lib" SYSTEM PASSED);
		if (rows[i].link)
			tree_link(&tree, "../" PASSED, "%s", rows[i].link);
		if (rows[i].default_target)
			tree_link(&tree, rows[i].default_target,
				  "usr/lib" SYSTEM "default.target");
		if (rows[i].mask)
			tree_link(&tree, "/dev/null", "%s", rows[i].mask);
		if (rows[i].init)
			tree_link(&tree, rows[i].init, "sbin/init");
		if (!guard_obstacle(&tree.root) != rows[i].want)
			fail_msg("%s", rows[i].name);
		tree_remove(&tree);
	}
}

/* An init that is a program of its own; and what wants a unit that is not there */
static void test_ends_never(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_link(&tree, "../" PASSED, WANTED("usr/lib", "default.target"));
	tree_link(&tree, "graphical.target", "usr/lib" SYSTEM "default.target");
	assert_non_null(guard_obstacle(&tree.root));
	tree_put(&tree, "[Unit]\n", "usr/lib" SYSTEM PASSED);
	assert_null(guard_obstacle(&tree.root));
	tree_put(&tree, "sysvinit", "sbin/init");
	assert_non_null(guard_obstacle(&tree.root));
	tree_remove(&tree);
}

static void test_login(void **state)
{
	static const struct {
		const char *class;
		const char *service;
		bool want;
	} rows[] = {
		{ "user", "login", true },
		{ "user", "sshd", true },
		{ "user", NULL, true },
		{ "user-early", "sshd", true },
		{ "user", "gdm-password", true },
		{ "user", "gdm-autologin", false },
		{ "user", "sddm-autologin", false },
		{ "greeter", "gdm-launch-environment", false },
		{ "manager", "systemd-user", false },
		{ "background", "cron", false },
		{ "lock-screen", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(login_counts(rows[i].class, rows[i].service),
				 rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge), cmocka_unit_test(test_passed_limit),
		cmocka_unit_test(test_parse), cmocka_unit_test(test_config_hash),
		cmocka_unit_test(test_needs), cmocka_unit_test(test_risk),
		cmocka_unit_test(test_store), cmocka_unit_test(test_store_faults),
		cmocka_unit_test(test_ends),  cmocka_unit_test(test_ends_never),
		cmocka_unit_test(test_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* A card for the time of a start: which targets, when it is busy, what has come back. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "companion/hook.h"
#include "companion/hook_record.h"
#include "helper-machine.h"
#include "helper-tree.h"
#include "plan/card.h"
#include "read/pci.h"
#include "report/json.h"
#include "survey/users.h"

#define GPU "0000:09:00.0"
#define SOUND "0000:09:00.1"
#define OTHER_GPU "0000:0b:00.0"
#define TAKE "[target gpu]\naddress = " GPU "\nbound-driver = unbind\n"
#define SECOND "[target second]\naddress = " OTHER_GPU "\nbound-driver = unbind\n"

static struct run run;
static struct guest guest;
static struct fault fault;

static void guest_add(const char *address)
{
	struct guest_hostdev *own = &guest.hostdevs[guest.n_hostdevs++];

	assert_int_equal(pci_address_parse(address, &own->host), 0);
}

static void drive(const char *address, const char *driver)
{
	(void)snprintf(machine_at(&run.host, address)->driver, HOST_NAME_MAX, "%s",
		       driver);
}

/* The desktop, whose first card drives a screen and sounds */
static int setup(void **state)
{
	(void)state;
	memset(&run, 0, sizeof(run));
	memset(&guest, 0, sizeof(guest));
	fault.error = 0;
	machine_desktop(&run.host);
	drive(GPU, "amdgpu");
	drive(SOUND, "snd_hda_intel");
	return 0;
}

static void decide_as(const char *config)
{
	config_of(&run.config, config);
	plan_build(&run.config, &run.host, &run.plan);
}

static void test_select(void **state)
{
	(void)state;
	decide_as(TAKE SECOND);
	assert_int_equal(hook_select(&run, &guest), 0); /* it has no device at all */

	decide_as(TAKE SECOND);
	guest_add("0000:0a:00.0");
	assert_int_equal(hook_select(&run, &guest), 0); /* it has another one */

	decide_as(TAKE SECOND);
	guest_add("0000:0b:00.1"); /* a companion is enough */
	assert_int_equal(hook_select(&run, &guest), 1);
	assert_string_equal(run.plan.targets[0].name, "second");

	decide_as(TAKE SECOND);
	guest_add("0000:09:00.3");
	guest.hostdevs[2].whole_slot = true;
	assert_int_equal(hook_select(&run, &guest), 2);
	assert_int_equal(hook_planned(&run, &fault), 0);
}

/* The kernel command line is for the boot. */
static void test_cmdline_is_the_boots(void **state)
{
	(void)state;
	decide_as(TAKE);
	(void)snprintf(run.config.targets[0].file, CONFIG_FILE_MAX, "%s",
		       CONFIG_CMDLINE_FILE);
	guest_add(GPU);
	assert_int_equal(hook_select(&run, &guest), 0);
}

/* Where no card can be chosen the guest does not start without it. */
static void test_ambiguous_counts(void **state)
{
	char text[64], id[PCI_ID_TEXT];
	struct pci_id plain = machine_at(&run.host, GPU)->id;

	(void)state;
	plain.has_subsystem = false;
	pci_id_format(&plain, id);
	(void)snprintf(text, sizeof(text), "[target gpu]\nid = %s\n", id);
	decide_as(text);
	guest_add(OTHER_GPU);
	assert_int_equal(hook_select(&run, &guest), 1);
	assert_int_equal(hook_planned(&run, &fault), -EPERM);
	assert_non_null(strstr(fault.text, "ambiguous"));
}

/* A display is taken from its driver when the file says so, not else. */
static void test_consent(void **state)
{
	(void)state;
	decide_as("[target gpu]\naddress = " GPU "\n");
	guest_add(GPU);
	assert_int_equal(hook_select(&run, &guest), 1);
	assert_int_equal(hook_planned(&run, &fault), -EPERM);
	assert_non_null(strstr(fault.text, "driver-in-use"));
}

static const struct {
	const char *name;
	const char *driver;
	const char *program;
	bool hidden;
	bool screens;
	const char *elsewhere; /* a second card's driver */
	int want;
	const char *word;
} judgements[] = {
	{ .name = "idle", .driver = "amdgpu" },
	{ .name = "a screen is plugged in", .driver = "amdgpu", .screens = true },
	{ .name = "open",
	  .driver = "amdgpu",
	  .program = "Xorg",
	  .want = -EBUSY,
	  .word = "Xorg (812)" },
	{ .name = "open, and not all seen",
	  .driver = "amdgpu",
	  .program = "Xorg",
	  .hidden = true,
	  .want = -EBUSY,
	  .word = "Xorg (812)" },
	{ .name = "not all seen",
	  .driver = "amdgpu",
	  .hidden = true,
	  .want = -EACCES,
	  .word = "cannot be told" },
	{ .name = "no driver", .driver = "", .hidden = true },
	{ .name = "VFIO has it", .driver = "vfio-pci", .program = "qemu" },
	{ .name = "another card, another module",
	  .driver = "amdgpu",
	  .elsewhere = "amdgpu" },
	{ .name = "NVIDIA, alone", .driver = "nvidia" },
	{ .name = "NVIDIA, two cards",
	  .driver = "nvidia",
	  .elsewhere = "nvidia",
	  .want = -EBUSY,
	  .word = OTHER_GPU },
	{ .name = "NVIDIA, the other one not with it",
	  .driver = "nvidia",
	  .elsewhere = "vfio-pci" },
};

static void test_judge(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(judgements); i++) {
		struct users users = { .programs_hidden = judgements[i].hidden,
				       .n_screens = judgements[i].screens };
		int error;

		(void)setup(state);
		if (judgements[i].program) {
			users.n_programs = 1;
			users.programs[0].pid = 812;
			(void)snprintf(users.programs[0].name, HOST_NAME_MAX, "%s",
				       judgements[i].program);
		}
		drive(GPU, judgements[i].driver);
		drive(OTHER_GPU, judgements[i].elsewhere ? judgements[i].elsewhere : "");
		decide_as(TAKE);
		error = hook_judge(&run, machine_at(&run.host, GPU), &users, &fault);
		if (error != judgements[i].want)
			fail_msg("%s: %d", judgements[i].name, error);
		if (error && !strstr(fault.text, judgements[i].word))
			fail_msg("%s: %s", judgements[i].name, fault.text);
	}
}

/* ---- the nodes through which it is used ---- */

static void users_of(struct tree *tree, const char *node, bool all, struct users *users)
{
	struct host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	tree_link(tree, node, "proc/812/fd/7");
	tree_put(tree, "holder\n", "proc/812/comm");
	assert_int_equal(pci_read(&tree->root, host, &fault), 0);
	if (all)
		users_read_all(&tree->root, host_find(host, &host->functions[0].address),
			       users);
	else
		users_read(&tree->root, &host->functions[0], users);
	free(host);
}

static void test_nodes(void **state)
{
#define FUNCTION "sys/devices/pci0000:00/0000:00:03.1/" GPU
	static const struct {
		const char *file, *node;
		bool counts;
	} rows[] = {
		{ FUNCTION "/drm/card0/dev", "/dev/dri/card0", true },
		{ FUNCTION "/drm/renderD128/dev", "/dev/dri/renderD128", true },
		{ FUNCTION "/drm/card0/dev", "/dev/dri/card1", false },
		{ FUNCTION "/graphics/fb0/dev", "/dev/fb0", true },
		{ FUNCTION "/graphics/fb0/dev", "/dev/fb1", false },
		{ FUNCTION "/sound/card1/controlC1/dev", "/dev/snd/controlC1", true },
		{ FUNCTION "/sound/card1/pcmC1D3p/dev", "/dev/snd/pcmC1D3p", true },
		{ FUNCTION "/i2c-4/name", "/dev/i2c-4", true },
		{ FUNCTION "/drm/card0/card0-DP-1/i2c-5/name", "/dev/i2c-5", true },
		{ FUNCTION "/drm/card0/card0-DP-1/drm_dp_aux0/dev", "/dev/drm_dp_aux0",
		  true },
		{ FUNCTION "/i2c-4/name", "/dev/i2c-6", false },
		{ FUNCTION "/graphics/fb0/dev", "/dev/null", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static struct tree tree;
		struct users users;

		tree_make(&tree);
		tree_function(&tree, "pci0000:00/0000:00:03.1/" GPU, "1002:67df",
			      0x030000, -1);
		tree_put(&tree, "", "%s", rows[i].file);
		users_of(&tree, rows[i].node, true, &users);
		if (users.n_programs != rows[i].counts)
			fail_msg("%s: %zu", rows[i].node, users.n_programs);
		tree_remove(&tree);
	}
}

/* ---- what became of it ---- */

static void outcome(enum target_state state, const char *after, int undo_error)
{
	decide_as(TAKE);
	for (size_t i = 0; i < run.plan.targets[0].n_functions; i++) {
		struct apply_function *function = &run.apply.targets[0].functions[i];
		const struct host_function *before =
			card_at(&run.host, &run.plan.targets[0], i);

		memset(function, 0, sizeof(*function));
		function->bound = function->given_back = function->after_known = true;
		(void)snprintf(function->driver_after, HOST_NAME_MAX, "%s",
			       before->driver);
	}
	run.apply.targets[0].state = state;
	run.apply.targets[0].reason = REASON_BIND_FAILED;
	(void)snprintf(run.apply.targets[0].functions[0].driver_after, HOST_NAME_MAX,
		       "%s", after);
	run.apply.targets[0].functions[0].undo_error = undo_error;
}

static void test_outcome(void **state)
{
	(void)state;
	outcome(TARGET_RESERVED, "vfio-pci", 0);
	assert_int_equal(hook_taken(&run, &fault), 0);

	outcome(TARGET_ROLLED_BACK, "amdgpu", 0);
	assert_int_equal(hook_taken(&run, &fault), -EIO);
	assert_non_null(strstr(fault.text, "bind-failed"));
	assert_non_null(strstr(fault.text, "all is given back"));
	assert_int_equal(hook_returned(&run, &fault), 0);

	outcome(TARGET_FAILED, "vfio-pci", -EINPROGRESS);
	assert_int_equal(hook_taken(&run, &fault), -EIO);
	assert_non_null(strstr(fault.text, "amdgpu of " GPU " did not come back"));
	assert_int_equal(hook_returned(&run, &fault), -EIO);

	outcome(TARGET_ROLLED_BACK, "", 0); /* the driver's probe failed */
	assert_int_equal(hook_returned(&run, &fault), -EIO);
	assert_non_null(strstr(fault.text, "no driver has it"));

	outcome(TARGET_ROLLED_BACK, "snd", 0); /* it had none: any will do */
	drive(GPU, "");
	assert_int_equal(hook_returned(&run, &fault), 0);
}

/* What is written is what gives back. */
static void test_record(void **state)
{
	static struct tree tree;
	struct report *report = calloc(1, sizeof(*report));
	struct run *again = calloc(1, sizeof(*again));

	(void)state;
	assert_non_null(report);
	assert_non_null(again);
	tree_make(&tree);
	tree_put(&tree, "", "run/vfio-early/lock");
	assert_int_equal(hook_record_read(&tree.root, "win 11", report, &fault), -ENOENT);
	decide_as(TAKE);
	(void)snprintf(machine_at(&run.host, SOUND)->override, HOST_NAME_MAX, "snd");
	run.phase = RUN_APPLY;
	assert_int_equal(hook_record_write(&tree.root, "win 11", &run, &fault), 0);
	assert_int_equal(hook_record_read(&tree.root, "win 11", report, &fault), 0);
	hook_record_run(report, again);
	assert_int_equal(again->plan.n_targets, 1);
	assert_int_equal(again->plan.targets[0].n_functions,
			 run.plan.targets[0].n_functions);
	for (size_t i = 0; i < run.plan.targets[0].n_functions; i++) {
		const struct host_function *was =
			card_at(&run.host, &run.plan.targets[0], i);
		const struct host_function *is =
			card_at(&again->host, &again->plan.targets[0], i);

		assert_int_equal(pci_address_compare(&was->address, &is->address), 0);
		assert_string_equal(was->driver, is->driver);
		assert_string_equal(was->override, is->override);
		assert_int_equal(was->id.vendor, is->id.vendor);
		assert_int_equal(was->id.device, is->id.device);
		assert_true(again->apply.targets[0].functions[i].bound);
	}
	assert_string_equal(again->host.drivers[0].name, "vfio-pci");
	report_done(report);
	assert_int_equal(hook_record_remove(&tree.root, "win 11", &fault), 0);
	assert_int_equal(hook_record_remove(&tree.root, "win 11", &fault), 0);
	assert_int_equal(hook_record_read(&tree.root, "win 11", report, &fault), -ENOENT);
	tree_remove(&tree);
	free(report);
	free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_select, setup),
		cmocka_unit_test_setup(test_cmdline_is_the_boots, setup),
		cmocka_unit_test_setup(test_ambiguous_counts, setup),
		cmocka_unit_test_setup(test_consent, setup),
		cmocka_unit_test_setup(test_judge, setup),
		cmocka_unit_test_setup(test_nodes, setup),
		cmocka_unit_test_setup(test_outcome, setup),
		cmocka_unit_test_setup(test_record, setup),
	};

	return cmocka_run_group_tests_name("hook", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* A function that appears later: what of the plan is about it, and how it is recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/device_lock.h"
#include "base/array.h"
#include "helper-machine.h"
#include "helper-tree.h"
#include "plan/narrow.h"
#include "read/pci.h"
#include "report/report_write.h"

/* ---- narrowing ---- */

/*
 * Functions 01:00.0 to 06:00.0. Targets: t0 has 1 and 2, t1 has 3, t2 shares the group of
 * t1 and has 4, t3 is refused and would have 5; no target has 6.
 */
static const struct row {
	const char *name;
	uint8_t bus;
	const char *bound; /* a letter for each function: v vfio-pci, n nouveau, - none */
	const char *targets; /* config indices of those that stay */
	const char *actions; /* TYPE:TARGET:FUNCTION of those that stay */
	bool work;
} rows[] = {
	{ "both functions are free", 1, "------", "0", "o:0:0 o:0:1 l:0:0 b:0:0 v:0:0",
	  true },
	{ "the second function", 2, "v-----", "0", "o:0:0 o:0:1 l:0:0 b:0:0 v:0:0",
	  true },
	{ "all functions have their driver", 2, "vv----", "0",
	  "o:0:0 o:0:1 l:0:0 b:0:0 v:0:0", false },
	{ "a host driver has it", 1, "nv----", "0", "o:0:0 o:0:1 l:0:0 b:0:0 v:0:0",
	  true },
	{ "who shares the group comes along", 4, "vv----", "12", "o:0:2 o:1:3 l:0:2",
	  true },
	{ "named by the bundle's first target", 3, "vv--v-", "12", "o:0:2 o:1:3 l:0:2",
	  true },
	{ "a refused target is decided again", 5, "vvvvn-", "3", "", true },
	{ "a function that nobody wants", 6, "------", "", "", false },
	{ "a function that is not there", 9, "------", "", NULL, false },
};

static void host_fill(struct host *host, const char *bound)
{
	host->n_drivers = 1;
	(void)snprintf(host->drivers[0].name, sizeof(host->drivers[0].name), "vfio-pci");
	host->n_functions = strlen(bound);
	for (size_t i = 0; i < host->n_functions; i++) {
		struct host_function *function = &host->functions[i];

		function->address = (struct pci_address){ .bus = (uint8_t)(i + 1) };
		(void)snprintf(function->driver, sizeof(function->driver), "%s",
			       bound[i] == 'v' ? "vfio-pci" :
			       bound[i] == 'n' ? "nouveau" :
						 "");
	}
}

static void plan_fill(struct plan *plan)
{
	static const struct action actions[] = {
		{ ACTION_OVERRIDE, 0, 0, 0 }, { ACTION_OVERRIDE, 0, 1, 0 },
		{ ACTION_LOAD, 0, 0, 0 },     { ACTION_BIND, 0, 0, 0 },
		{ ACTION_VERIFY, 0, 0, 0 },   { ACTION_OVERRIDE, 1, 2, 0 },
		{ ACTION_OVERRIDE, 2, 3, 0 }, { ACTION_LOAD, 1, 2, 0 },
	};
	static const size_t first[] = { 0, 2, 3, 4, 5 };

	memset(plan, 0, sizeof(*plan));
	plan->n_targets = 4;
	for (size_t i = 0; i < plan->n_targets; i++) {
		struct plan_target *target = &plan->targets[i];

		target->config = i;
		target->bundle = i == 2 ? 1 : i;
		target->verdict = i == 3 ? VERDICT_REFUSED : VERDICT_RESERVE;
		for (size_t f = first[i]; f < first[i + 1]; f++)
			target->functions[target->n_functions++].function = f;
	}
	plan->n_actions = ARRAY_SIZE(actions);
	memcpy(plan->actions, actions, sizeof(actions));
}

static void test_narrow(void **state)
{
	struct host *host = calloc(1, sizeof(*host));
	struct plan *plan = calloc(1, sizeof(*plan));

	(void)state;
	assert_true(host && plan);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pci_address address = { .bus = rows[i].bus };
		char targets[8] = "", actions[128] = "";

		memset(host, 0, sizeof(*host));
		host_fill(host, rows[i].bound);
		plan_fill(plan);
		if (device_narrow(host, &address, plan) != rows[i].work)
			fail_msg("%s: work", rows[i].name);
		if (!rows[i].actions)
			continue;
		for (size_t t = 0; t < plan->n_targets; t++) {
			size_t length = strlen(targets);

			(void)snprintf(targets + length, sizeof(targets) - length, "%zu",
				       plan->targets[t].config);
			assert_true(plan->targets[t].bundle < plan->n_targets);
		}
		for (size_t a = 0; a < plan->n_actions; a++) {
			size_t length = strlen(actions);

			(void)snprintf(actions + length, sizeof(actions) - length,
				       "%s%c:%zu:%zu", a ? " " : "",
				       "ourlbv"[plan->actions[a].type],
				       plan -> actions[a].target,
				       plan->actions[a].function);
		}
		if (strcmp(targets, rows[i].targets) || strcmp(actions, rows[i].actions))
			fail_msg("%s: targets %s, actions %s", rows[i].name, targets,
				 actions);
	}
	free(host);
	free(plan);
}

/* ---- the record ---- */

#define TARGET(name, state, functions) \
	"{'name':'" name "','state':'" state "','functions':[" functions "]}"
#define LATE(name, state, functions) \
	"{'name':'" name "','state':'" state "','functions':[" functions "],'late':true}"
#define AT(address) "{'address':'" address "'}"
#define BIND(target, address) \
	"{'type':'bind','target':'" target "','address':'" address "'}"
#define REPORT(targets, actions) "{'targets':[" targets "],'actions':[" actions "]}"

static const struct late {
	const char *name;
	const char *record;
	const char *late;
	const char *want; /* NULL: refused */
} lates[] = {
	{ "absent before", REPORT(TARGET("a", "absent", ""), ""),
	  REPORT(TARGET("a", "reserved", AT("1")), BIND("a", "1")),
	  REPORT(LATE("a", "reserved", AT("1")), BIND("a", "1")) },
	{ "another target stays",
	  REPORT(TARGET("b", "reserved", AT("2")), BIND("b", "2")),
	  REPORT(TARGET("a", "refused", AT("1")), BIND("a", "1")),
	  REPORT(TARGET("b", "reserved", AT("2")) "," LATE("a", "refused", AT("1")),
		 BIND("b", "2") "," BIND("a", "1")) },
	{ "what was done before is done again",
	  REPORT(TARGET("a", "reserved", AT("1")), BIND("a", "1") "," BIND("b", "1")),
	  REPORT(TARGET("a", "reserved", AT("1")), BIND("a", "1")),
	  REPORT(LATE("a", "reserved", AT("1")), BIND("b", "1") "," BIND("a", "1")) },
	{ "plugged in again", REPORT(TARGET("a", "reserved", AT("1") "," AT("2")), ""),
	  REPORT(TARGET("a", "reserved", AT("2")), ""),
	  REPORT(LATE("a", "reserved", AT("2")), "") },
	{ "all = yes: another card of one name",
	  REPORT(TARGET("a", "reserved", AT("1")), ""),
	  REPORT(TARGET("a", "reserved", AT("2")), ""),
	  REPORT(TARGET("a", "reserved", AT("1")) "," LATE("a", "reserved", AT("2")),
		 "") },
	{ "no record", NULL, REPORT(TARGET("a", "reserved", AT("1")), "1"),
	  REPORT(LATE("a", "reserved", AT("1")), "1") },
	{ "no record at all in it", "{'targets':1}",
	  REPORT(TARGET("a", "reserved", AT("1")), ""), NULL },
	{ "no actions in it", "{'targets':[]}",
	  REPORT(TARGET("a", "reserved", AT("1")), ""), NULL },
	{ "no targets in it", "[]", REPORT(TARGET("a", "reserved", AT("1")), ""), NULL },
};

static json_t *parse(const char *text)
{
	char quoted[512];
	json_t *value;

	if (!text)
		return NULL;
	(void)snprintf(quoted, sizeof(quoted), "%s", text);
	for (char *at = quoted; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	value = json_loads(quoted, JSON_DECODE_ANY, NULL);
	assert_non_null(value);
	return value;
}

static void test_late(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lates); i++) {
		json_t *want = parse(lates[i].want);
		json_t *got = report_late(parse(lates[i].record), parse(lates[i].late));

		if (want ? !json_equal(want, got) : got != NULL)
			fail_msg("%s: %s", lates[i].name, json_dumps(got, 0));
		json_decref(want);
		json_decref(got);
	}
	assert_null(report_late(parse("{}"), NULL));
	assert_null(report_late(NULL, NULL));
}

/* ---- what is looked at at all ---- */

static const struct matter {
	const char *config;
	const char *address;
	const char *id;
	uint32_t class_code;
	bool matters;
} matters[] = {
	/* by id: the function itself, and what could be its companion */
	{ "id = 10de:1e84", "0000:09:00.0", "10de:1e84", 0x030000, true },
	{ "id = 10de:1e84", "0000:09:00.1", "10de:10f8", 0x040300, true },
	{ "id = 10de:1e84", "0000:09:00.1", "8086:10f8", 0x040300, false },
	{ "id = 10de:1e84", "0000:09:00.1", "10de:10f8", 0x020000, false },
	{ "ids = 10de:1e84, 8086:1572", "0000:0a:00.0", "8086:1572", 0x020000, true },
	{ "id = 8086:1572", "0000:0a:10.1", "8086:154c", 0x020000, false },
	/* by place: the slot */
	{ "address = 09:00.0", "0000:09:00.0", "1002:0001", 0x020000, true },
	{ "address = 09:00.0", "0000:09:00.3", "1002:0001", 0x0c0330, true },
	{ "address = 09:00.0", "0000:09:01.0", "1002:0001", 0x030000, false },
	{ "address = 09:00.0", "0000:0a:00.0", "1002:0001", 0x030000, false },
	{ "address = 09:00.0", "0001:09:00.0", "1002:0001", 0x030000, false },
	{ "path = 00:03.1/00.0", "0000:45:00.1", "1002:0001", 0x040300, true },
	{ "path = 00:03.1/00.0", "0000:45:01.0", "1002:0001", 0x040300, false },
	{ "path = 00:03.1/00.0", "0001:45:00.0", "1002:0001", 0x040300, false },
	/* whatever shares the group */
	{ "id = 10de:1e84\npeers = take", "0000:0a:10.1", "8086:154c", 0x020000, true },
};

static void test_matters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(matters); i++) {
		static struct config config;
		struct pci_address address;
		char text[128];
		struct pci_id id;

		(void)snprintf(text, sizeof(text), "[target t]\n%s\n", matters[i].config);
		config_of(&config, text);
		assert_int_equal(pci_address_parse(matters[i].address, &address), 0);
		assert_int_equal(pci_id_parse(matters[i].id, &id), 0);
		if (device_may_matter(&config, &address, &id, matters[i].class_code) !=
		    matters[i].matters)
			fail_msg("row %zu: %s, %s", i, matters[i].config,
				 matters[i].address);
	}
}

static void test_uevent(void **state)
{
	static const char *const bad[] = {
		"",
		"PCI_CLASS=30000\n",
		"PCI_ID=10DE:1E84\n",
		"PCI_CLASS=30000\nPCI_ID=10DE\n",
		"PCI_CLASS=x\nPCI_ID=10DE:1E84\n",
		"XPCI_CLASS=30000\nPCI_ID=10DE:1E84\n",
		"PCI_CLASS=\nPCI_ID=10DE:1E84",
	};
	struct pci_id id = { .vendor = 7 };
	uint32_t class_code = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(pci_uevent_parse(bad[i], &id, &class_code), -EINVAL);
	assert_true(id.vendor == 7 && class_code == 7);
	assert_int_equal(pci_uevent_parse("DRIVER=nouveau\nPCI_CLASS=30000\n"
					  "PCI_ID=10DE:1E84\nPCI_SUBSYS_ID=1043:8676\n"
					  "PCI_SLOT_NAME=0000:09:00.0\n",
					  &id, &class_code),
			 0);
	assert_int_equal(id.vendor, 0x10de);
	assert_int_equal(id.device, 0x1e84);
	assert_int_equal(class_code, 0x030000);
}

/* ---- one at a time ---- */

#define SOON 500 /* milliseconds */

/* Takes the lock, says so to @said and keeps it until something comes from @go. */
static pid_t holder_start(const struct tree *tree, int said, int go, bool wait)
{
	pid_t pid = fork();
	struct fault fault;
	int lock;
	char byte;

	if (pid)
		return pid;
	if (device_lock_open(&tree->root, &lock, &fault) < 0)
		_exit(1);
	/* as the worker of a run: another process of it has the same file */
	if (!fork())
		_exit(device_lock_take(lock, wait) < 0 || write(said, "l", 1) != 1 ||
		      poll(NULL, 0, 8 * SOON));
	if (read(go, &byte, 1) != 1)
		_exit(1);
	device_lock_release(lock);
	_exit(0);
}

static bool is_said(int said, int timeout)
{
	struct pollfd wait = { .fd = said, .events = POLLIN };
	char byte;

	return poll(&wait, 1, timeout) == 1 && read(said, &byte, 1) == 1;
}

/* The supervisor's release counts, also while its worker hangs with the file open. */
static void test_lock(void **state)
{
	int said[2][2], go[2], lock, status;
	struct fault fault;
	struct tree tree;
	pid_t pids[2];

	(void)state;
	tree_make(&tree);
	tree_dir(&tree, "run");
	assert_false(pipe(said[0]) || pipe(said[1]) || pipe(go));
	pids[0] = holder_start(&tree, said[0][1], go[0], false);
	assert_true(is_said(said[0][0], 10 * SOON));
	assert_int_equal(device_lock_open(&tree.root, &lock, &fault), 0);
	assert_int_equal(device_lock_take(lock, false), -EAGAIN);
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(waitpid(pids[0], &status, 0), pids[0]);
	assert_int_equal(status, 0);
	assert_int_equal(device_lock_take(lock, false), 0);
	pids[1] = holder_start(&tree, said[1][1], go[0], true);
	assert_false(is_said(said[1][0], SOON));
	device_lock_release(lock);
	assert_true(is_said(said[1][0], 4 * SOON));
	assert_int_equal(device_lock_take(lock, false), -EAGAIN);
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(waitpid(pids[1], &status, 0), pids[1]);
	assert_int_equal(status, 0);
	device_lock_release(-1);
	for (size_t i = 0; i < 2; i++)
		assert_false(close(said[i][0]) || close(said[i][1]) || close(go[i]));
	assert_false(close(lock));
	tree_remove(&tree);
}

/* As many virtual functions as appear at once: each run gets its turn, none gives up. */
static void test_lock_of_many(void **state)
{
	struct fault fault;
	struct tree tree;
	int lock, status;

	(void)state;
	tree_make(&tree);
	tree_dir(&tree, "run");
	assert_int_equal(device_lock_open(&tree.root, &lock, &fault), 0);
	assert_int_equal(device_lock_take(lock, false), 0);
	for (unsigned int i = 0; i < 500; i++) {
		int own;

		if (fork())
			continue;
		if (device_lock_open(&tree.root, &own, &fault) < 0 ||
		    device_lock_take(own, true) < 0)
			_exit(1);
		device_lock_release(own);
		_exit(0);
	}
	device_lock_release(lock);
	for (unsigned int i = 0; i < 500; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_false(close(lock));
	tree_remove(&tree);
}

/* Where the directory cannot be made, and where the lock's name is a link elsewhere */
static void test_no_lock(void **state)
{
	struct fault fault;
	struct tree tree;
	int lock = -1;

	(void)state;
	tree_make(&tree);
	/* of the directory: a lock that "does not exist" would say nothing of /run */
	assert_int_equal(device_lock_open(&tree.root, &lock, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "run/vfio-early: "));
	tree_link(&tree, "../../etc/passwd", "run/vfio-early/lock");
	assert_int_equal(device_lock_open(&tree.root, &lock, &fault), -ELOOP);
	assert_int_equal(lock, -1);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrow),	     cmocka_unit_test(test_late),
		cmocka_unit_test(test_matters),	     cmocka_unit_test(test_uevent),
		cmocka_unit_test(test_lock),	     cmocka_unit_test(test_no_lock),
		cmocka_unit_test(test_lock_of_many),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}

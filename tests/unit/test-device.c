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

#include "base/array.h"
#include "boot/device_lock.h"
#include "helper-tree.h"
#include "plan/narrow.h"
#include "report/report_write.h"

/* ---- narrowing ---- */

/*
 * Functions 01:00.0 to 06:00.0. Targets: t0 has 1 and 2, t1 has 3, t2 shares the group of
 * t1 and has 4, t3 is refused and would have 5; 6 is nobody's.
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

/* ---- one at a time ---- */

#define SOON 500 /* milliseconds: several times device_lock.c's pause */

/* Takes the lock, says so to @said and keeps it until something comes from @go. */
static pid_t holder_start(const struct tree *tree, int said, int go)
{
	pid_t pid = fork();
	struct fault fault;
	int lock;
	char byte;

	if (pid)
		return pid;
	if (device_lock(&tree->root, &lock, &fault) < 0 || write(said, "l", 1) != 1 ||
	    read(go, &byte, 1) != 1)
		_exit(1);
	/* as a worker that hangs in the kernel: it has the descriptor, not the lock */
	if (!fork())
		_exit(poll(NULL, 0, 4 * SOON));
	_exit(0);
}

static bool is_said(int said, int timeout)
{
	struct pollfd wait = { .fd = said, .events = POLLIN };
	char byte;

	return poll(&wait, 1, timeout) == 1 && read(said, &byte, 1) == 1;
}

static void test_lock(void **state)
{
	int said[2][2], go[2];
	struct tree tree;
	pid_t pids[2];
	int status;

	(void)state;
	tree_make(&tree);
	tree_dir(&tree, "run");
	assert_false(pipe(said[0]) || pipe(said[1]) || pipe(go));
	pids[0] = holder_start(&tree, said[0][1], go[0]);
	assert_true(is_said(said[0][0], 10 * SOON));
	pids[1] = holder_start(&tree, said[1][1], go[0]);
	assert_false(is_said(said[1][0], SOON));
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(waitpid(pids[0], &status, 0), pids[0]);
	assert_int_equal(status, 0);
	assert_true(is_said(said[1][0], SOON));
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(waitpid(pids[1], &status, 0), pids[1]);
	assert_int_equal(status, 0);
	for (size_t i = 0; i < 2; i++)
		assert_false(close(said[i][0]) || close(said[i][1]) || close(go[i]));
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
	assert_int_equal(device_lock(&tree.root, &lock, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "run/vfio-early/lock: "));
	tree_link(&tree, "../../etc/passwd", "run/vfio-early/lock");
	assert_int_equal(device_lock(&tree.root, &lock, &fault), -ELOOP);
	assert_int_equal(lock, -1);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_no_lock),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}

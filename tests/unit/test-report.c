// SPDX-License-Identifier: GPL-2.0-or-later

/* The record: written by report_json.c, read by report_read.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "helper-machine.h"
#include "helper-tree.h"
#include "read/config_read.h"
#include "report/json.h"
#include "report/plan_json.h"
#include "report/plan_text.h"
#include "report/report_json.h"
#include "report/report_read.h"
#include "report/report_write.h"

static struct run run;
static struct report report;

/* What apply.c would have left of a good run: both functions moved, all steps done. */
static void run_reserve(struct apply_target *target, const struct plan_target *planned)
{
	target->state = TARGET_RESERVED;
	for (size_t i = 0; i < planned->n_functions; i++)
		target->functions[i] = (struct apply_function){
			.overridden = true,
			.bound = true,
			.driver_after = "vfio-pci",
			.after_known = true,
		};
}

/* A run over the desktop: one card reserved, the disk refused, a third not there. */
static void run_make(void)
{
	memset(&run, 0, sizeof(run));
	machine_desktop(&run.host);
	config_of(
		&run.config,
		"[target windows-gpu]\naddress = 0000:09:00.0\n"
		"[target disk]\naddress = 0000:00:1f.2\nid = 10ec:1234\noptional = yes\n"
		"[target gone]\nid = dead:beef\n");
	run.config.n_files = 1;
	plan_build(&run.config, &run.host, &run.plan);
	run.phase = RUN_DONE;
	run.end = RUN_COMPLETED;
	run.start = 1500000;
	run.finish = 1750000;
	strcpy(run.boot_id, "0b81ab10-0000-4000-8000-000000000001");
	strcpy(run.image.generator, "dracut");
	strcpy(run.host.kernel, "6.1.0-47-amd64");
	for (size_t i = 0; i < run.plan.n_targets; i++) {
		const struct plan_target *planned = &run.plan.targets[i];
		struct apply_target *target = &run.apply.targets[i];

		target->reason = planned->reason;
		strcpy(target->detail, planned->detail);
		if (planned->verdict == VERDICT_RESERVE)
			run_reserve(target, planned);
		else
			target->state = planned->verdict == VERDICT_ABSENT ?
						TARGET_ABSENT :
						TARGET_REFUSED;
	}
	for (size_t i = 0; i < run.plan.n_actions; i++)
		run.apply.steps[i] = (struct step){
			.state = STEP_DONE,
			.start = 1600000 + i,
			.end = 1600001 + i,
		};
}

/* The record as the boot program writes it; to be freed */
static char *run_write(void)
{
	json_t *json = report_to_json(&run);
	char *text;

	assert_non_null(json);
	text = json_dumps(json, JSON_VALUE_FLAGS);
	json_decref(json);
	assert_non_null(text);
	return text;
}

static int parse(const char *text, struct fault *fault)
{
	return report_parse("report.json", text, strlen(text), &report, fault);
}

static void what_is_written_is_read(void **state)
{
	char *text;
	struct fault fault;
	const struct report_target *gpu = &report.targets[0];

	(void)state;
	run_make();
	text = run_write();
	assert_int_equal(parse(text, &fault), 0);
	assert_string_equal(report.program_version, VFIO_EARLY_VERSION);
	assert_string_equal(report.generator, "dracut");
	assert_string_equal(report.kernel, "6.1.0-47-amd64");
	assert_string_equal(report.boot_id, run.boot_id);
	assert_string_equal(report.mode, "on");
	assert_string_equal(report.config_error, "");
	assert_int_equal(report.end, RUN_COMPLETED);
	assert_int_equal(report.phase, RUN_DONE);
	assert_int_equal(report.start, 1500000);
	assert_int_equal(report.finish, 1750000);
	assert_int_equal(report.n_targets, 3);
	assert_string_equal(gpu->name, "windows-gpu");
	assert_int_equal(gpu->state, TARGET_RESERVED);
	assert_string_equal(gpu->reason, "");
	assert_string_equal(gpu->remedy, "");
	assert_int_equal(gpu->line, 1);
	assert_int_equal(gpu->n_functions, 4);
	for (size_t i = 0; i < gpu->n_functions; i++) {
		assert_int_equal(gpu->functions[i].address.bus, 9);
		assert_int_equal(gpu->functions[i].address.function, i);
		assert_string_equal(gpu->functions[i].after, "vfio-pci");
		assert_string_equal(gpu->functions[i].vfio_driver, "vfio-pci");
		assert_true(gpu->functions[i].after_known);
		assert_true(gpu->functions[i].touched);
		assert_false(gpu->functions[i].given_back);
		assert_false(gpu->functions[i].undo_failed);
	}
	assert_int_equal(report.targets[1].state, TARGET_REFUSED);
	assert_true(report.targets[1].optional);
	assert_string_equal(report.targets[1].reason, "id-mismatch");
	assert_true(strlen(report.targets[1].remedy) > 0);
	assert_int_equal(report.targets[2].state, TARGET_ABSENT);
	assert_false(report.targets[2].optional);
	report_done(&report);
	free(text);
}

static void outcome_replaces_the_verdicts_reason(void **state)
{
	struct apply_target *target = &run.apply.targets[0];
	struct fault fault;
	char *text;

	(void)state;
	run_make();
	target->state = TARGET_ROLLED_BACK;
	target->reason = REASON_BIND_FAILED;
	strcpy(target->detail, "0000:09:00.1: bind: EBUSY");
	target->functions[1].given_back = true;
	target->functions[1].undo_error = -EIO;
	target->functions[2].after_known = false;
	run.apply.steps[1].state = STEP_FAILED;
	fault_set(&run.apply.steps[1].fault, -EBUSY, "it is busy");
	run.apply.steps[1].error = -EBUSY;
	run.apply.steps[2].error = -4095;
	text = run_write();
	assert_int_equal(parse(text, &fault), 0);
	assert_int_equal(report.targets[0].state, TARGET_ROLLED_BACK);
	assert_string_equal(report.targets[0].reason, "bind-failed");
	assert_string_equal(report.targets[0].detail, "0000:09:00.1: bind: EBUSY");
	assert_string_equal(report.targets[0].remedy,
			    reason_info(REASON_BIND_FAILED)->remedy);
	assert_true(report.targets[0].functions[1].given_back);
	assert_true(report.targets[0].functions[1].undo_failed);
	assert_false(report.targets[0].functions[2].after_known);
	assert_non_null(strstr(text, "\"name\": \"EBUSY\""));
	assert_non_null(strstr(text, "\"name\": \"EIO\""));
	assert_non_null(strstr(text, "\"number\": 4095"));
	assert_non_null(strstr(text, "\"error\": \"it is busy\""));
	report_done(&report);
	free(text);
}

/* A worker that dies early leaves anything in the phases that it did not end. */
static void an_early_end_lists_what_was_wanted(void **state)
{
	static const struct {
		enum run_phase phase;
		enum run_end end;
		size_t n_targets;
		const char *reason;
	} rows[] = {
		{ RUN_CONFIG, RUN_CRASHED, 0, NULL },
		{ RUN_FACTS, RUN_CRASHED, 3, "crashed" },
		{ RUN_FACTS, RUN_DEADLINE, 3, "deadline" },
		{ RUN_FACTS, RUN_COMPLETED, 3, "cannot-tell" },
		{ RUN_PLAN, RUN_DEADLINE, 3, "deadline" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault;
		char *text;

		run_make();
		run.phase = rows[i].phase;
		run.end = rows[i].end;
		memset(&run.plan, 0xff, sizeof(run.plan));
		memset(&run.apply, 0xff, sizeof(run.apply));
		if (run.phase < RUN_PLAN)
			memset(&run.host, 0xff, sizeof(run.host));
		if (run.phase < RUN_FACTS)
			memset(&run.config, 0xff, sizeof(run.config));
		text = run_write();
		assert_int_equal(parse(text, &fault), 0);
		assert_int_equal(report.end, rows[i].end);
		assert_int_equal(report.phase, rows[i].phase);
		assert_int_equal(report.n_targets, rows[i].n_targets);
		for (size_t t = 0; t < report.n_targets; t++) {
			assert_int_equal(report.targets[t].state, TARGET_FAILED);
			assert_string_equal(report.targets[t].reason, rows[i].reason);
			assert_int_equal(report.targets[t].n_functions, 0);
		}
		report_done(&report);
		free(text);
	}
}

static void odd_bytes_do_not_lose_the_record(void **state)
{
	struct fault fault;
	char *text;

	(void)state;
	run_make();
	strcpy(run.host.functions[run.plan.targets[0].functions[0].function].driver,
	       "\xff\033[2Jdriver");
	strcpy(run.boot_id, "\xe2\x82");
	fault_set(&run.host.notes[run.host.n_notes++], -EIO, "note\n\xc2\x9b");
	text = run_write();
	for (const char *byte = text; *byte; byte++)
		assert_true(*byte == '\n' || (*byte >= 0x20 && *byte < 0x7f));
	assert_int_equal(parse(text, &fault), 0);
	assert_string_equal(report.targets[0].functions[0].before, "\\xff\\x1b[2Jdriver");
	report_done(&report);
	free(text);
}

static void equal_runs_are_equal_bytes(void **state)
{
	char *first, *second;

	(void)state;
	run_make();
	first = run_write();
	run_make();
	second = run_write();
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void the_records_plan_is_the_plan(void **state)
{
	static const char *const same[] = { "iommu", "config", "notes" };
	json_t *record, *plan, *key;

	(void)state;
	run_make();
	record = report_to_json(&run);
	plan = plan_to_json(&run.config, &run.host, &run.plan);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		assert_true(json_equal(json_object_get(record, same[i]),
				       json_object_get(plan, same[i])));
	for (size_t t = 0; t < run.plan.n_targets; t++) {
		const char *name;
		const json_t *of_record =
			json_array_get(json_object_get(record, "targets"), t);
		json_t *of_plan = json_array_get(json_object_get(plan, "targets"), t);

		json_object_foreach(of_plan, name, key) if (strcmp(name, "functions"))
			assert_true(json_equal(key, json_object_get(of_record, name)));
	}
	json_decref(record);
	json_decref(plan);
}

/* ---- files that are no record ---- */

static void faults_name_the_place(void **state)
{
	static const struct {
		const char *from, *to; /* replaced once in a good record */
		int error;
		const char *words;
	} rows[] = {
		{ "\"version\": 1,", "\"version\": 2,", -ENOTSUP, "version 2" },
		{ "\"version\": 1,", "\"version\": 0,", -EINVAL, "version 0" },
		{ "\"version\": 1,", "\"version\": \"1\",", -EINVAL,
		  "version: found a string, expected a number" },
		{ "\"version\": 1,", "\"versio\": 1,", -EINVAL,
		  "version: found nothing" },
		{ "\"version\": 1,", "\"version\": -1,", -EINVAL,
		  "version: found an integer, expected a number from 0 on" },
		{ "\"version\": 1,", "\"version\": 1, \"version\": 1,", -EINVAL,
		  "duplicate object key" },
		{ "\"version\": 1,", "\"version\": 1", -EINVAL,
		  "report.json:3:10: not JSON" },
		{ "\"end\": \"completed\"", "\"end\": \"ended\"", -EINVAL,
		  "end: found an unknown word" },
		{ "\"udev_ran\": false", "\"udev_ran\": 0", -EINVAL,
		  "udev_ran: found an integer, expected true or false" },
		{ "\"start_us\": 1500000", "\"start_us\": 1.5", -EINVAL,
		  "time.start_us: found a real number" },
		{ "\"time\": {", "\"time\": [], \"tim\": {", -EINVAL,
		  "time: found an array, expected an object" },
		{ "\"targets\": [", "\"targets\": {}, \"others\": [", -EINVAL,
		  "targets: found an object, expected an array" },
		{ "\"targets\": [", "\"targets\": [1,", -EINVAL,
		  "targets[0].: found an integer, expected an object" },
		{ "\"name\": \"windows-gpu\"", "\"name\": {}", -EINVAL,
		  "targets[0].name: found an object" },
		{ "\"address\": \"0000:09:00.1\"", "\"address\": \"0000:09:00.9\"",
		  -EINVAL, "targets[0].functions[1].address: found something else" },
		{ "\"undo_error\": null", "\"undo_error\": 5", -EINVAL,
		  "targets[0].functions[0].undo_error" },
		{ "\"role\": \"target\"", "\"role\": \"of a later version\"", 0, NULL },
		{ "\"reason\": null", "\"reason\": \"of-a-later-version\"", 0, NULL },
		{ "\"notes\": []", "\"notes\": [], \"more\": {\"of\": [1.5]}", 0, NULL },
	};
	char *good;

	(void)state;
	run_make();
	good = run_write();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault;
		char bad[65536];
		const char *at = strstr(good, rows[i].from);

		assert_non_null(at);
		snprintf(bad, sizeof(bad), "%.*s%s%s", (int)(at - good), good, rows[i].to,
			 at + strlen(rows[i].from));
		assert_int_equal(parse(bad, &fault), rows[i].error);
		if (!rows[i].error) {
			report_done(&report);
			continue;
		}
		if (!strstr(fault.text, rows[i].words))
			fail_msg("%s is not in: %s", rows[i].words, fault.text);
		assert_non_null(strstr(fault.text, "report.json"));
		assert_null(report.json);
	}
	free(good);
}

static void a_cut_off_record_is_a_fault(void **state)
{
	char *good;

	(void)state;
	run_make();
	good = run_write();
	for (size_t length = strlen(good) - 1; length--;) {
		struct fault fault;

		assert_int_equal(report_parse("report.json", good, length, &report,
					      &fault),
				 -EINVAL);
		assert_non_null(strstr(fault.text, "report.json:"));
	}
	free(good);
}

/* Puts @value in the place of each member and element; counts the refused ones. */
static void mutate(const json_t *root, json_t *inside, json_t *value, size_t *refused);

static void mutant_try(const json_t *root, size_t *refused)
{
	struct fault fault = { 0 };
	char *text = json_dumps(root, JSON_VALUE_FLAGS);
	int error = parse(text, &fault);

	if (error) {
		assert_true(error == -EINVAL || error == -ENOTSUP);
		assert_true(strlen(fault.text) > strlen("report.json"));
		++*refused;
	}
	report_done(&report);
	free(text);
}

static void mutate(const json_t *root, json_t *inside, json_t *value, size_t *refused)
{
	const char *key;
	json_t *member;
	void *next;
	size_t i;

	json_object_foreach_safe(inside, next, key, member)
	{
		json_incref(member);
		json_object_set(inside, key, value);
		mutant_try(root, refused);
		json_object_set_new(inside, key, member);
		mutate(root, member, value, refused);
	}
	json_array_foreach(inside, i, member)
	{
		json_incref(member);
		json_array_set(inside, i, value);
		mutant_try(root, refused);
		json_array_set_new(inside, i, member);
		mutate(root, member, value, refused);
	}
}

static void wrong_types_are_faults(void **state)
{
	static const char *const values[] = { "null", "true", "-1",	   "1e300",
					      "\"\"", "[[]]", "{\"a\":{}}" };

	(void)state;
	run_make();
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		json_t *root = report_to_json(&run), *value;
		size_t refused = 0;

		value = json_loads(values[i], JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		mutate(root, root, value, &refused);
		assert_true(refused > 20);
		json_decref(value);
		json_decref(root);
	}
}

static void too_many_elements_are_a_fault(void **state)
{
	json_t *root, *targets, *functions;
	struct fault fault;
	char *text;

	(void)state;
	run_make();
	root = report_to_json(&run);
	targets = json_object_get(root, "targets");
	functions = json_object_get(json_array_get(targets, 0), "functions");
	while (json_array_size(functions) <= PLAN_FUNCTIONS_MAX)
		json_array_append(functions, json_array_get(functions, 0));
	text = json_dumps(root, JSON_VALUE_FLAGS);
	assert_int_equal(parse(text, &fault), -E2BIG);
	assert_non_null(strstr(fault.text, "targets[0].functions: found too many"));
	free(text);
	json_array_remove(functions, 0);
	while (json_array_size(targets) <= PLAN_TARGETS_MAX)
		json_array_append(targets, json_array_get(targets, 1));
	text = json_dumps(root, JSON_VALUE_FLAGS);
	assert_int_equal(parse(text, &fault), -E2BIG);
	free(text);
	json_decref(root);
}

static void garbage_is_a_fault(void **state)
{
	static const char *const garbage[] = {
		"",   "{",	  "null", "[]",
		"{}", "\"text\"", "\xff", "{\"version\": 99999999999999999999}"
	};
	char deep[100001];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(garbage); i++) {
		struct fault fault;

		assert_int_equal(parse(garbage[i], &fault), -EINVAL);
	}
	for (char bracket = '['; bracket; bracket = bracket == '[' ? '{' : '\0') {
		struct fault fault;

		memset(deep, bracket, sizeof(deep) - 1);
		deep[sizeof(deep) - 1] = '\0';
		assert_int_equal(parse(deep, &fault), -EINVAL);
	}
}

/* ---- files ---- */

static void the_record_is_found(void **state)
{
	struct tree tree;
	struct fault fault;
	char *text;

	(void)state;
	run_make();
	tree_make(&tree);
	assert_int_equal(report_read(&tree.root, &report, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, REPORT_PATH));
	text = run_write();
	tree_put(&tree, text, REPORT_FALLBACK_PATH);
	assert_int_equal(report_read(&tree.root, &report, &fault), 0);
	assert_string_equal(report.path, REPORT_FALLBACK_PATH);
	report_done(&report);
	tree_put(&tree, text, REPORT_PATH);
	assert_int_equal(report_read(&tree.root, &report, &fault), 0);
	assert_string_equal(report.path, REPORT_PATH);
	report_done(&report);
	free(text);
	tree_remove(&tree);
}

static void other_files_are_faults(void **state)
{
	struct tree tree;
	struct fault fault;
	char *huge = malloc(REPORT_SIZE_MAX + 1);

	(void)state;
	assert_non_null(huge);
	tree_make(&tree);
	memset(huge, ' ', REPORT_SIZE_MAX + 1);
	tree_bytes(&tree, REPORT_PATH, huge, REPORT_SIZE_MAX + 1);
	assert_int_equal(report_read(&tree.root, &report, &fault), -EFBIG);
	assert_int_equal(unlinkat(tree.root.fd, REPORT_PATH, 0), 0);
	assert_int_equal(mkfifoat(tree.root.fd, REPORT_PATH, 0644), 0);
	assert_int_equal(report_read(&tree.root, &report, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "not a regular file"));
	assert_int_equal(unlinkat(tree.root.fd, REPORT_PATH, 0), 0);
	assert_int_equal(mkdirat(tree.root.fd, REPORT_PATH, 0755), 0);
	assert_int_equal(report_read(&tree.root, &report, &fault), -EINVAL);
	assert_int_equal(unlinkat(tree.root.fd, REPORT_PATH, AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("report.json", tree.root.fd, REPORT_PATH), 0);
	assert_int_equal(report_read(&tree.root, &report, &fault), -ELOOP);
	tree_remove(&tree);
	free(huge);
}

static void report_is_at(struct tree *tree, const char *want)
{
	const char *other = strcmp(want, REPORT_PATH) ? REPORT_PATH :
							REPORT_FALLBACK_PATH;
	const char *path = NULL;
	struct stat status;
	struct fault fault;

	assert_int_equal(report_write(&tree->root, &run, &path, &fault), 0);
	assert_string_equal(path, want);
	assert_int_equal(fstatat(tree->root.fd, path, &status, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(status.st_mode, S_IFREG | 0644);
	assert_int_not_equal(faccessat(tree->root.fd, other, F_OK, AT_SYMLINK_NOFOLLOW),
			     0);
	assert_int_equal(report_read(&tree->root, &report, &fault), 0);
	report_done(&report);
}

/* What a killed run, another umask or another hand has left is no hindrance. */
static void leftovers_give_way(void **state)
{
	static const char temporary[] = REPORT_DIR "/.report.json.new";
	mode_t before = umask(077);
	struct stat status;
	struct tree tree;
	char text[8];

	(void)state;
	run_make();
	tree_make(&tree);
	tree_dir(&tree, "run");
	report_is_at(&tree, REPORT_PATH);
	umask(before);
	tree_put(&tree, "{", temporary);
	tree_put(&tree, "{", REPORT_FALLBACK_PATH);
	assert_int_equal(fchmodat(tree.root.fd, REPORT_DIR, 01700, 0), 0);
	report_is_at(&tree, REPORT_PATH);
	assert_int_equal(fstatat(tree.root.fd, REPORT_DIR, &status, 0), 0);
	assert_int_equal(status.st_mode, S_IFDIR | 0755);
	tree_put(&tree, "root", "etc/passwd");
	tree_link(&tree, "../../etc/passwd", temporary);
	tree_delete(&tree, REPORT_PATH);
	tree_link(&tree, "../../etc/passwd", REPORT_PATH);
	report_is_at(&tree, REPORT_PATH);
	assert_int_equal(sysroot_read(tree.root.fd, "etc/passwd", text, sizeof(text)), 4);
	tree_dir(&tree, temporary);
	report_is_at(&tree, REPORT_FALLBACK_PATH);
	tree_delete(&tree, temporary);
	tree_delete(&tree, REPORT_DIR);
	tree_dir(&tree, "etc/elsewhere");
	tree_link(&tree, "../etc/elsewhere", REPORT_DIR);
	report_is_at(&tree, REPORT_FALLBACK_PATH);
	tree_delete(&tree, REPORT_DIR);
	report_is_at(&tree, REPORT_PATH);
	tree_remove(&tree);
}

/* A root of the running machine that is one file system: /run would be hidden soon. */
static void report_is_not_hidden(void **state)
{
	const char *path = NULL;
	struct tree tree;
	struct fault fault;

	(void)state;
	run_make();
	tree_make(&tree);
	tree_dir(&tree, "run");
	tree_dir(&tree, "dev");
	tree.root.live = true;
	report_is_at(&tree, REPORT_FALLBACK_PATH);
	tree_delete(&tree, REPORT_FALLBACK_PATH);
	tree_delete(&tree, REPORT_FALLBACK_DIR);
	tree_put(&tree, "", REPORT_FALLBACK_DIR);
	report_is_at(&tree, REPORT_PATH);
	tree_put(&tree, "", REPORT_DIR "/.report.json.new/in it");
	assert_int_equal(report_write(&tree.root, &run, &path, &fault), -EEXIST);
	assert_null(path);
	tree_remove(&tree);
}

/* ---- no memory ---- */

static size_t allocations_left;

static void *failing_malloc(size_t size)
{
	return allocations_left ? (allocations_left--, malloc(size)) : NULL;
}

static void no_memory_gives_no_record(void **state)
{
	size_t allowed = 0;
	json_t *json = NULL;

	(void)state;
	run_make();
	json_set_alloc_funcs(failing_malloc, free);
	while (!json) {
		allocations_left = allowed++;
		json = report_to_json(&run);
		assert_true(allowed < 10000);
	}
	assert_int_equal(json_array_size(json_object_get(json, "targets")), 3);
	json_decref(json);
	json_set_alloc_funcs(malloc, free);
	assert_true(allowed > 100);
}

/* ---- the plan as text ---- */

static void the_plan_is_printed(void **state)
{
	static const char *const lines[] = {
		"windows-gpu: would be reserved, test.conf:1\n",
		"    0000:09:00.0 10de:1e84 0300 group 24  target    no driver -> vfio",
		"disk: refused (id-mismatch), optional, ",
		"gone: absent, ",
		"  What to do: ",
		"Actions:\n",
		"  override 0000:09:00.0 vfio-pci\n",
		"  load     vfio_pci\n",
		"Could not be determined:\n  a note\\x0a\n",
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	run_make();
	strcpy(run.config.targets[0].file, "test.conf");
	fault_set(&run.host.notes[run.host.n_notes++], -EIO, "a note\n");
	plan_print(out, &run.config, &run.host, &run.plan);
	assert_int_equal(fclose(out), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("%s is not in:\n%s", lines[i], text);
	free(text);
}

/* Behind VMD an address is longer than the column, and a group can have ten digits. */
static void wide_words_stay_apart(void **state)
{
	struct host_function *function;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	run_make();
	function = &run.host.functions[run.plan.targets[0].functions[0].function];
	function->address.domain = 0x10000;
	function->group = UINT32_MAX;
	plan_print(out, &run.config, &run.host, &run.plan);
	assert_int_equal(fclose(out), 0);
	assert_non_null(
		strstr(text, " 10000:09:00.0 10de:1e84 0300 group 4294967295 target "));
	assert_non_null(strstr(text, "override 10000:09:00.0 vfio-pci\n"));
	free(text);
}

/* A worker that went wrong cannot make its supervisor wait for ever. */
static void a_bad_deadline_is_the_usual_one(void **state)
{
	static const struct {
		enum run_phase phase;
		unsigned int deadline;
		bool late;
		unsigned int want;
	} rows[] = {
		{ RUN_CONFIG, 5, false, 20 },	     { RUN_FACTS, 5, false, 5 },
		{ RUN_APPLY, 1, false, 1 },	     { RUN_APPLY, 300, false, 300 },
		{ RUN_APPLY, 301, false, 20 },	     { RUN_APPLY, 0, false, 20 },
		{ RUN_DONE, UINT32_MAX, false, 20 }, { RUN_CONFIG, 5, true, 60 },
		{ RUN_APPLY, 300, true, 60 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		run_make();
		run.phase = rows[i].phase;
		run.config.deadline = rows[i].deadline;
		run.late = rows[i].late;
		assert_int_equal(run_seconds(&run), rows[i].want);
	}
}

/* A disk that is full for a moment */
static ssize_t first_fails(void *context, const char *bytes, size_t size)
{
	unsigned int *calls = context;

	(void)bytes;
	return (*calls)++ ? (ssize_t)size : 0;
}

/* jansson goes on behind a key that could not be written. */
static void a_piece_that_is_lost_is_an_error(void **state)
{
	unsigned int calls = 0;
	const cookie_io_functions_t functions = { .write = first_fails };
	FILE *out = fopencookie(&calls, "w", functions);
	json_t *object = json_object();
	char key[6000];

	(void)state;
	assert_non_null(out);
	setbuf(out, NULL);
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	assert_int_equal(json_object_set_new(object, key, json_true()), 0);
	assert_false(json_value_write(out, json_incref(object)));
	assert_true(calls > 0);
	/* nothing fails any more */
	assert_true(json_value_write(out, object));
	assert_int_equal(fclose(out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(outcome_replaces_the_verdicts_reason),
		cmocka_unit_test(an_early_end_lists_what_was_wanted),
		cmocka_unit_test(odd_bytes_do_not_lose_the_record),
		cmocka_unit_test(equal_runs_are_equal_bytes),
		cmocka_unit_test(the_records_plan_is_the_plan),
		cmocka_unit_test(faults_name_the_place),
		cmocka_unit_test(a_cut_off_record_is_a_fault),
		cmocka_unit_test(wrong_types_are_faults),
		cmocka_unit_test(too_many_elements_are_a_fault),
		cmocka_unit_test(garbage_is_a_fault),
		cmocka_unit_test(the_record_is_found),
		cmocka_unit_test(other_files_are_faults),
		cmocka_unit_test(leftovers_give_way),
		cmocka_unit_test(report_is_not_hidden),
		cmocka_unit_test(no_memory_gives_no_record),
		cmocka_unit_test(the_plan_is_printed),
		cmocka_unit_test(a_piece_that_is_lost_is_an_error),
		cmocka_unit_test(wide_words_stay_apart),
		cmocka_unit_test(a_bad_deadline_is_the_usual_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

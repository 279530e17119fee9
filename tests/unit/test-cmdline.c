// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel command line, split as the kernel does it, and what we take from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/cmdline.h"

/* ---- splitting ---- */

/* @want: <name|value> of each parameter */
static const struct split {
	const char *name;
	const char *line;
	const char *want;
} splits[] = {
	{ "empty", "", "" },
	{ "blanks", " \t\n\v\f\r ", "" },
	{ "words", "quiet ro", "<quiet|><ro|>" },
	{ "newline at the end", "root=/dev/s ro\n", "<root|/dev/s><ro|>" },
	{ "blanks around", "  a=1  \t b=2  ", "<a|1><b|2>" },
	{ "no-break space of Latin-1",
	  "a=1\xa0"
	  "b=2",
	  "<a|1><b|2>" },
	{ "empty value", "a= b", "<a|><b|>" },
	{ "first equals sign", "a=b=c", "<a|b=c>" },
	{ "equals sign first", "=a=b", "<=a|b>" },
	{ "equals sign alone", "= a", "<=|><a|>" },
	{ "quoted word", "\"a b\" c", "<a b|><c|>" },
	{ "quoted value", "a=\"b c\" d", "<a|b c><d|>" },
	{ "quoted parameter", "\"a=b c\" d", "<a|b c><d|>" },
	{ "quotes inside", "a=b\"c d\"e f", "<a|b\"c d\"e><f|>" },
	{ "quotes in a name", "a\"b c\"=d e", "<a\"b c\"|d><e|>" },
	{ "both quotes", "\"a=\"b c\" d", "<a|b><c\" d|>" },
	{ "open quote", "a=\"b c", "<a|b c>" },
	{ "open quote at the end", "a=\"", "<a|>" },
	{ "lone quote", "\"", "<|>" },
	{ "empty quotes", "\"\" a", "<|><a|>" },
	{ "empty quoted value", "a=\"\" b", "<a|><b|>" },
	{ "equals sign in quotes", "\"a b=c d\"", "<a b|c d>" },
	{ "last quote only", "a=b\" c", "<a|b\" c>" },
	{ "two quotes at the end", "a=\"b\"\"", "<a|b\">" },
	{ "single quotes are letters", "a='b c'", "<a|'b><c'|>" },
	{ "backslash is a letter", "a=\"b\\\" c", "<a|b\\><c|>" },
	{ "end", "a -- b", "<a|>" },
	{ "end in quotes", "a \"--\" b", "<a|>" },
	{ "end only when alone", "--a --=b a=-- -- c", "<--a|><--|b><a|-->" },
	{ "name too long", "1234567890=a b", "<1234567|a><b|>" },
	{ "value too long", "a=1234567890 b", "<a|1234567><b|>" },
};

static void test_split(void **state)
{
	const struct split *row = *state;
	const char *cursor = row->line;
	char name[8], value[8], text[256] = "";
	size_t used = 0;

	while (cmdline_next(&cursor, name, sizeof(name), value, sizeof(value)))
		used += (size_t)snprintf(text + used, sizeof(text) - used, "<%s|%s>",
					 name, value);
	assert_string_equal(text, row->want);
}

static const struct equal {
	const char *name;
	const char *a;
	const char *b;
	bool want;
} equals[] = {
	{ "equal: same", "a.b_c", "a.b_c", true },
	{ "equal: dash and underscore", "a.b-c", "a.b_c", true },
	{ "equal: underscore and dash", "a_b", "a-b", true },
	{ "equal: shorter", "a", "ab", false },
	{ "equal: longer", "ab", "a", false },
	{ "equal: case", "a", "A", false },
	{ "equal: dot is no dash", "a.b", "a_b", false },
	{ "equal: empty", "", "", true },
};

static void test_equal(void **state)
{
	const struct equal *row = *state;

	assert_int_equal(cmdline_name_equal(row->a, row->b), row->want);
}

static const struct get {
	const char *name;
	const char *line;
	const char *want; /* NULL: it does not occur */
} gets_rows[] = {
	{ "get: last one", "iommu.x=1 a iommu.x=2", "2" },
	{ "get: none", "iommu.y=1", NULL },
	{ "get: behind the end", "iommu.x=1 -- iommu.x=2", "1" },
	{ "get: without value", "iommu.x=1 iommu.x", "" },
	{ "get: cut", "iommu.x=1234567890", "1234567" },
};

static void test_get(void **state)
{
	const struct get *row = *state;
	char value[8] = "before";

	assert_int_equal(cmdline_get(row->line, "iommu.x", value, sizeof(value)),
			 row->want != NULL);
	assert_string_equal(value, row->want ? row->want : "before");
}

static void test_get_of_a_long_line(void **state)
{
	static char line[CMDLINE_MAX];
	char value[8] = "";

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "long=\"", 6);
	memcpy(line + sizeof(line) - 8, "\" \"a\"=b", 7);
	assert_true(cmdline_get(line, "long", value, sizeof(value)));
	assert_string_equal(value, "xxxxxxx");
	assert_true(cmdline_get(line, "a\"", value, sizeof(value)));
	assert_string_equal(value, "b");
}

/* ---- vfio_early.* ---- */

#define OURS "expected vfio_early.mode, .target, .deadline, .log or .guard"
#define K "kernel command line: found "
#define WANT_MODE "expected on, plan or off"
#define WANT_TARGET "expected ID or ID@ADDRESS, like 10de:1e84@0000:09:00.0"
#define WANT_DEADLINE "expected seconds from 1 to 300"

/* @want: mode, deadline, debug, and each target; @fault: NULL when the line is good */
static const struct apply {
	const char *name;
	const char *line;
	const char *want;
	const char *fault;
} applies[] = {
	{ "nothing of ours", "quiet vfio-pci.ids=10de:1e84 vfio_earlymode=off", "on 20",
	  NULL },
	{ "mode = on", "vfio_early.mode=on", "on 20", NULL },
	{ "mode = plan", "vfio_early.mode=plan", "plan 20", NULL },
	{ "mode = off", "quiet vfio_early.mode=off ro", "off 20", NULL },
	{ "mode with a dash", "vfio-early.mode=off", "off 20", NULL },
	{ "mode in quotes", "\"vfio_early.mode=off\"", "off 20", NULL },
	{ "mode with a value in quotes", "vfio_early.mode=\"off\"", "off 20", NULL },
	{ "mode off, then on", "vfio_early.mode=off vfio_early.mode=on", "on 20", NULL },
	{ "mode on, then off", "vfio_early.mode=on vfio-early.mode=off", "off 20", NULL },
	{ "mode behind the end", "vfio_early.mode=plan -- vfio_early.mode=off", "plan 20",
	  NULL },
	{ "deadline", "vfio_early.deadline=5", "on 5", NULL },
	{ "longest deadline", "vfio_early.deadline=300", "on 300", NULL },
	{ "last deadline", "vfio_early.deadline=5 vfio_early.deadline=7", "on 7", NULL },
	{ "log", "vfio_early.log=debug", "on 20 debug", NULL },
	{ "target", "vfio_early.target=10de:1e84", "on 20 cmdline-1:10de:1e84", NULL },
	{ "target with subsystem", "vfio_early.target=10de:1e84:1043:8674",
	  "on 20 cmdline-1:10de:1e84:1043:8674", NULL },
	{ "target with address", "vfio-early.target=10de:1e84@0000:09:00.0",
	  "on 20 cmdline-1:10de:1e84@0000:09:00.0", NULL },
	{ "target with everything", "vfio_early.target=10de:1e84:1043:8674@10000:09:00.7",
	  "on 20 cmdline-1:10de:1e84:1043:8674@10000:09:00.7", NULL },
	{ "two targets", "vfio_early.target=10de:1e84@9:0.0 vfio_early.target=1002:67df",
	  "on 20 cmdline-1:10de:1e84@0000:09:00.0 cmdline-2:1002:67df", NULL },

	{ "bad mode", "vfio_early.mode=Off", "on 20",
	  K "vfio_early.mode = \"Off\", " WANT_MODE },
	{ "mode without value", "vfio_early.mode", "on 20",
	  K "vfio_early.mode = nothing, " WANT_MODE },
	{ "bad mode, then off", "vfio_early.mode=of vfio_early.mode=off", "off 20",
	  K "vfio_early.mode = \"of\", " WANT_MODE },
	{ "off, then a bad mode", "vfio_early.mode=off vfio_early.mode=", "off 20",
	  K "vfio_early.mode = nothing, " WANT_MODE },
	{ "blanks around the equals sign", "vfio_early.mode = off", "on 20",
	  K "vfio_early.mode = nothing, " WANT_MODE },
	{ "mode that would turn a terminal", "vfio_early.mode=\x1b[2J", "on 20",
	  K "vfio_early.mode = \"\\x1b[2J\", " WANT_MODE },
	{ "unknown parameter", "vfio-early.foo=1", "on 20",
	  K "\"vfio-early.foo\", " OURS },
	{ "unknown parameter, then off", "vfio_early.foo vfio_early.mode=off", "off 20",
	  K "\"vfio_early.foo\", " OURS },
	{ "no name behind the dot", "vfio_early.=off", "on 20",
	  K "\"vfio_early.\", " OURS },
	{ "longer name", "vfio_early.modes=off", "on 20",
	  K "\"vfio_early.modes\", " OURS },
	{ "name in capitals", "vfio_early.MODE=off", "on 20",
	  K "\"vfio_early.MODE\", " OURS },
	{ "no dot", "vfio_early=off", "on 20", K "\"vfio_early\", " OURS },
	{ "no dot and no value", "vfio-early", "on 20", K "\"vfio-early\", " OURS },
	{ "first fault", "vfio_early.log=x vfio_early.foo vfio_early.deadline=5", "on 5",
	  K "vfio_early.log = \"x\", expected debug" },
	{ "deadline = 0", "vfio_early.deadline=0", "on 20",
	  K "vfio_early.deadline = \"0\", " WANT_DEADLINE },
	{ "deadline too long", "vfio_early.deadline=301", "on 20",
	  K "vfio_early.deadline = \"301\", " WANT_DEADLINE },
	{ "deadline with a unit", "vfio_early.deadline=5s", "on 20",
	  K "vfio_early.deadline = \"5s\", " WANT_DEADLINE },
	{ "deadline without value", "vfio_early.deadline=", "on 20",
	  K "vfio_early.deadline = nothing, " WANT_DEADLINE },
	{ "target without value", "vfio_early.target", "on 20",
	  K "vfio_early.target = nothing, " WANT_TARGET },
	{ "target without id", "vfio_early.target=@0000:09:00.0", "on 20",
	  K "vfio_early.target = \"@0000:09:00.0\", " WANT_TARGET },
	{ "target without address", "vfio_early.target=10de:1e84@", "on 20",
	  K "vfio_early.target = \"10de:1e84@\", " WANT_TARGET },
	{ "target with two addresses", "vfio_early.target=10de:1e84@9:0.0@9:0.0", "on 20",
	  K "vfio_early.target = \"10de:1e84@9:0.0@9:0.0\", " WANT_TARGET },
	{ "target with two ids", "vfio_early.target=10de:1e84,10de:10f8", "on 20",
	  K "vfio_early.target = \"10de:1e84,10de:10f8\", " WANT_TARGET },
	{ "target with an id that is cut to a good one",
	  "vfio_early.target=10de:1e84:1043:8674567890", "on 20",
	  K "vfio_early.target = \"10de:1e84:1043:8674567890\", " WANT_TARGET },
	{ "bad target between good ones",
	  "vfio_early.target=10de:1e84 vfio_early.target=x vfio_early.target=1002:67df",
	  "on 20 cmdline-1:10de:1e84 cmdline-2:1002:67df",
	  K "vfio_early.target = \"x\", " WANT_TARGET },
};

/* What a config says, as text; free() it. */
static char *config_text(const struct config *config)
{
	char text[PCI_PATH_TEXT], *all = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&all, &size);

	assert_non_null(out);
	fprintf(out, "%s %u%s", config_mode_names[config->mode], config->deadline,
		config->debug ? " debug" : "");
	for (size_t i = 0; i < config->n_targets; i++) {
		const struct config_target *target = &config->targets[i];

		assert_int_equal(target->n_ids, 1);
		pci_id_format(&target->ids[0], text);
		fprintf(out, " %s:%s", target->name, text);
		pci_address_format(&target->address, text);
		fprintf(out, "%s%s", target->has_address ? "@" : "",
			target->has_address ? text : "");
		assert_string_equal(target->file, "kernel command line");
		assert_int_equal(target->line, 0);
	}
	fclose(out);
	return all;
}

static void test_apply(void **state)
{
	const struct apply *row = *state;
	struct fault fault = { 0 };
	struct config config;
	char *text;
	int error;

	config_init(&config);
	error = cmdline_apply(row->line, &config, &fault);
	text = config_text(&config);
	assert_string_equal(text, row->want);
	assert_string_equal(fault.text, row->fault ? row->fault : "");
	assert_string_equal(config.fault.text, row->fault ? row->fault : "");
	assert_int_equal(error, row->fault ? -EINVAL : 0);
	assert_int_equal(fault.error, error);
	assert_int_equal(config.invalid, row->fault != NULL);
	free(text);
}

static void test_name_taken_by_a_file(void **state)
{
	static const char text[] = "[target cmdline-1]\nid = 10de:1e84\n";
	struct fault fault = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(config_parse(&config, "f", text, sizeof(text) - 1, &fault), 0);
	assert_int_equal(cmdline_apply("vfio_early.target=10de:1e84 vfio_early.mode=plan",
				       &config, &fault),
			 -EEXIST);
	assert_string_equal(fault.text,
			    K "target cmdline-1 again, expected another name; "
			      "this one is in f:1");
	assert_int_equal(config.mode, CONFIG_MODE_PLAN);
	assert_true(config.invalid);
}

static void test_too_many_targets(void **state)
{
	char line[CONFIG_TARGETS_MAX * 32 + 64] = "";
	struct fault fault = { 0 };
	struct config config;
	size_t used = 0;

	(void)state;
	for (unsigned int i = 0; i <= CONFIG_TARGETS_MAX; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used,
					 "vfio_early.target=10de:%04x ", i);
	config_init(&config);
	assert_int_equal(cmdline_apply(line, &config, &fault), -E2BIG);
	assert_string_equal(fault.text, K "one target too many, expected at most 32");
	assert_int_equal(config.n_targets, CONFIG_TARGETS_MAX);
	assert_string_equal(config.targets[31].name, "cmdline-32");
}

static void test_fault_of_a_file_stays(void **state)
{
	struct fault fault = { 0 };
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(config_parse(&config, "f", "x", 1, &fault), -EINVAL);
	assert_int_equal(cmdline_apply("vfio_early.foo vfio_early.mode=off", &config,
				       &fault),
			 -EINVAL);
	assert_string_equal(fault.text, K "\"vfio_early.foo\", " OURS);
	assert_string_equal(config.fault.text,
			    "f:1: found \"x\", expected KEY = VALUE or [target NAME]");
	assert_int_equal(config.mode, CONFIG_MODE_OFF);
}

static const struct CMUnitTest singles[] = {
	cmocka_unit_test(test_get_of_a_long_line),
	cmocka_unit_test(test_name_taken_by_a_file),
	cmocka_unit_test(test_too_many_targets),
	cmocka_unit_test(test_fault_of_a_file_stays),
};

#define TESTS                                                              \
	(ARRAY_SIZE(splits) + ARRAY_SIZE(equals) + ARRAY_SIZE(gets_rows) + \
	 ARRAY_SIZE(applies) + ARRAY_SIZE(singles))

int main(void)
{
	static struct CMUnitTest tests[TESTS];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(splits); i++)
		tests[n++] = (struct CMUnitTest){ splits[i].name, test_split, NULL, NULL,
						  (void *)&splits[i] };
	for (size_t i = 0; i < ARRAY_SIZE(equals); i++)
		tests[n++] = (struct CMUnitTest){ equals[i].name, test_equal, NULL, NULL,
						  (void *)&equals[i] };
	for (size_t i = 0; i < ARRAY_SIZE(gets_rows); i++)
		tests[n++] = (struct CMUnitTest){ gets_rows[i].name, test_get, NULL, NULL,
						  (void *)&gets_rows[i] };
	for (size_t i = 0; i < ARRAY_SIZE(applies); i++)
		tests[n++] = (struct CMUnitTest){ applies[i].name, test_apply, NULL, NULL,
						  (void *)&applies[i] };
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++)
		tests[n++] = singles[i];
	return _cmocka_run_group_tests("cmdline", tests, n, NULL, NULL);
}

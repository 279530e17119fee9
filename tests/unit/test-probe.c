// SPDX-License-Identifier: GPL-2.0-or-later
/* What is on a disk, asked in a process of its own; the disks are files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "helper-tree.h"
#include "read/probe.h"

#define DISK_SIZE (1u << 20)
#define SWAP_PAGE 4096

static struct probe probe;
static char text[PROBE_TEXT_MAX];

static int setup(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	probe.left = PROBE_ALL_MS;
	memset(text, 0, sizeof(text));
	*state = &tree;
	return 0;
}

static int teardown(void **state)
{
	tree_remove(*state);
	/* No child is left, ended or not. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return 0;
}

/* A disk, empty or with swap (kernel: include/linux/swap.h union swap_header) */
static const char *disk(struct tree *tree, bool is_swap)
{
	static unsigned char bytes[DISK_SIZE];
	static char path[TREE_ROOT_MAX + 16];

	memset(bytes, 0, sizeof(bytes));
	if (is_swap) {
		bytes[1024] = 1; /* version */
		bytes[1028] = 255; /* last page */
		for (int i = 0; i < 16; i++)
			bytes[1036 + i] = (unsigned char)(0xa0 + i);
		memcpy(bytes + 1052, "Auslagerung", 11);
		memcpy(bytes + SWAP_PAGE - 10, "SWAPSPACE2", 10);
	}
	tree_bytes(tree, "disk", bytes, sizeof(bytes));
	(void)snprintf(path, sizeof(path), "%s/disk", tree->path);
	return path;
}

static void test_live(void **state)
{
	static const struct {
		const char *key, *value;
		bool is_label;
		enum fact want;
	} rows[] = {
		{ "UUID", "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf", false, FACT_YES },
		{ "UUID", "A0A1A2A3-A4A5-A6A7-A8A9-AAABACADAEAF", false, FACT_YES },
		{ "UUID", "00a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf", false, FACT_NO },
		{ "LABEL", "Auslagerung", true, FACT_YES },
		{ "LABEL", "auslagerung", true, FACT_NO },
		{ "PART_ENTRY_UUID", "a0a1a2a3-01", false, FACT_NO },
	};
	const char *path = disk(*state, true);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(probe_tag(&probe, path, rows[i].key, rows[i].is_label,
					   rows[i].value),
				 rows[i].want);
	assert_int_equal(probe_value(&probe, path, "TYPE", text), FACT_YES);
	assert_string_equal(text, "swap");
	assert_true(probe.left > 0);
}

static void test_nothing(void **state)
{
	const char *path = disk(*state, false);

	assert_int_equal(probe_value(&probe, path, "TYPE", text), FACT_NO);
	assert_int_equal(probe_tag(&probe, path, "UUID", false, "a0a1"), FACT_NO);
	assert_string_equal(text, "");
}

/* What cannot be opened or read does not say no. */
static void test_unreadable(void **state)
{
	struct tree *tree = *state;
	char path[TREE_ROOT_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/gone", tree->path);
	assert_int_equal(probe_value(&probe, path, "TYPE", text), FACT_UNKNOWN);
	assert_int_equal(probe_tag(&probe, path, "UUID", false, "a0a1"), FACT_UNKNOWN);
}

static int sleeps(const void *what, char answer[static PROBE_TEXT_MAX])
{
	(void)what;
	answer[0] = 'x';
	return pause();
}

static int crashes(const void *what, char answer[static PROBE_TEXT_MAX])
{
	(void)what;
	answer[0] = 'x';
	_exit(0);
}

static int fails(const void *what, char answer[static PROBE_TEXT_MAX])
{
	answer[0] = 'x';
	return *(const int *)what;
}

/* A disk that does not answer costs its share, all of them together theirs. */
static void test_bounded(void **state)
{
	const int error = -ENXIO;

	(void)state;
	assert_int_equal(probe_bounded(&probe, fails, &error, text), error);
	assert_int_equal(probe_bounded(&probe, crashes, NULL, text), -EPIPE);
	assert_true(probe.left > PROBE_ONE_MS);
	probe.left = 60;
	assert_int_equal(probe_bounded(&probe, sleeps, NULL, text), -ETIMEDOUT);
	assert_int_equal(probe.left, 0);
	/* no time is left: it is not even begun */
	assert_int_equal(probe_bounded(&probe, fails, &error, text), -ETIMEDOUT);
	assert_string_equal(text, "");
	(void)waitpid(-1, NULL, 0); /* the killed one, which was not waited for */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_live, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unreadable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later

/* libpci gives up while the list of names is chosen. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pci/pci.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "helper-tree.h"
#include "survey/names.h"

#define LIST "usr/share/misc/pci.ids"

static bool gives_up;

/* In place of libpci's own; pci_alloc() and pci_cleanup() call it as well. */
void pci_set_name_list_path(struct pci_access *access, char *name, int to_be_freed)
{
	if (gives_up && access->error && name) {
		free(name);
		access->error((char *)"no memory");
	}
	if (access->free_id_name)
		free(access->id_file_name);
	access->id_file_name = name;
	access->free_id_name = to_be_freed;
}

static void class_is(const char *want, bool with_failure)
{
	const struct host_function function = { .class_code = 0x030000 };
	char text[NAMES_TEXT_MAX];
	struct names names;
	struct tree tree;

	tree_make(&tree);
	tree_put(&tree, "C 03  Screens\n\t00  A screen\n", LIST);
	gives_up = with_failure;
	names_open(&tree.root, &names);
	gives_up = false;
	names_class(&names, &function, text);
	assert_string_equal(text, want);
	names_done(&names);
	tree_remove(&tree);
}

static void the_list_is_that_of_the_root(void **state)
{
	(void)state;
	class_is("A screen", false);
}

/* libpci would wait for a writer; it takes the list of this machine, or none. */
static void a_pipe_is_no_list(void **state)
{
	const struct host_function function = { .class_code = 0x030000 };
	char text[NAMES_TEXT_MAX];
	struct names names;
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_put(&tree, "", "usr/share/misc/other");
	assert_int_equal(mkfifoat(tree.root.fd, LIST, 0600), 0);
	names_open(&tree.root, &names);
	names_class(&names, &function, text);
	assert_string_not_equal(text, "");
	names_done(&names);
	tree_remove(&tree);
}

static void numbers_stay_when_the_library_gives_up(void **state)
{
	(void)state;
	class_is("Class [0300]", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_that_of_the_root),
		cmocka_unit_test(a_pipe_is_no_list),
		cmocka_unit_test(numbers_stay_when_the_library_gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

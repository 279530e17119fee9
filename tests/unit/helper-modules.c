// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper-modules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

void module_make(struct tree *tree, const char *name, const char *info,
		 const char *exports, const char *needs)
{
	char command[TREE_NAME_MAX];
	FILE *assembler;

	tree_dir(tree, MODULES "/kernel");
	(void)snprintf(command, sizeof(command), "as -o '%s/" MODULES "/kernel/%s.ko' -",
		       tree->path, name);
	assembler = popen(command, "w");
	assert_non_null(assembler);
	(void)fprintf(assembler, ".section .modinfo,\"a\"\n.asciz \"license=GPL\"\n");
	(void)fprintf(assembler, ".asciz \"%s\"\n", info);
	if (exports)
		(void)fprintf(assembler,
			      ".section __ksymtab_strings,\"a\"\n.asciz \"%s\"\n"
			      ".data\n.globl %s\n%s: .long 0\n",
			      exports, exports, exports);
	if (needs)
		(void)fprintf(assembler, ".data\n.long %s - .\n", needs);
	assert_int_equal(pclose(assembler), 0);
}

void index_make(struct tree *tree)
{
	char command[TREE_NAME_MAX];

	(void)snprintf(
		command, sizeof(command),
		"PATH=$PATH:/sbin:/usr/sbin depmod -b '%s' %s 2>&1 | grep -v builtin.modinfo >&2; true",
		tree->path, MODULES_RELEASE);
	assert_int_equal(system(command), 0);
}

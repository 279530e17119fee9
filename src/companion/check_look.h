/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CHECK_LOOK_H
#define VFIO_EARLY_CHECK_LOOK_H

/* All that `--check` judges, read from a machine. */

#include <stdbool.h>

#include "base/sysroot.h"
#include "check/check.h"

/**
 * struct check_wish - how to look
 * @config: --config FILE; NULL: the usual ones
 * @prove: ask the kernel about reserved groups, too
 */
struct check_wish {
	const char *config;
	bool prove;
};

/**
 * check_look() - read it
 * @check: zeroed; filled for check_run(); give it to check_done()
 *
 * Return: 0; -errno when the machine could not be looked at at all
 */
int check_look(const struct sysroot *root, const struct check_wish *wish,
	       struct check *check, struct fault *fault);

/** check_done() - let go of it; @check may be zeroed */
void check_done(struct check *check);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CHECK_LOOK_H
#define VFIO_EARLY_CHECK_LOOK_H

/* Reads all that `--check` judges from a machine. */

#include <stdbool.h>

#include "check/check.h"
#include "companion/session.h"

/**
 * check_look() - read the machine
 * @session: its run and report are filled, and @check points to them
 * @prove: ask the kernel about reserved groups, too
 * @check: zeroed; filled for check_run(); give it to check_done()
 *
 * Return: 0; -errno when the machine could not be looked at at all
 */
int check_look(struct session *session, bool prove, struct check *check,
	       struct fault *fault);

/** check_done() - free the memory that @check owns; it may be zeroed */
void check_done(struct check *check);

#endif

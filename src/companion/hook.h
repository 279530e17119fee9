/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_H
#define VFIO_EARLY_HOOK_H

/*
 * A card that is taken when its guest starts: which cards, and may they be taken from the
 * host's drivers now? Pure. In doubt the answer is no: a driver that waits in its
 * remove() waits forever, and no signal reaches it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "guest/domain.h"
#include "report/run.h"
#include "survey/users.h"

/**
 * hook_select() - keep the targets that the guest gets a function of
 * @run: decided; targets of the kernel command line are the boot's, and go as well. The
 *	plan is made anew: the drivers that are bound count.
 *
 * Return: how many are left
 */
size_t hook_select(struct run *run, const struct guest *guest);

/**
 * hook_planned() - are all targets to be taken?
 *
 * Return: 0; -EPERM: @fault names the first one that is not, and why
 */
int hook_planned(const struct run *run, struct fault *fault);

/**
 * hook_judge() - may this function be taken from its driver now?
 * @function: one that is to be taken
 * @users: by users_read_all()
 *
 * Return: 0; -EBUSY: @fault names the process, or the other card; -EACCES: it cannot be
 * told
 */
int hook_judge(const struct run *run, const struct host_function *function,
	       const struct users *users, struct fault *fault);

/**
 * hook_taken() - is all that was planned done?
 * @fault: the first target that failed, why, and what was not given back
 *
 * Return: 0; -EIO
 */
int hook_taken(const struct run *run, struct fault *fault);

/**
 * hook_returned() - is all given back to the drivers of before?
 * @fault: the first function that is not: the driver that it should have, and its driver
 *
 * Return: 0; -EIO
 */
int hook_returned(const struct run *run, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_H
#define VFIO_EARLY_HOOK_H

/*
 * A card that is taken when its guest starts: which cards, and may they be taken from the
 * host's drivers now? Pure. In doubt the answer is no: a driver may wait forever in its
 * remove(), where no signal reaches it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "guest/domain.h"
#include "report/run.h"
#include "survey/users.h"

/**
 * hook_select() - keep the targets with a function that the guest gets
 * @run: decided; targets of the kernel command line are dropped, too: they are reserved
 *	at boot. The plan is made anew, and the drivers that are bound now count.
 *
 * Return: the number of targets that are left
 */
size_t hook_select(struct run *run, const struct guest *guest);

/**
 * hook_told() - is it known what each function is that the guest gets?
 *
 * Return: 0; -EIO: @fault names one that could not be read, so a target may mean it
 */
int hook_told(const struct run *run, const struct guest *guest, struct fault *fault);

/**
 * hook_planned() - does the plan take all targets?
 *
 * Return: 0; -EPERM: @fault names the first target that is not taken, and why
 */
int hook_planned(const struct run *run, struct fault *fault);

/**
 * hook_judge() - may this function be taken from its driver now?
 * @function: function that is to be taken
 * @users: by users_read_all()
 *
 * Return: 0; -EBUSY: @fault names the process, or the other card; -EACCES: its users are
 * not known
 */
int hook_judge(const struct run *run, const struct host_function *function,
	       const struct users *users, struct fault *fault);

/**
 * hook_taken() - was the whole plan carried out?
 * @fault: the first target that failed, why, and functions that were not given back
 *
 * Return: 0; -EIO
 */
int hook_taken(const struct run *run, struct fault *fault);

/**
 * hook_returned() - are all functions back with their former drivers?
 * @fault: the first function that is not, with the driver that it should have and the one
 *	it has
 *
 * Return: 0; -EIO
 */
int hook_returned(const struct run *run, struct fault *fault);

#endif

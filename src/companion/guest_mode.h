/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_MODE_H
#define VFIO_EARLY_GUEST_MODE_H

/* --guest and --hostdev. */

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"
#include "report/run.h"

/**
 * struct guest_wish - what was asked
 * @run: decided
 * @subject: GUEST, or TARGET
 * @guest: --hostdev TARGET GUEST; NULL: none
 * @notes: where words go that are not to be pasted
 */
struct guest_wish {
	const struct sysroot *root;
	const struct run *run;
	const char *subject;
	const char *guest;
	bool json;
	FILE *out;
	FILE *notes;
};

/**
 * guest_mode() - check a guest
 * @ret_written: false: the output could not be written
 * @fault: filled when there is no guest: the status is STATUS_BAD then
 *
 * Return: the exit status
 */
enum status guest_mode(const struct guest_wish *wish, bool *ret_written,
		       struct fault *fault);

/**
 * hostdev_mode() - print the lines that give a card to a guest
 * @fault: filled when nothing is printed
 *
 * Return: the exit status: 0 when the card is reserved, 1 when not, STATUS_BAD
 */
enum status hostdev_mode(const struct guest_wish *wish, bool *ret_written,
			 struct fault *fault);

#endif

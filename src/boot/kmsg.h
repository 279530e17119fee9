/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KMSG_H
#define VFIO_EARLY_KMSG_H

/*
 * The kernel log: every initramfs has it, and the journal keeps it later. It is written
 * only on the running machine; a record that cannot be written is lost silently.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "report/run.h"

#define KMSG_TEXT_MAX 2048 /* before it is cut to a record */
#define KMSG_RECORD_MAX 900 /* 1000 bytes are EINVAL on 6.1 */

/**
 * enum kmsg_level - include/linux/kern_levels.h
 * @KMSG_ALERT: on the console whatever `quiet` and loglevel=3 or 2 say; EMERG would be
 *	broadcast to every terminal by the journal too
 * @KMSG_ERROR: on the console with `quiet` (loglevel 4)
 */
enum kmsg_level {
	KMSG_ALERT = 1,
	KMSG_ERROR = 3,
	KMSG_WARNING = 4,
	KMSG_INFO = 6,
	KMSG_DEBUG = 7,
};

/**
 * kmsg_format() - a record: `<6>vfio-early: text`
 * @text: control characters are escaped; what does not fit is cut
 */
void kmsg_format(enum kmsg_level level, const char *text,
		 char record[static KMSG_RECORD_MAX]);

/**
 * kmsg_send() - write one record
 * @root: nothing is written unless it is live
 */
void kmsg_send(const struct sysroot *root, enum kmsg_level level, const char *text);

/**
 * kmsg_farewell() - the message that stays on a screen which is about to be taken
 * @text: filled when a boot display is taken (true), else empty
 */
bool kmsg_farewell(const struct run *run, char text[static KMSG_TEXT_MAX]);

/** kmsg_target() - how a target ended, as one line */
enum kmsg_level kmsg_target(const struct run *run, size_t target,
			    char text[static KMSG_TEXT_MAX]);

/**
 * kmsg_report() - one record for each target, and with vfio_early.log=debug more
 * @root: where the log is
 */
void kmsg_report(const struct sysroot *root, const struct run *run);

#endif

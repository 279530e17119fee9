/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_LOG_READ_H
#define VFIO_EARLY_KERNEL_LOG_READ_H

/*
 * The kernel's messages of this boot, and if they are wanted those of programs: from the
 * journal, else from the kernel's log.
 */

#include "base/sysroot.h"
#include "survey/kernel_log.h"

/**
 * journal_read() - go through all messages
 * @root: where the machine is: its journal, or /dev/kmsg (of a recorded machine a plain
 *	file with such records)
 * @boot_id: of the boot, as /proc/sys/kernel/random/boot_id shows it
 * @messages: what is wanted of them; source is set when a log could be read
 */
void journal_read(const struct sysroot *root, const char *boot_id,
		  struct messages *messages);

#endif

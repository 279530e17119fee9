/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_LOG_READ_H
#define VFIO_EARLY_KERNEL_LOG_READ_H

/*
 * The kernel's messages of this boot, and those of programs if wanted: from the journal,
 * else from the kernel's log.
 */

#include "base/sysroot.h"
#include "report/drift.h"
#include "report/report_read.h"
#include "survey/kernel_log.h"

/* Setting the filter by a report, and reading the log. */

/**
 * listen_read() - find the messages about the functions of a report
 * @root: where the machine is
 * @now: the present state. Without a host only the drivers in the report are known.
 */
void listen_read(const struct sysroot *root, const struct report *report,
		 const struct now *now, const struct drift *drift,
		 struct messages *messages);

#endif

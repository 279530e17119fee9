/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_LOG_READ_H
#define VFIO_EARLY_KERNEL_LOG_READ_H

/*
 * The kernel's messages of this boot, and if they are wanted those of programs: from the
 * journal, else from the kernel's log.
 */

#include "base/sysroot.h"
#include "report/drift.h"
#include "report/report_read.h"
#include "survey/kernel_log.h"

/* What the log says of a record: whom to listen to, and listening. */

/**
 * listen_read() - find what was said of the functions of a record, and by whom
 * @root: where the machine is
 * @now: the state now. Without a host only the drivers of the record are known.
 */
void listen_read(const struct sysroot *root, const struct report *report,
		 const struct now *now, const struct drift *drift,
		 struct messages *messages);

#endif

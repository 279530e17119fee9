/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PREINIT_H
#define VFIO_EARLY_PREINIT_H

/*
 * `rdinit=/usr/lib/vfio-early/vfio-early-boot`: process 1 in front of an initramfs's own
 * /init, for images without hooks (booster, hand-made ones).
 */

#include <stdbool.h>

#include "base/fault.h"

/*
 * Modules of an extra cpio (make_cpio.h) with their own indexes, so that those of the
 * other image stay as they are. Mounted over /lib/modules while the work is done.
 */
#define PREINIT_MODULES "/usr/lib/vfio-early/modules"

/**
 * enum preinit_role - which process goes on
 * @PREINIT_NONE: an ordinary program: not process 1, or there is no /init
 * @PREINIT_WORK: the child that does the work and exits
 * @PREINIT_FAILED: process 1, and nothing could be executed: the kernel panics when it
 *	ends
 */
enum preinit_role { PREINIT_NONE, PREINIT_WORK, PREINIT_FAILED };

/**
 * preinit() - when this is process 1: mount what is needed, do the work in a child,
 * unmount it and become /init, whatever the child did
 * @argv: given to /init, all but the first
 *
 * Returns in the child, and in process 1 only on failure. /run is not mounted yet, so the
 * report goes to devtmpfs: the one that is mounted later is the same file system.
 *
 * In a kernel that dumps a crash (/proc/vmcore) no work is done.
 */
enum preinit_role preinit(char **argv, struct fault *fault);

#endif

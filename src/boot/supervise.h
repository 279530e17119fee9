/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SUPERVISE_H
#define VFIO_EARLY_SUPERVISE_H

/* One run of the boot program, in processes of its own: the boot always goes on. */

#include "base/address.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"

/* Seconds behind the deadline within which everything has ended, whatever hangs */
#define SUPERVISE_GRACE 6

/**
 * supervise() - decide and act in a worker, give back what it leaves behind, report
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @device: only what this function is about, which has appeared now; NULL: everything
 * @fault: filled when the report, or everything, could not be done
 *
 * Returns more than once, as fork() does: in the caller and in each process that it
 * starts. Every process that returns exits with this status; it may print @fault first.
 *
 * SIGTERM, SIGINT and SIGHUP are the deadline come early.
 */
enum status supervise(struct sysroot *root, const char *config,
		      const struct pci_address *device, struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SUPERVISE_H
#define VFIO_EARLY_SUPERVISE_H

/* One run of the boot program in separate processes, so that the boot always goes on. */

#include "base/address.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/sysroot.h"

/* Seconds after the deadline within which the program ends, whatever hangs */
#define SUPERVISE_GRACE 6

/**
 * supervise() - decide and act in a worker, give back what it left behind, report
 * @root: where the machine is
 * @config: --config FILE; NULL: the usual files
 * @device: a function that has just appeared: only its targets are handled; NULL: all
 *	targets
 * @running: this is a running system: no trial of the guard
 * @fault: filled when the report could not be written, or nothing could be done
 *
 * Returns more than once, as fork() does: in the caller and in each process that it
 * starts. Every process that returns exits with this status; it may print @fault first.
 *
 * SIGTERM, SIGINT and SIGHUP act as an early deadline.
 */
enum status supervise(struct sysroot *root, const char *config,
		      const struct pci_address *device, bool running,
		      struct fault *fault);

#endif

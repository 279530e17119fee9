/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_RECORD_H
#define VFIO_EARLY_HOOK_RECORD_H

/*
 * The functions that were taken for a guest, in a separate file beside the report of the
 * boot: run/vfio-early/start-GUEST.json, in the same format. It is written before any
 * function is touched, so that the next run can give them back.
 */

#include "base/fault.h"
#include "base/sysroot.h"
#include "report/report_read.h"
#include "report/run.h"

#define HOOK_RECORD_DIR "run/vfio-early"
#define HOOK_RECORD_PREFIX "start-"
#define HOOK_RECORD_SUFFIX ".json"
/*
 * Bytes of a guest's name, NUL included: what NAME_MAX leaves of a file's name for it,
 * with the number of a new file (base/newfile.h)
 */
#define HOOK_GUEST_MAX 237

/** hook_record_write() - write the record, whole or not at all. Returns 0 or -errno. */
int hook_record_write(const struct sysroot *root, const char *guest,
		      const struct run *run, struct fault *fault);

/**
 * hook_record_read() - read the record
 * @report: give it to report_done() after success
 *
 * Return: 0; -ENOENT: there is none; -errno
 */
int hook_record_read(const struct sysroot *root, const char *guest, struct report *report,
		     struct fault *fault);

/**
 * hook_record_run() - make a run from a record, so that apply_abandon() gives it back
 * @run: zeroed; filled: functions as they were before, all of them touched
 */
void hook_record_run(const struct report *report, struct run *run);

/**
 * hook_record_remove() - remove the record, when all is given back
 *
 * Return: 0, also when there is none; -errno
 */
int hook_record_remove(const struct sysroot *root, const char *guest,
		       struct fault *fault);

/**
 * hook_record_each() - go through all records
 * @look: called with each guest's name
 */
void hook_record_each(const struct sysroot *root,
		      void (*look)(const char *guest, void *context), void *context);

#endif

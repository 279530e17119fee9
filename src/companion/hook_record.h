/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_RECORD_H
#define VFIO_EARLY_HOOK_RECORD_H

/*
 * What was taken for a guest, in a file of its own beside the report of the boot:
 * run/vfio-early/start-GUEST.json, of the same form. It is written before anything is
 * touched, so that the next run can give back.
 */

#include "base/fault.h"
#include "base/sysroot.h"
#include "report/report_read.h"
#include "report/run.h"

#define HOOK_RECORD_DIR "run/vfio-early"
#define HOOK_RECORD_PREFIX "start-"
#define HOOK_RECORD_SUFFIX ".json"
#define HOOK_GUEST_MAX 200 /* bytes of a guest's name, NUL included */

/** hook_record_write() - write it whole. Returns 0 or -errno. */
int hook_record_write(const struct sysroot *root, const char *guest,
		      const struct run *run, struct fault *fault);

/**
 * hook_record_read() - read it
 * @report: give it to report_done() after success
 *
 * Return: 0; -ENOENT: there is none; -errno
 */
int hook_record_read(const struct sysroot *root, const char *guest, struct report *report,
		     struct fault *fault);

/**
 * hook_record_run() - make a run of it that apply_abandon() gives back
 * @run: zeroed; filled: functions as they were before, all of them touched
 */
void hook_record_run(const struct report *report, struct run *run);

/** hook_record_remove() - nothing is taken any more */
void hook_record_remove(const struct sysroot *root, const char *guest);

/**
 * hook_record_each() - look at all of them
 * @look: called with each guest's name
 */
void hook_record_each(const struct sysroot *root,
		      void (*look)(const char *guest, void *context), void *context);

#endif

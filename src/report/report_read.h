/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_READ_H
#define VFIO_EARLY_REPORT_READ_H

/*
 * Reading the report of a run. Strict about the members that are needed, so that nothing
 * is guessed; unknown members are ignored, so that a newer program may add some.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/fault.h"
#include "base/sysroot.h"
#include "plan/plan.h"
#include "report/run.h"

#define REPORT_UNPLANNED_MAX 256
#define REPORT_SIZE_MAX (8 << 20) /* far more than the limits of plan.h can fill */

/**
 * struct report_function - a function of a target; absent texts are ""
 * @address: its address at the run
 * @id: vendor:device
 * @vfio_driver: the driver that was planned
 * @before: driver before the run
 * @after: driver after it, when @after_known
 * @after_known: it was read back
 * @touched: some attribute of it was written
 * @given_back: undoing was tried
 * @undo_failed: undoing did not fully work
 */
struct report_function {
	struct pci_address address;
	const char *id;
	const char *vfio_driver;
	const char *before;
	const char *after;
	bool after_known;
	bool touched;
	bool given_back;
	bool undo_failed;
};

/**
 * struct report_target - a target; absent texts are ""
 * @name: as in the config
 * @state: its final state
 * @reason: code, which may be unknown here if a newer program wrote it
 * @detail: sentence with the machine's facts
 * @remedy: what to do
 * @optional: absence is no failure
 * @late: its function appeared after the run in the initramfs
 * @file: of the config
 * @line: 0: none
 * @functions: functions that were or would have been taken
 * @n_functions: number of @functions
 */
struct report_target {
	const char *name;
	enum target_state state;
	const char *reason;
	const char *detail;
	const char *remedy;
	bool optional;
	bool late;
	const char *file;
	uint64_t line;
	struct report_function functions[PLAN_FUNCTIONS_MAX];
	size_t n_functions;
};

/**
 * struct report - a report; absent texts are ""
 * @json: the whole report; owns all texts here
 * @path: its path below the root
 * @program_version: of the boot program
 * @generator: of the initramfs
 * @kernel: release
 * @boot_id: of the boot of the run
 * @mode: vfio_early.mode
 * @config_hash: of the config of the run
 * @config_error: error in that config
 * @end: how the run ended
 * @phase: last phase of the run
 * @udev_ran: udev ran before it
 * @left_out: options and softdeps that the VFIO modules did not get; empty: none
 * @guard: of that boot; idle in reports of versions before 0.2
 * @unplanned: functions without a target that a VFIO driver took in this run, as a list
 * @kept: functions without a target that a VFIO driver had before, as a list
 * @start: microseconds since boot
 * @finish: likewise
 * @n_targets: number of @targets
 * @targets: in the order of the config; the last member, because only so many of it are
 *	written as there are
 */
struct report {
	json_t *json;
	const char *path;
	const char *program_version;
	const char *generator;
	const char *kernel;
	const char *boot_id;
	const char *mode;
	const char *config_hash;
	const char *config_error;
	enum run_end end;
	enum run_phase phase;
	bool udev_ran;
	const char *left_out;
	struct guard guard;
	char unplanned[REPORT_UNPLANNED_MAX];
	char kept[REPORT_UNPLANNED_MAX];
	uint64_t start;
	uint64_t finish;
	size_t n_targets;
	struct report_target targets[PLAN_TARGETS_MAX];
};

/**
 * report_read() - read the report below a root
 * @root: has REPORT_PATH or REPORT_FALLBACK_PATH
 * @report: filled; give it to report_done() after success
 * @fault: filled on failure: file, position and expectation
 *
 * Return: 0; -ENOENT when there is none; -ENOTSUP for a newer version; -EFBIG, -E2BIG for
 * more than any run writes; -EINVAL for an invalid report; -errno
 */
int report_read(const struct sysroot *root, struct report *report, struct fault *fault);

/**
 * report_parse() - read a report from memory
 * @path: for messages, and report.path
 * @text: its bytes
 */
int report_parse(const char *path, const char *text, size_t length, struct report *report,
		 struct fault *fault);

/**
 * report_done() - free what a report holds
 * @report: read, or zeroed; empty then
 */
void report_done(struct report *report);

#endif

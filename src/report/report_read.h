/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_READ_H
#define VFIO_EARLY_REPORT_READ_H

/*
 * Reading the report of a run back. Strict about what it needs, so that nothing is
 * guessed; what it does not know is left alone, so that a newer program may add to it.
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
 * @address: where it was
 * @id: vendor:device
 * @vfio_driver: the driver that it was to get
 * @before: driver before the run
 * @after: driver after it, when @after_known
 * @after_known: it was read back
 * @touched: something was written about it
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
 * @state: how it ended
 * @reason: code, which a newer program may know alone
 * @detail: sentence with the machine's facts
 * @remedy: what to do
 * @optional: absence is no failure
 * @late: its function appeared after the initramfs had run us
 * @file: of the config
 * @line: 0: none
 * @functions: what was or would have been taken
 * @n_functions: how many
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
 * @json: all of it; owns every text here
 * @path: where it was found, below the root
 * @program_version: of the boot program
 * @generator: of the initramfs
 * @kernel: release
 * @boot_id: of the boot that it ran in
 * @mode: vfio_early.mode
 * @config_hash: of the config that it used
 * @config_error: what was wrong with that config
 * @end: how the run ended
 * @phase: how far it came
 * @udev_ran: udev was there before it
 * @left_out: what no VFIO module was given; empty: nothing
 * @guard: of that boot; idle in a record of before 0.2
 * @unplanned: functions that a VFIO driver took in this run without a target, as a list
 * @kept: such functions that it had before, as a list
 * @start: microseconds since boot
 * @finish: likewise
 * @targets: in the order of the config
 * @n_targets: how many
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
	struct report_target targets[PLAN_TARGETS_MAX];
	size_t n_targets;
};

/**
 * report_read() - read the report below a root
 * @root: where REPORT_PATH or REPORT_FALLBACK_PATH is
 * @report: filled; give it to report_done() after success
 * @fault: filled on failure: file, place and what was expected there
 *
 * Return: 0; -ENOENT when there is none; -ENOTSUP for a newer version; -EFBIG, -E2BIG for
 * more than any run writes; -EINVAL for anything else that is no report; -errno
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
 * @report: read, or zeroed
 */
void report_done(struct report *report);

#endif

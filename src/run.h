/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUN_H
#define VFIO_EARLY_RUN_H

/*
 * Everything about one run of the boot program, as one plain value in memory that the
 * supervisor shares with its worker: whatever happens to the worker, the supervisor
 * knows what was wanted, found, decided and done.
 */

#include <stdbool.h>
#include <stdint.h>

#include "apply.h"
#include "config.h"
#include "config_read.h"
#include "host.h"
#include "plan.h"

#define RUN_WORD_MAX CONFIG_WORD_MAX

/**
 * enum run_phase - how far the worker came; later phases have all values of earlier ones
 * @RUN_CONFIG: reading config and command line
 * @RUN_FACTS: reading the machine
 * @RUN_PLAN: deciding
 * @RUN_APPLY: acting
 * @RUN_DONE: all done, the report can be written
 */
enum run_phase { RUN_CONFIG, RUN_FACTS, RUN_PLAN, RUN_APPLY, RUN_DONE };

extern const char *const run_phase_names[];

/**
 * enum run_end - how the worker ended
 */
enum run_end { RUN_COMPLETED, RUN_DEADLINE, RUN_CRASHED };

extern const char *const run_end_names[];

/**
 * struct run - one run
 * @phase: how far it came
 * @end: how it ended
 * @signal: RUN_CRASHED: the signal, or 0 when the worker left by itself
 * @start: microseconds since boot (CLOCK_BOOTTIME)
 * @finish: likewise
 * @boot_id: /proc/sys/kernel/random/boot_id
 * @late: for one function that appeared later; the plan holds only what it is about
 * @idle: there was nothing to do about it, or nobody could find out: the record stays
 */
struct run {
	enum run_phase phase;
	enum run_end end;
	int signal;
	uint64_t start;
	uint64_t finish;
	char boot_id[RUN_WORD_MAX];
	bool late;
	bool idle;
	struct image image;
	struct config config;
	struct host host;
	struct plan plan;
	struct apply apply;
};

#endif

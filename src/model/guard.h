/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_H
#define VFIO_EARLY_GUARD_H

/*
 * The guard: config and kernel that have never been seen to boot are on trial. One EFI
 * variable notes the trial before the first write and is cleared when the boot has proved
 * good; a boot that finds a trial of its config unfinished takes nothing. Pure; the
 * variable is read by guard_read.h, written by guard_write.h (doc/decisions/guard.md).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "model/config.h"
#include "model/host.h"

#define GUARD_PASSED_MAX 8

/**
 * enum guard_state - what the guard has to do with a boot
 * @GUARD_IDLE: nothing was to be taken, or not by the guard's program: no trial
 * @GUARD_OFF: guard = off, or vfio_early.guard=off
 * @GUARD_NONE: there is no guard on this machine; guard.detail says why
 * @GUARD_TRIAL: the boot is a trial, and that is noted
 * @GUARD_PASSED: config and kernel have been seen to boot
 * @GUARD_FALLBACK: a trial was not finished: nothing is taken
 */
enum guard_state {
	GUARD_IDLE,
	GUARD_OFF,
	GUARD_NONE,
	GUARD_TRIAL,
	GUARD_PASSED,
	GUARD_FALLBACK,
};

extern const char *const guard_state_names[];

/**
 * enum guard_risk - what a wrong config would cost
 * @GUARD_RISK_BOOT: the boot: reaching the default target proves it good
 * @GUARD_RISK_SCREEN: the screen, too: the boot display or the last one of the host is
 *	taken
 */
enum guard_risk { GUARD_RISK_BOOT, GUARD_RISK_SCREEN };

/**
 * enum guard_needs - what proves a trial good
 * @GUARD_NEEDS_TARGET: the default target is reached
 * @GUARD_NEEDS_LOGIN: a person has logged in, or `vfio-early --confirm`
 */
enum guard_needs { GUARD_NEEDS_TARGET, GUARD_NEEDS_LOGIN };

extern const char *const guard_needs_names[];

/**
 * struct guard - of a run
 * @needs: of a trial
 * @detail: why there is no guard, or which boot has not finished; empty: nothing to add
 */
struct guard {
	enum guard_state state;
	enum guard_needs needs;
	char detail[FAULT_TEXT_MAX];
};

/**
 * struct guard_boot - what is judged: a config on a kernel, in a boot
 * @config: guard_config_hash()
 * @kernel: release
 * @boot: hash of the boot's id, not 0
 */
struct guard_boot {
	uint64_t config;
	char kernel[HOST_NAME_MAX];
	uint64_t boot;
	enum guard_risk risk;
};

/**
 * struct guard_record - content of the variable, as it is in NVRAM: little endian, which
 *	is what all machines with UEFI are
 * @magic: "VFEARLY1"
 * @boot: of the trial; 0: none is open
 * @config: of the trial
 * @risk: of the trial
 * @kernel: of the trial
 * @passed: hashes of config, kernel and risk of trials that have passed, the latest
 *	first; 0: free
 */
struct guard_record {
	char magic[8];
	uint64_t boot;
	uint64_t config;
	uint64_t risk;
	char kernel[HOST_NAME_MAX];
	uint64_t passed[GUARD_PASSED_MAX];
};

/**
 * guard_config_hash() - of all that decides what is taken: the files, and the targets of
 *	the kernel command line
 */
uint64_t guard_config_hash(const struct config *config);

/** guard_boot_of() - what is judged of a boot; @boot_id is its text */
void guard_boot_of(const struct config *config, const char *kernel, const char *boot_id,
		   enum guard_risk risk, struct guard_boot *ret_boot);

/**
 * guard_record_parse() - understand the variable
 * @length: 0: there is none
 * @record: filled; empty when @bytes are none of ours: one boot more is a trial then
 */
void guard_record_parse(const void *bytes, size_t length, struct guard_record *record);

/**
 * guard_judge() - what a boot that would take something is
 *
 * Return: GUARD_TRIAL, GUARD_PASSED or GUARD_FALLBACK
 */
enum guard_state guard_judge(const struct guard_record *record,
			     const struct guard_boot *now);

/** guard_is_noted() - is the trial of this very boot open? */
bool guard_is_noted(const struct guard_record *record, uint64_t boot);

/** guard_record_begin() - note a trial; one of another config is forgotten */
void guard_record_begin(struct guard_record *record, const struct guard_boot *now);

/**
 * guard_record_end() - the trial is over
 * @passed: it has proved good; else it is only forgotten
 */
void guard_record_end(struct guard_record *record, bool passed);

/** guard_needs_of() - what would prove it good */
enum guard_needs guard_needs_of(const struct config *config, enum guard_risk risk);

/**
 * guard_tell() - what a person should know of it, as a sentence without its detail
 *
 * Return: it; empty when there is nothing to say
 */
const char *guard_tell(const struct guard *guard);

/** guard_boot_hash() - of /proc/sys/kernel/random/boot_id */
uint64_t guard_boot_hash(const char *boot_id);

#endif

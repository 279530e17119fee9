/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_H
#define VFIO_EARLY_GUARD_H

/*
 * The guard: a config and kernel that have never booted together are on trial. The trial
 * is noted in an EFI variable before any card is touched, and ends when the boot has
 * proved good. A boot that finds an unfinished trial of its config takes nothing. Pure;
 * the variable is read by guard_read.h, written by guard_write.h
 * (doc/decisions/guard.md).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "model/config.h"
#include "model/host.h"

#define GUARD_PASSED_MAX 8

/**
 * enum guard_state - the guard's judgement of a boot
 * @GUARD_IDLE: no trial, because no card is to be taken, or not by the boot program at
 *	boot
 * @GUARD_OFF: guard = off, or vfio_early.guard=off
 * @GUARD_NONE: there is no guard on this machine; guard.detail says why
 * @GUARD_TRIAL: the boot is a trial, which is noted
 * @GUARD_PASSED: config and kernel have passed a trial
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
 * enum guard_risk - damage that a wrong config would do
 * @GUARD_RISK_BOOT: the boot may fail: reaching the default target proves it good
 * @GUARD_RISK_SCREEN: the host may lose its screen, too: its boot display or its last
 *	display is taken
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
 * struct guard - the guard in a run
 * @needs: what proves the trial good
 * @detail: why there is no guard, or which trial did not finish; empty: nothing to add
 */
struct guard {
	enum guard_state state;
	enum guard_needs needs;
	char detail[FAULT_TEXT_MAX];
};

/**
 * struct guard_boot - subject of the judgement: a config on a kernel, in a boot
 * @config: guard_config_hash()
 * @kernel: release
 * @boot: guard_boot_hash() of the boot's id
 */
struct guard_boot {
	uint64_t config;
	char kernel[HOST_NAME_MAX];
	uint64_t boot;
	enum guard_risk risk;
};

/**
 * struct guard_record - content of the variable in NVRAM; little endian, as all machines
 * with UEFI
 * @magic: "VFEARLY1"
 * @boot: boot of the open trial; 0: no trial is open
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
 * guard_config_hash() - hash of all that decides which cards are taken: the files, and
 * the targets of the kernel command line
 */
uint64_t guard_config_hash(const struct config *config);

/** guard_boot_of() - describe a boot; @boot_id is the text of its id */
void guard_boot_of(const struct config *config, const char *kernel, const char *boot_id,
		   enum guard_risk risk, struct guard_boot *ret_boot);

/**
 * guard_record_parse() - parse the variable
 * @length: 0: there is no variable
 * @record: filled; empty when @bytes are not valid, so that the next boot is a trial
 *	again
 */
void guard_record_parse(const void *bytes, size_t length, struct guard_record *record);

/**
 * guard_judge() - judge a boot that would take cards
 *
 * Return: GUARD_TRIAL, GUARD_PASSED or GUARD_FALLBACK
 */
enum guard_state guard_judge(const struct guard_record *record,
			     const struct guard_boot *now);

/** guard_is_noted() - is the trial of this very boot open? */
bool guard_is_noted(const struct guard_record *record, uint64_t boot);

/** guard_record_begin() - note a trial; an open trial of another config is forgotten */
void guard_record_begin(struct guard_record *record, const struct guard_boot *now);

/**
 * guard_record_end() - end the trial
 * @passed: it has proved good; else the trial is only forgotten
 */
void guard_record_end(struct guard_record *record, bool passed);

/** guard_needs_of() - what proves a trial good */
enum guard_needs guard_needs_of(const struct config *config, enum guard_risk risk);

/**
 * guard_tell() - the guard's state as a sentence for people, without the detail
 *
 * Return: the sentence; empty when there is nothing to say
 */
const char *guard_tell(const struct guard *guard);

/** guard_boot_hash() - hash of /proc/sys/kernel/random/boot_id; never 0 */
uint64_t guard_boot_hash(const char *boot_id);

#endif

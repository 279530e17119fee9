/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REASON_H
#define VFIO_EARLY_REASON_H

/*
 * Why a target is not reserved: one table holds the stable code, the sentence, the remedy
 * and the rule. The order is that of the rules: where several rules refuse, the first one
 * is the target's reason.
 */

#include <stdint.h>

/**
 * enum reason - stable reason codes; reason_info() describes them
 *
 * Up to REASON_LIMIT they are verdicts of plan.c (rule numbers there); the others are
 * outcomes of apply.c and of the comparison with the present state.
 */
enum reason {
	REASON_NONE,
	REASON_CONFIG_INVALID,
	REASON_MODE_OFF,
	REASON_MODE_PLAN,
	REASON_ABSENT,
	REASON_AMBIGUOUS,
	REASON_ID_MISMATCH,
	REASON_PATH_MISMATCH,
	REASON_ADDRESS_MOVED,
	REASON_FUNCTION_MISSING,
	REASON_NOT_ENDPOINT,
	REASON_CLASS_REFUSED,
	REASON_CLAIMED_TWICE,
	REASON_VFS_ENABLED,
	REASON_BEHIND_DRIVER,
	REASON_IOMMU_INACTIVE,
	REASON_NO_GROUP,
	REASON_NO_UNIT,
	REASON_GROUP_SHARED,
	REASON_BRIDGE_DRIVER,
	REASON_RESERVED_REGION,
	REASON_INTERRUPT_REMAPPING,
	REASON_HOST_DISK,
	REASON_HOST_NETWORK,
	REASON_BOOT_DISPLAY,
	REASON_CANNOT_TELL,
	REASON_DRIVER_MISSING,
	REASON_DRIVER_IN_USE,
	REASON_LIMIT,
	REASON_FALLBACK,
	REASON_IDENTITY_CHANGED,
	REASON_OVERRIDE_FAILED,
	REASON_UNBIND_FAILED,
	REASON_LOAD_FAILED,
	REASON_BIND_FAILED,
	REASON_FRAMEBUFFER_HELD,
	REASON_UNPLANNED,
	REASON_BUNDLE_FAILED,
	REASON_DEADLINE,
	REASON_CRASHED,
	REASON_LOST,
	REASON_COUNT
};

/**
 * enum reason_trait - properties of a reason
 * @REASON_OPEN: it may not hold at the next boot (virtual functions are enabled by a
 *	driver that is not loaded so early), or not for a user with more rights
 * @REASON_OF_IOMMU: it comes and goes with the IOMMU
 * @REASON_TOLD: another section of `--check` explains it on this machine
 * @REASON_FOR_GUESTS: it holds for any use by a virtual machine, in whatever way the card
 *	is reserved
 */
enum reason_trait {
	REASON_OPEN = 1,
	REASON_OF_IOMMU = 2,
	REASON_TOLD = 4,
	REASON_FOR_GUESTS = 8,
};

/**
 * struct reason_info - what a reason means
 * @code: stable name: group-shared
 * @sentence: what is wrong, for any machine
 * @remedy: what to do about it
 * @rule: number of the rule in plan.c; 0: none
 * @traits: bits of enum reason_trait
 */
struct reason_info {
	const char *code;
	const char *sentence;
	const char *remedy;
	unsigned int rule;
	unsigned int traits;
};

/**
 * reason_info() - look a reason up
 *
 * Return: its row of the table
 */
const struct reason_info *reason_info(enum reason reason);

/** reasons_with() - reasons of rules that have a trait, as bits of plan_target.reasons */
uint64_t reasons_with(enum reason_trait trait);

/**
 * reason_parse() - find a reason by its code
 *
 * Return: the reason; REASON_COUNT for an unknown code
 */
enum reason reason_parse(const char *code);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_READ_H
#define VFIO_EARLY_GUARD_READ_H

/* The EFI variable of the guard in efivarfs: 4 bytes of attributes, then data. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "model/guard.h"

#define GUARD_EFI "sys/firmware/efi"
#define GUARD_STORE GUARD_EFI "/efivars"
#define GUARD_VARIABLE "VfioEarlyGuard-3a2bd3ca-9487-4836-b656-9a07448d51c4"
#define GUARD_ATTRIBUTES 7 /* non-volatile, boot service access, runtime access */

/*
 * A trial is noted and ended. Firmware does not take back the old bytes before a reset,
 * and adds a header and the name (EDK II: 60 + 30 bytes) to each.
 */
#define GUARD_ROOM (2 * (sizeof(struct guard_record) + 96))

/**
 * struct guard_look - state of the guard for the next boot, as far as the running system
 * knows
 * @obstacle: guard_obstacle()
 * @error: -errno of the store or of the variable; 0: a guard is possible
 * @fault: sentence to @error
 * @record: empty when there is no variable
 * @room_known: the kernel says how full the store is
 * @room: bytes that it lets be written
 */
struct guard_look {
	const char *obstacle;
	int error;
	struct fault fault;
	struct guard_record record;
	bool room_known;
	uint64_t room;
};

/** guard_look() - fill all of @look */
void guard_look(const struct sysroot *root, struct guard_look *look);

/**
 * guard_read() - read the variable
 * @dir: descriptor of the store's directory
 * @record: filled; empty when there is none
 *
 * Return: 0 or -errno
 */
int guard_read(int dir, struct guard_record *record, struct fault *fault);

/**
 * guard_obstacle() - reason why no trial would end on this machine
 *
 * Judged by the configuration of systemd: the links in TARGET.wants of the default
 * target, and of multi-user.target if the default target includes it, a mask, and whether
 * systemd is init. systemd.unit= on the command line of a boot is not considered.
 *
 * Return: the reason, as words of a sentence; NULL: vfio-early-passed.service ends trials
 * at every boot
 */
const char *guard_obstacle(const struct sysroot *root);

/**
 * guard_store_open() - open the store that is mounted below a root
 * @ret_dir: of the store; written on success only
 *
 * Return: 0; -ENODEV: there is no UEFI, or efivarfs is not mounted; -errno
 */
int guard_store_open(const struct sysroot *root, int *ret_dir, struct fault *fault);

#endif

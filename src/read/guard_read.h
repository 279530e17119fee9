/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_READ_H
#define VFIO_EARLY_GUARD_READ_H

/* The variable of the guard, as efivarfs shows it: 4 bytes of attributes, then data. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "model/guard.h"

#define GUARD_EFI "sys/firmware/efi"
#define GUARD_STORE GUARD_EFI "/efivars"
#define GUARD_VARIABLE "VfioEarlyGuard-3a2bd3ca-9487-4836-b656-9a07448d51c4"
#define GUARD_ATTRIBUTES 7 /* kept without power, for boot services, at run time */

/**
 * struct guard_look - what a boot will find, as far as the running system knows
 * @obstacle: guard_obstacle()
 * @error: of the store or of the variable; 0: there can be a guard
 * @fault: why not
 * @record: empty when there is no variable
 */
struct guard_look {
	const char *obstacle;
	int error;
	struct fault fault;
	struct guard_record record;
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
 * guard_obstacle() - why nothing would end a trial on this machine
 *
 * By what systemd goes by: the links in TARGET.wants of the default target and of
 * multi-user.target where that is below it, a mask, and whether systemd is the init at
 * all. A boot with systemd.unit= is not known here.
 *
 * Return: why, as words of a sentence; NULL: vfio-early-passed.service does at every boot
 */
const char *guard_obstacle(const struct sysroot *root);

/**
 * guard_store_open() - the store that is mounted below a root
 * @ret_dir: of the store; written on success only
 *
 * Return: 0; -ENODEV: there is no UEFI, or efivarfs is not mounted; -errno
 */
int guard_store_open(const struct sysroot *root, int *ret_dir, struct fault *fault);

#endif

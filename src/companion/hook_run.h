/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_RUN_H
#define VFIO_EARLY_HOOK_RUN_H

/*
 * Taking a card for a guest's start, and giving it back at its end, in separate
 * processes: a driver that never releases its card stops these, and not the hypervisor.
 */

#include "base/fault.h"
#include "base/sysroot.h"

#define HOOK_CONFIG_PATH "etc/vfio-early-start.conf"
#define HOOK_SCRIPT_PATH "etc/libvirt/hooks/qemu.d/50-vfio-early"
#define HOOK_SECONDS 30 /* for deciding and acting */
#define HOOK_BACK_SECONDS 15 /* for giving back what failed, or at the end */
#define HOOK_LOCK_SECONDS 10 /* of these, for another run of vfio-early to end */

/**
 * hook_take() - take the cards that both the config for starts and the guest on stdin
 * name
 * @guest: its name
 *
 * All or nothing. Cards left over from an earlier start are given back first.
 *
 * Return: 0: taken, or nothing to take; -errno, with a sentence in @fault: nothing is
 * taken
 */
int hook_take(struct sysroot *root, const char *guest, struct fault *fault);

/**
 * hook_return() - give back the cards in the record of hook_take()
 *
 * It may be called again.
 *
 * Return: 0; -errno, with a sentence in @fault: not all cards are back
 */
int hook_return(struct sysroot *root, const char *guest, struct fault *fault);

#endif

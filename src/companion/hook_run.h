/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_RUN_H
#define VFIO_EARLY_HOOK_RUN_H

/*
 * Taking a card for a guest's start, and giving it back at its end, in processes of their
 * own: a driver that never lets go of its card stops them, and not the hypervisor.
 */

#include "base/fault.h"
#include "base/sysroot.h"

#define HOOK_CONFIG_PATH "etc/vfio-early-start.conf"
#define HOOK_SCRIPT_PATH "etc/libvirt/hooks/qemu.d/50-vfio-early"
#define HOOK_SECONDS 30 /* for deciding and acting */
#define HOOK_BACK_SECONDS 15 /* for giving back what failed, or at the end */
#define HOOK_LOCK_SECONDS 10 /* of these, for another run of vfio-early to end */

/**
 * hook_take() - take what is both in the config for starts and in the guest on stdin
 * @guest: its name
 *
 * All or nothing. What a start before has left is given back first.
 *
 * Return: 0: taken, or there is nothing to take; -errno and a sentence: nothing is taken
 */
int hook_take(struct sysroot *root, const char *guest, struct fault *fault);

/**
 * hook_return() - give back what hook_take() has noted
 *
 * As often as it is called.
 *
 * Return: 0; -errno and a sentence: not all has come back
 */
int hook_return(struct sysroot *root, const char *guest, struct fault *fault);

#endif

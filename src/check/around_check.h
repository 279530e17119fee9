/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_AROUND_CHECK_H
#define VFIO_EARLY_AROUND_CHECK_H

/* `--check`: what a virtual machine needs besides the card. Hints, never failures. */

#include "base/sysroot.h"
#include "check/finding.h"

/**
 * around_check() - findings about KVM, QEMU, libvirt, Proxmox, OVMF and the user
 * @root: the machine
 * @findings: grows
 */
void around_check(const struct sysroot *root, struct findings *findings);

#endif

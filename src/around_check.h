/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_AROUND_CHECK_H
#define VFIO_EARLY_AROUND_CHECK_H

/* `--check`: what a virtual machine needs besides the card. Hints, never failures. */

#include "config.h"
#include "finding.h"
#include "host.h"
#include "plan.h"
#include "sysroot.h"

/**
 * around_check() - findings about KVM, QEMU, libvirt, Proxmox, OVMF and the user
 * @root: the machine
 * @config: not looked at
 * @host: not looked at
 * @plan: not looked at
 * @findings: grows
 */
void around_check(const struct sysroot *root, const struct config *config,
		  const struct host *host, const struct plan *plan,
		  struct findings *findings);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_AROUND_H
#define VFIO_EARLY_AROUND_H

/* The software of a machine for virtual machines. */

#include <stdbool.h>

#include "base/lines.h"
#include "base/sysroot.h"
#include "model/host.h"

#define AROUND_SECONDS 5 /* limit for an answer of systemd */

/**
 * struct around_group - a user group that gives access without root
 * @exists: the group exists
 * @members: ann,bob; empty: none
 * @person: the first user account of a person; empty: none
 */
struct around_group {
	bool exists;
	char members[LINES_WORD_MAX];
	char person[LINES_WORD_MAX];
};

/**
 * struct around - facts about this software
 * @kvm: /dev/kvm exists
 * @kvm_is_free: every user may open it
 * @proxmox: the machine is a Proxmox host
 * @libvirt: libvirt is installed
 * @qemu: QEMU is installed
 * @firmware: path of a UEFI firmware for virtual machines, below the root; NULL: none
 * @libvirt_active: socket or service of libvirt is active; read only if @libvirt
 * @network: libvirt's default network is running
 * @libvirt_group: group `libvirt`
 * @kvm_group: group `kvm`
 */
struct around {
	bool kvm;
	bool kvm_is_free;
	bool proxmox;
	bool libvirt;
	bool qemu;
	const char *firmware;
	enum fact libvirt_active;
	bool network;
	struct around_group libvirt_group;
	struct around_group kvm_group;
};

/** around_read() - read these facts; systemd is asked on the running machine only */
void around_read(const struct sysroot *root, struct around *around);

#endif

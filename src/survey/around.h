/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_AROUND_H
#define VFIO_EARLY_AROUND_H

/* What there is on a machine to run virtual machines with. */

#include <stdbool.h>

#include "base/lines.h"
#include "base/sysroot.h"
#include "model/host.h"

#define AROUND_SECONDS 5 /* that an answer of systemd may take */

/**
 * struct around_group - a group that lets people use something without being root
 * @exists: there is such a group
 * @members: ann,bob; empty: none
 * @person: the first of the people of this machine; empty: it has none
 */
struct around_group {
	bool exists;
	char members[LINES_WORD_MAX];
	char person[LINES_WORD_MAX];
};

/**
 * struct around - all of it
 * @kvm: /dev/kvm is there
 * @kvm_is_free: every user may open it
 * @proxmox: it is a Proxmox host
 * @libvirt: libvirt is installed
 * @qemu: QEMU is installed
 * @firmware: path of a UEFI firmware for virtual machines, below the root; NULL: none
 * @libvirt_active: its socket or service is active; asked only when @libvirt
 * @network: its default network is running
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

/** around_read() - look; only the running machine's systemd can be asked */
void around_read(const struct sysroot *root, struct around *around);

#endif

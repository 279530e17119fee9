/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PROOF_H
#define VFIO_EARLY_PROOF_H

/*
 * Asking the kernel about reserved groups, up to SET_IOMMU and no further, since opening
 * a device resets it. Where VFIO has no groups (CONFIG_VFIO_GROUP is not set), the
 * device's own node has to be bound to iommufd. This opens the device, and so resets it,
 * as the start of a virtual machine does.
 */

#include <stdbool.h>
#include <stdint.h>

#define PROOFS_MAX 256

/**
 * enum proof_step - the first step that failed
 *
 * The steps and their errors: kernel 5.10 to 6.12 drivers/vfio/group.c (vfio.c before
 * 6.1), drivers/vfio/vfio_iommu_type1.c.
 */
enum proof_step {
	PROOF_CONTAINER,
	PROOF_VERSION,
	PROOF_TYPE1,
	PROOF_GROUP,
	PROOF_STATUS,
	PROOF_SET_CONTAINER,
	PROOF_SET_IOMMU,
	PROOF_IOMMUFD,
	PROOF_DEVICE,
	PROOF_BIND,
	PROOF_GOOD,
};

/**
 * struct proof - the kernel's answer about a group
 * @group: number
 * @step: step that failed; PROOF_GOOD: none
 * @error: -errno of @step, or an unexpected return value of its request
 * @by_device: the group has no node, and one of its devices was used
 */
struct proof {
	unsigned int group;
	bool by_device;
	enum proof_step step;
	int error;
};

/**
 * struct proof_calls - system calls, which tests replace
 * @open_node: like open(2) for reading and writing; -errno on failure
 * @control: like ioctl(2), its argument a number or an address; -errno on failure
 * @close_node: like close(2)
 */
struct proof_calls {
	int (*open_node)(const char *path);
	int (*control)(int fd, unsigned long request, uintptr_t argument);
	void (*close_node)(int fd);
};

extern const struct proof_calls proof_kernel;

/**
 * proof_ask() - ask about one group
 * @device: node of a reserved device of the group below /dev/vfio/devices; empty: none
 */
struct proof proof_ask(const struct proof_calls *calls, unsigned int group,
		       const char *device);

#endif

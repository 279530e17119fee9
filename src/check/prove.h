/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PROVE_H
#define VFIO_EARLY_PROVE_H

/*
 * `--check --prove`: asking the kernel about reserved groups, up to SET_IOMMU. Not
 * further: opening a device resets it.
 */

#include <stdint.h>

#include "base/sysroot.h"
#include "check/finding.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * struct prove_calls - the way to the kernel, so that tests can answer in its place
 * @open_node: like open(2) for reading and writing; -errno on failure
 * @control: like ioctl(2), its argument a number or an address; -errno on failure
 * @close_node: like close(2)
 */
struct prove_calls {
	int (*open_node)(const char *path);
	int (*control)(int fd, unsigned long request, uintptr_t argument);
	void (*close_node)(int fd);
};

extern const struct prove_calls prove_kernel;

/**
 * prove_group() - ask about one group
 * @calls: whom
 * @group: number
 * @name: of the target that reserves it
 * @findings: grows by one
 *
 * The steps and what their errors mean: kernel 5.10 to 6.12 drivers/vfio/group.c (vfio.c
 * before 6.1), drivers/vfio/vfio_iommu_type1.c.
 */
void prove_group(const struct prove_calls *calls, unsigned int group, const char *name,
		 struct findings *findings);

/**
 * prove_check() - ask about the groups of all targets that are reserved now
 * @root: only the running machine can be asked
 * @config: what is wanted
 * @host: what there is
 * @plan: what would be done
 * @findings: grows
 */
void prove_check(const struct sysroot *root, const struct config *config,
		 const struct host *host, const struct plan *plan,
		 struct findings *findings);

#endif

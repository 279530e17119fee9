/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_CHECK_H
#define VFIO_EARLY_HOST_CHECK_H

/* `--check`: what the host would miss: disks, network, display, keyboard, passphrase. */

#include "base/sysroot.h"
#include "check/finding.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * host_check() - findings about what the host needs of the cards and of their groups
 * @root: the machine
 * @config: what is wanted
 * @host: what there is
 * @plan: what would be done
 * @findings: grows; subjects are the targets' names
 *
 * By today's knowledge: what is mounted, routed and shown now. What only shares a group
 * is not taken, but its card is refused for it; that it is not lost is said as a hint.
 */
void host_check(const struct sysroot *root, const struct config *config,
		const struct host *host, const struct plan *plan,
		struct findings *findings);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LEFTOVER_CHECK_H
#define VFIO_EARLY_LEFTOVER_CHECK_H

/*
 * `--check`: what other recipes left behind: vfio-pci.ids=, softdeps, blacklists, forced
 * drivers, scripts and udev rules. Most of it is superfluous now, some of it fights.
 */

#include "base/sysroot.h"
#include "check/finding.h"
#include "model/host.h"
#include "plan/plan.h"

/**
 * leftover_check() - findings about other recipes
 * @root: the machine
 * @host: what there is
 * @plan: what would be done
 * @findings: grows; subjects are files
 */
void leftover_check(const struct sysroot *root, const struct host *host,
		    const struct plan *plan, struct findings *findings);

#endif

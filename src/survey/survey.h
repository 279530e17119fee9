/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SURVEY_H
#define VFIO_EARLY_SURVEY_H

/* One look at all that only people ask of a machine. */

#include "survey/around.h"
#include "survey/device_facts.h"
#include "survey/host_use.h"
#include "survey/leftovers.h"
#include "survey/proof.h"

/**
 * struct survey - it; large: allocate it
 * @around: what there is to run virtual machines with
 * @use: what the host uses functions for
 * @setting: what holds for all devices
 * @leftovers: lines of other recipes
 * @devices: by index in host.functions; of those that a target takes
 * @live: it is the machine that this program runs on
 * @prove: the kernel was to be asked
 * @proofs: what it said, one for each group
 * @n_proofs: of @proofs; none unless @live
 */
struct survey {
	struct around around;
	struct host_use use;
	struct device_setting setting;
	struct leftovers leftovers;
	struct device_facts devices[HOST_FUNCTIONS_MAX];
	bool live;
	bool prove;
	struct proof proofs[PROOFS_MAX];
	size_t n_proofs;
};

/**
 * struct survey_wish - what is of interest
 * @cmdline: kernel command line
 * @host: the machine
 * @taken: by index in host.functions: a target takes it
 * @near: likewise: a target takes it, or something in its group
 * @prove: ask the kernel about @groups
 * @groups: of the targets that are reserved now, each once
 */
struct survey_wish {
	const char *cmdline;
	const struct host *host;
	bool taken[HOST_FUNCTIONS_MAX];
	bool near[HOST_FUNCTIONS_MAX];
	bool prove;
	unsigned int groups[PROOFS_MAX];
	size_t n_groups;
};

/** survey_read() - look */
void survey_read(const struct sysroot *root, const struct survey_wish *wish,
		 struct survey *survey);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SUGGEST_H
#define VFIO_EARLY_SUGGEST_H

/*
 * Help to write the config. The rules judge a suggestion before it is printed. The
 * program never chooses a card: a person names it.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"
#include "companion/groups.h"
#include "model/host.h"
#include "report/render.h"
#include "survey/names.h"

#define SUGGEST_VERSION 1

/**
 * struct suggest - facts for a suggestion
 * @root: where the machine is
 * @host: the machine
 * @names: for people
 * @iommu: why no IOMMU is active
 * @trial: scratch
 */
struct suggest {
	const struct sysroot *root;
	const struct host *host;
	const struct names *names;
	const struct iommu_answer *iommu;
	struct trial *trial;
};

/**
 * struct suggest_wish - the request; without both, the GPUs are listed
 * @address: address of the wanted function; NULL: none
 * @ids: list of `vfio-pci.ids=`; NULL: none
 */
struct suggest_wish {
	const char *address;
	const char *ids;
};

/**
 * enum suggest_result - result of a suggestion
 * @SUGGEST_GOOD: all printed targets would be reserved
 * @SUGGEST_SHORT: not all of them would be, or there is none
 * @SUGGEST_REFUSED: the request is not valid; nothing was printed
 * @SUGGEST_UNWRITTEN: writing failed
 */
enum suggest_result { SUGGEST_GOOD, SUGGEST_SHORT, SUGGEST_REFUSED, SUGGEST_UNWRITTEN };

/**
 * suggest_write() - list the GPUs, or write targets in the format of the config
 * @wish: what was asked for
 * @render: the output; flushed. Lines that are no part of a config begin with '#'.
 */
enum suggest_result suggest_write(const struct suggest *suggest,
				  const struct suggest_wish *wish,
				  const struct render *render, bool json,
				  struct fault *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SUGGEST_H
#define VFIO_EARLY_SUGGEST_H

/*
 * Help to write the config. What is suggested is judged by the rules before it is
 * printed, and nothing is ever chosen: a person names the card.
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
 * struct suggest - what a suggestion is made from
 * @root: where the machine is
 * @host: the machine
 * @names: for people
 * @iommu: why none is active
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
 * struct suggest_wish - what a person asked for; with neither, the list of the GPUs
 * @address: of a function that is wanted; NULL: none
 * @ids: list of `vfio-pci.ids=`; NULL: none
 */
struct suggest_wish {
	const char *address;
	const char *ids;
};

/**
 * enum suggest_result - how it ended
 * @SUGGEST_GOOD: what was printed would be reserved
 * @SUGGEST_SHORT: not all of it, or there is nothing to print
 * @SUGGEST_REFUSED: the wish was not understood; nothing was printed
 * @SUGGEST_UNWRITTEN: it could not be written
 */
enum suggest_result { SUGGEST_GOOD, SUGGEST_SHORT, SUGGEST_REFUSED, SUGGEST_UNWRITTEN };

/**
 * suggest_write() - list the GPUs, or write targets as they stand in a config
 * @wish: what was asked for
 * @render: where to; flushed. What is no part of a config stands behind '#'.
 */
enum suggest_result suggest_write(const struct suggest *suggest,
				  const struct suggest_wish *wish,
				  const struct render *render, bool json,
				  struct fault *fault);

#endif

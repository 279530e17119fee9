/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_EXPLAIN_H
#define VFIO_EARLY_EXPLAIN_H

/*
 * Everything known about one reason, or about one finding of --check, in the order in
 * which a person would search.
 */

#include <jansson.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"
#include "base/text.h"
#include "companion/groups.h"
#include "report/drift.h"
#include "report/render.h"
#include "report/report_read.h"
#include "report/run.h"
#include "survey/kernel_log.h"
#include "survey/names.h"

#define EXPLAIN_VERSION 1
#define EXPLAIN_MANUAL "vfio-early-reasons(7)"

/**
 * struct explain - facts for an explanation
 * @root: where the machine is
 * @run: config, machine and plan at present
 * @report: the report of this boot; NULL: there is none
 * @drift: differences of the present state from it; only with @report
 * @messages: messages about its functions; only with @report
 * @names: for people
 * @iommu: why no IOMMU is active
 * @trial: scratch
 */
struct explain {
	const struct sysroot *root;
	const struct run *run;
	const struct report *report;
	const struct drift *drift;
	const struct messages *messages;
	const struct names *names;
	const struct iommu_answer *iommu;
	struct trial *trial;
};

/**
 * explain_remedy() - what to do about a reason on this machine: the remedy of the table
 * if no better one is known, or the machine cannot be examined
 * @target: refused for it; NULL: none
 * @text: room for a remedy that is made here
 */
const char *explain_remedy(const struct explain *explain,
			   const struct plan_target *target, enum reason reason,
			   char text[static TEXT_MAX]);

/**
 * explain_reasons() - all reasons, or one reason or finding
 * @code: stable code of a reason or of a finding; NULL: list all
 * @render: where to; flushed
 *
 * Return: 0; -ENOENT for an unknown code: nothing was written; -EIO when writing failed
 */
int explain_reasons(const struct explain *explain, const char *code,
		    const struct render *render, bool json);

#endif

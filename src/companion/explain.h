/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_EXPLAIN_H
#define VFIO_EARLY_EXPLAIN_H

/*
 * Everything known about one reason, or about one finding of --check, in the order
 * in which a person would look.
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
 * struct explain - what is known
 * @root: where the machine is
 * @run: config, machine and plan of now
 * @report: the report of this boot; NULL: there is none
 * @drift: the record joined with the state now; only with @report
 * @messages: what was said of its functions; only with @report
 * @names: for people
 * @iommu: why none is active
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
 * explain_remedy() - what to do about a reason on this machine: the table's remedy if
 * nothing better is known, or the machine cannot be examined
 * @target: refused for it; NULL: none
 * @text: room
 */
const char *explain_remedy(const struct explain *explain,
			   const struct plan_target *target, enum reason reason,
			   char text[static TEXT_MAX]);

/**
 * explain_reasons() - all reasons, or one reason or finding
 * @code: stable code of a reason or of a finding; NULL: list all
 * @render: where to; flushed
 *
 * Return: 0; -ENOENT for a code that there is not: nothing was written; -EIO when it
 * could not be written
 */
int explain_reasons(const struct explain *explain, const char *code,
		    const struct render *render, bool json);

#endif

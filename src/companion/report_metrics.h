/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_METRICS_H
#define VFIO_EARLY_REPORT_METRICS_H

/*
 * The report joined with the state now as metrics: the text format 0.0.4 of Prometheus,
 * as the textfile collector of node_exporter reads it.
 */

#include <stdio.h>

#include "report/drift.h"
#include "report/report_read.h"

/**
 * prometheus_print() - write all metrics
 * @out: the output; it has no time stamps, which that collector refuses
 * @report: the report; NULL: there is none, which has a metric of its own
 * @drift: the difference; only with @report
 */
void prometheus_print(FILE *out, const struct report *report, const struct now *now,
		      const struct drift *drift);

#endif

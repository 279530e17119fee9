// SPDX-License-Identifier: GPL-2.0-or-later

/* Any bytes in the place of the report: a report, or a fault with a text. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "report/report_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All texts and indices of an accepted report can be used. */
static size_t report_walk(const struct report *report)
{
	size_t sum = strlen(report->boot_id) + strlen(report->config_hash) +
		     strlen(run_end_names[report->end]);

	for (size_t t = 0; t < report->n_targets; t++) {
		const struct report_target *target = &report->targets[t];

		sum += strlen(target->name) + strlen(target->detail) +
		       strlen(target->file) + strlen(target_state_names[target->state]);
		for (size_t f = 0; f < target->n_functions; f++)
			sum += strlen(target->functions[f].before) +
			       strlen(target->functions[f].vfio_driver);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct report report;
	struct fault fault = { 0 };
	int error = report_parse("r", (const char *)data, size, &report, &fault);

	if (error ? error != fault.error || !*fault.text || report.json :
		    report_walk(&report) == SIZE_MAX)
		abort();
	report_done(&report);
	return 0;
}

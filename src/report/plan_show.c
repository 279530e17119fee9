// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/plan_show.h"

#include "report/json.h"
#include "report/plan_json.h"
#include "report/plan_text.h"

bool plan_show(FILE *out, const struct run *run, bool json)
{
	if (json)
		return json_value_write(out, plan_to_json(&run->config, &run->host,
							  &run->plan));
	plan_print(out, &run->config, &run->host, &run->plan);
	return !fflush(out) && !ferror(out);
}

bool plan_is_good(const struct config *config, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];

		if (target->verdict != VERDICT_RESERVE &&
		    !(target->verdict == VERDICT_ABSENT &&
		      config->targets[target->config].optional))
			return false;
	}
	return true;
}

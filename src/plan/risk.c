// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/risk.h"

static bool is_taken(const struct plan *plan, size_t function)
{
	for (size_t t = 0; t < plan->n_targets; t++) {
		const struct plan_target *target = &plan->targets[t];

		if (target->verdict != VERDICT_RESERVE)
			continue;
		for (size_t i = 0; i < target->n_functions; i++)
			if (target->functions[i].function == function)
				return true;
	}
	return false;
}

enum guard_risk plan_risk(const struct host *host, const struct plan *plan)
{
	bool any_taken = false, any_left = false;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];

		/* A far one is known by what it shows only (plan/near.c). */
		if (!host_is_display(function) && !function->framebuffer[0])
			continue;
		if (!is_taken(plan, i)) {
			any_left = true;
			continue;
		}
		any_taken = true;
		if (host_boot_display(host, function) != BOOT_DISPLAY_NO)
			return GUARD_RISK_SCREEN;
	}
	return any_taken && !any_left ? GUARD_RISK_SCREEN : GUARD_RISK_BOOT;
}

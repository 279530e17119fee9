// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/drift.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/select.h"
#include "read/config_read.h"

/* The device that the report is about, if it is where it was. */
static const struct host_function *function_now(const struct report_function *recorded,
						const struct host *host)
{
	const struct host_function *found = host_find(host, &recorded->address);
	struct pci_id plain;

	if (!found)
		return NULL;
	plain = found->id;
	plain.has_subsystem = false;
	return strcmp(PCI_ID(&plain), recorded->id) == 0 ? found : NULL;
}

/* The report holds the name escaped. */
static bool driver_is(const struct host_function *function, const char *escaped)
{
	char text[TEXT_MAX];

	return !strcmp(text_escape(function->driver, text, sizeof(text)), escaped);
}

static void target_compare(const struct report_target *recorded, const struct host *host,
			   struct drift_target *target)
{
	bool any = !host || !recorded->n_functions;

	target->state = recorded->state;
	for (size_t i = 0; i < recorded->n_functions && host; i++) {
		const struct report_function *function = &recorded->functions[i];

		target->functions[i] = function_now(function, host);
		any = any || target->functions[i];
		if (recorded->state == TARGET_RESERVED &&
		    (!target->functions[i] ||
		     !driver_is(target->functions[i], function->after)))
			target->state = TARGET_LOST;
	}
	target->removed = target->state == TARGET_LOST && !any && !recorded->optional;
	target->unplugged = target->state == TARGET_LOST && !any && recorded->optional;
	if (target->unplugged)
		target->state = TARGET_ABSENT;
}

/* The function that appeared after the initramfs; NULL: none, or several could be it */
static const struct host_function *appeared_find(const struct report_target *recorded,
						 const struct now *now)
{
	struct selection selection;

	for (size_t i = 0; i < now->config->n_targets && now->host; i++) {
		const struct config_target *wanted = &now->config->targets[i];

		if (recorded->state != TARGET_ABSENT ||
		    strcmp(wanted->name, recorded->name) != 0)
			continue;
		select_cards(wanted, now->host, &selection);
		if (selection.reason == REASON_NONE)
			return &now->host->functions[selection.heads[0]];
	}
	return NULL;
}

static bool config_differs(const struct report *report, const struct config *config)
{
	char hash[CONFIG_WORD_MAX] = "";

	if (config->n_files)
		config_hash_format(config, hash);
	return strcmp(hash, report->config_hash) != 0;
}

static enum status status_of(const struct report *report, const struct now *now,
			     const struct drift *drift)
{
	if (drift->other_boot)
		return STATUS_NO_REPORT;
	if (*report->config_error)
		return STATUS_BAD;
	if (report->end != RUN_COMPLETED || (report->n_targets && !now->host))
		return STATUS_SHORT;
	for (size_t i = 0; i < report->n_targets; i++)
		if (!target_state_is_good(drift->targets[i].state,
					  report->targets[i].optional))
			return STATUS_SHORT;
	return STATUS_GOOD;
}

void drift_find(const struct report *report, const struct now *now, struct drift *drift)
{
	memset(drift, 0, sizeof(*drift));
	for (size_t i = 0; i < report->n_targets; i++)
		target_compare(&report->targets[i], now->host, &drift->targets[i]);
	for (size_t i = 0; i < report->n_targets && !now->config->invalid; i++)
		drift->targets[i].appeared = appeared_find(&report->targets[i], now);
	drift->other_boot = *now->boot_id && *report->boot_id &&
			    strcmp(now->boot_id, report->boot_id) != 0;
	drift->config_changed = config_differs(report, now->config);
	drift->status = status_of(report, now, drift);
}

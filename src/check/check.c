// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/check.h"

#include <assert.h>
#include <stdio.h>

#include "base/array.h"
#include "check/guard_check.h"
#include "check/mode_check.h"
#include "check/next_check.h"
#include "check/predict.h"
#include "check/scene.h"
#include "check/target_check.h"

const char *const check_state_names[] = {
	[CHECK_RESERVED] = "reserved",
	[CHECK_WILL_BE_RESERVED] = "will-be-reserved",
	[CHECK_WILL_BE_RELEASED] = "will-be-released",
	[CHECK_REFUSED] = "refused",
	[CHECK_CANNOT_TELL] = "cannot-tell",
};

static_assert(ARRAY_SIZE(check_state_names) == CHECK_STATES, "a state has no name");

/* Sources of findings, in the order of the output */
static void (*const sources[])(const struct scene *scene) = {
	group_check,	device_check, host_check,  initrd_check,
	leftover_check, around_check, proof_check,
};

void check_run(struct check *check)
{
	struct findings *findings = &check->findings;
	const struct scene scene = { .config = &check->run->config,
				     .host = &check->run->host,
				     .plan = &check->run->plan,
				     .survey = check->survey,
				     .images = check->images,
				     .cmdline = check->run->cmdline,
				     .next_cmdline = check->line.known ?
							     check->line.whole :
							     check->run->cmdline,
				     .words = check->line.words,
				     .findings = findings,
				     .outlooks = &check->outlooks,
				     .scratch_config = &check->scratch_config,
				     .scratch_plan = &check->scratch_plan,
				     .record_now = check->record_now,
				     .scratch_host = &check->scratch_host,
				     .scratch_text = check->scratch_text };

	iommu_check(&scene);
	config_check(check, findings);
	next_check(check);
	mode_check(check);
	target_check(check, findings);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		sources[i](&scene);
	guard_check(check);
	check_predict(check);
}

enum status check_status(const struct check *check)
{
	const struct findings *findings = &check->findings;
	enum status status = STATUS_GOOD;

	if (findings->levels[FINDING_FAIL])
		return STATUS_BAD;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding_info(finding->code)->area != FINDING_AREA_AROUND &&
		    finding->level >= FINDING_UNKNOWN)
			status = STATUS_SHORT;
	}
	for (size_t i = 0; i < check->n_targets; i++) {
		if (check->targets[i].by_entry)
			continue; /* as it is meant */
		if (check->targets[i].state == CHECK_REFUSED &&
		    !check->targets[i].optional)
			return STATUS_BAD;
		if (check->targets[i].state >= CHECK_WILL_BE_RELEASED &&
		    !check->targets[i].optional)
			status = STATUS_SHORT;
	}
	return status;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/iommu_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/iommu_check.h"
#include "check/scene.h"
#include "companion/finding_show.h"
#include "read/config_read.h"
#include "report/json.h"
#include "report/plan_json.h"

static void answer_take(const struct findings *findings, struct iommu_answer *answer)
{
	for (size_t i = 0; i < findings->count && answer->count < IOMMU_ANSWER_MAX; i++)
		answer->list[answer->count++] = findings->list[i];
}

void iommu_answer_read(const struct sysroot *root, const struct host *host,
		       struct iommu_answer *answer)
{
	struct survey_wish *wish cleanup_free = calloc(1, sizeof(*wish));
	struct survey *survey cleanup_free = calloc(1, sizeof(*survey));
	struct findings *findings cleanup_free = calloc(1, sizeof(*findings));
	char cmdline[CMDLINE_MAX] = "";
	const struct scene scene = {
		.host = host, .survey = survey, .cmdline = cmdline, .findings = findings
	};

	*answer = (struct iommu_answer){ .count = 0 };
	if (!wish || !survey || !findings || iommu_state_of(host) == IOMMU_STATE_ACTIVE)
		return;
	(void)config_read_cmdline(root, cmdline);
	wish->cmdline = cmdline;
	wish->host = host;
	survey_wish_iommu(wish);
	survey_read_iommu(root, wish, survey);
	iommu_check_state(&scene);
	answer_take(findings, answer);
}

void iommu_answer_print(const struct render *render, const struct iommu_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		finding_print(render, &answer->list[i], false);
}

/* A finding that depends on another one says only "see below". */
static bool is_whole(const struct iommu_answer *answer, size_t index)
{
	return *answer->list[index].remedy &&
	       !(answer->list[index].code == FINDING_IOMMU && answer->count > 1 &&
		 answer->list[1].code == FINDING_IOMMU_PARAMETER &&
		 !strncmp(answer->list[index].remedy, "see ", 4));
}

void iommu_answer_remedy(const struct iommu_answer *answer, char *text, size_t size)
{
	*text = '\0';
	for (size_t i = 0; i < answer->count; i++)
		if (is_whole(answer, i))
			text_list(text, size, "; ", answer->list[i].remedy);
}

static void answer_why(const struct iommu_answer *answer, char *text, size_t size)
{
	*text = '\0';
	for (size_t i = 0; i < answer->count; i++)
		text_list(text, size, "; ", answer->list[i].text);
}

void iommu_state_print(const struct render *render, const struct host *host,
		       const struct iommu_answer *answer)
{
	if (answer->count) {
		render_word(render, RENDER_BAD, "No IOMMU is active on this machine.");
		fputc('\n', render->out);
		iommu_answer_print(render, answer);
		fputc('\n', render->out);
	}
	if (host->acs_override) {
		render_word(render, RENDER_WARN,
			    "pcie_acs_override= is on the kernel command line:");
		fputs("\n  the groups are smaller than what the hardware isolates.\n\n",
		      render->out);
	}
}

json_t *iommu_state_to_json(const struct host *host, const struct iommu_answer *answer)
{
	json_t *object = host_iommu_to_json(host);
	char text[TEXT_MAX];

	json_value_put(&object, "state",
		       json_string(iommu_state_names[iommu_state_of(host)]));
	answer_why(answer, text, sizeof(text));
	json_value_put(&object, "why", json_value_text(text));
	iommu_answer_remedy(answer, text, sizeof(text));
	json_value_put(&object, "remedy", json_value_text(text));
	return object;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/check_show.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "companion/finding_show.h"
#include "report/json.h"

#define LABEL_INDENT 2

/* How a state is shown */
struct look {
	const char *words;
	enum render_style style;
};

static const struct look state_looks[] = {
	[CHECK_RESERVED] = { "reserved now", RENDER_GOOD },
	[CHECK_WILL_BE_RESERVED] = { "will be reserved at next boot", RENDER_GOOD },
	[CHECK_WILL_BE_RELEASED] = { "will be released at next boot", RENDER_WARN },
	[CHECK_REFUSED] = { "refused", RENDER_BAD },
	[CHECK_CANNOT_TELL] = { "cannot tell", RENDER_WARN },
};

static_assert(ARRAY_SIZE(state_looks) == CHECK_STATES, "a state has no look");

/* Paths are long, and several lines are about the same image: it is their heading. */
static bool has_heading(const struct finding *finding)
{
	return *finding->subject &&
	       finding_info(finding->code)->area == FINDING_AREA_IMAGE;
}

static void area_print(const struct render *render, const struct check *check,
		       enum finding_area area)
{
	const char *heading = "";
	bool first = true;

	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.list[i];

		if (finding_info(finding->code)->area != area ||
		    (finding->level == FINDING_PASS &&
		     check_image_is_aside(&check->findings, finding->subject)))
			continue;
		if (first) {
			render_word(render, RENDER_HEADING, finding_area_titles[area]);
			fputc('\n', render->out);
		}
		first = false;
		if (has_heading(finding) && strcmp(finding->subject, heading) != 0) {
			heading = finding->subject;
			text_paragraph(render->out, LABEL_INDENT, heading);
		}
		finding_print(render, finding,
			      *finding->subject && !has_heading(finding));
	}
	if (!first)
		fputc('\n', render->out);
}

static void target_print(const struct render *render, const struct check_target *target)
{
	const struct look *look = &state_looks[target->state];
	bool unsure = target->now && target->next == FACT_UNKNOWN;
	char text[TEXT_MAX];

	fprintf(render->out, "%s: ", text_escape(target->name, text, sizeof(text)));
	render_word(render,
		    target->optional && look->style == RENDER_BAD ? RENDER_WARN :
								    look->style,
		    unsure ? "reserved now; next boot: cannot tell" : look->words);
	if (target->reason != REASON_NONE)
		fprintf(render->out, " (%s)", reason_info(target->reason)->code);
	fputs(target->optional ? ", optional\n" : "\n", render->out);
	if (target->state != CHECK_RESERVED && target->state != CHECK_WILL_BE_RESERVED)
		text_paragraph(render->out, LABEL_INDENT, target->why);
}

void check_print(const struct render *render, const struct check *check)
{
	for (unsigned int i = 0; i < FINDING_AREAS; i++)
		area_print(render, check, (enum finding_area)i);
	if (findings_dropped(&check->findings))
		fprintf(render->out, "%zu more findings did not fit\n\n",
			findings_dropped(&check->findings));
	for (size_t i = 0; i < check->n_targets; i++)
		target_print(render, &check->targets[i]);
	findings_count_print(render, &check->findings);
}

static json_t *target_to_json(const struct check_target *target)
{
	json_t *object = json_object();

	json_value_put(&object, "name", json_value_text(target->name));
	json_value_put(&object, "state", json_string(check_state_names[target->state]));
	json_value_put(&object, "reserved_now", json_boolean(target->now));
	json_value_put(&object, "reserved_next", json_value_fact(target->next));
	json_value_put(&object, "optional", json_boolean(target->optional));
	json_value_put(&object, "reason",
		       target->reason == REASON_NONE ?
			       json_null() :
			       json_string(reason_info(target->reason)->code));
	json_value_put(&object, "why", json_value_text(target->why));
	return object;
}

json_t *check_to_json(const struct check *check)
{
	json_t *object = json_object(), *targets = json_array();

	for (size_t i = 0; i < check->n_targets; i++)
		json_value_add(&targets, target_to_json(&check->targets[i]));
	json_value_put(&object, "version", json_integer(CHECK_VERSION));
	json_value_put(&object, "status", json_integer(check_status(check)));
	json_value_put(&object, "targets", targets);
	findings_put(&object, &check->findings);
	return object;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/finding_show.h"

#include <assert.h>
#include <stdio.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "report/json.h"

#define LABEL_INDENT 2
#define TEXT_INDENT 8
#define REMEDY_INDENT 11

/* How a level is shown */
struct look {
	const char *words;
	enum render_style style;
};

static const struct look level_looks[] = {
	[FINDING_PASS] = { "PASS", RENDER_GOOD },
	[FINDING_HINT] = { "HINT", RENDER_HEADING },
	[FINDING_UNKNOWN] = { "????", RENDER_WARN },
	[FINDING_WARN] = { "WARN", RENDER_WARN },
	[FINDING_FAIL] = { "FAIL", RENDER_BAD },
};

static_assert(ARRAY_SIZE(level_looks) == FINDING_LEVELS, "a level has no look");

void finding_print(const struct render *render, const struct finding *finding,
		   bool prefix)
{
	const struct look *look = &level_looks[finding->level];
	char text[TEXT_MAX];

	fprintf(render->out, "%*s", LABEL_INDENT, "");
	render_word(render, look->style, look->words);
	fputs("  ", render->out);
	(void)snprintf(text, sizeof(text), "%s%s%s", prefix ? finding->subject : "",
		       prefix ? ": " : "", finding->text);
	text_prefixed(render->out, TEXT_INDENT, NULL, "", text);
	if (!*finding->remedy)
		return;
	fprintf(render->out, "%*s", TEXT_INDENT, "");
	fputs("-> ", render->out);
	text_prefixed(render->out, REMEDY_INDENT, NULL, "", finding->remedy);
}

void findings_count_print(const struct render *render, const struct findings *findings)
{
	const size_t *levels = findings->levels;

	fprintf(render->out,
		"passed %zu, hints %zu, cannot tell %zu, warnings %zu, failures %zu\n",
		levels[FINDING_PASS], levels[FINDING_HINT], levels[FINDING_UNKNOWN],
		levels[FINDING_WARN], levels[FINDING_FAIL]);
}

static json_t *finding_to_json(const struct finding *finding)
{
	const struct finding_info *info = finding_info(finding->code);
	json_t *object = json_object();

	json_value_put(&object, "level",
		       json_string(finding_level_names[finding->level]));
	json_value_put(&object, "area", json_string(finding_area_names[info->area]));
	json_value_put(&object, "code", json_string(info->name));
	json_value_put(&object, "subject", json_value_text(finding->subject));
	json_value_put(&object, "text", json_value_text(finding->text));
	json_value_put(&object, "remedy", json_value_text(finding->remedy));
	return object;
}

void findings_put(json_t **object, const struct findings *findings)
{
	json_t *list = json_array(), *levels = json_object();

	for (size_t i = 0; i < findings->count; i++)
		json_value_add(&list, finding_to_json(&findings->list[i]));
	for (size_t i = 0; i < FINDING_LEVELS; i++)
		json_value_put(&levels, finding_level_names[i],
			       json_integer((json_int_t)findings->levels[i]));
	json_value_put(object, "findings", list);
	json_value_put(object, "levels", levels);
}

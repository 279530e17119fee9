// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_show.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "cleanup.h"
#include "json_value.h"
#include "text.h"

#define LABEL_INDENT 2
#define TEXT_INDENT 8
#define REMEDY_INDENT 11

static const char *const level_words[] = {
	[FINDING_PASS] = "PASS", [FINDING_HINT] = "HINT", [FINDING_UNKNOWN] = "????",
	[FINDING_WARN] = "WARN", [FINDING_FAIL] = "FAIL",
};

static_assert(ARRAY_SIZE(level_words) == FINDING_LEVELS, "a level has no word");

static const char *const state_words[] = {
	[CHECK_RESERVED] = "reserved now",
	[CHECK_WILL_BE_RESERVED] = "will be reserved at next boot",
	[CHECK_WILL_BE_RELEASED] = "will be released at next boot",
	[CHECK_REFUSED] = "refused",
	[CHECK_CANNOT_TELL] = "cannot tell",
};

static_assert(ARRAY_SIZE(state_words) == CHECK_STATES, "a state has no words");

static enum render_style style_of(enum finding_level level)
{
	switch (level) {
	case FINDING_PASS:
		return RENDER_GOOD;
	case FINDING_HINT:
		return RENDER_HEADING;
	case FINDING_UNKNOWN:
	case FINDING_WARN:
		return RENDER_WARN;
	case FINDING_FAIL:
	case FINDING_LEVELS:
		break;
	}
	return RENDER_BAD;
}

/* A paragraph whose first line has room for a label in front */
static void hanging_print(const struct render *render, size_t indent, const char *bytes)
{
	cleanup_free char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return;
	text_paragraph(memory, indent, bytes);
	if (fclose(memory) == 0 && size > indent)
		fputs(text + indent, render->out);
}

static void finding_print(const struct render *render, const struct finding *finding)
{
	char text[TEXT_MAX];

	fprintf(render->out, "%*s", LABEL_INDENT, "");
	render_word(render, style_of(finding->level), level_words[finding->level]);
	fputs("  ", render->out);
	(void)snprintf(text, sizeof(text), "%s%s%s", finding->subject,
		       *finding->subject ? ": " : "", finding->text);
	hanging_print(render, TEXT_INDENT, text);
	if (!*finding->remedy)
		return;
	fprintf(render->out, "%*s", TEXT_INDENT, "");
	fputs("-> ", render->out);
	hanging_print(render, REMEDY_INDENT, finding->remedy);
}

static void area_print(const struct render *render, const struct check *check,
		       enum finding_area area)
{
	bool first = true;

	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.list[i];

		if (finding_info(finding->code)->area != area)
			continue;
		if (first) {
			render_word(render, RENDER_HEADING, finding_area_titles[area]);
			fputc('\n', render->out);
		}
		first = false;
		finding_print(render, finding);
	}
	if (!first)
		fputc('\n', render->out);
}

static enum render_style state_style(const struct check_target *target)
{
	switch (target->state) {
	case CHECK_RESERVED:
	case CHECK_WILL_BE_RESERVED:
		return RENDER_GOOD;
	case CHECK_WILL_BE_RELEASED:
	case CHECK_CANNOT_TELL:
		return RENDER_WARN;
	case CHECK_REFUSED:
	case CHECK_STATES:
		break;
	}
	return target->optional ? RENDER_WARN : RENDER_BAD;
}

static void target_print(const struct render *render, const struct check_target *target)
{
	char text[TEXT_MAX];
	bool unsure = target->now && target->next == FACT_UNKNOWN;

	fprintf(render->out, "%s: ", text_escape(target->name, text, sizeof(text)));
	render_word(render, state_style(target),
		    unsure ? "reserved now; next boot: cannot tell" :
			     state_words[target->state]);
	if (target->reason != REASON_NONE)
		fprintf(render->out, " (%s)", reason_info(target->reason)->code);
	fputs(target->optional ? ", optional\n" : "\n", render->out);
	if (target->state != CHECK_RESERVED && target->state != CHECK_WILL_BE_RESERVED)
		text_paragraph(render->out, LABEL_INDENT, target->why);
}

void check_print(const struct render *render, const struct check *check)
{
	const size_t *levels = check->findings.levels;

	for (unsigned int i = 0; i < FINDING_AREAS; i++)
		area_print(render, check, (enum finding_area)i);
	for (size_t i = 0; i < check->n_targets; i++)
		target_print(render, &check->targets[i]);
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
	json_t *object = json_object(), *targets = json_array(), *list = json_array();
	json_t *levels = json_object();

	for (size_t i = 0; i < check->n_targets; i++)
		json_value_add(&targets, target_to_json(&check->targets[i]));
	for (size_t i = 0; i < check->findings.count; i++)
		json_value_add(&list, finding_to_json(&check->findings.list[i]));
	for (size_t i = 0; i < FINDING_LEVELS; i++)
		json_value_put(&levels, finding_level_names[i],
			       json_integer((json_int_t)check->findings.levels[i]));
	json_value_put(&object, "version", json_integer(CHECK_VERSION));
	json_value_put(&object, "status", json_integer(check_exit_of(check)));
	json_value_put(&object, "targets", targets);
	json_value_put(&object, "findings", list);
	json_value_put(&object, "levels", levels);
	return object;
}

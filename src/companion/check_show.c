// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/check_show.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "check/predict.h"
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

/**
 * struct row - a finding, and those with the same text
 * @more: findings of the same subject that passed as well
 * @others: subjects with the same finding
 * @merged: it is one of the @others of a row before it
 */
struct row {
	const struct finding *finding;
	size_t more;
	size_t others;
	bool merged;
};

/**
 * struct rows - findings of an area
 * @verbose: each has a row of its own
 */
struct rows {
	struct row list[FINDINGS_MAX];
	size_t count;
	bool verbose;
};

static bool has_digit(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (word[i] >= '0' && word[i] <= '9')
			return true;
	return false;
}

/* The same sentence, but for numbers and addresses in it? */
static bool text_is_alike(const char *a, const char *b)
{
	while (*a && *b) {
		size_t n_a = strcspn(a, " "), n_b = strcspn(b, " ");

		if ((n_a != n_b || strncmp(a, b, n_a) != 0) &&
		    !(has_digit(a, n_a) && has_digit(b, n_b)))
			return false;
		a += n_a + (a[n_a] == ' ');
		b += n_b + (b[n_b] == ' ');
	}
	return *a == *b;
}

/* Obstacles are shown for each card, unless they are the same. */
static bool row_is_alike(const struct row *one, const struct row *other)
{
	const struct finding *a = one->finding, *b = other->finding;

	if (a->code != b->code || a->level != b->level || one->more != other->more ||
	    !*a->subject || !*b->subject)
		return false;
	return a->level <= FINDING_HINT ?
		       text_is_alike(a->text, b->text) :
		       !strcmp(a->text, b->text) && !strcmp(a->remedy, b->remedy);
}

static bool rows_has_more(const struct rows *rows, const struct row *row)
{
	for (size_t i = 0; i < rows->count; i++)
		if (&rows->list[i] != row &&
		    !strcmp(rows->list[i].finding->subject, row->finding->subject))
			return true;
	return false;
}

static void row_add(struct rows *rows, const struct finding *finding)
{
	for (size_t i = 0; i < rows->count && !rows->verbose; i++) {
		struct row *row = &rows->list[i];

		if (finding->level == FINDING_PASS &&
		    row->finding->level == FINDING_PASS &&
		    !strcmp(row->finding->subject, finding->subject)) {
			row->more++;
			return;
		}
	}
	rows->list[rows->count++] = (struct row){ .finding = finding };
}

static void rows_merge(struct rows *rows)
{
	for (size_t i = 0; i < rows->count && !rows->verbose; i++) {
		struct row *row = &rows->list[i];
		bool heading = has_heading(row->finding);

		if (row->merged || (heading && rows_has_more(rows, row)))
			continue;
		for (size_t j = i + 1; j < rows->count; j++) {
			struct row *other = &rows->list[j];

			if (other->merged || !row_is_alike(row, other) ||
			    (heading && rows_has_more(rows, other)))
				continue;
			other->merged = true;
			row->others++;
		}
	}
}

/* Return: what the rows behind it have as heading */
static const char *row_print(const struct render *render, const struct row *row,
			     const char *heading)
{
	struct finding shown = *row->finding;
	size_t used = strlen(shown.text);

	if (row->more)
		(void)snprintf(shown.text + used, sizeof(shown.text) - used,
			       " (and %zu more)", row->more);
	used = strlen(shown.subject);
	if (row->others)
		(void)snprintf(shown.subject + used, sizeof(shown.subject) - used,
			       " and %zu more", row->others);
	if (has_heading(&shown) && strcmp(row->finding->subject, heading) != 0)
		text_paragraph(render->out, LABEL_INDENT, shown.subject);
	finding_print(render, &shown, *shown.subject && !has_heading(&shown));
	return has_heading(&shown) ? row->finding->subject : heading;
}

static void area_print(const struct render *render, const struct check *check,
		       enum finding_area area, struct rows *rows)
{
	const char *heading = "";

	rows->count = 0;
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.list[i];

		if (finding_info(finding->code)->area == area &&
		    (finding->level != FINDING_PASS ||
		     !check_image_is_aside(&check->findings, finding->subject)))
			row_add(rows, finding);
	}
	if (!rows->count)
		return;
	rows_merge(rows);
	render_word(render, RENDER_HEADING, finding_area_titles[area]);
	fputc('\n', render->out);
	for (size_t i = 0; i < rows->count; i++)
		if (!rows->list[i].merged)
			heading = row_print(render, &rows->list[i], heading);
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

/* ---- what to do next ---- */

#define STEPS_MAX 12
#define STEP_INDENT 5

/* Advice, in the order in which it has to be followed */
struct steps {
	const struct finding *list[STEPS_MAX];
	size_t count;
	size_t more;
};

static bool is_step(const struct finding *finding)
{
	return finding->level >= FINDING_UNKNOWN && *finding->remedy &&
	       strncmp(finding->remedy, "see ", 4) != 0;
}

static void step_add(struct steps *steps, const struct finding *finding)
{
	for (size_t i = 0; i < steps->count; i++)
		if (!strcmp(steps->list[i]->remedy, finding->remedy))
			return;
	if (steps->count < STEPS_MAX)
		steps->list[steps->count++] = finding;
	else
		steps->more++;
}

/* An image is built when all that goes into it is right. */
static void steps_find(const struct check *check, struct steps *steps)
{
	static const enum finding_area order[] = {
		FINDING_AREA_CONFIG, FINDING_AREA_IOMMU, FINDING_AREA_GROUP,
		FINDING_AREA_DEVICE, FINDING_AREA_HOST,	 FINDING_AREA_LEFTOVER,
		FINDING_AREA_IMAGE,  FINDING_AREA_PROOF,
	};
	const struct findings *findings = &check->findings;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		for (size_t j = 0; j < findings->count; j++)
			if (finding_info(findings->list[j].code)->area == order[i] &&
			    is_step(&findings->list[j]))
				step_add(steps, &findings->list[j]);
}

static bool waits_for_reboot(const struct check *check)
{
	for (size_t i = 0; i < check->n_targets; i++)
		if (check->targets[i].state != CHECK_RESERVED)
			return true;
	return !check->n_targets;
}

static void step_print(const struct render *render, size_t number, const char *subject,
		       const char *text)
{
	char line[TEXT_MAX];

	(void)snprintf(line, sizeof(line), "%s%s%s", subject, *subject ? ": " : "", text);
	fprintf(render->out, "%*zu. ", STEP_INDENT - 2, number);
	text_prefixed(render->out, STEP_INDENT, NULL, "", line);
}

static void steps_print(const struct render *render, const struct check *check)
{
	struct steps steps = { .count = 0 };
	bool reboot = waits_for_reboot(check);

	steps_find(check, &steps);
	if (!steps.count && (!reboot || !check->n_targets))
		return;
	fputc('\n', render->out);
	render_word(render, RENDER_HEADING, "What to do next");
	fputc('\n', render->out);
	for (size_t i = 0; i < steps.count; i++)
		step_print(render, i + 1, steps.list[i]->subject, steps.list[i]->remedy);
	if (steps.more)
		fprintf(render->out, "  ... and %zu more, above\n", steps.more);
	else if (reboot)
		step_print(render, steps.count + 1, "",
			   "reboot; then `vfio-early --report` says what happened");
}

void check_print(const struct render *render, const struct check *check, bool verbose)
{
	struct rows *rows cleanup_free = calloc(1, sizeof(*rows));

	if (!rows)
		return;
	rows->verbose = verbose;
	for (unsigned int i = 0; i < FINDING_AREAS; i++)
		area_print(render, check, (enum finding_area)i, rows);
	if (findings_dropped(&check->findings))
		fprintf(render->out, "%zu more findings did not fit\n\n",
			findings_dropped(&check->findings));
	for (size_t i = 0; i < check->n_targets; i++)
		target_print(render, &check->targets[i]);
	findings_count_print(render, &check->findings);
	steps_print(render, check);
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

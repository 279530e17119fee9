// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_late.h"

#include <string.h>

static const char *text_get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool functions_overlap(const json_t *one, const json_t *other)
{
	size_t i, j;
	json_t *a, *b;

	json_array_foreach(one, i, a) json_array_foreach(
		other, j, b) if (!strcmp(text_get(a, "address"),
					 text_get(b, "address"))) return true;
	return false;
}

/* With all = yes several targets have one name: an absent one is the place for a new card. */
static bool is_same(const json_t *recorded, const json_t *target)
{
	const json_t *functions = json_object_get(recorded, "functions");

	return !strcmp(text_get(recorded, "name"), text_get(target, "name")) &&
	       (!json_array_size(functions) ||
		functions_overlap(functions, json_object_get(target, "functions")));
}

static bool target_put(json_t *targets, json_t *target)
{
	json_t *recorded;
	size_t i;

	json_array_foreach(
		targets, i,
		recorded) if (is_same(recorded,
				      target)) return !json_array_set(targets, i, target);
	return !json_array_append(targets, target);
}

static bool mark(const json_t *late)
{
	json_t *target;
	size_t i;

	json_array_foreach(json_object_get(late, "targets"), i,
			   target) if (json_object_set_new(target, "late", json_true()) <
				       0) return false;
	return late;
}

static bool join(json_t *record, const json_t *late)
{
	json_t *targets = json_object_get(record, "targets");
	json_t *target;
	size_t i;

	json_array_foreach(json_object_get(late, "targets"), i,
			   target) if (!target_put(targets, target)) return false;
	return !json_array_extend(json_object_get(record, "actions"),
				  json_object_get(late, "actions"));
}

json_t *report_late(json_t *record, json_t *late)
{
	bool good = mark(late) && (!record || join(record, late));

	if (record)
		json_decref(late);
	else
		record = late;
	if (good)
		return record;
	json_decref(record);
	return NULL;
}

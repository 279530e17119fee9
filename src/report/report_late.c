// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_late.h"

#include <string.h>

#include "base/array.h"

static const char *text_get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool functions_overlap(const json_t *one, const json_t *other)
{
	for (size_t i = 0; i < json_array_size(one); i++)
		for (size_t j = 0; j < json_array_size(other); j++)
			if (!strcmp(text_get(json_array_get(one, i), "address"),
				    text_get(json_array_get(other, j), "address")))
				return true;
	return false;
}

/* With all = yes several have one name: an absent one is the place for a new card. */
static bool is_same(const json_t *recorded, const json_t *target)
{
	const json_t *functions = json_object_get(recorded, "functions");

	return !strcmp(text_get(recorded, "name"), text_get(target, "name")) &&
	       (!json_array_size(functions) ||
		functions_overlap(functions, json_object_get(target, "functions")));
}

static bool target_put(json_t *targets, json_t *target)
{
	for (size_t i = 0; i < json_array_size(targets); i++)
		if (is_same(json_array_get(targets, i), target))
			return !json_array_set(targets, i, target);
	return !json_array_append(targets, target);
}

static bool mark(const json_t *late)
{
	const json_t *targets = json_object_get(late, "targets");

	for (size_t i = 0; i < json_array_size(targets); i++)
		if (json_object_set_new(json_array_get(targets, i), "late", json_true()))
			return false;
	return late;
}

static bool is_same_action(const json_t *one, const json_t *other)
{
	static const char *const keys[] = { "type", "target", "address" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(text_get(one, keys[i]), text_get(other, keys[i])) != 0)
			return false;
	return true;
}

/* Only the last time counts: a card may come and go all day. */
static bool action_put(json_t *actions, json_t *action)
{
	for (size_t i = json_array_size(actions); i--;)
		if (is_same_action(json_array_get(actions, i), action))
			(void)json_array_remove(actions, i);
	return !json_array_append(actions, action);
}

static bool join(const json_t *record, const json_t *late, const char *key,
		 bool (*put)(json_t *array, json_t *element))
{
	json_t *array = json_object_get(record, key);
	const json_t *more = json_object_get(late, key);

	for (size_t i = 0; i < json_array_size(more); i++)
		if (!put(array, json_array_get(more, i)))
			return false;
	return json_is_array(array);
}

json_t *report_late(json_t *record, json_t *late)
{
	bool good = mark(late) &&
		    (!record || (join(record, late, "targets", target_put) &&
				 join(record, late, "actions", action_put)));

	if (record)
		json_decref(late);
	else
		record = late;
	if (good)
		return record;
	json_decref(record);
	return NULL;
}

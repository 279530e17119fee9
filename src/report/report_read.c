// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "report/report_json.h"

/*
 * Where in the report we are. The first fault stays; after it every getter gives an empty
 * value, so that readers need no test after each line.
 */
struct place {
	const char *path;
	char name[64];
	const json_t *object;
	struct fault *fault;
};

static const char *type_name(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a real number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		break;
	}
	return "null";
}

static void reject(const struct place *place, const char *key, int error,
		   const char *found, const char *expected)
{
	if (!place->fault->error)
		fault_set(place->fault, error, "%s: %s%s: found %s, expected %s",
			  place->path, place->name, key, found, expected);
}

/* The member, or NULL when it is not as expected */
static const json_t *member_get(const struct place *place, const char *key,
				bool (*is_expected)(const json_t *value),
				const char *expected)
{
	const json_t *value = json_object_get(place->object, key);

	if (value && is_expected(value))
		return value;
	reject(place, key, -EINVAL, value ? type_name(value) : "nothing", expected);
	return NULL;
}

static bool is_text(const json_t *value)
{
	return json_is_string(value) || json_is_null(value);
}

static bool is_flag(const json_t *value)
{
	return json_is_boolean(value);
}

static bool is_number(const json_t *value)
{
	return json_is_null(value) ||
	       (json_is_integer(value) && json_integer_value(value) >= 0);
}

static bool is_array(const json_t *value)
{
	return json_is_array(value);
}

static bool is_object(const json_t *value)
{
	return json_is_object(value);
}

static bool is_object_or_null(const json_t *value)
{
	return json_is_object(value) || json_is_null(value);
}

/* "" for null */
static const char *text_get(const struct place *place, const char *key)
{
	const json_t *value = member_get(place, key, is_text, "a string or null");

	return json_is_string(value) ? json_string_value(value) : "";
}

static bool flag_get(const struct place *place, const char *key)
{
	return json_is_true(member_get(place, key, is_flag, "true or false"));
}

/* 0 for null */
static uint64_t number_get(const struct place *place, const char *key)
{
	return (uint64_t)json_integer_value(
		member_get(place, key, is_number, "a number from 0 on, or null"));
}

/* Index of a word in a table */
static unsigned int word_get(const struct place *place, const char *key,
			     const char *const *words, size_t n_words)
{
	const char *word = text_get(place, key);

	for (unsigned int i = 0; i < n_words; i++)
		if (!strcmp(words[i], word))
			return i;
	reject(place, key, -EINVAL, "an unknown word", "one that version 1 has");
	return 0;
}

static struct pci_address address_get(const struct place *place, const char *key)
{
	struct pci_address address = { 0 };

	if (pci_address_parse(text_get(place, key), &address) < 0)
		reject(place, key, -EINVAL, "something else", "a PCI address");
	return address;
}

/* How many elements; 0 after a fault */
static size_t array_get(const struct place *place, const char *key, size_t limit)
{
	size_t size = json_array_size(member_get(place, key, is_array, "an array"));

	if (size > limit)
		reject(place, key, -E2BIG, "too many elements",
		       "as many as a run can have");
	return size > limit ? 0 : size;
}

static struct place object_enter(const struct place *place, const char *key)
{
	struct place inside = *place;

	inside.object = member_get(place, key, is_object, "an object");
	(void)snprintf(inside.name, sizeof(inside.name), "%s.", key);
	return inside;
}

static struct place element_enter(const struct place *place, const char *key,
				  size_t index)
{
	const json_t *array = json_object_get(place->object, key);
	struct place inside = *place;

	inside.object = json_array_get(array, index);
	(void)snprintf(inside.name, sizeof(inside.name), "%.20s%s[%zu].", place->name,
		       key, index);
	if (!json_is_object(inside.object))
		reject(&inside, "", -EINVAL, type_name(inside.object), "an object");
	return inside;
}

static void function_read(const struct place *place, struct report_function *function)
{
	function->address = address_get(place, "address");
	function->id = text_get(place, "id");
	function->vfio_driver = text_get(place, "vfio_driver");
	function->before = text_get(place, "driver_before");
	function->after = text_get(place, "driver_after");
	function->after_known = flag_get(place, "after_known");
	function->touched = flag_get(place, "overridden");
	function->touched |= flag_get(place, "unbound");
	function->touched |= flag_get(place, "bound");
	function->given_back = flag_get(place, "given_back");
	function->undo_failed = json_is_object(
		member_get(place, "undo_error", is_object_or_null, "an object or null"));
}

static void target_read(const struct place *place, struct report_target *target)
{
	struct place source = object_enter(place, "source");

	target->name = text_get(place, "name");
	target->state = (enum target_state)word_get(place, "state", target_state_names,
						    TARGET_LOST + 1);
	target->reason = text_get(place, "reason");
	target->detail = text_get(place, "detail");
	target->remedy = text_get(place, "remedy");
	target->optional = flag_get(place, "optional");
	/* Only a late run writes it. */
	target->late = json_is_true(json_object_get(place->object, "late"));
	target->file = text_get(&source, "file");
	target->line = number_get(&source, "line");
	target->n_functions = array_get(place, "functions", PLAN_FUNCTIONS_MAX);
	for (size_t i = 0; i < target->n_functions; i++) {
		struct place element = element_enter(place, "functions", i);

		function_read(&element, &target->functions[i]);
	}
}

static void list_add(char list[static REPORT_UNPLANNED_MAX], const char *word)
{
	size_t used = strlen(list);

	(void)snprintf(list + used, REPORT_UNPLANNED_MAX - used, "%s%s", used ? ", " : "",
		       word);
}

/* Records of before 0.2 have neither. */
static void strays_read(const struct place *place, struct report *report)
{
	size_t n_strays = 0;

	report->left_out = "";
	if (json_object_get(place->object, "left_out"))
		report->left_out = text_get(place, "left_out");
	if (json_object_get(place->object, "unplanned"))
		n_strays = array_get(place, "unplanned", APPLY_STRAYS_MAX);
	for (size_t i = 0; i < n_strays; i++) {
		struct place element = element_enter(place, "unplanned", i);

		list_add(flag_get(&element, "came") ? report->unplanned : report->kept,
			 text_get(&element, "address"));
	}
}

/* Records of before 0.2 have none. */
static void guard_of(const struct place *place, struct guard *guard)
{
	struct place inside;

	if (!json_object_get(place->object, "guard"))
		return;
	inside = object_enter(place, "guard");
	guard->state = (enum guard_state)word_get(&inside, "state", guard_state_names,
						  GUARD_FALLBACK + 1);
	if (guard->state == GUARD_TRIAL)
		guard->needs = (enum guard_needs)word_get(
			&inside, "needs", guard_needs_names, GUARD_NEEDS_LOGIN + 1);
	(void)snprintf(guard->detail, sizeof(guard->detail), "%s",
		       text_get(&inside, "detail"));
}

static void run_read(const struct place *place, struct report *report)
{
	struct place program = object_enter(place, "program");
	struct place times = object_enter(place, "time");
	struct place config = object_enter(place, "config");

	report->end =
		(enum run_end)word_get(place, "end", run_end_names, RUN_CRASHED + 1);
	report->phase =
		(enum run_phase)word_get(place, "phase", run_phase_names, RUN_DONE + 1);
	report->generator = text_get(place, "generator");
	report->kernel = text_get(place, "kernel");
	report->boot_id = text_get(place, "boot_id");
	report->mode = text_get(place, "mode");
	report->udev_ran = flag_get(place, "udev_ran");
	strays_read(place, report);
	guard_of(place, &report->guard);
	report->program_version = text_get(&program, "version");
	report->start = number_get(&times, "start_us");
	report->finish = number_get(&times, "end_us");
	report->config_hash = text_get(&config, "hash");
	report->config_error = text_get(&config, "error");
	report->n_targets = array_get(place, "targets", PLAN_TARGETS_MAX);
	for (size_t i = 0; i < report->n_targets; i++) {
		struct place element = element_enter(place, "targets", i);

		target_read(&element, &report->targets[i]);
	}
}

/* Before anything else: a newer report may have another shape. */
static int version_check(const struct place *place)
{
	uint64_t version = number_get(place, "version");

	if (place->fault->error || version == REPORT_VERSION)
		return place->fault->error;
	return fault_set(place->fault, version > REPORT_VERSION ? -ENOTSUP : -EINVAL,
			 "%s: it has version %llu, this program reads version %d: use "
			 "vfio-early as new as vfio-early-boot in the initramfs",
			 place->path, (unsigned long long)version, REPORT_VERSION);
}

static int report_fill(struct report *report, struct fault *fault)
{
	const struct place place = { report->path, "", report->json, fault };
	int error;

	fault->error = 0;
	if (!json_is_object(report->json))
		reject(&place, "", -EINVAL, type_name(report->json), "an object");
	error = version_check(&place);
	if (error < 0)
		return error;
	run_read(&place, report);
	return fault->error;
}

int report_parse(const char *path, const char *text, size_t length, struct report *report,
		 struct fault *fault)
{
	json_error_t syntax;
	int error;

	memset(report, 0, offsetof(struct report, targets));
	report->path = path;
	report->json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &syntax);
	if (!report->json)
		return fault_set(fault, -EINVAL, "%s:%d:%d: not JSON: %s", path,
				 syntax.line, syntax.column, syntax.text);
	error = report_fill(report, fault);
	if (error < 0)
		report_done(report);
	return error;
}

static int file_load(const struct sysroot *root, const char *path, char **ret_text,
		     size_t *ret_length, struct fault *fault)
{
	struct stat status;
	int error = 0;

	/* opening a FIFO would wait for a writer */
	if (fstatat(root->fd, path, &status, 0) < 0)
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		return fault_set(fault, -EINVAL, "%s/%s: not a regular file", root->path,
				 path);
	else
		error = sysroot_load(root->fd, path, REPORT_SIZE_MAX, ret_text,
				     ret_length);
	return error < 0 ? fault_set(fault, error, "%s/%s: %s", root->path, path,
				     strerror(-error)) :
			   0;
}

int report_read(const struct sysroot *root, struct report *report, struct fault *fault)
{
	static const char *const paths[] = { REPORT_PATH, REPORT_FALLBACK_PATH };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char *text cleanup_free = NULL;
		size_t length = 0;
		int error = file_load(root, paths[i], &text, &length, fault);

		if (error == -ENOENT || error == -ENOTDIR)
			continue;
		return error ? error :
			       report_parse(paths[i], text, length, report, fault);
	}
	return fault_set(fault, -ENOENT, "%s/%s: there is no such file", root->path,
			 REPORT_PATH);
}

void report_done(struct report *report)
{
	json_decref(report->json);
	memset(report, 0, offsetof(struct report, targets));
}

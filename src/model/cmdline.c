// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cmdline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/module_name.h"
#include "base/number.h"
#include "base/text.h"

#define OUR_NAME "vfio_early"

/* What the kernel takes for white space (lib/ctype.c): Latin-1, whatever the locale. */
static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\xa0';
}

/* Most characters are: neither a blank nor '"' nor '='. */
static bool is_letter(char byte)
{
	return byte >= 'A' && byte <= 'z';
}

bool cmdline_name_equal(const char *a, const char *b)
{
	return module_name_equal(a, b);
}

static void copy_cut(char *text, size_t size, const char *start, const char *end)
{
	size_t length = end > start ? (size_t)(end - start) : 0;

	if (length >= size)
		length = size - 1;
	memcpy(text, start, length);
	text[length] = '\0';
}

bool cmdline_next(const char **cursor, char *name, size_t name_size, char *value,
		  size_t value_size)
{
	const char *start = *cursor, *equals = NULL, *end, *behind;
	bool quoted, in_quotes;

	while (is_space(*start))
		start++;
	quoted = *start == '"';
	in_quotes = quoted;
	behind = start + quoted;
	for (end = behind; *end && (in_quotes || !is_space(*end)); end++) {
		if (is_letter(*end))
			continue;
		if (*end == '=' && !equals && end > behind)
			equals = end;
		if (*end == '"')
			in_quotes = !in_quotes;
	}
	*cursor = end;
	if (end == start)
		return false;
	start = behind;
	behind = equals ? equals + 1 : end;
	if (equals && *behind == '"') {
		quoted = true;
		behind++;
	}
	if (quoted && end > start && end[-1] == '"')
		end--;
	copy_cut(name, name_size, start, equals ? equals : end);
	copy_cut(value, value_size, behind, end);
	return equals || strcmp(name, "--") != 0;
}

/* Anywhere; most names that are asked for are not there */
static bool is_mentioned(const char *cmdline, const char *name)
{
	while ((cmdline = strchr(cmdline, *name))) {
		if (module_name_begins(cmdline, name))
			return true;
		cmdline++;
	}
	return false;
}

bool cmdline_get(const char *cmdline, const char *name, char *value, size_t value_size)
{
	char each[64], text[CMDLINE_MAX];
	bool found = false;

	if (!is_mentioned(cmdline, name))
		return false;
	while (cmdline_next(&cmdline, each, sizeof(each), text, sizeof(text))) {
		if (!module_name_equal(each, name))
			continue;
		copy_cut(value, value_size, text, text + strlen(text));
		found = true;
	}
	return found;
}

/* ---- vfio_early.* ---- */

static int set_mode(struct config *config, const char *value, struct fault *fault)
{
	(void)fault;
	for (unsigned int mode = CONFIG_MODE_ON; mode <= CONFIG_MODE_OFF; mode++) {
		if (strcmp(value, config_mode_names[mode]) != 0)
			continue;
		config->mode = mode;
		return 0;
	}
	return -EINVAL;
}

static unsigned int count_targets(const struct config *config)
{
	unsigned int count = 0;

	for (size_t i = 0; i < config->n_targets; i++)
		count += !config->targets[i].line;
	return count;
}

/* ID[@ADDRESS] */
static int set_target(struct config *config, const char *value, struct fault *fault)
{
	struct config_target target = { .file = CONFIG_CMDLINE_FILE, .n_ids = 1 };
	const char *at = value + strcspn(value, "@");
	char id[PCI_ID_TEXT]; /* a cut one is too long to be an id */

	copy_cut(id, sizeof(id), value, at);
	if (pci_id_parse(id, &target.ids[0]) < 0)
		return -EINVAL;
	target.has_address = *at;
	if (*at && pci_address_parse(at + 1, &target.address) < 0)
		return -EINVAL;
	(void)snprintf(target.name, sizeof(target.name), "cmdline-%u",
		       count_targets(config) + 1);
	return config_add_target(config, &target, fault);
}

static int set_deadline(struct config *config, const char *value, struct fault *fault)
{
	uint64_t seconds;

	(void)fault;
	if (number_parse(value, strlen(value), 10, CONFIG_DEADLINE_MAX, &seconds) < 0 ||
	    !seconds)
		return -EINVAL;
	config->deadline = (unsigned int)seconds;
	return 0;
}

static int set_log(struct config *config, const char *value, struct fault *fault)
{
	(void)fault;
	if (strcmp(value, "debug") != 0)
		return -EINVAL;
	config->debug = true;
	return 0;
}

static int set_guard(struct config *config, const char *value, struct fault *fault)
{
	(void)fault;
	return config_guard_parse(value, &config->guard);
}

/* @set returns -EINVAL for a bad value; for any other error it has filled the fault. */
static const struct parameter {
	const char *name;
	int (*set)(struct config *config, const char *value, struct fault *fault);
	const char *expected;
} parameters[] = {
	{ OUR_NAME ".mode", set_mode, "on, plan or off" },
	{ OUR_NAME ".target", set_target,
	  "ID or ID@ADDRESS, like 10de:1e84@0000:09:00.0" },
	{ OUR_NAME ".deadline", set_deadline, "seconds from 1 to 300" },
	{ OUR_NAME ".log", set_log, "debug" },
	{ OUR_NAME ".guard", set_guard, "on, off or reached" },
};

static bool is_ours(const char *name)
{
	char head[sizeof(OUR_NAME) + 1]; /* a longer name, cut, is still longer */

	copy_cut(head, sizeof(head), name, name + strcspn(name, "."));
	return module_name_equal(head, OUR_NAME);
}

static int parameter_apply(const char *name, const char *value, struct config *config,
			   struct fault *fault)
{
	char found[QUOTE_TEXT_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		const struct parameter *parameter = &parameters[i];
		int error;

		if (!module_name_equal(name, parameter->name))
			continue;
		error = parameter->set(config, value, fault);
		if (error != -EINVAL)
			return error;
		quote_format(value, strlen(value), found);
		return fault_set(fault, error, "%s: found %s = %s, expected %s",
				 CONFIG_CMDLINE_FILE, parameter->name, found,
				 parameter->expected);
	}
	quote_format(name, strlen(name), found);
	return fault_set(fault, -EINVAL,
			 "%s: found %s, expected " OUR_NAME ".mode, .target, .deadline, "
			 ".log or .guard",
			 CONFIG_CMDLINE_FILE, found);
}

int cmdline_apply(const char *cmdline, struct config *config, struct fault *fault)
{
	char name[64], value[QUOTE_TEXT_MAX * 2]; /* longer than any good one */
	struct fault each;
	int error = 0;

	if (!is_mentioned(cmdline, OUR_NAME))
		return 0; /* as on most machines */
	while (cmdline_next(&cmdline, name, sizeof(name), value, sizeof(value))) {
		if (!is_ours(name) || !parameter_apply(name, value, config, &each) ||
		    error)
			continue;
		*fault = each;
		error = each.error;
	}
	if (error)
		config_reject(config, fault);
	return error;
}

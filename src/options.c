// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "array.h"

/**
 * enum subject - does a mode take an argument?
 */
enum subject { SUBJECT_NONE, SUBJECT_OPTIONAL, SUBJECT_NEEDED };

static const struct mode {
	const char *name;
	enum options_mode mode;
	enum subject subject;
} modes[] = {
	{ .name = "--report", .mode = OPTIONS_REPORT },
	{ .name = "--plan", .mode = OPTIONS_PLAN },
	{ .name = "--groups", .mode = OPTIONS_GROUPS },
	{ .name = "--check", .mode = OPTIONS_CHECK },
	{ .name = "--make-cpio", .mode = OPTIONS_MAKE_CPIO, .subject = SUBJECT_NEEDED },
	{ .name = "--suggest", .mode = OPTIONS_SUGGEST, .subject = SUBJECT_OPTIONAL },
	{ .name = "--explain", .mode = OPTIONS_EXPLAIN, .subject = SUBJECT_OPTIONAL },
	{ .name = "--capture", .mode = OPTIONS_CAPTURE, .subject = SUBJECT_NEEDED },
	{ .name = "--help", .mode = OPTIONS_HELP },
	{ .name = "--version", .mode = OPTIONS_VERSION },
};

static int refuse(struct fault *fault, const char *argument, const char *what)
{
	return fault_set(fault, -EINVAL, "%s: %s", argument, what);
}

static const struct mode *mode_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	return NULL;
}

/* Takes a mode with what stands behind it. */
static int mode_take(const struct mode *mode, char ***argv, struct options *options,
		     struct fault *fault)
{
	char *next = (*argv)[1];

	/* Who asks for help gets it, whatever else was typed. */
	if (options->mode == OPTIONS_HELP || options->mode == OPTIONS_VERSION)
		return 0;
	if (options->mode && options->mode != mode->mode && mode->mode != OPTIONS_HELP &&
	    mode->mode != OPTIONS_VERSION)
		return refuse(fault, mode->name, "only one mode at a time");
	options->mode = mode->mode;
	if (mode->subject != SUBJECT_NONE && next && *next != '-')
		options->subject = *++*argv;
	else if (mode->subject == SUBJECT_NEEDED)
		return refuse(fault, mode->name, "a value is missing");
	return 0;
}

/* An option sets a flag, or takes the next argument. */
static int option_take(char ***argv, struct options *options, struct fault *fault)
{
	const struct {
		const char *name;
		bool *flag;
		const char **value;
	} table[] = {
		{ .name = "--tree", .flag = &options->tree },
		{ .name = "--journal", .flag = &options->journal },
		{ .name = "--prove", .flag = &options->prove },
		{ .name = "--prometheus", .flag = &options->prometheus },
		{ .name = "--from-ids", .value = &options->from_ids },
		{ .name = "--json", .flag = &options->json },
		{ .name = "--kernel", .value = &options->kernel },
		{ .name = "--config", .value = &options->config },
		{ .name = "--sysroot", .value = &options->sysroot },
	};
	const char *name = **argv;
	size_t i = 0;

	while (i < ARRAY_SIZE(table) && strcmp(table[i].name, name) != 0)
		i++;
	if (i == ARRAY_SIZE(table))
		return refuse(fault, name,
			      *name == '-' ? "unknown option" : "unexpected argument");
	if (table[i].flag) {
		*table[i].flag = true;
		return 0;
	}
	if (!(*argv)[1])
		return refuse(fault, name, "a value is missing");
	*table[i].value = *++*argv;
	return 0;
}

/* Options that have a meaning in one mode only, and those that exclude each other */
static int options_check(const struct options *options, struct fault *fault)
{
	const struct {
		const char *name;
		bool given;
		enum options_mode mode;
		const char *what;
	} bound[] = {
		{ "--tree", options->tree, OPTIONS_GROUPS, "goes with --groups" },
		{ "--journal", options->journal, OPTIONS_REPORT, "goes with --report" },
		{ "--prove", options->prove, OPTIONS_CHECK, "goes with --check" },
		{ "--kernel", options->kernel, OPTIONS_MAKE_CPIO,
		  "goes with --make-cpio" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bound); i++)
		if (bound[i].given && bound[i].mode != options->mode)
			return refuse(fault, bound[i].name, bound[i].what);
	if (options->journal + options->prometheus + options->json > 1)
		return refuse(fault, "--journal, --prometheus, --json",
			      "only one at a time");
	if (options->from_ids && options->subject)
		return refuse(fault, options->subject, "either an address or --from-ids");
	return 0;
}

int options_parse(char **argv, struct options *ret_options, struct fault *fault)
{
	struct options options = { 0 };

	*fault = (struct fault){ 0 };
	for (; *argv; argv++) {
		const struct mode *mode = mode_find(*argv);
		int result = mode ? mode_take(mode, &argv, &options, fault) :
				    option_take(&argv, &options, fault);

		if (result < 0)
			return result;
	}
	if (options.mode == OPTIONS_NONE)
		return -EINVAL;
	if (options.mode != OPTIONS_HELP && options.mode != OPTIONS_VERSION &&
	    options_check(&options, fault) < 0)
		return -EINVAL;
	*ret_options = options;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

/**
 * enum subject - does a mode take an argument?
 */
enum subject { SUBJECT_NONE, SUBJECT_OPTIONAL, SUBJECT_NEEDED };

/* In the order of --help */
static const struct mode {
	const char *name;
	enum options_mode mode;
	enum subject subject;
	bool second; /* and one more, if the user likes */
	bool dash; /* "-" is an argument: the standard input */
} modes[] = {
	{ .name = "--report", .mode = OPTIONS_REPORT },
	{ .name = "--plan", .mode = OPTIONS_PLAN },
	{ .name = "--check", .mode = OPTIONS_CHECK },
	{ .name = "--guest",
	  .mode = OPTIONS_GUEST,
	  .subject = SUBJECT_NEEDED,
	  .dash = true },
	{ .name = "--hostdev",
	  .mode = OPTIONS_HOSTDEV,
	  .subject = SUBJECT_NEEDED,
	  .second = true,
	  .dash = true },
	{ .name = "--groups", .mode = OPTIONS_GROUPS },
	{ .name = "--suggest", .mode = OPTIONS_SUGGEST, .subject = SUBJECT_OPTIONAL },
	{ .name = "--explain", .mode = OPTIONS_EXPLAIN, .subject = SUBJECT_OPTIONAL },
	{ .name = "--capture", .mode = OPTIONS_CAPTURE, .subject = SUBJECT_NEEDED },
	{ .name = "--make-cpio", .mode = OPTIONS_MAKE_CPIO, .subject = SUBJECT_NEEDED },
	{ .name = "--help", .mode = OPTIONS_HELP },
	{ .name = "--version", .mode = OPTIONS_VERSION },
};

#define IN(mode) (1u << OPTIONS_##mode)
#define IN_ANY (~0u)
#define CONFIG_MODES                                                                 \
	(IN(REPORT) | IN(PLAN) | IN(CHECK) | IN(EXPLAIN) | IN(CAPTURE) | IN(GUEST) | \
	 IN(HOSTDEV))
#define JSON_MODES (CONFIG_MODES | IN(GROUPS) | IN(SUGGEST))

/* An option sets a flag, or takes the next argument; not each is for every mode. */
static const struct option {
	const char *name;
	size_t place;
	unsigned int modes;
	bool takes_value;
} table[] = {
	{ "--tree", offsetof(struct options, tree), IN(GROUPS), false },
	{ "--journal", offsetof(struct options, journal), IN(REPORT), false },
	{ "--prometheus", offsetof(struct options, prometheus), IN(REPORT), false },
	{ "--prove", offsetof(struct options, prove), IN(CHECK), false },
	{ "--from-ids", offsetof(struct options, from_ids), IN(SUGGEST), true },
	{ "--kernel", offsetof(struct options, kernel), IN(MAKE_CPIO), true },
	{ "--json", offsetof(struct options, json), JSON_MODES, false },
	{ "--config", offsetof(struct options, config), CONFIG_MODES, true },
	{ "--sysroot", offsetof(struct options, sysroot), IN_ANY, true },
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

static bool is_value(const struct mode *mode, const char *word)
{
	return *word != '-' || (mode->dash && !word[1]);
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
	if (mode->subject != SUBJECT_NONE && next && is_value(mode, next))
		options->subject = *++*argv;
	else if (mode->subject == SUBJECT_NEEDED)
		return refuse(fault, mode->name, "a value is missing");
	next = (*argv)[1];
	if (mode->second && next && is_value(mode, next))
		options->second = *++*argv;
	return 0;
}

static int option_take(char ***argv, struct options *options, unsigned int *given,
		       struct fault *fault)
{
	const char *name = **argv;
	size_t i = 0;

	while (i < ARRAY_SIZE(table) && strcmp(table[i].name, name) != 0)
		i++;
	if (i == ARRAY_SIZE(table))
		return refuse(fault, name,
			      *name == '-' ? "unknown option" : "unexpected argument");
	*given |= 1u << i;
	if (!table[i].takes_value) {
		*(bool *)((char *)options + table[i].place) = true;
		return 0;
	}
	if (!(*argv)[1])
		return refuse(fault, name, "a value is missing");
	*(const char **)((char *)options + table[i].place) = *++*argv;
	return 0;
}

/* "goes with --report, --plan" */
static int refuse_here(struct fault *fault, const struct option *option)
{
	char text[256] = "goes with";
	size_t used = strlen(text);
	const char *comma = "";

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!(option->modes >> modes[i].mode & 1) || used >= sizeof(text))
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %s", comma,
					 modes[i].name);
		comma = ",";
	}
	return refuse(fault, option->name, text);
}

/* Nothing that was typed is without a meaning, or against another option. */
static int options_check(const struct options *options, unsigned int given,
			 struct fault *fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (given >> i & 1 && !(table[i].modes >> options->mode & 1))
			return refuse_here(fault, &table[i]);
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
	unsigned int given = 0;

	*fault = (struct fault){ 0 };
	for (; *argv; argv++) {
		const struct mode *mode = mode_find(*argv);
		int result = mode ? mode_take(mode, &argv, &options, fault) :
				    option_take(&argv, &options, &given, fault);

		if (result < 0)
			return result;
	}
	if (options.mode == OPTIONS_NONE)
		return -EINVAL;
	if (options.mode != OPTIONS_HELP && options.mode != OPTIONS_VERSION &&
	    options_check(&options, given, fault) < 0)
		return -EINVAL;
	*ret_options = options;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define HELP_COLUMN 21 /* of what an option does, behind its name */

/* For every mode, or for those that say so */
enum common { COMMON_JSON, COMMON_CONFIG, COMMON_SYSROOT, COMMON_HELP, COMMON_VERSION };

static const struct mode_option common[] = {
	[COMMON_JSON] = { "--json", NULL, "write JSON" },
	[COMMON_CONFIG] = { "--config", "FILE",
			    "read this file, not /etc/vfio-early.conf and its drop-ins" },
	[COMMON_SYSROOT] = { "--sysroot", "DIR",
			     "the machine whose sys/, proc/, etc/, run/ are below DIR" },
	[COMMON_HELP] = { "--help", NULL,
			  "show this text; after a mode, the mode's part" },
	[COMMON_VERSION] = { "--version", NULL, "show the version" },
};

static const char tail[] =
	"\n"
	"Exit: 0 all targets are, or would be, reserved; 1 some are not; 2 wrong usage\n"
	"or config, --check, --guest: failures; 3 no report of this boot.\n"
	"Black screen? Boot with vfio_early.mode=off on the kernel command line.\n";

static int refuse(struct fault *fault, const char *argument, const char *what)
{
	return fault_set(fault, -EINVAL, "%s: %s", argument, what);
}

static bool takes(const struct mode *mode, enum common option)
{
	return (option != COMMON_JSON || mode->json) &&
	       (option != COMMON_CONFIG || mode->config);
}

static const struct mode *mode_find(const struct mode *const *modes, const char *name)
{
	for (; *modes; modes++)
		if (!strcmp((*modes)->name, name))
			return *modes;
	return NULL;
}

/*
 * How many words behind a mode are no options, whatever they look like: not in
 * "--hook --help", nor in "--hook --sysroot /DIR"
 */
static size_t verbatim(const struct mode *mode, char **argv)
{
	bool given = mode->verbatim && argv[1] && argv[2];

	return given && *argv[2] != '-' && !strchr(argv[2], '/') ? 2 : 0;
}

/* Takes a mode with what stands behind it. */
static int mode_take(const struct mode *mode, char ***argv, struct session *session,
		     struct fault *fault)
{
	char *next = (*argv)[1];

	if (verbatim(mode, *argv)) {
		session->subject = *++*argv;
		session->more = *++*argv;
		return 0;
	}
	if (mode->subject && next && (*next != '-' || !next[1])) {
		session->subject = *++*argv;
		next = (*argv)[1];
		if (mode->more && next && (*next != '-' || !next[1]))
			session->more = *++*argv;
		return 0;
	}
	if (mode->subject && *mode->subject != '[')
		return refuse(fault, mode->name, "a value is missing");
	return 0;
}

static int value_take(const struct mode_option *option, char ***argv,
		      const char **ret_value, struct fault *fault)
{
	if (!option->value) {
		*ret_value = "";
		return 0;
	}
	if (!(*argv)[1])
		return refuse(fault, option->name, "a value is missing");
	*ret_value = *++*argv;
	return 0;
}

/* "goes with --report, --plan" */
static int refuse_here(const struct mode *const *modes, const char *name,
		       struct fault *fault)
{
	char text[FAULT_TEXT_MAX / 2] = "";

	for (; *modes; modes++) {
		const struct mode *mode = *modes;
		bool here = (mode->json && !strcmp(name, common[COMMON_JSON].name)) ||
			    (mode->config && !strcmp(name, common[COMMON_CONFIG].name));

		for (size_t i = 0; i < SESSION_VALUES_MAX && mode->options[i].name; i++)
			here |= !strcmp(mode->options[i].name, name);
		if (here)
			text_append(text, sizeof(text), "%s %s",
				    *text ? "," : "goes with", mode->name);
	}
	return refuse(fault, name,
		      *name != '-' ? "unexpected argument" :
		      *text	   ? text :
				     "unknown option");
}

static int option_take(const struct mode *const *modes, const struct mode *mode,
		       char ***argv, struct session *session, struct fault *fault)
{
	const char *name = **argv, *ignored;

	for (size_t i = 0; i < SESSION_VALUES_MAX && mode->options[i].name; i++)
		if (!strcmp(mode->options[i].name, name))
			return value_take(&mode->options[i], argv, &session->values[i],
					  fault);
	for (enum common i = 0; i <= COMMON_SYSROOT; i++) {
		if (strcmp(common[i].name, name) != 0 || !takes(mode, i))
			continue;
		session->json |= i == COMMON_JSON;
		return value_take(&common[i], argv,
				  i == COMMON_CONFIG  ? &session->config :
				  i == COMMON_SYSROOT ? &session->sysroot :
							&ignored,
				  fault);
	}
	return refuse_here(modes, name, fault);
}

/* Options that exclude each other are named in the order of the table. */
static int alone_check(const struct mode *mode, const struct session *session,
		       struct fault *fault)
{
	char text[FAULT_TEXT_MAX / 2] = "";
	size_t given = mode->alone && session->json;

	for (size_t i = 0; i < mode->alone; i++) {
		given += session->values[i] != NULL;
		text_append(text, sizeof(text), "%s, ", mode->options[i].name);
	}
	if (given < 2)
		return 0;
	(void)fault_set(fault, -EINVAL, "%s%s: only one at a time", text,
			common[COMMON_JSON].name);
	return fault->error;
}

/* --help and --version are answered, whatever the other options are. */
static enum mode_ask ask_find(const struct mode *const *modes, char **argv)
{
	for (; *argv; argv++) {
		const struct mode *mode = mode_find(modes, *argv);

		argv += mode ? verbatim(mode, argv) : 0;
		if (!strcmp(*argv, common[COMMON_HELP].name))
			return MODE_ASK_HELP;
		if (!strcmp(*argv, common[COMMON_VERSION].name))
			return MODE_ASK_VERSION;
		if (!strcmp(*argv, "--complete"))
			return MODE_ASK_COMPLETE;
	}
	return MODE_ASK_NONE;
}

/* The first mode that is named, wherever it stands; a second one is refused. */
static int mode_choose(const struct mode *const *modes, char **argv,
		       const struct mode **ret_mode, struct fault *fault)
{
	*ret_mode = NULL;
	for (; *argv; argv++) {
		const struct mode *mode = mode_find(modes, *argv);

		if (mode && *ret_mode && mode != *ret_mode)
			return refuse(fault, mode->name, "only one mode at a time");
		if (mode) {
			*ret_mode = mode;
			argv += verbatim(mode, argv);
		}
	}
	return 0;
}

int mode_parse(const struct mode *const *modes, char **argv, struct session *session,
	       const struct mode **ret_mode, struct fault *fault)
{
	static const struct mode none = { .name = "" };
	enum mode_ask ask = ask_find(modes, argv);
	const struct mode *mode = NULL;
	int result = mode_choose(modes, argv, &mode, fault);

	*ret_mode = mode;
	if (ask != MODE_ASK_NONE)
		return (int)ask;
	for (; !result && *argv; argv++)
		result = mode && !strcmp(mode->name, *argv) ?
				 mode_take(mode, &argv, session, fault) :
				 option_take(modes, mode ? mode : &none, &argv, session,
					     fault);
	if (!result && !mode)
		return -EINVAL;
	return result ? result : alone_check(mode, session, fault);
}

/* An option and its value, and what it does in a column of its own */
static void line_print(FILE *out, int indent, const char *name, const char *value,
		       const char *more, const char *help)
{
	int width = fprintf(out, "%*s%s%s%s%s%s", indent, "", name, value ? " " : "",
			    value ? value : "", more ? " " : "", more ? more : "");

	if (width > HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN + 2, "");
	else
		fprintf(out, "%*s", HELP_COLUMN + 2 - width, "");
	fprintf(out, "%s\n", help);
}

static void mode_print(FILE *out, const struct mode *mode)
{
	line_print(out, 2, mode->name, mode->subject, mode->more, mode->help);
	for (size_t i = 0; i < SESSION_VALUES_MAX && mode->options[i].name; i++)
		line_print(out, 4, mode->options[i].name, mode->options[i].value, NULL,
			   mode->options[i].help);
}

void mode_help(const struct mode *const *modes, const struct mode *only, FILE *out)
{
	fprintf(out, "usage: vfio-early %s%s%s%s%s [--sysroot DIR]\n",
		only ? only->name : "MODE", only && only->subject ? " " : "",
		only && only->subject ? only->subject : "",
		!only || only->json ? " [--json]" : "",
		!only || only->config ? " [--config FILE]" : "");
	fputs("Shows which PCI cards are reserved for virtual machines; see "
	      "vfio-early(8).\n\n",
	      out);
	for (; *modes; modes++)
		if (!only || *modes == only)
			mode_print(out, *modes);
	fputc('\n', out);
	for (enum common i = 0; i < ARRAY_SIZE(common); i++)
		if (!only || takes(only, i))
			line_print(out, 2, common[i].name, common[i].value, NULL,
				   common[i].help);
	fputs(tail, out);
}

static void word_print(FILE *out, const char *mode, const char *name, const char *value,
		       const char *help)
{
	fprintf(out, "%s\t%s\t%s\t%s\n", mode, name, value ? value : "", help);
}

void mode_complete(const struct mode *const *modes, FILE *out)
{
	for (const struct mode *const *mode = modes; *mode; mode++) {
		word_print(out, "", (*mode)->name, (*mode)->subject, (*mode)->help);
		for (size_t i = 0; i < SESSION_VALUES_MAX && (*mode)->options[i].name;
		     i++)
			word_print(out, (*mode)->name, (*mode)->options[i].name,
				   (*mode)->options[i].value, (*mode)->options[i].help);
		for (enum common i = 0; i <= COMMON_SYSROOT; i++)
			if (takes(*mode, i))
				word_print(out, (*mode)->name, common[i].name,
					   common[i].value, common[i].help);
	}
	word_print(out, "", common[COMMON_HELP].name, NULL, common[COMMON_HELP].help);
	word_print(out, "", common[COMMON_VERSION].name, NULL,
		   common[COMMON_VERSION].help);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODE_H
#define VFIO_EARLY_MODE_H

/*
 * The command line of vfio-early. A mode is one value in its own file, NAME_mode.c: its
 * options, its lines of --help and its function. The parser, --help and the completion of
 * shells all use the table of these values in main.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/status.h"
#include "companion/library.h"
#include "companion/session.h"

/**
 * struct mode_option - an option of one mode
 * @name: "--kernel"
 * @value: its value, as --help calls it: "RELEASE"; NULL: none. FILE, DIR, ADDRESS,
 *	RELEASE, WHAT, TARGET and GUEST are completed by the shells.
 * @help: one line
 */
struct mode_option {
	const char *name;
	const char *value;
	const char *help;
};

/**
 * struct mode - one mode of vfio-early
 * @name: "--report"
 * @subject: its argument: "FILE", or "[ADDRESS]" when it is optional; NULL: none
 * @more: optional argument after @subject; NULL: none
 * @verbatim: with @more behind it, @subject is any word, also one like an option: a
 *	hypervisor fills it in
 * @help: one line
 * @json: the mode takes --json
 * @config: the mode takes --config
 * @alone: number of @options, from the first, that exclude each other and --json
 * @options: options of this mode; session.values has the same indices
 * @libraries: those that are loaded before @run
 * @run: runs the mode
 */
struct mode {
	const char *name;
	const char *subject;
	const char *more;
	bool verbatim;
	const char *help;
	bool json;
	bool config;
	size_t alone;
	struct mode_option options[SESSION_VALUES_MAX];
	struct library *libraries[LIBRARIES_MAX];
	enum status (*run)(struct session *session);
};

extern const struct mode report_mode;
extern const struct mode plan_mode;
extern const struct mode check_mode;
extern const struct mode guest_mode;
extern const struct mode hostdev_mode;
extern const struct mode rom_mode;
extern const struct mode pin_mode;
extern const struct mode groups_mode;
extern const struct mode suggest_mode;
extern const struct mode explain_mode;
extern const struct mode capture_mode;
extern const struct mode make_cpio_mode;
extern const struct mode record_host_mode;
extern const struct mode hook_mode;
extern const struct mode confirm_mode;
extern const struct mode retry_mode;

/**
 * enum mode_ask - requests other than a mode
 * @MODE_ASK_HELP: help on all modes, or on the one that was named
 * @MODE_ASK_COMPLETE: the table, for the shells
 */
enum mode_ask { MODE_ASK_NONE, MODE_ASK_HELP, MODE_ASK_VERSION, MODE_ASK_COMPLETE };

/**
 * mode_parse() - parse the command line
 * @modes: the table, NULL at the end
 * @argv: arguments after the name of the program, NULL at the end
 * @session: zeroed; filled with what was typed
 * @ret_mode: the mode; NULL: none was named
 * @fault: what is wrong; empty when there are no arguments
 *
 * Return: an enum mode_ask, or -EINVAL
 */
int mode_parse(const struct mode *const *modes, char **argv, struct session *session,
	       const struct mode **ret_mode, struct fault *fault);

/**
 * mode_help() - print the help
 * @only: print this mode in full; NULL: all modes
 */
void mode_help(const struct mode *const *modes, const struct mode *only, FILE *out);

/**
 * mode_complete() - print the table for the shells
 * @out: a line for each option: mode (empty for modes themselves and for options of all
 *	modes), option, value, help, separated by tabs
 */
void mode_complete(const struct mode *const *modes, FILE *out);

#endif

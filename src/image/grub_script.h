/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GRUB_SCRIPT_H
#define VFIO_EARLY_GRUB_SCRIPT_H

/*
 * Variables and conditions of grub.cfg (grub-core/script): as far as they can be known
 * before the boot. What depends on the clock, the network or a search of disks is not
 * known, and what is set or asked by it is not known either. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "model/host.h"

#define GRUB_NAME_MAX 48
#define GRUB_VALUE_MAX 192
#define GRUB_VARIABLES_MAX 64
#define GRUB_DEPTH_MAX 16

/**
 * struct grub_variable - a variable
 * @known: its value is; else it depends on what only the boot knows
 */
struct grub_variable {
	char name[GRUB_NAME_MAX];
	char value[GRUB_VALUE_MAX];
	bool known;
};

/**
 * struct grub_script - what a script has set so far; zeroed at the start
 * @branch: for each `if` around us, does the branch run that we are in?
 * @before: likewise: has an earlier branch of it run?
 * @depth: of @branch; more than there is room for counts as not known
 * @functions: open braces of a body that does not run, such as that of a function
 */
struct grub_script {
	struct grub_variable variables[GRUB_VARIABLES_MAX];
	size_t count;
	enum fact branch[GRUB_DEPTH_MAX];
	enum fact before[GRUB_DEPTH_MAX];
	size_t depth;
	unsigned int functions;
};

/** grub_script_set() - set a variable */
void grub_script_set(struct grub_script *script, const char *name, const char *value,
		     bool known);

/** grub_script_get() - a variable that was set; NULL: it was not */
const struct grub_variable *grub_script_get(const struct grub_script *script,
					    const char *name);

/**
 * grub_script_expand() - a word with its variables in place
 *
 * Return: false: one of them is not known; it is left out then
 */
bool grub_script_expand(const struct grub_script *script, const char *word, char *text,
			size_t size);

/** grub_script_runs() - does the statement run that we are at? */
enum fact grub_script_runs(const struct grub_script *script);

/**
 * grub_script_control() - take a statement that says what runs, or sets a variable
 * @command: its first word
 * @rest: what follows
 *
 * Return: it was one: there is nothing more to it
 */
bool grub_script_control(struct grub_script *script, const char *command,
			 const char *rest);

/**
 * grub_script_statement() - take the next statement of a line, up to a ';'
 * @cursor: moved behind it
 * @statement: filled, without blanks before it; `then` and `do` are no part of it
 *
 * Return: false at the end of the line
 */
bool grub_script_statement(const char **cursor, char *statement, size_t size);

/** grub_script_word() - take the next word: 'a b', "a b" or a\ b; empty at the end */
void grub_script_word(const char **cursor, char *word, size_t size);

#endif

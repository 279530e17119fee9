/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GRUB_SCRIPT_H
#define VFIO_EARLY_GRUB_SCRIPT_H

/*
 * Variables and conditions of grub.cfg (grub-core/script), as far as they can be known
 * before the boot. A value that depends on the clock, the network or a search of disks is
 * unknown, and so is all that depends on such a value. Pure.
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
 * @known: @value is known; else it is known only at boot
 */
struct grub_variable {
	char name[GRUB_NAME_MAX];
	char value[GRUB_VALUE_MAX];
	bool known;
};

/**
 * struct grub_script - state of a script; zeroed at the start
 * @branch: for each open `if`: does its current branch run?
 * @before: likewise: has an earlier branch run?
 * @depth: number of open `if`s; a branch beyond GRUB_DEPTH_MAX counts as unknown
 * @functions: open braces of bodies that do not run, such as those of functions
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

/** grub_script_get() - find a variable; NULL: it was not set */
const struct grub_variable *grub_script_get(const struct grub_script *script,
					    const char *name);

/**
 * grub_script_expand() - replace the variables in a word
 *
 * Return: false if one of them is unknown; it is left out then
 */
bool grub_script_expand(const struct grub_script *script, const char *word, char *text,
			size_t size);

/** grub_script_runs() - does the next statement run? */
enum fact grub_script_runs(const struct grub_script *script);

/**
 * grub_script_control() - process a conditional, a function or an assignment
 * @command: its first word
 * @rest: its other words
 *
 * Return: true if it was one of these
 */
bool grub_script_control(struct grub_script *script, const char *command,
			 const char *rest);

/**
 * grub_script_statement() - take the next statement of a line, which ends at a ';'
 * @cursor: moved past it
 * @statement: filled, without leading blanks and without `then` and `do`
 *
 * Return: false at the end of the line
 */
bool grub_script_statement(const char **cursor, char *statement, size_t size);

/** grub_script_word() - take the next word: 'a b', "a b" or a\ b; empty at the end */
void grub_script_word(const char **cursor, char *word, size_t size);

#endif

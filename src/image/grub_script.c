// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/grub_script.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

#define LINE_BYTES_MAX 2048
#define WORDS_MAX 24

/* ---- words ---- */

void grub_script_word(const char **cursor, char *word, size_t size)
{
	const char *at = *cursor + strspn(*cursor, " \t");
	char quote = '\0';
	size_t used = 0;

	for (; *at && (quote || !strchr(" \t", *at)); at++) {
		if (*at == quote) {
			quote = '\0';
			continue;
		}
		if (!quote && (*at == '\'' || *at == '"')) {
			quote = *at;
			continue;
		}
		if (*at == '\\' && quote != '\'' && at[1])
			at++;
		if (used + 1 < size)
			word[used++] = *at;
	}
	word[used] = '\0';
	*cursor = at;
}

bool grub_script_statement(const char **cursor, char *statement, size_t size)
{
	static const char *const skipped[] = { "then", "do" };
	const char *start = *cursor + strspn(*cursor, "; \t"), *at = start;
	char quote = '\0';

	if (!*start)
		return false;
	for (; *at && (quote || *at != ';'); at++)
		if (*at == quote)
			quote = '\0';
		else if (!quote && (*at == '\'' || *at == '"'))
			quote = *at;
	*cursor = at;
	for (size_t i = 0; i < ARRAY_SIZE(skipped); i++) {
		size_t length = strlen(skipped[i]);

		if (!strncmp(start, skipped[i], length) &&
		    (start + length == at || strchr(" \t", start[length])))
			start += length;
	}
	start += strspn(start, " \t");
	(void)snprintf(statement, size, "%.*s", (int)(at > start ? at - start : 0),
		       start);
	return true;
}

/* ---- variables ---- */

/* Variables that GRUB itself sets, unknown before the boot */
static bool is_of_the_boot(const char *name)
{
	static const char *const names[] = { "root",   "cmdpath", "device", "YEAR",
					     "MONTH",  "DAY",	  "HOUR",   "MINUTE",
					     "SECOND", "WEEKDAY", "?" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return !strncmp(name, "net_", 4) || !strncmp(name, "grub_", 5);
}

static const struct grub_variable *variable_find(const struct grub_script *script,
						 const char *name)
{
	for (size_t i = 0; i < script->count; i++)
		if (!strcmp(script->variables[i].name, name))
			return &script->variables[i];
	return NULL;
}

void grub_script_set(struct grub_script *script, const char *name, const char *value,
		     bool known)
{
	struct grub_variable *variable =
		(struct grub_variable *)variable_find(script, name);

	if (!variable && script->count == GRUB_VARIABLES_MAX)
		return;
	if (!variable)
		variable = &script->variables[script->count++];
	(void)snprintf(variable->name, sizeof(variable->name), "%s", name);
	(void)snprintf(variable->value, sizeof(variable->value), "%s", value);
	variable->known = known;
}

/*
 * NULL: not known. A variable that was never set is empty; feature_x is "y"
 * (normal/main.c).
 */
static const char *value_of(const struct grub_script *script, const char *name)
{
	const struct grub_variable *variable = variable_find(script, name);

	if (variable)
		return variable->known ? variable->value : NULL;
	if (!strncmp(name, "feature_", 8))
		return "y";
	return is_of_the_boot(name) ? NULL : "";
}

/* $name or ${name} */
static const char *name_take(const char *at, char *name)
{
	bool braces = at[1] == '{';
	const char *start = at + 1 + braces;
	size_t length = braces ? strcspn(start, "}") :
				 strspn(start, "abcdefghijklmnopqrstuvwxyz"
					       "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789?");

	(void)snprintf(name, GRUB_NAME_MAX, "%.*s", (int)(length % GRUB_NAME_MAX), start);
	return start + length + (braces && start[length]);
}

const struct grub_variable *grub_script_get(const struct grub_script *script,
					    const char *name)
{
	return variable_find(script, name);
}

bool grub_script_expand(const struct grub_script *script, const char *word, char *text,
			size_t size)
{
	bool known = true;
	size_t used = 0;

	text[0] = '\0';
	while (*word && used + 1 < size) {
		char name[GRUB_NAME_MAX];
		const char *value;

		if (*word != '$') {
			text[used++] = *word++;
			text[used] = '\0';
			continue;
		}
		word = name_take(word, name);
		value = value_of(script, name);
		known = known && value;
		(void)snprintf(text + used, size - used, "%s", value ? value : "");
		used += strlen(text + used);
	}
	return known;
}

/* ---- conditions ---- */

/* These two count as existing; whether they do exist shows when they are read. */
static enum fact file_test(const char *name)
{
	return strstr(name, "grubenv") || strstr(name, "custom.cfg") ? FACT_YES :
								       FACT_UNKNOWN;
}

static enum fact fact_of(bool value)
{
	return value ? FACT_YES : FACT_NO;
}

static enum fact not_of(enum fact fact)
{
	if (fact == FACT_UNKNOWN)
		return FACT_UNKNOWN;
	return fact_of(fact == FACT_NO);
}

/* Words between `[` and `]`, with their variables in place */
struct words {
	char list[WORDS_MAX][GRUB_VALUE_MAX];
	bool known[WORDS_MAX];
	size_t count;
};

static bool words_take(const struct grub_script *script, const char *rest,
		       struct words *words)
{
	char word[GRUB_VALUE_MAX];

	words->count = 0;
	for (rest += strspn(rest, " \t"); *rest; rest += strspn(rest, " \t")) {
		grub_script_word(&rest, word, sizeof(word));
		if (!strcmp(word, "]"))
			return true;
		if (words->count == WORDS_MAX)
			return false;
		words->known[words->count] = grub_script_expand(
			script, word, words->list[words->count], GRUB_VALUE_MAX);
		words->count++;
	}
	return true;
}

static bool is_file_test(const char *word)
{
	return !strcmp(word, "-f") || !strcmp(word, "-s") || !strcmp(word, "-e");
}

/* WORD, -z WORD, -n WORD, A = B, A != B, -f FILE */
static enum fact plain_judge(const struct words *words, size_t from, size_t count)
{
	const char(*list)[GRUB_VALUE_MAX] = words->list + from;
	bool known = true;

	for (size_t i = 0; i < count; i++)
		known = known && words->known[from + i];
	if (count == 2 && is_file_test(list[0]))
		return file_test(list[1]);
	if (!known)
		return FACT_UNKNOWN;
	if (count <= 1)
		return fact_of(count && *list[0]);
	if (count == 2 && (!strcmp(list[0], "-z") || !strcmp(list[0], "-n")))
		return fact_of(!*list[1] == (list[0][1] == 'z'));
	if (count == 3 && (!strcmp(list[1], "=") || !strcmp(list[1], "==")))
		return fact_of(!strcmp(list[0], list[2]));
	if (count == 3 && !strcmp(list[1], "!="))
		return fact_of(strcmp(list[0], list[2]) != 0);
	return FACT_UNKNOWN;
}

/* Likewise with '!' in front */
static enum fact term_judge(const struct words *words, size_t from, size_t to)
{
	bool negated = false;
	enum fact fact;

	for (; from < to && !strcmp(words->list[from], "!"); from++)
		negated = !negated;
	fact = plain_judge(words, from, to - from);
	return negated ? not_of(fact) : fact;
}

/* Terms with -a between them, which binds more than -o */
static enum fact test_judge(const struct grub_script *script, const char *rest)
{
	enum fact all = FACT_YES, any = FACT_NO;
	struct words words;

	if (!words_take(script, rest, &words))
		return FACT_UNKNOWN;
	for (size_t from = 0, i = 0; i <= words.count; i++) {
		bool or = i == words.count || !strcmp(words.list[i], "-o");
		enum fact term;

		if (! or &&strcmp(words.list[i], "-a") != 0)
			continue;
		term = term_judge(&words, from, i);
		all = all == FACT_NO || term == FACT_NO ? FACT_NO :
		      term == FACT_UNKNOWN		? term :
							  all;
		from = i + 1;
		if (! or)
			continue;
		any = any == FACT_YES || all == FACT_YES ? FACT_YES :
		      all == FACT_UNKNOWN		 ? all :
							   any;
		all = FACT_YES;
	}
	return any;
}

static enum fact condition_judge(const struct grub_script *script, const char *rest)
{
	char word[GRUB_VALUE_MAX];

	grub_script_word(&rest, word, sizeof(word));
	if (!strcmp(word, "[") || !strcmp(word, "test"))
		return test_judge(script, rest);
	if (!strcmp(word, "true"))
		return FACT_YES;
	return !strcmp(word, "false") ? FACT_NO : FACT_UNKNOWN;
}

/* ---- what runs ---- */

enum fact grub_script_runs(const struct grub_script *script)
{
	enum fact runs = FACT_YES;

	if (script->functions)
		return FACT_NO;
	for (size_t i = 0; i < script->depth && i < GRUB_DEPTH_MAX; i++) {
		if (script->branch[i] == FACT_NO)
			return FACT_NO;
		if (script->branch[i] == FACT_UNKNOWN)
			runs = FACT_UNKNOWN;
	}
	return script->depth > GRUB_DEPTH_MAX ? FACT_UNKNOWN : runs;
}

/* The next branch of the innermost `if` */
static void branch_take(struct grub_script *script, enum fact fact)
{
	size_t index = script->depth - 1;

	if (!script->depth || script->depth > GRUB_DEPTH_MAX)
		return;
	if (script->before[index] == FACT_YES)
		script->branch[index] = FACT_NO;
	else if (script->before[index] == FACT_UNKNOWN && fact == FACT_YES)
		script->branch[index] = FACT_UNKNOWN;
	else
		script->branch[index] = fact;
	if (fact == FACT_YES || script->before[index] == FACT_NO)
		script->before[index] = fact;
}

static void if_begin(struct grub_script *script, enum fact fact)
{
	script->depth++;
	if (script->depth > GRUB_DEPTH_MAX)
		return;
	script->before[script->depth - 1] = FACT_NO;
	branch_take(script, fact);
}

/* NAME=VALUE, of `set` or alone */
static void assign(struct grub_script *script, const char *text)
{
	char word[LINE_BYTES_MAX], value[GRUB_VALUE_MAX], *equals;
	enum fact runs = grub_script_runs(script);
	const char *before;
	bool known, same;

	grub_script_word(&text, word, sizeof(word));
	equals = strchr(word, '=');
	if (!equals || runs == FACT_NO)
		return;
	*equals = '\0';
	known = grub_script_expand(script, equals + 1, value, sizeof(value));
	before = value_of(script, word);
	same = before && !strcmp(before, value);
	grub_script_set(script, word, value, known && (runs == FACT_YES || same));
}

/* search --set=root, regexp --set x: what comes of it is known at the boot only */
static void asks(struct grub_script *script, const char *text)
{
	const char *at = strstr(text, "--set");
	char name[GRUB_NAME_MAX];

	if (!at)
		return;
	at += strlen("--set");
	at += strspn(at, "= ");
	(void)snprintf(name, sizeof(name), "%.*s",
		       (int)(strcspn(at, " \t:") % GRUB_NAME_MAX), at);
	grub_script_set(script, name, "", false);
}

/* Bodies that do not run: of functions, and of entries in a branch that does not */
static bool body_skip(struct grub_script *script, const char *command, const char *rest)
{
	size_t length = strlen(rest);

	if (!strcmp(command, "function") || script->functions) {
		if (length && rest[length - 1] == '{')
			script->functions++;
		if (!strcmp(command, "}"))
			script->functions--;
		return true;
	}
	return false;
}

bool grub_script_control(struct grub_script *script, const char *command,
			 const char *rest)
{
	if (body_skip(script, command, rest))
		return true;
	if (!strcmp(command, "if")) {
		if_begin(script, condition_judge(script, rest));
	} else if (!strcmp(command, "while") || !strcmp(command, "until") ||
		   !strcmp(command, "for")) {
		if_begin(script, FACT_UNKNOWN);
	} else if (!strcmp(command, "elif")) {
		branch_take(script, condition_judge(script, rest));
	} else if (!strcmp(command, "else")) {
		branch_take(script, FACT_YES);
		return !*(rest + strspn(rest, " \t"));
	} else if (!strcmp(command, "fi") || !strcmp(command, "done")) {
		script->depth -= script->depth > 0;
	} else if (!strcmp(command, "set")) {
		assign(script, rest);
	} else {
		if (strstr(rest, "--set"))
			asks(script, rest);
		return false;
	}
	return true;
}

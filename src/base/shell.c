// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/shell.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define SHELL_TEXT_MAX (1u << 20)
#define BLANKS " \t"
#define ENDS " \t\r\n;&|"

/* Where we are in a text */
struct reader {
	struct shell *shell;
	const char *at;
	unsigned int line;
	const char *file;
};

/* A value that grows */
struct value {
	char text[SHELL_VALUE_MAX];
	size_t used;
};

static void value_add(struct value *value, const char *text, size_t length)
{
	if (length > sizeof(value->text) - 1 - value->used)
		length = sizeof(value->text) - 1 - value->used;
	memcpy(value->text + value->used, text, length);
	value->used += length;
	value->text[value->used] = '\0';
}

static bool is_name(char c)
{
	return c == '_' || (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

const struct shell_variable *shell_get(const struct shell *shell, const char *name)
{
	for (size_t i = 0; i < shell->count; i++)
		if (!strcmp(shell->list[i].name, name))
			return &shell->list[i];
	return NULL;
}

/* $NAME or ${NAME}: empty if it has no value; other forms of ${NAME...} are left out. */
static void variable_expand(struct reader *reader, struct value *value)
{
	bool braces = reader->at[1] == '{';
	const char *start = reader->at + 1 + braces;
	const struct shell_variable *variable;
	char name[SHELL_NAME_MAX];
	size_t length = 0;

	while (is_name(start[length]))
		length++;
	if (!length) {
		value_add(value, reader->at++, 1);
		return;
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)length, start);
	variable = shell_get(reader->shell, name);
	if (variable)
		value_add(value, variable->value, strlen(variable->value));
	reader->at = start + length;
	if (braces) {
		reader->at += strcspn(reader->at, "}\n");
		reader->at += *reader->at == '}';
	}
}

static void backslash_take(struct reader *reader, struct value *value, bool quoted)
{
	char next = reader->at[1];

	if (next == '\n') {
		reader->line++;
		reader->at += 2;
		return;
	}
	if (!next || (quoted && !strchr("\"\\$`", next))) {
		value_add(value, reader->at++, 1);
		return;
	}
	value_add(value, reader->at + 1, 1);
	reader->at += 2;
}

static void quoted_take(struct reader *reader, struct value *value)
{
	char quote = *reader->at++;

	while (*reader->at && *reader->at != quote) {
		reader->line += *reader->at == '\n';
		if (quote == '"' && *reader->at == '$')
			variable_expand(reader, value);
		else if (quote == '"' && *reader->at == '\\')
			backslash_take(reader, value, true);
		else
			value_add(value, reader->at++, 1);
	}
	reader->at += *reader->at != '\0';
}

static void value_blank(struct reader *reader, struct value *value)
{
	reader->at++;
	value_add(value, " ", 1);
}

/* One word; inside of parentheses blanks and newlines belong to it. */
static void value_take(struct reader *reader, struct value *value)
{
	bool array = *reader->at == '(';

	reader->at += array;
	while (*reader->at &&
	       !(array ? *reader->at == ')' : !!strchr(ENDS, *reader->at))) {
		char c = *reader->at;

		reader->line += c == '\n';
		if (c == '"' || c == '\'')
			quoted_take(reader, value);
		else if (c == '$')
			variable_expand(reader, value);
		else if (c == '\\')
			backslash_take(reader, value, false);
		else if (array && c == '#' && strchr(ENDS, reader->at[-1]))
			reader->at += strcspn(reader->at, "\n");
		else if (c == '\n' || c == '\t')
			value_blank(reader, value);
		else
			value_add(value, reader->at++, 1);
	}
	reader->at += array && *reader->at == ')';
}

static void assign(struct reader *reader, const char *name, unsigned int line, bool add,
		   const struct value *value)
{
	struct shell *shell = reader->shell;
	struct shell_variable *variable = NULL;
	size_t used;

	for (size_t i = 0; i < shell->count; i++)
		if (!strcmp(shell->list[i].name, name))
			variable = &shell->list[i];
	if (!variable && shell->count < SHELL_VARIABLES_MAX) {
		variable = &shell->list[shell->count++];
		*variable = (struct shell_variable){ .line = 0 };
		(void)snprintf(variable->name, sizeof(variable->name), "%s", name);
	}
	if (!variable)
		return;
	used = add ? strlen(variable->value) : 0;
	(void)snprintf(variable->value + used, sizeof(variable->value) - used, "%s",
		       value->text);
	(void)snprintf(variable->file, sizeof(variable->file), "%s", reader->file);
	variable->line = line;
}

/* NAME=, NAME+=, NAME[index]=; the length of the name, 0: it is something else */
static size_t name_length(const char *text)
{
	size_t length = 0;

	while (is_name(text[length]))
		length++;
	if (length && text[length] == '[')
		length += strcspn(text + length, "]\n") + 1;
	if (!length || length >= SHELL_NAME_MAX || memchr(text, '\n', length))
		return 0;
	if (text[length] == '=' || (text[length] == '+' && text[length + 1] == '='))
		return length;
	return 0;
}

static bool word_is(const char *text, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(text, word, length) && text[length] &&
	       strchr(BLANKS, text[length]);
}

/* At the start of a command */
static void command_take(struct reader *reader)
{
	struct value value = { .used = 0 };
	unsigned int line = reader->line;
	char name[SHELL_NAME_MAX];
	size_t length;
	bool add;

	while (word_is(reader->at, "export") || word_is(reader->at, "declare"))
		reader->at += strcspn(reader->at, BLANKS) + 1;
	length = name_length(reader->at);
	if (!length) {
		reader->at += strcspn(reader->at, *reader->at == '#' ? "\n" : "\n;");
		return;
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)length, reader->at);
	add = reader->at[length] == '+';
	reader->at += length + 1 + add;
	value_take(reader, &value);
	assign(reader, name, line, add, &value);
}

void shell_parse(struct shell *shell, const char *text, const char *file)
{
	struct reader reader = { .shell = shell, .at = text, .line = 1, .file = file };

	while (*reader.at) {
		if (*reader.at == '\n')
			reader.line++;
		if (strchr(ENDS, *reader.at))
			reader.at++;
		else
			command_take(&reader);
	}
}

int shell_read(struct shell *shell, const struct sysroot *root, const char *path)
{
	cleanup_free char *text = NULL;
	size_t length;
	int error = sysroot_load(root->fd, path, SHELL_TEXT_MAX, &text, &length);

	if (error)
		return error;
	shell_parse(shell, text, path);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/udev_rule.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define KEY_MAX 64
#define VALUE_MAX 128

/* `KEY{attribute}OP"value"` */
struct word {
	char key[KEY_MAX];
	char op[4];
	char value[VALUE_MAX];
};

static bool word_take(const char **cursor, struct word *word)
{
	size_t length;

	*cursor += strspn(*cursor, ", \t\r");
	length = strcspn(*cursor, "=!+-: \t\"");
	/* A key may have any of these in its braces. */
	if (memchr(*cursor, '{', length))
		length = strcspn(*cursor, "}") + 1;
	if (!length || strlen(*cursor) < length)
		return false;
	(void)snprintf(word->key, sizeof(word->key), "%.*s", (int)length, *cursor);
	*cursor += length;
	*cursor += strspn(*cursor, " \t");
	length = strspn(*cursor, "=!+-:");
	(void)snprintf(word->op, sizeof(word->op), "%.*s", (int)length, *cursor);
	*cursor += length;
	*cursor += strspn(*cursor, " \t");
	if (!length || **cursor != '"')
		return false;
	length = strcspn(++*cursor, "\"");
	(void)snprintf(word->value, sizeof(word->value), "%.*s", (int)length, *cursor);
	*cursor += length + ((*cursor)[length] == '"');
	return true;
}

bool udev_rule_assigns(const char *rule, const char *key)
{
	struct word word;

	while (word_take(&rule, &word))
		if (!strcmp(word.key, key) &&
		    (!strcmp(word.op, "=") || !strcmp(word.op, ":=")))
			return true;
	return false;
}

/* Patterns between bars, as fnmatch() has them */
static bool value_fits(const char *patterns, const char *text)
{
	char copy[VALUE_MAX], *rest = copy, *pattern;

	(void)snprintf(copy, sizeof(copy), "%s", patterns);
	while ((pattern = strsep(&rest, "|")))
		if (!fnmatch(pattern, text, FNM_CASEFOLD))
			return true;
	return false;
}

/* Is a condition about the function, and does it hold? */
static bool condition_holds(const struct word *word, const struct host_function *function,
			    bool class_known)
{
	bool equal = !strcmp(word->op, "=="), differs = !strcmp(word->op, "!=");
	char text[PCI_ADDRESS_TEXT + 8];

	if (!equal && !differs)
		return true;
	if (!strcmp(word->key, "ATTR{vendor}"))
		(void)snprintf(text, sizeof(text), "0x%04x", function->id.vendor);
	else if (!strcmp(word->key, "ATTR{device}"))
		(void)snprintf(text, sizeof(text), "0x%04x", function->id.device);
	else if (!strcmp(word->key, "ATTR{class}") && class_known)
		(void)snprintf(text, sizeof(text), "0x%06x", function->class_code);
	else if (!strcmp(word->key, "KERNEL") && class_known)
		pci_address_format(&function->address, text);
	else if (!strcmp(word->key, "SUBSYSTEM"))
		(void)snprintf(text, sizeof(text), "pci");
	else
		return true;
	return value_fits(word->value, text) == equal;
}

bool udev_rule_matches(const char *rule, const struct host_function *function,
		       bool class_known)
{
	struct word word;

	while (word_take(&rule, &word))
		if (!condition_holds(&word, function, class_known))
			return false;
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

size_t text_character(const unsigned char *bytes)
{
	static const struct {
		unsigned char first, last, second_min, second_max;
		size_t length;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (bytes[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (bytes[0] < forms[i].first || bytes[0] > forms[i].last)
			continue;
		if (bytes[1] < forms[i].second_min || bytes[1] > forms[i].second_max)
			return 0;
		for (size_t n = 2; n < forms[i].length; n++)
			if ((bytes[n] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

static bool is_control(const unsigned char *bytes)
{
	return bytes[0] < 0x20 || bytes[0] == 0x7f ||
	       (bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] <= 0x9f);
}

/*
 * Invisible characters that change how the rest is read: zero width, direction,
 * separators of lines, tags (Unicode, general category Cf, Zl, Zp). Each begins with
 * three bytes that are enough to tell it.
 */
static bool is_hidden(const unsigned char *bytes)
{
	static const struct {
		unsigned char first, second, third_min, third_max;
	} forms[] = {
		{ 0xe1, 0xa0, 0x8e, 0x8e }, /* U+180E */
		{ 0xe2, 0x80, 0x8b, 0x8f }, /* U+200B to U+200F */
		{ 0xe2, 0x80, 0xa8, 0xae }, /* U+2028 to U+202E */
		{ 0xe2, 0x81, 0xa0, 0xaf }, /* U+2060 to U+206F */
		{ 0xef, 0xbb, 0xbf, 0xbf }, /* U+FEFF */
		{ 0xef, 0xbf, 0xb9, 0xbb }, /* U+FFF9 to U+FFFB */
		{ 0xf3, 0xa0, 0x80, 0x81 }, /* U+E0000 to U+E007F */
	};

	/* U+00AD and U+061C have two */
	if ((bytes[0] == 0xc2 && bytes[1] == 0xad) ||
	    (bytes[0] == 0xd8 && bytes[1] == 0x9c))
		return true;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (bytes[0] == forms[i].first && bytes[1] == forms[i].second &&
		    bytes[2] >= forms[i].third_min && bytes[2] <= forms[i].third_max)
			return true;
	return false;
}

char *text_escape(const char *bytes, char *text, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = (const unsigned char *)bytes;
	size_t used = 0;

	while (*from) {
		bool plain = *from >= ' ' && *from < 0x7f;
		size_t length = plain ? 1 : text_character(from);
		bool escaped = !plain && (!length || is_control(from) || is_hidden(from));

		if (used + (escaped ? 4 : length) >= size)
			break;
		if (escaped) {
			/* the second byte of a C1 character is no UTF-8 when alone */
			memcpy(text + used, "\\x", 2);
			text[used + 2] = digits[*from >> 4];
			text[used + 3] = digits[*from & 15];
			used += 4;
			from++;
		} else {
			memcpy(text + used, from, length);
			used += length;
			from += length;
		}
	}
	text[used] = '\0';
	return text;
}

bool text_ends(const char *text, const char *end)
{
	size_t length = strlen(text), n_end = strlen(end);

	return length >= n_end && !strcmp(text + length - n_end, end);
}

int text_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void text_append(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

void text_list(char *text, size_t size, const char *comma, const char *item)
{
	if (strlen(text) + strlen(comma) + strlen(item) < size)
		text_append(text, size, "%s%s", *text ? comma : "", item);
}

size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

void text_cut(char *text, size_t columns)
{
	size_t at = 0;

	if (text_columns(text) <= columns)
		return;
	for (size_t kept = 0; kept < columns - 3; kept++)
		at += text_character((const unsigned char *)text + at);
	memcpy(text + at, "...", 4);
}

void text_prefixed(FILE *out, size_t indent, const char *first, const char *rest,
		   const char *bytes)
{
	char text[TEXT_MAX];
	const char *word = text_escape(bytes, text, sizeof(text));
	size_t column = 0;

	while (*(word += strspn(word, " "))) {
		size_t length = strcspn(word, " ");
		char copy[TEXT_MAX];
		size_t columns;

		memcpy(copy, word, length);
		copy[length] = '\0';
		columns = text_columns(copy);
		if (column && column + 1 + columns > TEXT_COLUMNS) {
			fputc('\n', out);
			first = rest;
			column = 0;
		}
		if (column)
			fprintf(out, " %s", copy);
		else
			fprintf(out, "%-*s%s", first ? (int)indent : 0,
				first ? first : "", copy);
		column += columns + (column ? 1 : indent);
		word += length;
	}
	fputc('\n', out);
}

void text_paragraph(FILE *out, size_t indent, const char *bytes)
{
	text_prefixed(out, indent, "", "", bytes);
}

void text_labelled(FILE *out, size_t indent, const char *label, const char *bytes)
{
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%s: %s", label, bytes);
	text_paragraph(out, indent, text);
}

#define ESCAPE_MAX 5 /* \xNN and NUL */

/* One byte as text; returns its length. */
static size_t byte_escape(unsigned char byte, char text[static ESCAPE_MAX])
{
	if (byte < ' ' || byte > '~')
		return (size_t)snprintf(text, ESCAPE_MAX, "\\x%02x", byte);
	if (byte == '"' || byte == '\\')
		return (size_t)snprintf(text, ESCAPE_MAX, "\\%c", byte);
	return (size_t)snprintf(text, ESCAPE_MAX, "%c", byte);
}

void quote_escape(const char *bytes, size_t length, char *text, size_t size)
{
	static const char cut[] = "...";
	size_t used = 0, room_for_cut = 0;

	for (size_t i = 0; i < length; i++) {
		char escaped[ESCAPE_MAX];
		size_t more = byte_escape((unsigned char)bytes[i], escaped);

		if (used + more >= size) {
			memcpy(text + room_for_cut, cut, sizeof(cut));
			return;
		}
		memcpy(text + used, escaped, more);
		used += more;
		if (used + sizeof(cut) <= size)
			room_for_cut = used;
	}
	text[used] = '\0';
}

void quote_format(const char *bytes, size_t length, char text[static QUOTE_TEXT_MAX])
{
	char escaped[QUOTE_TEXT_MAX - 2];

	if (!length) {
		(void)snprintf(text, QUOTE_TEXT_MAX, "nothing");
		return;
	}
	quote_escape(bytes, length, escaped, sizeof(escaped));
	(void)snprintf(text, QUOTE_TEXT_MAX, "\"%s\"", escaped);
}

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

uint32_t text_code(const unsigned char *bytes, size_t length)
{
	uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);

	for (size_t i = 1; i < length; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	return code;
}

/*
 * Control characters, and invisible ones that change how the rest is read or make two
 * names look the same: zero width, direction, separators of lines, fillers, variation
 * selectors, tags (Unicode: Default_Ignorable_Code_Point, categories Cc, Zl, Zp, and
 * the annotations U+FFF9 to U+FFFB).
 */
static bool is_hidden(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },
		{ 0x034f, 0x034f },   { 0x061c, 0x061c },   { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* One byte as \xNN; returns its end. */
static char *byte_put(char *text, unsigned char byte)
{
	*text++ = '\\';
	*text++ = 'x';
	return text_hex(text, byte, 2);
}

char *text_escape(const char *bytes, char *text, size_t size)
{
	const unsigned char *from = (const unsigned char *)bytes;
	char *to = text, *const end = text + size - 1;

	for (;;) {
		size_t length;
		bool escaped;

		while (*from >= ' ' && *from < 0x7f && to < end)
			*to++ = (char)*from++;
		if (!*from)
			break;
		length = text_character(from);
		escaped = !length || is_hidden(text_code(from, length));
		if ((escaped ? 4 : length) > (size_t)(end - to))
			break;
		if (escaped) {
			/* the second byte of a C1 character is no UTF-8 when alone */
			to = byte_put(to, *from++);
			continue;
		}
		memcpy(to, from, length);
		to += length;
		from += length;
	}
	*to = '\0';
	return text;
}

char *text_hex(char *text, uint32_t value, unsigned int digits)
{
	for (char *at = text + digits; at > text; value >>= 4)
		*--at = "0123456789abcdef"[value & 15];
	return text + digits;
}

/* Return: false when something was cut */
static bool parts_put(char *text, size_t size, va_list parts)
{
	const char *part;

	while ((part = va_arg(parts, const char *))) {
		size_t length = strlen(part);
		bool fits = length < size;

		if (!fits)
			length = size - 1;
		memcpy(text, part, length);
		text += length;
		size -= length;
		if (!fits)
			break;
	}
	*text = '\0';
	return !part;
}

bool text_join(char *text, size_t size, ...)
{
	va_list parts;
	bool fits;

	va_start(parts, size);
	fits = parts_put(text, size, parts);
	va_end(parts);
	return fits;
}

void text_extend(char *text, size_t size, ...)
{
	size_t used = strlen(text);
	va_list parts;

	va_start(parts, size);
	(void)parts_put(text + used, size - used, parts);
	va_end(parts);
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
	text[0] = (char)byte;
	return 1;
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

/* Bytes that no shell reads as anything but themselves */
#define SHELL_PLAIN                                                      \
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"%+,-./:=@_"

/* As $'...' of bash and zsh: only printable ASCII in it */
static bool shell_escape(const char *word, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "$'");

	for (; *word; word++) {
		char escaped[ESCAPE_MAX] = "\\x27";
		size_t more = *word == '\'' ? ESCAPE_MAX - 1 :
					      byte_escape((unsigned char)*word, escaped);

		if (used + more + 2 > size)
			return false;
		memcpy(text + used, escaped, more);
		used += more;
	}
	memcpy(text + used, "'", 2);
	return true;
}

char *text_shell(const char *word, char *text, size_t size)
{
	bool plain = *word && !word[strspn(word, SHELL_PLAIN)];
	bool fits;

	/* what is shown otherwise than it is cannot be copied */
	if (plain ||
	    (!strchr(word, '\'') && !strcmp(text_escape(word, text, size), word)))
		fits = (size_t)snprintf(text, size, plain ? "%s" : "'%s'", word) < size;
	else
		fits = shell_escape(word, text, size);
	if (!fits)
		(void)snprintf(text, size, "...");
	return text;
}

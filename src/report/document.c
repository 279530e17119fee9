// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/document.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"

#define FIRST_SIZE 8192 /* of a report about one card, and some more */
#define ESCAPE_MAX 12 /* of a character: two halves of UTF-16 */
#define AROUND_MAX 8 /* a comma, a newline, quotes and a colon around key and value */

/* Return: false: no memory */
static bool room_make(struct document *document, size_t needed)
{
	size_t size = needed < FIRST_SIZE ? FIRST_SIZE : 2 * needed;
	char *larger = document->failed ? NULL : realloc(document->bytes, size);

	document->failed = !larger;
	if (!larger)
		return false;
	document->bytes = larger;
	document->size = size;
	return true;
}

/* Where @length bytes and a NUL have room; NULL: the document has failed */
static char *room_for(struct document *document, size_t length)
{
	size_t needed = document->length + length + 1;

	if (needed > document->size && !room_make(document, needed))
		return NULL;
	return document->bytes + document->length;
}

/* What was written from room_for() up to @end; NULL: it could not be written */
static void taken_until(struct document *document, const char *end)
{
	if (end)
		document->length = (size_t)(end - document->bytes);
	else
		document->failed = true;
}

/* Return: behind what was written, at most ESCAPE_MAX bytes */
static char *escape_put(char *to, uint32_t character)
{
	static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	int length;

	for (size_t i = 0; shorts[i]; i += 2)
		if ((unsigned char)shorts[i] == character) {
			*to++ = '\\';
			*to++ = shorts[i + 1];
			return to;
		}
	if (character == 0x7f)
		length = snprintf(to, ESCAPE_MAX + 1, "\\u007f");
	else if (character < 0x10000)
		length = snprintf(to, ESCAPE_MAX + 1, "\\u%04" PRIX32, character);
	else
		length = snprintf(to, ESCAPE_MAX + 1, "\\u%04" PRIX32 "\\u%04" PRIX32,
				  0xd800 + ((character - 0x10000) >> 10),
				  0xdc00 + ((character - 0x10000) & 0x3ff));
	return to + length;
}

/* How many bytes @text begins with that a string of JSON has as they are */
static size_t plain_length(const char *text)
{
	static const bool plain[UCHAR_MAX + 1] = {
		[' ' ... '!'] = true,
		['#' ... '['] = true,
		[']' ... '~'] = true,
	};
	const char *end = text;

	if (!plain[(unsigned char)*end])
		return 0;
	do
		end++;
	while (plain[(unsigned char)*end]);
	return (size_t)(end - text);
}

/* Most text is plain, so the rest of it is empty. */
static size_t string_longest(const char *text, size_t plain)
{
	return text[plain] ? plain + ESCAPE_MAX * strlen(text + plain) : plain;
}

/*
 * From the first character on that is not plain. Apart, because it is rare.
 *
 * Return: behind what was written; NULL: it is no UTF-8
 */
__attribute__((noinline)) static char *rest_put(char *to, const char *text)
{
	while (*text) {
		size_t length = text_character((const unsigned char *)text);

		if (!length)
			return NULL;
		to = escape_put(to, text_code((const unsigned char *)text, length));
		text += length;
		length = plain_length(text);
		memcpy(to, text, length);
		to += length;
		text += length;
	}
	return to;
}

/*
 * @plain: plain_length()
 *
 * Return: behind the closing quote; NULL: it is no UTF-8
 */
static char *string_put(char *to, const char *text, size_t plain)
{
	*to++ = '"';
	memcpy(to, text, plain);
	to += plain;
	if (text[plain])
		to = rest_put(to, text + plain);
	if (to)
		*to++ = '"';
	return to;
}

static char *line_put(char *to, size_t depth)
{
	*to++ = '\n';
	while (depth--)
		*to++ = ' ';
	return to;
}

/* Return: where a value of at most @longest bytes has room, behind its key; NULL: none */
static char *value_begin(struct document *document, const char *key, size_t longest)
{
	size_t plain = key ? plain_length(key) : 0;
	char *to;

	if (key)
		longest += string_longest(key, plain);
	to = room_for(document, document->depth + longest + AROUND_MAX);
	if (!to)
		return NULL;
	if (document->filled)
		*to++ = ',';
	if (document->depth)
		to = line_put(to, document->depth);
	document->filled = true;
	if (!key)
		return to;
	to = string_put(to, key, plain);
	if (to) {
		*to++ = ':';
		*to++ = ' ';
	}
	return to;
}

static void plain_add(struct document *document, const char *key, const char *word,
		      size_t length)
{
	char *to = value_begin(document, key, length);

	if (to)
		to = (char *)memcpy(to, word, length) + length;
	taken_until(document, to);
}

static void null_add(struct document *document, const char *key)
{
	plain_add(document, key, "null", 4);
}

/* @plain: plain_length() */
static void string_add(struct document *document, const char *key, const char *text,
		       size_t plain)
{
	char *to = value_begin(document, key, string_longest(text, plain));

	taken_until(document, to ? string_put(to, text, plain) : NULL);
}

void document_open(struct document *document, const char *key, char bracket)
{
	plain_add(document, key, &bracket, 1);
	document->depth++;
	document->filled = false;
}

void document_close(struct document *document, char bracket)
{
	char *to = room_for(document, document->depth + AROUND_MAX);

	document->depth--;
	if (!to)
		return;
	if (document->filled)
		to = line_put(to, document->depth);
	*to++ = bracket;
	taken_until(document, to);
	document->filled = true;
}

void document_word(struct document *document, const char *key, const char *word)
{
	if (word)
		string_add(document, key, word, plain_length(word));
	else
		null_add(document, key);
}

void document_text(struct document *document, const char *key, const char *bytes)
{
	char text[TEXT_MAX];
	size_t plain = plain_length(bytes);

	if (bytes[plain] || plain >= sizeof(text))
		document_word(document, key, text_escape(bytes, text, sizeof(text)));
	else if (plain)
		string_add(document, key, bytes, plain);
	else
		null_add(document, key);
}

void document_number(struct document *document, const char *key, int64_t number)
{
	char text[NUMBER_TEXT], *const end = text + sizeof(text);
	char *at = number_put(number < 0 ? -(uint64_t)number : (uint64_t)number, end);

	if (number < 0)
		*--at = '-';
	plain_add(document, key, at, (size_t)(end - at));
}

void document_flag(struct document *document, const char *key, bool flag)
{
	plain_add(document, key, flag ? "true" : "false", flag ? 4 : 5);
}

void document_fact(struct document *document, const char *key, enum fact fact)
{
	if (fact == FACT_UNKNOWN)
		document_word(document, key, NULL);
	else
		document_flag(document, key, fact == FACT_YES);
}

void document_address(struct document *document, const char *key,
		      const struct pci_address *address)
{
	document_word(document, key, PCI_ADDRESS(address));
}

static void members_add(struct document *document, const char *key, json_t *object)
{
	document_open(document, key, '{');
	for (void *at = json_object_iter(object); at;
	     at = json_object_iter_next(object, at))
		document_json(document, json_object_iter_key(at),
			      json_object_iter_value(at));
	document_close(document, '}');
}

static void elements_add(struct document *document, const char *key, const json_t *array)
{
	document_open(document, key, '[');
	for (size_t i = 0; i < json_array_size(array); i++)
		document_json(document, NULL, json_array_get(array, i));
	document_close(document, ']');
}

void document_json(struct document *document, const char *key, json_t *value)
{
	switch (value ? json_typeof(value) : JSON_REAL) {
	case JSON_OBJECT:
		members_add(document, key, value);
		break;
	case JSON_ARRAY:
		elements_add(document, key, value);
		break;
	case JSON_STRING:
		document_word(document, key, json_string_value(value));
		break;
	case JSON_INTEGER:
		document_number(document, key, json_integer_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		document_flag(document, key, json_is_true(value));
		break;
	case JSON_NULL:
		document_word(document, key, NULL);
		break;
	case JSON_REAL:
		document->failed = true;
		break;
	}
}

char *document_end(struct document *document, size_t *ret_length)
{
	char *to = room_for(document, 1), *bytes;

	if (to)
		taken_until(document, stpcpy(to, "\n"));
	bytes = document->bytes;
	*ret_length = document->length;
	if (document->failed) {
		free(bytes);
		bytes = NULL;
	}
	*document = (struct document){ 0 };
	return bytes;
}

bool document_print(struct document *document, FILE *out)
{
	size_t length;
	char *text cleanup_free = document_end(document, &length);

	return text && fwrite(text, 1, length, out) == length && !fflush(out);
}

json_t *document_parse(struct document *document)
{
	size_t length;
	char *text cleanup_free = document_end(document, &length);

	return text ? json_loadb(text, length, 0, NULL) : NULL;
}

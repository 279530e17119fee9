// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#define FIRST_SIZE 8192 /* of a report about one card, and some more */
#define NUMBER_MAX 24
#define ESCAPE_MAX 12 /* of a character: two halves of UTF-16 */

/* Where @length bytes and a NUL have room; NULL: no memory */
static char *room_for(struct document *document, size_t length)
{
	size_t needed = document->length + length + 1;

	if (document->failed)
		return NULL;
	if (needed > document->size) {
		size_t size = needed < FIRST_SIZE ? FIRST_SIZE : 2 * needed;
		char *larger = realloc(document->bytes, size);

		document->failed = !larger;
		if (!larger)
			return NULL;
		document->bytes = larger;
		document->size = size;
	}
	return document->bytes + document->length;
}

/* What was written from room_for() up to @end */
static void taken_until(struct document *document, char *end)
{
	*end = '\0';
	document->length = (size_t)(end - document->bytes);
}

static void add(struct document *document, const char *bytes, size_t length)
{
	char *to = room_for(document, length);

	if (!to)
		return;
	memcpy(to, bytes, length);
	taken_until(document, to + length);
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

static bool is_plain(unsigned char byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Return: behind the closing quote; NULL: it is no UTF-8 */
static char *string_put(char *to, const char *text)
{
	*to++ = '"';
	while (*text) {
		size_t length;

		if (is_plain((unsigned char)*text)) {
			*to++ = *text++;
			continue;
		}
		length = text_character((const unsigned char *)text);
		if (!length)
			return NULL;
		to = escape_put(to, text_code((const unsigned char *)text, length));
		text += length;
	}
	*to++ = '"';
	return to;
}

static void string_add(struct document *document, const char *text)
{
	char *to = room_for(document, 2 + ESCAPE_MAX * strlen(text));

	if (to)
		to = string_put(to, text);
	if (to)
		taken_until(document, to);
	else
		document->failed = true;
}

static char *line_put(char *to, size_t depth)
{
	*to++ = '\n';
	while (depth--)
		*to++ = ' ';
	return to;
}

/* What is in front of a value */
static void value_begin(struct document *document, const char *key)
{
	size_t longest = key ? ESCAPE_MAX * strlen(key) : 0;
	char *to = room_for(document, document->depth + longest + 6);

	if (!to)
		return;
	if (document->filled)
		*to++ = ',';
	if (document->depth)
		to = line_put(to, document->depth);
	document->filled = true;
	if (key)
		to = string_put(to, key);
	if (!to) {
		document->failed = true;
		return;
	}
	if (key) {
		*to++ = ':';
		*to++ = ' ';
	}
	taken_until(document, to);
}

void document_open(struct document *document, const char *key, char bracket)
{
	value_begin(document, key);
	add(document, &bracket, 1);
	document->depth++;
	document->filled = false;
}

void document_close(struct document *document, char bracket)
{
	char *to = room_for(document, 2 + document->depth);

	document->depth--;
	document->filled &= to != NULL;
	if (document->filled)
		to = line_put(to, document->depth);
	if (to)
		taken_until(document, to);
	add(document, &bracket, 1);
	document->filled = true;
}

static void plain_put(struct document *document, const char *key, const char *word)
{
	value_begin(document, key);
	add(document, word, strlen(word));
}

void document_word(struct document *document, const char *key, const char *word)
{
	if (!word) {
		plain_put(document, key, "null");
		return;
	}
	value_begin(document, key);
	string_add(document, word);
}

void document_text(struct document *document, const char *key, const char *bytes)
{
	char text[TEXT_MAX];

	document_word(document, key,
		      *bytes ? text_escape(bytes, text, sizeof(text)) : NULL);
}

void document_number(struct document *document, const char *key, int64_t number)
{
	char text[NUMBER_MAX], *at = text + sizeof(text) - 1;
	uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;

	*at = '\0';
	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (number < 0)
		*--at = '-';
	plain_put(document, key, at);
}

void document_flag(struct document *document, const char *key, bool flag)
{
	plain_put(document, key, flag ? "true" : "false");
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
	char *bytes;

	add(document, "\n", 1);
	bytes = document->bytes;
	*ret_length = document->length;
	if (document->failed) {
		free(bytes);
		bytes = NULL;
	}
	*document = (struct document){ 0 };
	return bytes;
}

json_t *document_parse(struct document *document)
{
	size_t length;
	char *text cleanup_free = document_end(document, &length);

	return text ? json_loadb(text, length, 0, NULL) : NULL;
}

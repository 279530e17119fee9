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
#define DEPTH_AT_ONCE 8

static void add(struct document *document, const char *bytes, size_t length)
{
	size_t needed = document->length + length + 1;

	if (document->failed)
		return;
	if (needed > document->size) {
		size_t size = needed < FIRST_SIZE ? FIRST_SIZE : 2 * needed;
		char *larger = realloc(document->bytes, size);

		document->failed = !larger;
		if (!larger)
			return;
		document->bytes = larger;
		document->size = size;
	}
	memcpy(document->bytes + document->length, bytes, length);
	document->length += length;
	document->bytes[document->length] = '\0';
}

static void line_begin(struct document *document)
{
	static const char text[] = "\n           ";
	size_t left = document->depth;

	add(document, text, 1 + (left < DEPTH_AT_ONCE ? left : DEPTH_AT_ONCE));
	for (; left > DEPTH_AT_ONCE; left--)
		add(document, " ", 1);
}

static void escape_add(struct document *document, uint32_t character)
{
	static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	char text[NUMBER_MAX];

	for (size_t i = 0; shorts[i]; i += 2)
		if ((unsigned char)shorts[i] == character) {
			(void)snprintf(text, sizeof(text), "\\%c", shorts[i + 1]);
			add(document, text, 2);
			return;
		}
	if (character == 0x7f)
		(void)snprintf(text, sizeof(text), "\\u007f");
	else if (character < 0x10000)
		(void)snprintf(text, sizeof(text), "\\u%04" PRIX32, character);
	else
		(void)snprintf(text, sizeof(text), "\\u%04" PRIX32 "\\u%04" PRIX32,
			       0xd800 + ((character - 0x10000) >> 10),
			       0xdc00 + ((character - 0x10000) & 0x3ff));
	add(document, text, strlen(text));
}

static bool is_plain(unsigned char byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

static void string_add(struct document *document, const char *text)
{
	add(document, "\"", 1);
	while (*text) {
		const unsigned char *bytes;
		size_t length = 0;

		while (is_plain((unsigned char)text[length]))
			length++;
		add(document, text, length);
		text += length;
		if (!*text)
			break;
		bytes = (const unsigned char *)text;
		length = text_character(bytes);
		if (!length) {
			document->failed = true;
			return;
		}
		escape_add(document, text_code(bytes, length));
		text += length;
	}
	add(document, "\"", 1);
}

/* What is in front of a value */
static void value_begin(struct document *document, const char *key)
{
	if (document->filled)
		add(document, ",", 1);
	if (document->depth)
		line_begin(document);
	document->filled = true;
	if (!key)
		return;
	string_add(document, key);
	add(document, ": ", 2);
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
	document->depth--;
	if (document->filled)
		line_begin(document);
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
	char text[NUMBER_MAX];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	plain_put(document, key, text);
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

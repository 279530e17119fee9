// SPDX-License-Identifier: GPL-2.0-or-later

/* Text that is safe to show: text.h, and JSON of it: json.h. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/text.h"
#include "report/document.h"
#include "report/json.h"

static const struct {
	const char *bytes;
	const char *text;
} escapes[] = {
	{ "", "" },
	{ "nouveau", "nouveau" },
	{ "back\\slash", "back\\slash" },
	{ "a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f" },
	{ "\033[2J", "\\x1b[2J" },
	{ "Gr\xc3\xbc\xc3\x9f", "Gr\xc3\xbc\xc3\x9f" },
	{ "\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\xc2\x9b"
	  "2J",
	  "\\xc2\\x9b2J" }, /* C1: control sequence introducer */
	{ "\xff\xfe", "\\xff\\xfe" },
	/* direction, no width, end of line, tag */
	{ "x\xe2\x80\xae"
	  "y",
	  "x\\xe2\\x80\\xaey" },
	{ "\xe2\x81\xa6\xe2\x80\x8b", "\\xe2\\x81\\xa6\\xe2\\x80\\x8b" },
	{ "\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
	{ "\xef\xbb\xbf\xd8\x9c\xc2\xad", "\\xef\\xbb\\xbf\\xd8\\x9c\\xc2\\xad" },
	{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
	/* joiner, fillers of Hangul, variation selectors, shorthand, music */
	{ "\xcd\x8f\xe1\x85\x9f", "\\xcd\\x8f\\xe1\\x85\\x9f" },
	{ "\xe3\x85\xa4\xef\xbe\xa0", "\\xe3\\x85\\xa4\\xef\\xbe\\xa0" },
	{ "\xef\xb8\x8f\xe1\xa0\x8b", "\\xef\\xb8\\x8f\\xe1\\xa0\\x8b" },
	{ "\xf3\xa0\x84\x80", "\\xf3\\xa0\\x84\\x80" },
	{ "\xf0\x9b\xb2\xa0", "\\xf0\\x9b\\xb2\\xa0" },
	{ "\xf0\x9d\x85\xb3", "\\xf0\\x9d\\x85\\xb3" },
	/* their neighbours are seen */
	{ "\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xd8\x9b",
	  "\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xd8\x9b" },
	{ "\xc0\xaf", "\\xc0\\xaf" }, /* overlong */
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
	{ "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond U+10FFFF */
	{ "\xe2\x82", "\\xe2\\x82" }, /* cut off */
	{ "\xe2"
	  "a",
	  "\\xe2"
	  "a" },
};

static void escapes_what_is_not_text(void **state)
{
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
		assert_string_equal(text_escape(escapes[i].bytes, text, sizeof(text)),
				    escapes[i].text);
}

/* Whatever the size, the result is whole characters and terminated inside it. */
static void escape_cuts_between_characters(void **state)
{
	static const char bytes[] = "a\xc3\xbc\nb\xf0\x9f\x98\x80\xff";
	static const size_t lengths[] = { 0, 0, 1, 1,  3,  3,  3,  3,  7, 8,
					  8, 8, 8, 12, 12, 12, 12, 16, 16 };

	(void)state;
	for (size_t size = 1; size < ARRAY_SIZE(lengths); size++) {
		char *text = malloc(size);

		assert_non_null(text);
		text_escape(bytes, text, size);
		assert_int_equal(strlen(text), lengths[size]);
		free(text);
	}
}

/* Every string of three bytes becomes one that jansson accepts as UTF-8. */
static void any_bytes_become_json(void **state)
{
	static const unsigned char edges[] = { 0x01, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x8f,
					       0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2,
					       0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
					       0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff };
	const size_t n = ARRAY_SIZE(edges);

	(void)state;
	for (size_t i = 0; i < n * n * n * n; i++) {
		const unsigned char bytes[] = { edges[i % n], edges[i / n % n],
						edges[i / n / n % n],
						edges[i / n / n / n], 0 };
		json_t *value = json_value_text((const char *)bytes);

		assert_true(json_is_string(value));
		json_decref(value);
	}
}

static void empty_text_is_null(void **state)
{
	json_t *value = json_value_text("");

	(void)state;
	assert_true(json_is_null(value));
}

static void cuts_to_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *cut;
	} rows[] = {
		{ "abcdef", 6, "abcdef" },
		{ "abcdefg", 6, "abc..." },
		{ "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 5,
		  "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc" },
		{ "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 4, "\xc3\xbc..." },
		{ "abcd", 3, "..." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[32];

		strcpy(text, rows[i].text);
		text_cut(text, rows[i].columns);
		assert_string_equal(text, rows[i].cut);
	}
}

static char *paragraph(size_t indent, const char *bytes)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	text_paragraph(out, indent, bytes);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void paragraph_breaks_at_80(void **state)
{
	char words[640] = "", *text;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		strcat(words, "nine\xc3\xbc ten ");
	text = paragraph(4, words);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		assert_true(text_columns(line) <= TEXT_COLUMNS);
		assert_memory_equal(line, "    ", 4);
	}
	free(text);
}

static void paragraph_fits_exactly(void **state)
{
	char words[] = "12345678901234567890123456789012345678 "
		       "1234567890123456789012345678901234567 x";
	char *text = paragraph(4, words);

	(void)state;
	assert_int_equal(strchr(text, '\n') - text, 80);
	assert_string_equal(strchr(text, '\n'), "\n    x\n");
	free(text);
}

static void paragraph_keeps_a_long_word(void **state)
{
	char word[201], *text;

	(void)state;
	memset(word, 'w', 200);
	word[200] = '\0';
	text = paragraph(2, word);
	assert_int_equal(strlen(text), 203);
	free(text);
	text = paragraph(2, "a\033b");
	assert_string_equal(text, "  a\\x1bb\n");
	free(text);
}

/* One allocation fails after the other: the result is whole or NULL, nothing leaks. */
static size_t allocations_left;

static void *failing_malloc(size_t size)
{
	return allocations_left ? (allocations_left--, malloc(size)) : NULL;
}

static void no_memory_gives_null(void **state)
{
	bool whole = false;

	(void)state;
	json_set_alloc_funcs(failing_malloc, free);
	for (size_t allowed = 0; !whole; allowed++) {
		json_t *object, *array;

		allocations_left = allowed;
		object = json_object();
		array = json_array();
		for (size_t i = 0; i < 20; i++)
			json_value_add(&array, json_value_text("element"));
		json_value_put(&object, "array", array);
		json_value_put(&object, "fact", json_value_fact(FACT_UNKNOWN));
		json_value_put(&object, "text", json_value_text("text"));
		whole = object;
		if (whole)
			assert_int_equal(json_object_size(object), 3);
		json_decref(object);
		assert_true(allowed < 200);
	}
	json_set_alloc_funcs(malloc, free);
}

/* ---- documents that are written in one go ---- */

static const char *const texts[] = {
	"",
	"plain",
	"a \"quoted\" \\ word",
	"\x01\b\f\n\r\t\x1f",
	"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
};

/* Both ways to write a document give the same bytes. */
static void a_document_is_as_janssons(void **state)
{
	json_t *object = json_object(), *array = json_array(), *empty = json_object();
	struct document document = { 0 };
	char *theirs, *ours;
	size_t length;

	(void)state;
	document_open(&document, NULL, '{');
	document_open(&document, "texts", '[');
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		document_word(&document, NULL, texts[i]);
		(void)json_array_append_new(array, json_string(texts[i]));
	}
	document_close(&document, ']');
	document_open(&document, "\"none\"", '{');
	document_close(&document, '}');
	document_number(&document, "number", INT64_MIN);
	document_fact(&document, "fact", FACT_UNKNOWN);
	document_flag(&document, "flag", true);
	document_close(&document, '}');
	(void)json_object_set_new(empty, "in it", json_false());
	(void)json_object_clear(empty);
	(void)json_object_set_new(object, "texts", array);
	(void)json_object_set_new(object, "\"none\"", empty);
	(void)json_object_set_new(object, "number", json_integer(INT64_MIN));
	(void)json_object_set_new(object, "fact", json_null());
	(void)json_object_set_new(object, "flag", json_true());
	theirs = json_dumps(object, JSON_VALUE_FLAGS);
	ours = document_end(&document, &length);
	assert_non_null(ours);
	assert_int_equal(length, strlen(theirs) + 1);
	assert_memory_equal(ours, theirs, length - 1);
	free(ours);
	document_json(&document, NULL, object);
	ours = document_end(&document, &length);
	assert_non_null(ours);
	assert_memory_equal(ours, theirs, length - 1);
	free(ours);
	free(theirs);
	json_decref(object);
}

/* Text is escaped twice, as text and as JSON, and cut between. */
static void text_in_a_document_is_as_janssons(void **state)
{
	static const char *const ends[] = { "", "x", "\"", "\n", "\xc3\xbc", "\xff" };
	static char bytes[TEXT_MAX + 64];

	(void)state;
	for (size_t length = 1; length < TEXT_MAX + 8;
	     length += length == 8 ? TEXT_MAX - 20 : 1)
		for (size_t i = 0; i < ARRAY_SIZE(escapes) + ARRAY_SIZE(ends); i++) {
			struct document document = { 0 };
			json_t *value;
			char *theirs, *ours;
			size_t n;

			memset(bytes, 'b', length);
			strcpy(bytes + length,
			       i < ARRAY_SIZE(ends) ?
				       ends[i] :
				       escapes[i - ARRAY_SIZE(ends)].bytes);
			value = json_value_text(bytes);
			theirs = json_dumps(value, JSON_VALUE_FLAGS | JSON_ENCODE_ANY);
			document_text(&document, NULL, bytes);
			ours = document_end(&document, &n);
			assert_int_equal(n, strlen(theirs) + 1);
			assert_memory_equal(ours, theirs, n - 1);
			json_decref(value);
			free(theirs);
			free(ours);
		}
}

/* It grows, by little and by much. */
static void a_long_document_is_whole(void **state)
{
	static char word[40000];
	json_t *array = json_array();
	struct document document = { 0 };
	char *theirs, *ours;
	size_t length;

	(void)state;
	document_open(&document, NULL, '[');
	for (size_t i = 0; i < 1000; i++) {
		size_t used = i % 100 ? i % 13 : sizeof(word) - 1;

		memset(word, i % 7 ? 'w' : '\001', used);
		word[used] = '\0';
		document_word(&document, NULL, word);
		(void)json_array_append_new(array, json_string(word));
	}
	document_close(&document, ']');
	theirs = json_dumps(array, JSON_VALUE_FLAGS);
	ours = document_end(&document, &length);
	assert_int_equal(length, strlen(theirs) + 1);
	assert_memory_equal(ours, theirs, length - 1);
	free(theirs);
	free(ours);
	json_decref(array);
}

static void a_document_fails_whole(void **state)
{
	static const char *const bad[] = { "\xff",
					   "\xc3",
					   "a\xe2\x82",
					   "\x80",
					   "\xc0\xaf",
					   "\xe0\x80\xaf",
					   "\xed\xa0\x80",
					   "\xf0\x80\x80\xaf",
					   "\xf4\x90\x80\x80" };
	size_t length;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct document document = { 0 };

		document_open(&document, NULL, '[');
		document_word(&document, NULL, bad[i]);
		document_word(&document, NULL, "good");
		document_close(&document, ']');
		assert_null(document_end(&document, &length));
	}
}

static void del_is_escaped(void **state)
{
	struct document document = { 0 };
	size_t length;
	char *text;

	(void)state;
	document_word(&document, NULL, "\x7f");
	text = document_end(&document, &length);
	assert_string_equal(text, "\"\\u007f\"\n");
	free(text);
}

/* What fits just, what does not, and nothing */
static void joins_texts(void **state)
{
	char text[8];

	(void)state;
	assert_true(text_join(text, sizeof(text), "sys", "/", "abc", NULL));
	assert_string_equal(text, "sys/abc");
	assert_false(text_join(text, sizeof(text), "sys", "/", "abcd", "", NULL));
	assert_string_equal(text, "sys/abc");
	assert_false(text_join(text, sizeof(text), "sys/abc", "d", "e", NULL));
	assert_string_equal(text, "sys/abc");
	assert_true(text_join(text, sizeof(text), "", "a", "", NULL));
	assert_string_equal(text, "a");
	assert_true(text_join(text, 1, NULL));
	assert_string_equal(text, "");
	assert_false(text_join(text, 1, "a", NULL));
	assert_string_equal(text, "");
}

static void extends_texts(void **state)
{
	char text[8] = "ab";

	(void)state;
	text_extend(text, sizeof(text), "cd", "e", NULL);
	assert_string_equal(text, "abcde");
	text_extend(text, sizeof(text), "", "fgh", "i", NULL);
	assert_string_equal(text, "abcdefg");
	text_extend(text, sizeof(text), "h", NULL);
	assert_string_equal(text, "abcdefg");
}

static void writes_hexadecimal(void **state)
{
	char text[] = "12345678.";

	(void)state;
	assert_ptr_equal(text_hex(text, 0x0123ab, 6), text + 6);
	assert_string_equal(text, "0123ab78.");
	assert_ptr_equal(text_hex(text, 0xfedcba98, 4), text + 4);
	assert_string_equal(text, "ba98ab78.");
	(void)text_hex(text, 0xfedcba98, 8);
	assert_string_equal(text, "fedcba98.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_is_not_text),
		cmocka_unit_test(escape_cuts_between_characters),
		cmocka_unit_test(joins_texts),
		cmocka_unit_test(extends_texts),
		cmocka_unit_test(writes_hexadecimal),
		cmocka_unit_test(any_bytes_become_json),
		cmocka_unit_test(a_document_is_as_janssons),
		cmocka_unit_test(text_in_a_document_is_as_janssons),
		cmocka_unit_test(a_long_document_is_whole),
		cmocka_unit_test(a_document_fails_whole),
		cmocka_unit_test(del_is_escaped),
		cmocka_unit_test(empty_text_is_null),
		cmocka_unit_test(cuts_to_columns),
		cmocka_unit_test(paragraph_breaks_at_80),
		cmocka_unit_test(paragraph_fits_exactly),
		cmocka_unit_test(paragraph_keeps_a_long_word),
		cmocka_unit_test(no_memory_gives_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

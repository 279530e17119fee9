// SPDX-License-Identifier: GPL-2.0-or-later
/* Text from outside that is safe to print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* @length: of a text with NUL bytes */
static const struct row {
	const char *name;
	const char *bytes;
	const char *want;
	size_t size;
	size_t length;
} rows[] = {
	{ "nothing", "", "", 8, 0 },
	{ "text", "0000:09:00.0 ~", "0000:09:00.0 ~", 32, 0 },
	{ "quotes", "a\"b\\c", "a\\\"b\\\\c", 32, 0 },
	{ "control characters", "\x1b[0m\n\t\x7f", "\\x1b[0m\\x0a\\x09\\x7f", 32, 0 },
	{ "NUL", "a\0b", "a\\x00b", 32, 3 },
	{ "bytes that are not ASCII", "\x80\xc3\xbc\xff", "\\x80\\xc3\\xbc\\xff", 32, 0 },
	{ "fits", "1234567", "1234567", 8, 0 },
	{ "cut", "12345678", "1234...", 8, 0 },
	{ "cut between escapes", "12\n\n", "12...", 8, 0 },
	{ "cut before an escape", "1234\n", "1234...", 8, 0 },
	{ "escape that fits", "123\n", "123\\x0a", 8, 0 },
	{ "room for dots only", "12345", "...", 4, 0 },
	{ "dots and one escape", "\n\n\n", "\\x0a...", 8, 0 },
};

static void test_escape(void **state)
{
	const struct row *row = *state;
	size_t length = row->length ? row->length : strlen(row->bytes);
	char text[33];

	memset(text, '#', sizeof(text));
	quote_escape(row->bytes, length, text, row->size);
	assert_string_equal(text, row->want);
	assert_int_equal(text[row->size], '#');
}

static void test_format(void **state)
{
	char text[QUOTE_TEXT_MAX], long_text[200];

	(void)state;
	quote_format("", 0, text);
	assert_string_equal(text, "nothing");
	quote_format(" a\"", 3, text);
	assert_string_equal(text, "\" a\\\"\"");
	memset(long_text, '\n', sizeof(long_text));
	quote_format(long_text, sizeof(long_text), text);
	assert_true(strlen(text) < sizeof(text));
	assert_string_equal(text + strlen(text) - 8, "\\x0a...\"");
}

static const struct word {
	const char *word;
	const char *want;
	size_t size;
} words[] = {
	{ "/etc/vfio-early.conf.d/50-a_b.conf", "/etc/vfio-early.conf.d/50-a_b.conf",
	  64 },
	{ "", "''", 64 },
	{ "Windows 11", "'Windows 11'", 64 },
	{ "a$(x)`y`;&|<>*?[]{}~#!\"\\", "'a$(x)`y`;&|<>*?[]{}~#!\"\\'", 64 },
	{ "Gr\xc3\xbc\xc3\x9f", "'Gr\xc3\xbc\xc3\x9f'", 64 },
	{ "it's a \\", "$'it\\x27s a \\\\'", 64 },
	{ "a\nb\033[m", "$'a\\x0ab\\x1b[m'", 64 },
	{ "\xe2\x80\x8b\xff", "$'\\xe2\\x80\\x8b\\xff'", 64 },
	{ "1234567", "1234567", 8 },
	{ "12345678", "...", 8 },
	{ "12 45", "'12 45'", 8 },
	{ "12 456", "...", 8 },
	{ "1'", "$'1\\x27'", 9 },
	{ "1'", "...", 8 },
};

static void test_shell(void **state)
{
	char text[65];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		memset(text, '#', sizeof(text));
		text_shell(words[i].word, text, words[i].size);
		assert_string_equal(text, words[i].want);
		assert_int_equal(text[words[i].size], '#');
	}
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(rows) + 2];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, test_escape, NULL, NULL,
						(void *)&rows[i] };
	tests[ARRAY_SIZE(rows)] = (struct CMUnitTest)cmocka_unit_test(test_format);
	tests[ARRAY_SIZE(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(test_shell);
	return _cmocka_run_group_tests("quote", tests, ARRAY_SIZE(tests), NULL, NULL);
}

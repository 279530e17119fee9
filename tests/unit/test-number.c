// SPDX-License-Identifier: GPL-2.0-or-later
/* The one integer parser, and decimal digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"

/* @length: 0: all of the text; @value: what there is after success */
static const struct row {
	const char *name;
	const char *text;
	unsigned int base;
	uint64_t max;
	int want;
	uint64_t value;
	size_t length;
} rows[] = {
	{ "zero", "0", 10, 0, 0, 0, 0 },
	{ "decimal", "42", 10, 100, 0, 42, 0 },
	{ "leading zeros", "007", 10, 7, 0, 7, 0 },
	{ "many leading zeros", "000000000000000000000000000000001", 10, 1, 0, 1, 0 },
	{ "largest allowed", "300", 10, 300, 0, 300, 0 },
	{ "too large", "301", 10, 300, -ERANGE, 0, 0 },
	{ "too large by one digit", "8", 10, 7, -ERANGE, 0, 0 },
	{ "largest of all", "18446744073709551615", 10, UINT64_MAX, 0, UINT64_MAX, 0 },
	{ "one more than that", "18446744073709551616", 10, UINT64_MAX, -ERANGE, 0, 0 },
	{ "ten times that", "184467440737095516150", 10, UINT64_MAX, -ERANGE, 0, 0 },
	{ "hexadecimal", "1e84", 16, 0xffff, 0, 0x1e84, 0 },
	{ "capitals", "ABCDEF", 16, 0xffffff, 0, 0xabcdef, 0 },
	{ "largest hexadecimal", "ffffffffffffffff", 16, UINT64_MAX, 0, UINT64_MAX, 0 },
	{ "one digit more", "10000000000000000", 16, UINT64_MAX, -ERANGE, 0, 0 },
	{ "one digit does not fit", "f", 16, 7, -ERANGE, 0, 0 },
	{ "nothing", "", 10, 9, -EINVAL, 0, 0 },
	{ "minus", "-1", 10, 9, -EINVAL, 0, 0 },
	{ "plus", "+1", 10, 9, -EINVAL, 0, 0 },
	{ "blank in front", " 1", 10, 9, -EINVAL, 0, 0 },
	{ "blank behind", "1 ", 10, 9, -EINVAL, 0, 0 },
	{ "newline behind", "1\n", 10, 9, -EINVAL, 0, 0 },
	{ "prefix", "0x1", 16, 99, -EINVAL, 0, 0 },
	{ "hexadecimal digit in a decimal", "1a", 10, 99, -EINVAL, 0, 0 },
	{ "letter behind f", "1g", 16, 0xffff, -EINVAL, 0, 0 },
	{ "neighbours of digits", "/", 10, 9, -EINVAL, 0, 0 },
	{ "neighbours of digits: colon", ":", 16, 99, -EINVAL, 0, 0 },
	{ "garbage behind what is too large", "999x", 10, 9, -EINVAL, 0, 0 },
	{ "byte that is not ASCII", "\xb2", 10, 9, -EINVAL, 0, 0 },
	{ "part of a text", "09:00.0", 16, 255, 0, 9, 2 },
	{ "part with a colon", "09:00.0", 16, 255, -EINVAL, 0, 3 },
	{ "NUL is no digit", "1\0002", 10, 99, -EINVAL, 0, 3 },
};

static void test_parse(void **state)
{
	const struct row *row = *state;
	size_t length = row->length ? row->length : strlen(row->text);
	uint64_t value = 77;

	assert_int_equal(number_parse(row->text, length, row->base, row->max, &value),
			 row->want);
	assert_true(value == (row->want ? 77 : row->value));
}

/* Digits before an end, and nothing else */
static void test_put(void **state)
{
	static const struct {
		uint64_t number;
		const char *text;
	} numbers[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ 1234567890, "1234567890" },
		{ 4294967295, "4294967295" },
		{ UINT64_MAX, "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		char text[NUMBER_TEXT + 1];
		const char *digits;

		memset(text, '#', sizeof(text));
		text[NUMBER_TEXT] = '\0';
		digits = number_put(numbers[i].number, text + NUMBER_TEXT);
		assert_string_equal(digits, numbers[i].text);
		assert_ptr_equal(digits, text + NUMBER_TEXT - strlen(digits));
		assert_int_equal(digits[-1], '#');
	}
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(rows) + 1];

	tests[ARRAY_SIZE(rows)] = (struct CMUnitTest)cmocka_unit_test(test_put);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, test_parse, NULL, NULL,
						(void *)&rows[i] };
	return _cmocka_run_group_tests("number", tests, ARRAY_SIZE(tests), NULL, NULL);
}

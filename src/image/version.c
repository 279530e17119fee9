// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *skip_other(const char *text)
{
	while (*text && !is_digit(*text) && !is_letter(*text) && !strchr("-.~^", *text))
		text++;
	return text;
}

static size_t run_length(const char *text, bool (*belongs)(char c))
{
	size_t length = 0;

	while (belongs(text[length]))
		length++;
	return length;
}

/* Digits as a number of any length; none are less than any. */
static int digits_compare(const char **a, const char **b)
{
	size_t n_a, n_b;
	bool any_a = is_digit(**a), any_b = is_digit(**b);
	int result;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	n_a = run_length(*a, is_digit);
	n_b = run_length(*b, is_digit);
	result = any_a - any_b;
	if (!result)
		result = (n_a > n_b) - (n_a < n_b);
	if (!result)
		result = strncmp(*a, *b, n_a);
	*a += n_a;
	*b += n_b;
	return result;
}

static int letters_compare(const char **a, const char **b)
{
	size_t n_a = run_length(*a, is_letter), n_b = run_length(*b, is_letter);
	int result = strncmp(*a, *b, n_a < n_b ? n_a : n_b);

	if (!result)
		result = (n_a > n_b) - (n_a < n_b);
	*a += n_a;
	*b += n_b;
	return result;
}

/* Signs in the order of their weight: the side that has one is the lesser. */
static int sign_compare(const char **a, const char **b, char sign)
{
	int result = (**a != sign) - (**b != sign);

	if (!result && **a == sign) {
		++*a;
		++*b;
	}
	return result;
}

int version_compare(const char *a, const char *b)
{
	for (;;) {
		int result;

		a = skip_other(a);
		b = skip_other(b);
		result = sign_compare(&a, &b, '~');
		if (!result && (!*a || !*b))
			return !!*a - !!*b;
		for (const char *sign = "-^."; !result && *sign; sign++)
			result = sign_compare(&a, &b, *sign);
		if (!result)
			result = is_digit(*a) || is_digit(*b) ? digits_compare(&a, &b) :
								letters_compare(&a, &b);
		if (result)
			return result;
	}
}

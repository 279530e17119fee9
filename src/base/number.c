// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/number.h"

#include <errno.h>
#include <stdbool.h>

unsigned int number_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned int)(digit - '0');
	if (digit >= 'a' && digit <= 'f')
		return (unsigned int)(digit - 'a') + 10;
	if (digit >= 'A' && digit <= 'F')
		return (unsigned int)(digit - 'A') + 10;
	return 255;
}

int number_parse(const char *text, size_t length, unsigned int base, uint64_t max,
		 uint64_t *ret_value)
{
	uint64_t value = 0;
	bool too_large = false;

	if (!length)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		unsigned int digit = number_digit(text[i]);

		if (digit >= base)
			return -EINVAL;
		if (digit > max || value > (max - digit) / base)
			too_large = true;
		value = value * base + digit;
	}
	if (too_large)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

char *number_put(uint64_t number, char *end)
{
	do
		*--end = (char)('0' + number % 10);
	while (number /= 10);
	return end;
}

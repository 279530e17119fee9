/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NUMBER_H
#define VFIO_EARLY_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/** number_digit() - the value of a digit, hexadecimal too; 255, which no base reaches */
unsigned int number_digit(char digit);

/**
 * number_parse() - the one checked integer parser
 * @text: digits only, no sign, no blanks, no prefix
 * @length: how many bytes of @text make the number; they need no terminator
 * @base: 10 or 16 (either case)
 * @ret_value: written on success only
 *
 * Return: 0; -EINVAL when @text is empty or holds anything but digits of @base;
 * -ERANGE when the value exceeds @max
 */
int number_parse(const char *text, size_t length, unsigned int base, uint64_t max,
		 uint64_t *ret_value);

#define NUMBER_TEXT 21 /* the longest in decimal, NUL included */

/**
 * number_put() - write a number in decimal
 * @end: the digits are written before it; nothing is terminated
 *
 * Return: the first digit
 */
char *number_put(uint64_t number, char *end);

#endif

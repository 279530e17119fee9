// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/module_name.h"

#include <string.h>

static char name_byte(char byte)
{
	return byte == '-' ? '_' : byte;
}

bool module_name_equal(const char *a, const char *b)
{
	while (*a && name_byte(*a) == name_byte(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

bool module_name_begins(const char *text, const char *name)
{
	while (*name && name_byte(*text) == name_byte(*name)) {
		text++;
		name++;
	}
	return !*name;
}

void module_name_copy(char name[static MODULE_NAME_MAX], const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < MODULE_NAME_MAX - 1 && i < length && text[i]; i++)
		name[i] = name_byte(text[i]);
	name[i] = '\0';
}

bool module_name_of_file(const char *path, size_t length,
			 char name[static MODULE_NAME_MAX])
{
	static const char suffix[] = ".ko";
	const size_t n_suffix = sizeof(suffix) - 1;
	size_t start = length, width = 0;

	name[0] = '\0';
	while (start && path[start - 1] != '/')
		start--;
	while (start + width < length && path[start + width] != '.')
		width++;
	path += start + width;
	length -= start + width;
	if (width >= MODULE_NAME_MAX || length < n_suffix ||
	    strncmp(path, suffix, n_suffix) != 0 ||
	    (length > n_suffix && path[n_suffix] != '.'))
		return false;
	module_name_copy(name, path - width, width);
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/quote.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_MAX 5 /* \xNN and NUL */

/* One byte as text; returns its length. */
static size_t byte_escape(unsigned char byte, char text[static ESCAPE_MAX])
{
	if (byte < ' ' || byte > '~')
		return (size_t)snprintf(text, ESCAPE_MAX, "\\x%02x", byte);
	if (byte == '"' || byte == '\\')
		return (size_t)snprintf(text, ESCAPE_MAX, "\\%c", byte);
	return (size_t)snprintf(text, ESCAPE_MAX, "%c", byte);
}

void quote_escape(const char *bytes, size_t length, char *text, size_t size)
{
	static const char cut[] = "...";
	size_t used = 0, room_for_cut = 0;

	for (size_t i = 0; i < length; i++) {
		char escaped[ESCAPE_MAX];
		size_t more = byte_escape((unsigned char)bytes[i], escaped);

		if (used + more >= size) {
			memcpy(text + room_for_cut, cut, sizeof(cut));
			return;
		}
		memcpy(text + used, escaped, more);
		used += more;
		if (used + sizeof(cut) <= size)
			room_for_cut = used;
	}
	text[used] = '\0';
}

void quote_format(const char *bytes, size_t length, char text[static QUOTE_TEXT_MAX])
{
	char escaped[QUOTE_TEXT_MAX - 2];

	if (!length) {
		(void)snprintf(text, QUOTE_TEXT_MAX, "nothing");
		return;
	}
	quote_escape(bytes, length, escaped, sizeof(escaped));
	(void)snprintf(text, QUOTE_TEXT_MAX, "\"%s\"", escaped);
}

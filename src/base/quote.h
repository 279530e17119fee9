/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_QUOTE_H
#define VFIO_EARLY_QUOTE_H

/* Text from outside, made safe to print on a console or in a log. */

#include <stddef.h>

#define QUOTE_TEXT_MAX 80 /* bytes for a quoted text, NUL included */

/**
 * quote_escape() - write bytes so that they can do nothing to a terminal
 * @bytes: anything
 * @length: how many
 * @text: filled: printable ASCII as it is, but for `"` and `\` which get a `\` in front;
 *	everything else as \xNN
 * @size: bytes of @text, at least 4; what does not fit ends in "..."
 */
void quote_escape(const char *bytes, size_t length, char *text, size_t size);

/**
 * quote_format() - show what was found: `"text"`, or the word nothing
 * @bytes: anything
 * @length: how many; 0: nothing
 * @text: filled
 */
void quote_format(const char *bytes, size_t length, char text[static QUOTE_TEXT_MAX]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TEXT_H
#define VFIO_EARLY_TEXT_H

/*
 * Text that is safe to show: names of drivers, devices and files come from outside, and a
 * terminal obeys what it is sent.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_COLUMNS 80
#define TEXT_MAX 2048 /* longer than any sentence of the program, escaped */

/**
 * text_character() - how long is a character of UTF-8 (RFC 3629 section 4)?
 * @bytes: terminated
 *
 * Return: its bytes; 0: it is none, as overlong forms and surrogates are none
 */
size_t text_character(const unsigned char *bytes);

/** text_code() - the code point of a character that text_character() has measured */
uint32_t text_code(const unsigned char *bytes, size_t length);

/**
 * text_escape() - make bytes valid UTF-8 without control characters
 * @text: filled and terminated; what does not fit is cut between characters
 * @size: bytes of @text, at least 1
 *
 * C0, DEL, C1 (ECMA-48), invisible characters and what is no UTF-8 (RFC 3629: overlong
 * forms, surrogates) become \xNN for each byte. The rest, backslashes included, stays as
 * it is.
 */
char *text_escape(const char *bytes, char *text, size_t size);

/**
 * text_append() - write behind what is there
 * @text: terminated; what does not fit is cut
 * @size: bytes of @text
 */
void text_append(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * text_join() - write texts one behind the other: paths, without the cost of a format
 * @text: filled and terminated; what does not fit is cut
 * @size: bytes of @text, at least 1
 * @...: texts, and NULL behind the last
 *
 * Return: false when something was cut
 */
bool text_join(char *text, size_t size, ...) __attribute__((sentinel));

/**
 * text_extend() - text_join() behind what is there
 * @text: terminated; what does not fit is cut
 * @size: bytes of @text
 */
void text_extend(char *text, size_t size, ...) __attribute__((sentinel));

/**
 * text_hex() - write a number in hexadecimal
 * @text: filled, not terminated
 * @digits: how many
 *
 * Return: behind the last
 */
char *text_hex(char *text, uint32_t value, unsigned int digits);

/** text_ends() - is @end the end of the text? */
bool text_ends(const char *text, const char *end);

/** text_compare() - for qsort() of arrays of text: the order of the bytes */
int text_compare(const void *a, const void *b);

/** text_list() - append an item to a list, with @comma between; none is cut in two */
void text_list(char *text, size_t size, const char *comma, const char *item);

/**
 * text_columns() - how wide text is on a terminal
 * @text: valid UTF-8
 */
size_t text_columns(const char *text);

/**
 * text_cut() - shorten text to a width
 * @text: valid UTF-8; changed: a cut one ends in "..."
 * @columns: characters to keep, at least 3
 */
void text_cut(char *text, size_t columns);

/**
 * text_paragraph() - write a sentence in lines of at most TEXT_COLUMNS characters
 * @indent: blanks before each line
 * @bytes: the sentence, escaped on the way; longer words than a line stay whole
 */
void text_paragraph(FILE *out, size_t indent, const char *bytes);

/**
 * text_prefixed() - write a paragraph with something in front of its lines
 * @indent: columns for it in each line
 * @first: what stands there in the first line, filled up with blanks; NULL: it is
 *	written already
 * @rest: likewise, in the others
 */
void text_prefixed(FILE *out, size_t indent, const char *first, const char *rest,
		   const char *bytes);

/**
 * text_labelled() - write a paragraph that begins with a label
 * @indent: blanks before each line
 * @label: "Why"; a colon follows
 */
void text_labelled(FILE *out, size_t indent, const char *label, const char *bytes);

/**
 * text_shell() - write a word so that a shell takes it as it is: for commands that a
 * person copies
 * @text: filled: the word, 'the word' or $'the word'; "..." when it does not fit
 * @size: bytes of @text, at least 4
 */
char *text_shell(const char *word, char *text, size_t size);

#define SHELL_WORD_MAX 320

/* The same, in a place of its own that lasts until the end of the block */
#define SHELL_WORD(word) text_shell(word, (char[SHELL_WORD_MAX]){ 0 }, SHELL_WORD_MAX)

/* Text from outside, made safe to print on a console or in a log. */

#define QUOTE_TEXT_MAX 80 /* bytes for a quoted text, NUL included */

/**
 * quote_escape() - write bytes so that they can do nothing to a terminal
 * @text: filled: printable ASCII as it is, but for `"` and `\` which get a `\` in front;
 *	everything else as \xNN
 * @size: bytes of @text, at least 4; what does not fit ends in "..."
 */
void quote_escape(const char *bytes, size_t length, char *text, size_t size);

/**
 * quote_format() - show what was found: `"text"`, or the word nothing
 * @length: how many; 0: nothing
 */
void quote_format(const char *bytes, size_t length, char text[static QUOTE_TEXT_MAX]);

#endif

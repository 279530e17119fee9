/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DOCUMENT_H
#define VFIO_EARLY_DOCUMENT_H

/*
 * A JSON document that is written from its start to its end, without a tree of it. The
 * bytes are those of jansson's JSON_INDENT(1) and JSON_ENSURE_ASCII, and DEL is escaped.
 * Nothing is tested after each line: what could not be added makes the whole fail.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

/**
 * struct document - zeroed, it is empty
 * @bytes: terminated; NULL: there are none
 * @length: of them
 * @size: that there is room for
 * @depth: of objects and arrays that are open
 * @filled: the innermost of them has something
 * @failed: there was no memory, or some text is no UTF-8
 */
struct document {
	char *bytes;
	size_t length;
	size_t size;
	unsigned int depth;
	bool filled;
	bool failed;
};

/**
 * document_open() - begin an object or array
 * @key: NULL: it is an element of an array, or the whole
 * @bracket: `{` or `[`
 */
void document_open(struct document *document, const char *key, char bracket);

/** document_close() - end the innermost one; @bracket: `}` or `]` */
void document_close(struct document *document, char bracket);

/** document_word() - a string as it is; NULL gives null */
void document_word(struct document *document, const char *key, const char *word);

/** document_text() - a string with text_escape()d bytes; empty gives null */
void document_text(struct document *document, const char *key, const char *bytes);

/** document_number() - an integer */
void document_number(struct document *document, const char *key, int64_t number);

/** document_flag() - true or false */
void document_flag(struct document *document, const char *key, bool flag);

/** document_fact() - true, false, or null for unknown */
void document_fact(struct document *document, const char *key, enum fact fact);

/** document_address() - a function's address as a string */
void document_address(struct document *document, const char *key,
		      const struct pci_address *address);

/** document_json() - a value of jansson without fractions; NULL fails */
void document_json(struct document *document, const char *key, json_t *value);

/**
 * document_end() - a newline behind the whole
 *
 * Return: the bytes, to be freed; NULL: it failed, and nothing is left
 */
char *document_end(struct document *document, size_t *ret_length);

/**
 * document_parse() - the document as jansson has it
 *
 * Return: a new reference; NULL: it failed. Nothing is left of the bytes.
 */
json_t *document_parse(struct document *document);

#endif

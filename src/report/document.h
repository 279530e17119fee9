/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DOCUMENT_H
#define VFIO_EARLY_DOCUMENT_H

/*
 * A JSON document that is written in order, without a tree in memory. The bytes are those
 * of jansson's JSON_INDENT(1) and JSON_ENSURE_ASCII, and DEL is escaped. Callers need no
 * check after each call: an error makes the whole document fail.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/host.h"

/**
 * struct document - a document; zeroed: empty
 * @bytes: NULL: none
 * @length: number of @bytes
 * @size: allocated bytes
 * @depth: number of open objects and arrays
 * @filled: the innermost of them is not empty
 * @failed: there was no memory, or a text is no UTF-8
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
 * @key: NULL: an element of an array, or the whole document
 * @bracket: `{` or `[`
 */
void document_open(struct document *document, const char *key, char bracket);

/** document_close() - end the innermost object or array; @bracket: `}` or `]` */
void document_close(struct document *document, char bracket);

/** document_word() - an unchanged string; NULL gives null */
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

/**
 * document_json() - a value of jansson without fractions; NULL makes the document fail
 */
void document_json(struct document *document, const char *key, json_t *value);

/**
 * document_end() - end the document with a newline
 *
 * Return: the bytes, for free(); NULL: it failed, and all memory is freed
 */
char *document_end(struct document *document, size_t *ret_length);

/** document_print() - document_end() to a stream; false: it failed, or the stream did */
bool document_print(struct document *document, FILE *out);

/**
 * document_parse() - the document as a value of jansson
 *
 * Return: a new reference; NULL: it failed. The bytes are freed.
 */
json_t *document_parse(struct document *document);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_JSON_H
#define VFIO_EARLY_JSON_H

/*
 * Building JSON without a check after each call: after an error the object or array
 * becomes NULL and stays NULL.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "model/host.h"

/*
 * Flags for every document: equal values give equal bytes, and no byte can disturb a
 * terminal. A newline follows.
 */
#define JSON_VALUE_FLAGS (JSON_INDENT(1) | JSON_ENSURE_ASCII)

/**
 * json_value_put() - add a member
 * @object: becomes NULL when there was no memory
 * @value: taken over, also on failure; NULL: there was no memory for it
 */
void json_value_put(json_t **object, const char *key, json_t *value);

/**
 * json_value_add() - add an element
 * @array: becomes NULL when there was no memory
 * @value: taken over, also on failure; NULL: there was no memory for it
 */
void json_value_add(json_t **array, json_t *value);

/**
 * json_value_text() - a string with text_escape()d bytes
 * @bytes: any; empty gives null
 *
 * Return: a new reference; NULL when there was no memory
 */
json_t *json_value_text(const char *bytes);

/** json_value_fact() - true, false, or null for unknown */
json_t *json_value_fact(enum fact fact);

/**
 * json_value_address() - a function's address as a string
 *
 * Return: a new reference; NULL when there was no memory
 */
json_t *json_value_address(const struct pci_address *address);

/**
 * json_value_write() - write a document with JSON_VALUE_FLAGS and a newline
 * @out: where to; flushed
 * @value: freed; NULL: there was no memory for it
 *
 * Return: false when it could not be written
 */
bool json_value_write(FILE *out, json_t *value);

#endif

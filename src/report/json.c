// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json.h"

#include <string.h>

#include "base/text.h"

void json_value_put(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) == 0)
		return;
	json_decref(*object);
	*object = NULL;
}

void json_value_add(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

json_t *json_value_text(const char *bytes)
{
	char text[TEXT_MAX];

	return *bytes ? json_string(text_escape(bytes, text, sizeof(text))) : json_null();
}

json_t *json_value_fact(enum fact fact)
{
	return fact == FACT_UNKNOWN ? json_null() : json_boolean(fact == FACT_YES);
}

json_t *json_value_address(const struct pci_address *address)
{
	return json_string(PCI_ADDRESS(address));
}

/* JSON_ENSURE_ASCII leaves one character to terminals: DEL */
static int piece_write(const char *bytes, size_t size, void *out)
{
	const char *end = bytes + size, *del;

	while ((del = memchr(bytes, 0x7f, (size_t)(end - bytes)))) {
		if (fprintf(out, "%.*s\\u007f", (int)(del - bytes), bytes) < 0)
			return -1;
		bytes = del + 1;
	}
	return fwrite(bytes, 1, (size_t)(end - bytes), out) == (size_t)(end - bytes) ? 0 :
										       -1;
}

bool json_value_write(FILE *out, json_t *value)
{
	bool good = value &&
		    !json_dump_callback(value, piece_write, out, JSON_VALUE_FLAGS) &&
		    fputc('\n', out) != EOF && !fflush(out);

	json_decref(value);
	return good;
}

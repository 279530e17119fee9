// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json.h"

#include <string.h>

#include "base/text.h"

#define PIECES_MAX 4096

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

/*
 * jansson hands out a document in pieces of some bytes: a hundred for each function. It
 * goes on when the piece that failed was a key (do_dump()).
 */
struct pieces {
	FILE *out;
	size_t used;
	bool failed;
	char bytes[PIECES_MAX];
};

static int pieces_flush(struct pieces *pieces)
{
	size_t used = pieces->used;

	pieces->used = 0;
	if (fwrite(pieces->bytes, 1, used, pieces->out) != used)
		pieces->failed = true;
	return pieces->failed ? -1 : 0;
}

/* JSON_ENSURE_ASCII leaves one character to terminals: DEL */
static int piece_write(const char *bytes, size_t size, void *context)
{
	static const char del[] = "\\u007f";
	struct pieces *pieces = context;

	for (size_t i = 0; i < size; i++) {
		if (pieces->used + sizeof(del) > sizeof(pieces->bytes) &&
		    pieces_flush(pieces) < 0)
			return -1;
		if (bytes[i] != 0x7f) {
			pieces->bytes[pieces->used++] = bytes[i];
			continue;
		}
		memcpy(pieces->bytes + pieces->used, del, sizeof(del) - 1);
		pieces->used += sizeof(del) - 1;
	}
	return 0;
}

bool json_value_write(FILE *out, json_t *value)
{
	struct pieces pieces = { .out = out };
	bool good = value &&
		    !json_dump_callback(value, piece_write, &pieces, JSON_VALUE_FLAGS) &&
		    !pieces_flush(&pieces) && fputc('\n', out) != EOF && !fflush(out);

	json_decref(value);
	return good;
}

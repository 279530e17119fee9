// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json.h"

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
	char text[PCI_ADDRESS_TEXT];

	pci_address_format(address, text);
	return json_string(text);
}

bool json_value_write(FILE *out, json_t *value)
{
	bool good = value && !json_dumpf(value, out, JSON_VALUE_FLAGS) &&
		    fputc('\n', out) != EOF && !fflush(out);

	json_decref(value);
	return good;
}

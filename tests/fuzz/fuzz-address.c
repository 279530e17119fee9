// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read as an address, id or path is the same when written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

static void fuzz_address(const char *text)
{
	struct pci_address address, again;
	char written[PCI_ADDRESS_TEXT];

	if (pci_address_parse(text, &address) < 0)
		return;
	demand(address.device < 32 && address.function < 8);
	pci_address_format(&address, written);
	demand(!pci_address_parse(written, &again));
	demand(!pci_address_compare(&address, &again));
	demand(pci_address_same_slot(&address, &again));
}

static void fuzz_id(const char *text)
{
	char written[PCI_ID_TEXT];
	struct pci_id id, again;

	if (pci_id_parse(text, &id) < 0)
		return;
	pci_id_format(&id, written);
	demand(!strcasecmp(written, text));
	demand(!pci_id_parse(written, &again));
	demand(id.has_subsystem == again.has_subsystem &&
	       id.subdevice == again.subdevice);
}

static void fuzz_path(const char *text)
{
	char written[PCI_PATH_TEXT];
	struct pci_path path, again;

	if (pci_path_parse(text, &path) < 0)
		return;
	demand(path.depth >= 1 && path.depth <= PCI_PATH_DEPTH_MAX);
	pci_path_format(&path, written);
	demand(!pci_path_parse(written, &again));
	demand(pci_path_equal(&path, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	text[strcspn(text, "\n")] = '\0'; /* seeds are text files */
	fuzz_address(text);
	fuzz_id(text);
	fuzz_path(text);
	free(text);
	return 0;
}

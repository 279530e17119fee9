// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/address.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

/*
 * Read one hexadecimal field of @digits_min to @digits_max digits that ends at @end or at
 * the end of the text, and step over it and over @end.
 */
static int field_parse(const char **cursor, char end, size_t digits_min,
		       size_t digits_max, uint64_t max, uint64_t *ret_value)
{
	const char *text = *cursor;
	unsigned int digit;
	uint64_t value = 0;
	size_t length = 0;

	/* In one go: a machine's list of memory has more addresses than functions. */
	while (length <= digits_max && (digit = number_digit(text[length])) < 16) {
		value = value << 4 | digit;
		length++;
	}
	if (length < digits_min || length > digits_max || value > max ||
	    text[length] != end)
		return -EINVAL;
	*cursor += length + (end != '\0');
	*ret_value = value;
	return 0;
}

/* `device.function`, up to @end */
static int devfn_parse(const char **cursor, char end, uint8_t *ret_devfn)
{
	uint64_t device, function;

	if (field_parse(cursor, '.', 1, 2, 31, &device) < 0 ||
	    field_parse(cursor, end, 1, 1, 7, &function) < 0)
		return -EINVAL;
	*ret_devfn = (uint8_t)(device << 3 | function);
	return 0;
}

/* Is there a second colon, where one can be? */
static bool has_domain(const char *text)
{
	size_t colon = 0;

	while (colon < 8 && text[colon] && text[colon] != ':')
		colon++;
	if (text[colon] != ':')
		return false;
	for (size_t i = colon + 1; i <= colon + 3 && text[i]; i++)
		if (text[i] == ':')
			return true;
	return false;
}

/* `[domain:]bus:` */
static int bus_parse(const char **cursor, uint32_t *ret_domain, uint8_t *ret_bus)
{
	uint64_t domain = 0, bus;

	if (has_domain(*cursor) &&
	    field_parse(cursor, ':', 1, 8, UINT32_MAX, &domain) < 0)
		return -EINVAL;
	if (field_parse(cursor, ':', 1, 2, 255, &bus) < 0)
		return -EINVAL;
	*ret_domain = (uint32_t)domain;
	*ret_bus = (uint8_t)bus;
	return 0;
}

/* The form that the kernel gives nearly all: thousands of them are read in a boot. */
static bool usual_parse(const char *text, struct pci_address *ret_address)
{
	static const char form[] = "0000:00:00.0";
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(form); i++) {
		unsigned int digit = form[i] == '0' ? number_digit(text[i]) : 0;

		if (digit > 15 || (form[i] != '0' && form[i] != text[i]))
			return false;
		if (form[i] == '0')
			value = value << 4 | digit;
	}
	*ret_address = (struct pci_address){ .domain = (uint32_t)(value >> 20),
					     .bus = (uint8_t)(value >> 12),
					     .device = (uint8_t)(value >> 4),
					     .function = value & 15 };
	return ret_address->device < 32 && ret_address->function < 8;
}

int pci_address_parse(const char *text, struct pci_address *ret_address)
{
	struct pci_address address = { 0 };
	uint8_t devfn;

	if (usual_parse(text, &address)) {
		*ret_address = address;
		return 0;
	}

	if (bus_parse(&text, &address.domain, &address.bus) < 0 ||
	    devfn_parse(&text, '\0', &devfn) < 0)
		return -EINVAL;
	address.device = devfn >> 3;
	address.function = devfn & 7;
	*ret_address = address;
	return 0;
}

static char *domain_put(char *text, uint32_t domain)
{
	unsigned int digits = 4;

	while (digits < 8 && domain >> 4 * digits)
		digits++;
	text = text_hex(text, domain, digits);
	*text++ = ':';
	return text;
}

static char *devfn_put(char *text, uint8_t device, uint8_t function)
{
	text = text_hex(text, device, 2);
	*text++ = '.';
	return text_hex(text, function, 1);
}

/* By hand: a mode that lists a large machine writes ten of them for each function. */
char *pci_address_format(const struct pci_address *address,
			 char text[static PCI_ADDRESS_TEXT])
{
	char *end = domain_put(text, address->domain);

	end = text_hex(end, address->bus, 2);
	*end++ = ':';
	end = devfn_put(end, address->device, address->function);
	*end = '\0';
	return text;
}

static int compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int pci_address_compare(const struct pci_address *a, const struct pci_address *b)
{
	int order = compare(a->domain, b->domain);

	if (!order)
		order = compare(a->bus, b->bus);
	if (!order)
		order = compare(a->device, b->device);
	if (!order)
		order = compare(a->function, b->function);
	return order;
}

bool pci_address_same_slot(const struct pci_address *a, const struct pci_address *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->device == b->device;
}

int pci_id_parse(const char *text, struct pci_id *ret_id)
{
	uint64_t part[4] = { 0 };
	unsigned int parts = 1;

	for (const char *c = text; *c; c++)
		parts += *c == ':';
	if (parts != 2 && parts != 4)
		return -EINVAL;
	for (unsigned int i = 0; i < parts; i++)
		if (field_parse(&text, i + 1 < parts ? ':' : '\0', 4, 4, 0xffff,
				&part[i]) < 0)
			return -EINVAL;
	*ret_id = (struct pci_id){
		.vendor = (uint16_t)part[0],
		.device = (uint16_t)part[1],
		.subvendor = (uint16_t)part[2],
		.subdevice = (uint16_t)part[3],
		.has_subsystem = parts == 4,
	};
	return 0;
}

char *pci_id_format(const struct pci_id *id, char text[static PCI_ID_TEXT])
{
	char *end = text_hex(text, id->vendor, 4);

	*end++ = ':';
	end = text_hex(end, id->device, 4);
	if (id->has_subsystem) {
		*end++ = ':';
		end = text_hex(end, id->subvendor, 4);
		*end++ = ':';
		end = text_hex(end, id->subdevice, 4);
	}
	*end = '\0';
	return text;
}

bool pci_id_equal(const struct pci_id *a, const struct pci_id *b)
{
	return a->vendor == b->vendor && a->device == b->device &&
	       a->has_subsystem == b->has_subsystem && a->subvendor == b->subvendor &&
	       a->subdevice == b->subdevice;
}

int pci_path_parse(const char *text, struct pci_path *ret_path)
{
	struct pci_path path = { 0 };

	if (bus_parse(&text, &path.domain, &path.bus) < 0)
		return -EINVAL;
	do {
		char end = strchr(text, '/') ? '/' : '\0';

		if (path.depth == PCI_PATH_DEPTH_MAX)
			return -EINVAL;
		if (devfn_parse(&text, end, &path.devfn[path.depth++]) < 0)
			return -EINVAL;
		if (!end) {
			*ret_path = path;
			return 0;
		}
	} while (*text);
	return -EINVAL;
}

/* ffffffff:00, and /00.0 for each */
static_assert(11 + PCI_PATH_DEPTH_MAX * 5 < PCI_PATH_TEXT, "the longest path fits");

char *pci_path_format(const struct pci_path *path, char text[static PCI_PATH_TEXT])
{
	char *end = path->domain ? domain_put(text, path->domain) : text;

	end = text_hex(end, path->bus, 2);
	for (unsigned int i = 0; i < path->depth; i++) {
		*end++ = i ? '/' : ':';
		end = devfn_put(end, path->devfn[i] >> 3, path->devfn[i] & 7);
	}
	*end = '\0';
	return text;
}

bool pci_path_equal(const struct pci_path *a, const struct pci_path *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->depth == b->depth &&
	       !memcmp(a->devfn, b->devfn, a->depth);
}

bool pci_address_next(const char **path, struct pci_address *ret_address)
{
	while (**path) {
		size_t length = strcspn(*path, "/");
		char part[PCI_ADDRESS_TEXT] = "";

		if (length < sizeof(part))
			memcpy(part, *path, length);
		*path += length + ((*path)[length] == '/');
		if (!pci_address_parse(part, ret_address))
			return true;
	}
	return false;
}

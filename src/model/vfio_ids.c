// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/vfio_ids.h"

#include <string.h>

#include "base/array.h"

/* White space of the kernel that can be in a parameter (lib/vsprintf.c skip_spaces()) */
static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool digit_of(char byte, uint32_t *ret_digit)
{
	if (byte >= '0' && byte <= '9')
		*ret_digit = (uint32_t)(byte - '0');
	else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
		*ret_digit = (uint32_t)((byte | 0x20) - 'a' + 10);
	else
		return false;
	return true;
}

/*
 * What "%x" takes: blanks, then a digit, with or without 0x in front; digits that do not
 * fit fall out at the top.
 */
static bool field_take(const char **cursor, const char *end, uint32_t *ret_value)
{
	const char *at = *cursor;
	uint32_t value = 0, digit;

	while (at < end && is_space(*at))
		at++;
	if (at == end || !digit_of(*at, &digit))
		return false;
	if (end - at > 1 && at[0] == '0' && (at[1] | 0x20) == 'x')
		at += 2;
	for (; at < end && digit_of(*at, &digit); at++)
		value = value << 4 | digit;
	*cursor = at;
	*ret_value = value;
	return true;
}

static void entry_read(const char *text, const char *end, struct vfio_id *id)
{
	uint32_t *const fields[] = { &id->vendor,    &id->device, &id->subvendor,
				     &id->subdevice, &id->class,  &id->class_mask };
	const char *cursor = text, *taken = text;
	size_t count = 0;

	*id = (struct vfio_id){ .text = text,
				.length = (size_t)(end - text),
				.subvendor = VFIO_ID_ANY,
				.subdevice = VFIO_ID_ANY };
	while (count < ARRAY_SIZE(fields) && field_take(&cursor, end, fields[count])) {
		count++;
		taken = cursor;
		if (cursor == end || *cursor != ':')
			break;
		cursor++;
	}
	id->valid = count >= 2;
	id->rest = (size_t)(end - taken);
}

bool vfio_ids_next(const char **cursor, const char *end, struct vfio_id *ret_id)
{
	const char *start = *cursor, *comma;

	while (start < end && *start == ',')
		start++;
	if (start == end)
		return false;
	comma = memchr(start, ',', (size_t)(end - start));
	*cursor = comma ? comma : end;
	entry_read(start, *cursor, ret_id);
	return true;
}

static bool field_matches(uint32_t field, uint32_t value)
{
	return field == VFIO_ID_ANY || field == value;
}

bool vfio_id_matches(const struct vfio_id *id, const struct host_function *function)
{
	const struct pci_id *has = &function->id;
	bool any_subsystem = id->subvendor == VFIO_ID_ANY && id->subdevice == VFIO_ID_ANY;

	return field_matches(id->vendor, has->vendor) &&
	       field_matches(id->device, has->device) &&
	       (any_subsystem ||
		(has->has_subsystem && field_matches(id->subvendor, has->subvendor) &&
		 field_matches(id->subdevice, has->subdevice))) &&
	       !((id->class ^ function->class_code) & id->class_mask);
}

bool vfio_id_is_plain(const struct vfio_id *id, struct pci_id *ret_id)
{
	bool any = id->subvendor == VFIO_ID_ANY && id->subdevice == VFIO_ID_ANY;

	if (id->vendor > UINT16_MAX || id->device > UINT16_MAX || id->class_mask ||
	    (!any && (id->subvendor > UINT16_MAX || id->subdevice > UINT16_MAX)))
		return false;
	*ret_id = (struct pci_id){ .vendor = (uint16_t)id->vendor,
				   .device = (uint16_t)id->device,
				   .subvendor = any ? 0 : (uint16_t)id->subvendor,
				   .subdevice = any ? 0 : (uint16_t)id->subdevice,
				   .has_subsystem = !any };
	return true;
}

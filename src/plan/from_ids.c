// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/from_ids.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "base/quote.h"
#include "plan/select.h"
#include "plan/target.h"

#define FIELDS_MAX 6
#define IDS "ids="
#define BLANKS " \t\n"
#define ANY_ID 0xffffffffu /* include/linux/mod_devicetable.h PCI_ANY_ID */
#define CLASS_DISPLAY 0x03

static int refuse(struct fault *fault, const char *entry, size_t length)
{
	char text[QUOTE_TEXT_MAX];

	quote_format(entry, length, text);
	return fault_set(fault, -EINVAL,
			 "--from-ids: found %s, expected VENDOR:DEVICE[:SUBVENDOR:"
			 "SUBDEVICE], separated by commas",
			 text);
}

/* Hexadecimal numbers between colons; how many, 0 for anything else */
static size_t fields_parse(const char *entry, size_t length, uint32_t fields[FIELDS_MAX])
{
	size_t count = 0;

	for (;;) {
		const char *colon = memchr(entry, ':', length);
		size_t width = colon ? (size_t)(colon - entry) : length;
		uint64_t value;

		if (count == FIELDS_MAX || width > 8 ||
		    number_parse(entry, width, 16, UINT32_MAX, &value) < 0)
			return 0;
		fields[count++] = (uint32_t)value;
		if (!colon)
			return count;
		entry += width + 1;
		length -= width + 1;
	}
}

static bool id_is_known(const struct from_ids *from, const struct pci_id *id)
{
	for (size_t i = 0; i < from->n_ids; i++)
		if (pci_id_equal(&from->ids[i], id))
			return true;
	return false;
}

static int entry_take(struct from_ids *from, const char *entry, size_t length,
		      struct fault *fault)
{
	uint32_t fields[FIELDS_MAX] = { 0, 0, ANY_ID, ANY_ID };
	size_t count = fields_parse(entry, length, fields);
	struct pci_id id;

	if (count < 2 || fields[0] > UINT16_MAX || fields[1] > UINT16_MAX)
		return refuse(fault, entry, length);
	memset(&id, 0, sizeof(id));
	id.vendor = (uint16_t)fields[0];
	id.device = (uint16_t)fields[1];
	id.has_subsystem = fields[2] <= UINT16_MAX && fields[3] <= UINT16_MAX;
	if (id.has_subsystem) {
		id.subvendor = (uint16_t)fields[2];
		id.subdevice = (uint16_t)fields[3];
	}
	from->has_class = from->has_class || count > 4;
	if (id_is_known(from, &id))
		return 0;
	if (from->n_ids == FROM_IDS_MAX)
		return fault_set(fault, -E2BIG, "--from-ids: more than %d ids",
				 FROM_IDS_MAX);
	from->fates[from->n_ids] = FROM_IDS_NOWHERE;
	from->ids[from->n_ids++] = id;
	return 0;
}

/* Of a whole line (vfio-pci.ids=LIST quiet; options vfio-pci ids=LIST) the list */
static const char *list_find(const char *line, size_t *ret_length)
{
	const char *start = strstr(line, IDS);

	if (start) {
		start += strlen(IDS);
		*ret_length = strcspn(start, BLANKS "\"");
		return start;
	}
	line += strspn(line, BLANKS);
	*ret_length = strlen(line);
	while (*ret_length && strchr(BLANKS, line[*ret_length - 1]))
		--*ret_length;
	return line;
}

static int list_parse(const char *line, struct from_ids *from, struct fault *fault)
{
	size_t length;
	const char *list = list_find(line, &length), *end = list + length;
	int result;

	for (;;) {
		const char *comma = memchr(list, ',', (size_t)(end - list));

		length = (size_t)((comma ? comma : end) - list);
		result = entry_take(from, list, length, fault);
		if (result < 0 || !comma)
			return result;
		list = comma + 1;
		while (list < end && strchr(BLANKS, *list))
			list++;
	}
}

/* Bit n: id n names the function. Virtual functions are not there so early. */
static uint64_t ids_of(const struct from_ids *from, const struct host_function *function)
{
	uint64_t mask = 0;

	static_assert(FROM_IDS_MAX <= 64, "a bit for each id");
	if (function->is_vf || (function->has_header && function->header_type))
		return 0;
	for (size_t i = 0; i < from->n_ids; i++) {
		const struct config_target wanted = { .ids = { from->ids[i] },
						      .n_ids = 1 };

		if (select_id_matches(&wanted, function))
			mask |= 1ull << i;
	}
	return mask;
}

/**
 * struct slot - what the list names of one slot
 * @first: index of the first function in it
 * @end: index behind the last one
 * @head: function to name the card by: its GPU, else the first that an id names
 * @ids: bit n: id n names a function
 * @has_other_gpu: there is a GPU, and no id names it
 */
struct slot {
	size_t first;
	size_t end;
	size_t head;
	uint64_t ids;
	bool has_other_gpu;
};

static void slot_read(const struct from_ids *from, const struct host *host, size_t first,
		      struct slot *slot)
{
	bool has_head = false, gpu_named = false, has_gpu = false;

	*slot = (struct slot){ .first = first };
	for (slot->end = first;
	     slot->end < host->n_functions &&
	     pci_address_same_slot(&host->functions[first].address,
				   &host->functions[slot->end].address);
	     slot->end++) {
		const struct host_function *function = &host->functions[slot->end];
		uint64_t ids = ids_of(from, function);
		bool is_gpu = function->class_code >> 16 == CLASS_DISPLAY;

		slot->ids |= ids;
		has_gpu = has_gpu || (is_gpu && !function->is_vf);
		if (!ids)
			continue;
		if (!has_head || (is_gpu && !gpu_named))
			slot->head = slot->end;
		has_head = true;
		gpu_named = gpu_named || is_gpu;
	}
	slot->has_other_gpu = has_gpu && !gpu_named;
}

static void foreign_take(struct from_ids *from, const struct host *host,
			 const struct slot *slot)
{
	for (size_t i = slot->first; i < slot->end; i++)
		if (ids_of(from, &host->functions[i]) && from->n_foreign < FROM_IDS_MAX)
			from->foreign[from->n_foreign++] = i;
	for (size_t i = 0; i < from->n_ids; i++)
		if (slot->ids >> i & 1 && from->fates[i] == FROM_IDS_NOWHERE)
			from->fates[i] = FROM_IDS_FOREIGN;
}

static bool is_twin(const struct config_target *a, const struct config_target *b)
{
	return a->n_ids == b->n_ids &&
	       !memcmp(a->ids, b->ids, a->n_ids * sizeof(*a->ids));
}

static int card_take(struct from_ids *from, const struct host *host,
		     const struct slot *slot, struct fault *fault)
{
	struct config_target *target = &from->targets[from->n_targets];

	if (from->n_targets == FROM_IDS_TARGETS_MAX)
		return fault_set(fault, -E2BIG, "--from-ids: more than %d cards",
				 FROM_IDS_TARGETS_MAX);
	target_of_function(host, slot->head, target);
	target->n_ids = 0;
	for (size_t i = 0; i < from->n_ids; i++)
		if (slot->ids >> i & 1 && target->n_ids < CONFIG_IDS_MAX) {
			target->ids[target->n_ids++] = from->ids[i];
			from->fates[i] = FROM_IDS_USED;
		}
	for (size_t i = 0; i < from->n_targets; i++)
		from->has_twins = from->has_twins || is_twin(target, &from->targets[i]);
	from->n_targets++;
	return 0;
}

int from_ids(const char *list, const struct host *host, struct from_ids *from,
	     struct fault *fault)
{
	int result;

	memset(from, 0, sizeof(*from));
	result = list_parse(list, from, fault);
	for (size_t i = 0; i < host->n_functions && !result;) {
		struct slot slot;

		slot_read(from, host, i, &slot);
		i = slot.end;
		if (slot.ids && slot.has_other_gpu)
			foreign_take(from, host, &slot);
		else if (slot.ids)
			result = card_take(from, host, &slot, fault);
	}
	return result;
}

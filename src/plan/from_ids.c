// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/from_ids.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "model/cmdline.h"
#include "plan/own_switch.h"
#include "plan/select.h"
#include "plan/target.h"

#define IDS "ids="
#define BLANKS " \t\r\n"
#define QUOTES "\"'"

static int refuse(struct fault *fault, const char *list, size_t length)
{
	char text[QUOTE_TEXT_MAX];

	quote_format(list, length, text);
	return fault_set(fault, -EINVAL,
			 "--from-ids: found %s, expected VENDOR:DEVICE[:SUBVENDOR:"
			 "SUBDEVICE], separated by commas",
			 text);
}

/* ---- the list in what was pasted ---- */

/**
 * struct span - a part of a text
 */
struct span {
	const char *start;
	const char *end;
};

/* Is this occurrence of "ids=" vfio-pci's own? */
static bool is_of_vfio(const char *line, const char *at)
{
	static const char module[] = "vfio_pci";
	const char *word = at;
	char name[sizeof(module)];

	if (word > line && word[-1] == '.')
		word--;
	else
		while (word > line && strchr(BLANKS, word[-1]))
			word--;
	if ((size_t)(word - line) < sizeof(module) - 1)
		return false;
	memcpy(name, word - (sizeof(module) - 1), sizeof(module) - 1);
	name[sizeof(module) - 1] = '\0';
	return cmdline_name_equal(name, module);
}

/* Where the value of the last "ids=" begins; vfio-pci's before others; NULL: none */
static const char *value_find(const char *line)
{
	const char *found = NULL;
	bool is_own = false;

	for (const char *at = line; (at = strstr(at, IDS)); at += strlen(IDS)) {
		bool own = is_of_vfio(line, at);

		if (at > line && !strchr(BLANKS QUOTES "._-", at[-1]))
			continue;
		if (own || !is_own)
			found = at + strlen(IDS);
		is_own = is_own || own;
	}
	return found;
}

/* A blank ends a value, unless a comma beside it shows that the list was broken there. */
static const char *value_end(const char *start)
{
	const char *at = start;

	for (;;) {
		size_t blanks;

		at += strcspn(at, BLANKS QUOTES);
		blanks = strspn(at, BLANKS);
		if (!blanks || at == start || (at[-1] != ',' && at[blanks] != ','))
			return at;
		at += blanks;
	}
}

static struct span list_find(const char *line)
{
	const char *value = value_find(line);
	struct span list;

	if (value) {
		value += strspn(value, QUOTES);
		return (struct span){ value, value_end(value) };
	}
	list.start = line + strspn(line, BLANKS QUOTES);
	list.end = list.start + strlen(list.start);
	while (list.end > list.start && strchr(BLANKS QUOTES, list.end[-1]))
		list.end--;
	return list;
}

/* ---- its entries ---- */

static bool is_known(const struct from_ids *from, const struct vfio_id *id)
{
	for (size_t i = 0; i < from->n_ids; i++) {
		const struct vfio_id *known = &from->ids[i];

		if (known->valid && id->valid && known->vendor == id->vendor &&
		    known->device == id->device && known->subvendor == id->subvendor &&
		    known->subdevice == id->subdevice && known->class == id->class &&
		    known->class_mask == id->class_mask)
			return true;
	}
	return false;
}

static int entry_take(struct from_ids *from, const struct vfio_id *id,
		      struct fault *fault)
{
	struct pci_id plain;

	from->has_class =
		from->has_class ||
		(id->valid && !vfio_id_is_plain(id, &plain) && id->vendor <= UINT16_MAX);
	if (is_known(from, id))
		return 0;
	if (from->n_ids == FROM_IDS_MAX)
		return fault_set(fault, -E2BIG, "--from-ids: more than %d ids",
				 FROM_IDS_MAX);
	from->fates[from->n_ids] = id->valid ? FROM_IDS_NOWHERE : FROM_IDS_INVALID;
	from->ids[from->n_ids++] = *id;
	return 0;
}

/* People put blanks between ids as well; the kernel would see the first word only. */
static int list_parse(const char *line, struct from_ids *from, struct fault *fault)
{
	const struct span list = list_find(line);
	const char *word = list.start;
	bool any = false;
	int result = 0;

	while (word < list.end && !result) {
		const char *end = word;
		struct vfio_id id;

		while (end < list.end && !strchr(BLANKS, *end))
			end++;
		while (!result && vfio_ids_next(&word, end, &id)) {
			any = any || id.valid;
			result = entry_take(from, &id, fault);
		}
		word = end + (end < list.end);
	}
	return result || any ? result :
			       refuse(fault, list.start, (size_t)(list.end - list.start));
}

/* ---- what they name ---- */

/* Bit n: entry n names the function. */
static uint64_t ids_of(const struct from_ids *from, const struct host_function *function)
{
	uint64_t mask = 0;

	static_assert(FROM_IDS_MAX <= 64, "a bit for each id");
	for (size_t i = 0; i < from->n_ids; i++)
		if (from->ids[i].valid && vfio_id_matches(&from->ids[i], function))
			mask |= 1ull << i;
	return mask;
}

static void fate_set(struct from_ids *from, uint64_t ids, enum from_ids_fate fate)
{
	for (size_t i = 0; i < from->n_ids; i++)
		if (ids >> i & 1 && from->fates[i] == FROM_IDS_NOWHERE)
			from->fates[i] = fate;
}

/* Entries that name only what no target can be made of */
static void others_find(struct from_ids *from, const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];

		if (host_is_bridge(function))
			fate_set(from, ids_of(from, function), FROM_IDS_BRIDGE);
		else if (function->is_vf)
			fate_set(from, ids_of(from, function), FROM_IDS_VIRTUAL);
	}
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
		bool is_none = host_is_bridge(function) || function->is_vf;
		uint64_t ids = is_none ? 0 : ids_of(from, function);
		bool is_gpu = host_is_gpu(function);

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
		if (!host_is_bridge(&host->functions[i]) && !host->functions[i].is_vf &&
		    ids_of(from, &host->functions[i]) && from->n_foreign < FROM_IDS_MAX)
			from->foreign[from->n_foreign++] = i;
	fate_set(from, slot->ids, FROM_IDS_FOREIGN);
}

static bool is_twin(const struct config_target *a, const struct config_target *b)
{
	return a->n_ids == b->n_ids &&
	       !memcmp(a->ids, b->ids, a->n_ids * sizeof(*a->ids));
}

/* An entry with ffffffff or a class names by what a config has not: the ids stay. */
static void ids_take(struct from_ids *from, const struct slot *slot,
		     struct config_target *target)
{
	const struct pci_id head = target->ids[0];
	bool has_head = target->n_ids;

	target->n_ids = 0;
	for (size_t i = 0; i < from->n_ids; i++) {
		struct pci_id id;

		if (!(slot->ids >> i & 1))
			continue;
		from->fates[i] = FROM_IDS_USED;
		if (vfio_id_is_plain(&from->ids[i], &id) &&
		    target->n_ids < CONFIG_IDS_MAX)
			target->ids[target->n_ids++] = id;
	}
	if (!target->n_ids && has_head)
		target->ids[target->n_ids++] = head;
}

static int card_take(struct from_ids *from, const struct host *host,
		     const struct slot *slot, struct fault *fault)
{
	struct config_target *target = &from->targets[from->n_targets];

	if (from->n_targets == FROM_IDS_TARGETS_MAX)
		return fault_set(fault, -E2BIG, "--from-ids: more than %d cards",
				 FROM_IDS_TARGETS_MAX);
	target_of_function(host, slot->head, target);
	ids_take(from, slot, target);
	for (size_t i = 0; i < from->n_targets; i++)
		from->has_twins = from->has_twins || is_twin(target, &from->targets[i]);
	from->n_targets++;
	return 0;
}

/* What is no display has no companions: each function that the list names is a target. */
static int parts_take(struct from_ids *from, const struct host *host,
		      const struct slot *slot, struct fault *fault)
{
	int result = 0;

	for (size_t i = slot->first; i < slot->end && !result; i++) {
		const struct host_function *function = &host->functions[i];
		struct slot part = { .first = i, .end = i + 1, .head = i };

		if (host_is_bridge(function) || function->is_vf)
			continue;
		part.ids = ids_of(from, function);
		if (part.ids)
			result = card_take(from, host, &part, fault);
	}
	return result;
}

/* The display of a card that has this slot on another bus; NULL: there is none */
static const struct host_function *display_of(const struct host *host,
					      const struct slot *slot)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (host_is_gpu(&host->functions[i]) &&
		    own_switch_is_shared(host, i, slot->head))
			return &host->functions[i];
	return NULL;
}

static int slot_take(struct from_ids *from, const struct host *host,
		     const struct slot *slot, struct fault *fault)
{
	const struct host_function *display;

	if (slot->has_other_gpu) {
		foreign_take(from, host, slot);
		return 0;
	}
	if (host_is_gpu(&host->functions[slot->head]))
		return card_take(from, host, slot, fault);
	display = display_of(host, slot);
	if (!display)
		return parts_take(from, host, slot, fault);
	if (ids_of(from, display))
		fate_set(from, slot->ids, FROM_IDS_USED); /* it goes along */
	else
		foreign_take(from, host, slot);
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
		if (slot.ids)
			result = slot_take(from, host, &slot, fault);
	}
	others_find(from, host);
	return result;
}

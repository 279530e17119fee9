// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/record.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "model/cmdline.h"
#include "model/config.h"

const struct record_use record_uses[RECORD_USES] = {
	{ "root", HOST_RECORDED_ROOT },
	{ "resume", HOST_RECORDED_RESUME },
	{ "swap", HOST_RECORDED_SWAP },
	{ "filesystem", HOST_RECORDED_FILESYSTEM },
	{ "network", HOST_RECORDED_NETWORK },
	{ "display", HOST_RECORDED_DISPLAY },
	{ "unclaimed", HOST_RECORDED_UNCLAIMED },
};

/**
 * struct reading - one record_apply()
 * @named: bits of all functions that it names
 * @missing: bits of those that are missing or have another id
 * @agreed: bits of those that exist with this id
 */
struct reading {
	struct host *host;
	uint8_t named;
	uint8_t missing;
	uint8_t agreed;
};

/* The value in the next line, `NAME VALUE`; NULL: that is not what it holds. */
static char *value_next(char **cursor, const char *name)
{
	char *line = strsep(cursor, "\n");
	size_t length = strlen(name);

	if (!line || strncmp(line, name, length) != 0 || line[length] != ' ')
		return NULL;
	return line + length + 1;
}

static bool state_next(char **cursor, const char *name, enum host_record *ret_record)
{
	const char *value = value_next(cursor, name);

	if (!value || (strcmp(value, "known") != 0 && strcmp(value, "unknown") != 0))
		return false;
	*ret_record = *value == 'k' ? HOST_RECORD_GOOD : HOST_RECORD_UNKNOWN;
	return true;
}

/* At least one of the words, each once */
static bool uses_parse(char *words, uint8_t *ret_uses)
{
	uint8_t uses = 0;
	char *word;

	while ((word = strsep(&words, " "))) {
		size_t i = 0;

		while (i < RECORD_USES && strcmp(record_uses[i].name, word) != 0)
			i++;
		if (i == RECORD_USES || uses & record_uses[i].bit)
			return false;
		uses |= record_uses[i].bit;
	}
	*ret_uses = uses;
	return uses;
}

static struct host_function *path_find(struct host *host, const struct pci_path *path)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (pci_path_equal(&host->functions[i].path, path))
			return &host->functions[i];
	return NULL;
}

/* PATH ID USE... */
static bool function_take(struct reading *reading, char *line)
{
	const char *path_text = strsep(&line, " ");
	const char *id_text = strsep(&line, " ");
	struct host_function *function;
	struct pci_path path;
	struct pci_id id;
	uint8_t uses;

	if (!line || pci_path_parse(path_text, &path) < 0 ||
	    pci_id_parse(id_text, &id) < 0 || !uses_parse(line, &uses))
		return false;
	reading->named |= uses;
	function = path_find(reading->host, &path);
	if (function && pci_id_equal(&function->id, &id)) {
		function->recorded |= uses;
		reading->agreed |= uses;
	} else {
		reading->missing |= uses;
	}
	return true;
}

static bool functions_take(struct reading *reading, char **cursor)
{
	char *line;

	while ((line = strsep(cursor, "\n"))) {
		if (!strcmp(line, "end"))
			return *cursor && !**cursor;
		if (strncmp(line, "at ", 3) != 0 || !function_take(reading, line + 3))
			return false;
	}
	return false;
}

/* A word of a line; empty at its end */
static size_t word_copy(const char **cursor, char *word, size_t size)
{
	size_t length = strcspn(*cursor, " \n");

	if (length >= size)
		return 0;
	memcpy(word, *cursor, length);
	word[length] = '\0';
	*cursor += length + ((*cursor)[length] == ' ');
	return length;
}

static bool place_parse(const char *line, struct record_place *place)
{
	char word[PCI_PATH_TEXT];

	if (!word_copy(&line, word, sizeof(word)) ||
	    pci_path_parse(word, &place->path) < 0 ||
	    !word_copy(&line, word, sizeof(word)) || pci_id_parse(word, &place->id) < 0)
		return false;
	place->evident = strncmp(line, "unclaimed\n", strlen("unclaimed\n")) != 0;
	return true;
}

bool record_next(const char **cursor, struct record_place *ret_place)
{
	while (**cursor) {
		const char *line = *cursor;

		*cursor += strcspn(line, "\n");
		*cursor += **cursor == '\n';
		if (!strncmp(line, "at ", 3) && place_parse(line + 3, ret_place))
			return true;
	}
	return false;
}

static void marks_clear(struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++)
		host->functions[i].recorded = 0;
}

uint64_t record_root_hash(const char *cmdline)
{
	static const char *const names[] = { "root", "resume" };
	uint64_t hash = CONFIG_HASH_START;
	char value[512];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!cmdline_get(cmdline, names[i], value, sizeof(value)))
			value[0] = '\0';
		hash = config_hash_bytes(hash, value, strlen(value) + 1);
	}
	return hash;
}

void record_mismatch(struct host *host, enum host_record record)
{
	marks_clear(host);
	host->record_disks = record;
	host->record_network = record;
	host->record_display = record;
}

/* A complete record is valid only on the machine on which it was made. */
static enum host_record part_judge(const struct reading *reading, enum host_record record,
				   uint8_t uses, bool same)
{
	if (record == HOST_RECORD_GOOD &&
	    (!same || reading->missing & uses || !reading->agreed))
		return HOST_RECORD_STALE;
	return record;
}

int record_apply(char *text, const char *cmdline, struct host *host)
{
	struct reading reading = { .host = host };
	enum host_record disks, network, display;
	const char *heading = strsep(&text, "\n");
	const char *root;
	uint64_t hash;
	bool same;

	marks_clear(host);
	root = heading && !strcmp(heading, RECORD_HEADING) ? value_next(&text, "root") :
							     NULL;
	if (!root || strlen(root) != 16 ||
	    number_parse(root, 16, 16, UINT64_MAX, &hash) < 0 ||
	    !state_next(&text, "disks", &disks) ||
	    !state_next(&text, "network", &network) || !functions_take(&reading, &text)) {
		record_mismatch(host, HOST_RECORD_BAD);
		return -EINVAL;
	}
	same = hash == record_root_hash(cmdline);
	display = (reading.named & HOST_RECORDED_DISPLAY) ? HOST_RECORD_GOOD :
							    HOST_RECORD_UNKNOWN;
	host->record_disks = part_judge(&reading, disks, HOST_RECORDED_DISK, same);
	host->record_network = part_judge(&reading, network, HOST_RECORDED_NETWORK, same);
	host->record_display = part_judge(&reading, display, HOST_RECORDED_DISPLAY, true);
	return 0;
}

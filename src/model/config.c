// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "base/text.h"

#define MARK "\xef\xbb\xbf" /* some editors begin a file with it */
#define FNV_PRIME UINT64_C(0x100000001b3)

static_assert(CONFIG_LINE_MAX == 1022 && CONFIG_IDS_MAX == 8 && CONFIG_NAME_MAX == 33,
	      "the messages say so");

const char *const config_mode_names[] = {
	[CONFIG_MODE_ON] = "on",
	[CONFIG_MODE_PLAN] = "plan",
	[CONFIG_MODE_OFF] = "off",
};
static_assert(ARRAY_SIZE(config_mode_names) == CONFIG_MODE_OFF + 1, "a name for each");

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool is_comment(char byte)
{
	return byte == '#' || byte == ';';
}

/* ---- lines ---- */

enum line { LINE_EMPTY, LINE_HEADING, LINE_KEY, LINE_BAD };

/* Cut the blanks, and the carriage return, off both ends. */
static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (is_blank(*text))
		text++;
	while (end > text && (is_blank(end[-1]) || end[-1] == '\r'))
		end--;
	*end = '\0';
	return text;
}

/*
 * Cut a line of INI into its parts: what is in the brackets of a heading and what follows
 * them, or a key and its value. A comment begins the line, or stands behind a blank.
 */
static enum line line_split(char *line, char **ret_name, char **ret_value)
{
	char *text = trim(line), *end;

	for (end = text; *end; end++)
		if (is_comment(*end) && (end == text || is_blank(end[-1])))
			break;
	*end = '\0';
	text = trim(text);
	if (!*text)
		return LINE_EMPTY;
	end = *text == '[' ? strchr(text, ']') : text + strcspn(text, "=:");
	if (!end || !*end)
		return LINE_BAD;
	*end = '\0';
	*ret_value = trim(end + 1);
	if (*text != '[') {
		*ret_name = trim(text);
		return LINE_KEY;
	}
	*ret_name = text + 1;
	return LINE_HEADING;
}

/* ---- values ---- */

static bool is_word(const char *text, const char *more)
{
	for (; *text; text++)
		if (!(*text >= 'a' && *text <= 'z') && !(*text >= 'A' && *text <= 'Z') &&
		    !(*text >= '0' && *text <= '9') && !strchr(more, *text))
			return false;
	return true;
}

/*
 * Take the next item of a list with commas, without blanks around it; cut when it does
 * not fit. *cursor becomes NULL behind the last one.
 */
static void list_next(const char **cursor, char *item, size_t size)
{
	const char *start = *cursor, *end;
	size_t length;

	while (is_blank(*start))
		start++;
	end = start + strcspn(start, ",");
	*cursor = *end ? end + 1 : NULL;
	while (end > start && is_blank(end[-1]))
		end--;
	length = (size_t)(end - start);
	if (length >= size)
		length = size - 1;
	memcpy(item, start, length);
	item[length] = '\0';
}

static int word_parse(const char *value, const char *no, const char *yes, bool *ret_yes)
{
	if (strcmp(value, no) != 0 && strcmp(value, yes) != 0)
		return -EINVAL;
	*ret_yes = strcmp(value, yes) == 0;
	return 0;
}

static int id_add(struct config_target *target, const char *text)
{
	struct pci_id id;

	if (target->n_ids == CONFIG_IDS_MAX || pci_id_parse(text, &id) < 0)
		return -EINVAL;
	for (size_t i = 0; i < target->n_ids; i++)
		if (pci_id_equal(&target->ids[i], &id))
			return -EINVAL;
	target->ids[target->n_ids++] = id;
	return 0;
}

static int set_id(struct config_target *target, const char *value)
{
	return id_add(target, value);
}

static int set_ids(struct config_target *target, const char *value)
{
	char item[PCI_ID_TEXT]; /* a cut item is too long to be an id */

	while (value) {
		list_next(&value, item, sizeof(item));
		if (id_add(target, item) < 0)
			return -EINVAL;
	}
	return 0;
}

static int set_address(struct config_target *target, const char *value)
{
	target->has_address = true;
	return pci_address_parse(value, &target->address);
}

static int set_path(struct config_target *target, const char *value)
{
	target->has_path = true;
	return pci_path_parse(value, &target->path);
}

static int set_functions(struct config_target *target, const char *value)
{
	char item[3]; /* a cut item is too long to be a digit */
	uint64_t number;

	if (!strcmp(value, "slot"))
		return 0;
	target->has_functions = true;
	while (value) {
		list_next(&value, item, sizeof(item));
		if (strlen(item) != 1 || number_parse(item, 1, 10, 7, &number) < 0 ||
		    target->functions & 1U << number)
			return -EINVAL;
		target->functions |= (uint8_t)(1U << number);
	}
	return 0;
}

static int set_peers(struct config_target *target, const char *value)
{
	return word_parse(value, "refuse", "take", &target->take_peers);
}

static int set_boot_display(struct config_target *target, const char *value)
{
	return word_parse(value, "refuse", "allow", &target->allow_boot_display);
}

static int set_host_network(struct config_target *target, const char *value)
{
	return word_parse(value, "refuse", "allow", &target->allow_host_network);
}

static int set_bound_driver(struct config_target *target, const char *value)
{
	bool unbind;

	if (word_parse(value, "refuse", "unbind", &unbind) < 0)
		return -EINVAL;
	target->bound_driver = unbind ? CONFIG_BOUND_UNBIND : CONFIG_BOUND_REFUSE;
	return 0;
}

static int set_host_disk(struct config_target *target, const char *value)
{
	(void)target;
	return strcmp(value, "refuse") ? -EINVAL : 0;
}

/* Giving a card to a host driver is outside the scope of this program. */
static int set_driver(struct config_target *target, const char *value)
{
	size_t length = strlen(value);

	if (!strcmp(value, "auto"))
		return 0;
	if (length >= sizeof(target->driver) || !strstr(value, "vfio") ||
	    !is_word(value, "-_"))
		return -EINVAL;
	memcpy(target->driver, value, length + 1);
	return 0;
}

static int set_optional(struct config_target *target, const char *value)
{
	return word_parse(value, "no", "yes", &target->optional);
}

static int set_all(struct config_target *target, const char *value)
{
	return word_parse(value, "no", "yes", &target->all);
}

/* ---- keys ---- */

enum key {
	KEY_ID,
	KEY_IDS,
	KEY_ADDRESS,
	KEY_PATH,
	KEY_FUNCTIONS,
	KEY_PEERS,
	KEY_BOOT_DISPLAY,
	KEY_HOST_DISK,
	KEY_HOST_NETWORK,
	KEY_BOUND_DRIVER,
	KEY_DRIVER,
	KEY_OPTIONAL,
	KEY_ALL,
	KEY_COUNT
};

static const struct {
	const char *name;
	int (*set)(struct config_target *target, const char *value);
	const char *expected;
} keys[] = {
	[KEY_ID] = { "id", set_id,
		     "vendor:device[:subvendor:subdevice], like 10de:1e84" },
	[KEY_IDS] = { "ids", set_ids,
		      "up to 8 different ids with commas, like 10de:1e84,10de:10f8" },
	[KEY_ADDRESS] = { "address", set_address,
			  "domain:bus:device.function, like 0000:09:00.0" },
	[KEY_PATH] = { "path", set_path, "the path of lspci -P, like 00:03.1/00.0" },
	[KEY_FUNCTIONS] = { "functions", set_functions,
			    "slot, or different numbers from 0 to 7, like 0,1" },
	[KEY_PEERS] = { "peers", set_peers, "refuse or take" },
	[KEY_BOOT_DISPLAY] = { "boot-display", set_boot_display, "refuse or allow" },
	[KEY_HOST_DISK] = { "host-disk", set_host_disk,
			    "refuse; a disk of the host cannot be reserved" },
	[KEY_HOST_NETWORK] = { "host-network", set_host_network, "refuse or allow" },
	[KEY_BOUND_DRIVER] = { "bound-driver", set_bound_driver, "refuse or unbind" },
	[KEY_DRIVER] = { "driver", set_driver,
			 "auto, or the name of a VFIO driver, like vfio-pci" },
	[KEY_OPTIONAL] = { "optional", set_optional, "yes or no" },
	[KEY_ALL] = { "all", set_all, "yes or no" },
};
static_assert(ARRAY_SIZE(keys) == KEY_COUNT, "a row for each");

int config_guard_parse(const char *value, enum config_guard *ret_guard)
{
	static const char *const names[] = {
		[CONFIG_GUARD_ON] = "on",
		[CONFIG_GUARD_OFF] = "off",
		[CONFIG_GUARD_REACHED] = "reached",
	};

	for (unsigned int guard = 0; guard < ARRAY_SIZE(names); guard++) {
		if (strcmp(value, names[guard]) != 0)
			continue;
		*ret_guard = guard;
		return 0;
	}
	return -EINVAL;
}

/* ---- targets ---- */

/* FILE:LINE of a target; a parameter has no line. */
static void place_format(const struct config_target *target, char *text, size_t size)
{
	if (target->line)
		(void)snprintf(text, size, "%s:%u", target->file, target->line);
	else
		(void)snprintf(text, size, "%s", target->file);
}

/* Is the name free, and a place left? */
static int target_fits(const struct config *config, const struct config_target *target,
		       struct fault *fault)
{
	char place[CONFIG_FILE_MAX + 12], other[CONFIG_FILE_MAX + 12];

	for (size_t i = 0; i < config->n_targets; i++) {
		if (strcmp(config->targets[i].name, target->name) != 0)
			continue;
		place_format(target, place, sizeof(place));
		place_format(&config->targets[i], other, sizeof(other));
		return fault_set(fault, -EEXIST,
				 "%s: found target %s again, expected another name; "
				 "this one is in %s",
				 place, target->name, other);
	}
	if (config->n_targets < CONFIG_TARGETS_MAX)
		return 0;
	place_format(target, place, sizeof(place));
	return fault_set(fault, -E2BIG,
			 "%s: found one target too many, expected at most %d", place,
			 CONFIG_TARGETS_MAX);
}

int config_add_target(struct config *config, const struct config_target *target,
		      struct fault *fault)
{
	int error = target_fits(config, target, fault);

	if (!error)
		config->targets[config->n_targets++] = *target;
	return error;
}

/* ---- reading ---- */

/**
 * struct reading - one config_parse()
 * @config: gets the targets
 * @fault: filled when something is wrong
 * @error: the same as the fault's; 0: all is well so far
 * @file: name for messages, safe to print
 * @line: the line that is being read, as it is in the text
 * @line_length: without its newline
 * @number: of that line
 * @target: the one whose section is being read
 * @in_target: there is one
 * @in_sections: a heading was read
 * @lines: where it set each key; 0: it has not
 */
struct reading {
	struct config *config;
	struct fault *fault;
	int error;
	char file[CONFIG_FILE_MAX];
	const char *line;
	size_t line_length;
	unsigned int number;
	struct config_target target;
	bool in_target;
	bool in_sections;
	unsigned int lines[KEY_COUNT];
};

/* Refuse the line that is being read. */
static int reject(struct reading *reading, const char *found, const char *expected)
{
	reading->error = fault_set(reading->fault, -EINVAL,
				   "%s:%u: found %s, expected %s", reading->file,
				   reading->number, found, expected);
	return reading->error;
}

/* Refuse the line and show it, without the blanks around it. */
static int reject_line(struct reading *reading, const char *expected)
{
	const char *start = reading->line, *end = start + reading->line_length;
	char found[QUOTE_TEXT_MAX];

	while (start < end && is_blank(*start))
		start++;
	while (end > start && (is_blank(end[-1]) || end[-1] == '\r'))
		end--;
	quote_format(start, (size_t)(end - start), found);
	return reject(reading, found, expected);
}

/* The name in `target NAME`, or NULL. */
static const char *heading_name(const char *section)
{
	static const char kind[] = "target";
	size_t length = sizeof(kind) - 1;

	if (strncmp(section, kind, length) != 0 || !is_blank(section[length]))
		return NULL;
	while (is_blank(section[length]))
		length++;
	return section + length;
}

/* The section ends: its target is complete. */
static int target_end(struct reading *reading)
{
	struct config_target *target = &reading->target;

	if (!reading->in_target)
		return 0;
	reading->in_target = false;
	if (!target->n_ids && !target->has_address && !target->has_path) {
		char found[QUOTE_TEXT_MAX];

		(void)snprintf(found, sizeof(found), "target %s without a card",
			       target->name);
		reading->number = target->line;
		return reject(reading, found,
			      "at least one of id, ids, address and path in it");
	}
	reading->error = config_add_target(reading->config, target, reading->fault);
	return reading->error;
}

static int target_begin(struct reading *reading, const char *section, const char *rest)
{
	struct config_target *target = &reading->target;
	const char *name = heading_name(section);

	reading->in_sections = true;
	if (target_end(reading) < 0)
		return reading->error;
	if (!name)
		return reject_line(reading, "[target NAME]");
	if (!*name || strlen(name) >= sizeof(target->name) || !is_word(name, "-_."))
		return reject_line(reading,
				   "a NAME of 1 to 32 letters, digits, - _ or .");
	if (*rest && !is_comment(*rest))
		return reject_line(reading, "[target NAME] alone in its line");
	*target = (struct config_target){ .line = reading->number };
	memcpy(target->name, name, strlen(name) + 1);
	memcpy(target->file, reading->file, sizeof(target->file));
	memset(reading->lines, 0, sizeof(reading->lines));
	reading->in_target = true;
	reading->error = target_fits(reading->config, target, reading->fault);
	return reading->error;
}

static enum key key_find(const char *name)
{
	enum key key = 0;

	while (key < KEY_COUNT && strcmp(keys[key].name, name) != 0)
		key++;
	return key;
}

/* A key that is set already, or contradicts one that is */
static int key_conflict(struct reading *reading, enum key key)
{
	enum key other = key == KEY_ID ? KEY_IDS : KEY_ID;
	char found[QUOTE_TEXT_MAX], expected[QUOTE_TEXT_MAX];

	if (reading->lines[key]) {
		(void)snprintf(found, sizeof(found), "%s again", keys[key].name);
		(void)snprintf(expected, sizeof(expected), "it once; line %u has it",
			       reading->lines[key]);
		return reject(reading, found, expected);
	}
	if ((key == KEY_ID || key == KEY_IDS) && reading->lines[other]) {
		(void)snprintf(expected, sizeof(expected),
			       "one of id and ids; line %u has %s", reading->lines[other],
			       keys[other].name);
		return reject(reading, keys[key].name, expected);
	}
	return 0;
}

static int value_reject(struct reading *reading, const char *name, const char *value,
			const char *expected)
{
	char quoted[QUOTE_TEXT_MAX], found[QUOTE_TEXT_MAX + 24];

	quote_format(value, strlen(value), quoted);
	(void)snprintf(found, sizeof(found), "%s = %s", name, quoted);
	return reject(reading, found, expected);
}

/* The one key that is about all targets; it stands in one file. */
static int guard_set(struct reading *reading, const char *value)
{
	struct config *config = reading->config;

	if (reading->in_sections)
		return reject(reading, "guard behind a heading",
			      "it before the first [target NAME]");
	if (config->guard_set)
		return reject(reading, "guard again", "it once in all files");
	config->guard_set = true;
	if (!config_guard_parse(value, &config->guard))
		return 0;
	return value_reject(reading, "guard", value, "on, off or reached");
}

static int key_set(struct reading *reading, const char *name, const char *value)
{
	char quoted[QUOTE_TEXT_MAX];
	enum key key = key_find(name);

	if (!strcmp(name, "guard"))
		return guard_set(reading, value);
	if (!reading->in_target)
		return reject_line(reading, "a [target NAME] before the first key");
	if (key == KEY_COUNT) {
		quote_format(name, strlen(name), quoted);
		return reject(reading, quoted,
			      "id, ids, address, path, functions, peers, boot-display, "
			      "host-disk, host-network, bound-driver, driver, optional "
			      "or all");
	}
	if (key_conflict(reading, key) < 0)
		return reading->error;
	reading->lines[key] = reading->number;
	if (!keys[key].set(&reading->target, value))
		return 0;
	return value_reject(reading, name, value, keys[key].expected);
}

static int line_parse(struct reading *reading)
{
	char line[CONFIG_LINE_MAX + 1], *name, *value;

	if (reading->line_length > CONFIG_LINE_MAX)
		return reject(reading, "a longer line", "at most 1022 bytes");
	if (memchr(reading->line, '\0', reading->line_length))
		return reject(reading, "a NUL byte", "text");
	memcpy(line, reading->line, reading->line_length);
	line[reading->line_length] = '\0';
	switch (line_split(line, &name, &value)) {
	case LINE_EMPTY:
		return 0;
	case LINE_HEADING:
		return target_begin(reading, name, value);
	case LINE_KEY:
		return key_set(reading, name, value);
	case LINE_BAD:
		break;
	}
	return reject_line(reading, "KEY = VALUE or [target NAME]");
}

/* A name for messages: safe to print, and the end of a long one. */
static void file_format(const char *file, char text[static CONFIG_FILE_MAX])
{
	size_t length = strlen(file), skip = 0, dots = 0;

	if (length >= CONFIG_FILE_MAX) {
		dots = 3;
		skip = length - (CONFIG_FILE_MAX - 1 - dots);
		memcpy(text, "...", dots);
	}
	quote_escape(file + skip, length - skip, text + dots, CONFIG_FILE_MAX - dots);
}

int config_parse(struct config *config, const char *file, const char *text, size_t length,
		 struct fault *fault)
{
	struct reading reading = { .config = config, .fault = fault };
	const char *end = text + length;

	file_format(file, reading.file);
	if (length >= sizeof(MARK) - 1 && !memcmp(text, MARK, sizeof(MARK) - 1))
		text += sizeof(MARK) - 1;
	while (text < end && !reading.error) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		reading.line = text;
		reading.line_length = (size_t)((newline ? newline : end) - text);
		reading.number++;
		line_parse(&reading);
		text = newline ? newline + 1 : end;
	}
	if (!reading.error)
		target_end(&reading);
	if (reading.error)
		config_reject(config, fault);
	return reading.error;
}

/* ---- the rest ---- */

/* Not the targets: these are several pages, and none is in use yet */
void config_init(struct config *config)
{
	config->mode = CONFIG_MODE_ON;
	config->deadline = CONFIG_DEADLINE_DEFAULT;
	config->debug = false;
	config->guard = CONFIG_GUARD_ON;
	config->guard_set = false;
	config->n_targets = 0;
	config->n_files = 0;
	config->hash = CONFIG_HASH_START;
	config->invalid = false;
	config->fault = (struct fault){ 0 };
}

void config_reject(struct config *config, const struct fault *fault)
{
	if (!config->invalid)
		config->fault = *fault;
	config->invalid = true;
}

uint64_t config_hash_bytes(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * FNV_PRIME;
	return hash;
}

void config_hash_add(struct config *config, const char *name, const char *text,
		     size_t length)
{
	config->hash = config_hash_bytes(config->hash, name, strlen(name) + 1);
	config->hash = config_hash_bytes(config->hash, text, length);
	config->hash = config_hash_bytes(config->hash, "", 1);
}

void config_image_get(const char *text, const char *key, char *value, size_t size)
{
	char line[CONFIG_LINE_MAX + 1], *name, *found;
	bool in_image = false;
	size_t length;

	value[0] = '\0';
	for (; *text; text += length + (text[length] == '\n')) {
		enum line kind;

		length = strcspn(text, "\n");
		if (length > CONFIG_LINE_MAX)
			continue;
		memcpy(line, text, length);
		line[length] = '\0';
		kind = line_split(line, &name, &found);
		if (kind == LINE_HEADING)
			in_image = !strcmp(name, "image");
		if (kind == LINE_KEY && in_image && !strcmp(name, key) &&
		    strlen(found) < size)
			memcpy(value, found, strlen(found) + 1);
	}
}

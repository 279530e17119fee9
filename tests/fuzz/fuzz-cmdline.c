// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line is split as by a second, naive implementation of the kernel's rule,
 * and the kill switch has the value of its last good word, with any other words on the
 * line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

/*
 * A word ends at white space with an even number of quotes before it. One quote at the
 * start of the word or of its value goes, and then one at the end.
 */
static char *word_take(char **cursor)
{
	char *word = *cursor + strspn(*cursor, " \t\n\v\f\r\xa0"), *end = word;
	unsigned int quotes = 0;

	for (; *end && (quotes % 2 || !strchr(" \t\n\v\f\r\xa0", *end)); end++)
		quotes += *end == '"';
	*cursor = *end ? end + 1 : end;
	*end = '\0';
	return end > word ? word : NULL;
}

static char *word_cut(char **word)
{
	bool quoted = **word == '"';
	char *value, *end;

	*word += quoted;
	value = **word ? strchr(*word + 1, '=') : NULL;
	if (value)
		*value++ = '\0';
	if (value && *value == '"') {
		quoted = true;
		value++;
	}
	end = value ? value + strlen(value) : *word + strlen(*word);
	if (quoted && end > (value ? value : *word) && end[-1] == '"')
		end[-1] = '\0';
	return value;
}

/* The mode that the naive reading gives, with every word compared on the way. */
static enum config_mode fuzz_split(const char *line, char *copy, size_t size)
{
	enum config_mode mode = CONFIG_MODE_ON;
	char *name = malloc(size), *value = malloc(size), *word, *wanted;
	const char *cursor = line;

	demand(name && value);
	while ((word = word_take(&copy))) {
		wanted = word_cut(&word);
		if (!wanted && !strcmp(word, "--"))
			break;
		demand(cmdline_next(&cursor, name, size, value, size));
		demand(!strcmp(name, word) && !strcmp(value, wanted ? wanted : ""));
		for (enum config_mode i = CONFIG_MODE_ON; i <= CONFIG_MODE_OFF; i++)
			if (cmdline_name_equal(word, "vfio-early.mode") && wanted &&
			    !strcmp(wanted, config_mode_names[i]))
				mode = i;
	}
	demand(!cmdline_next(&cursor, name, size, value, size));
	free(name);
	free(value);
	return mode;
}

static void fuzz_apply(const char *line, enum config_mode mode)
{
	static struct config config;
	struct fault fault = { 0 };
	int error;

	config_init(&config);
	error = cmdline_apply(line, &config, &fault);
	demand(config.mode == mode);
	demand(config.invalid == (error < 0) && (fault.text[0] != '\0') == (error < 0));
	demand(fault.error == error && config.fault.error == error);
	demand(config.deadline >= 1 && config.deadline <= CONFIG_DEADLINE_MAX);
	demand(config.n_targets <= CONFIG_TARGETS_MAX);
	for (const char *c = fault.text; *c; c++)
		demand(*c >= ' ' && *c <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), *copy = malloc(size + 1);

	if (line && copy) {
		memcpy(line, data, size);
		line[size] = '\0';
		memcpy(copy, line, size + 1);
		fuzz_apply(line, fuzz_split(line, copy, size + 1));
	}
	free(line);
	free(copy);
	return 0;
}

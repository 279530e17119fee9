// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A config is accepted or refused with a message; the same text gives the same config;
 * and an accepted config, written in its plainest form, is parsed to the same config.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/config.h"

#define TEXT_MAX (CONFIG_TARGETS_MAX * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

static char text[TEXT_MAX], text_again[TEXT_MAX];
static size_t used;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	used += (size_t)vsnprintf(text + used, sizeof(text) - used, format, args);
	va_end(args);
	demand(used < sizeof(text));
}

static void put_ids(const struct config_target *target)
{
	char word[PCI_ID_TEXT];

	demand(target->n_ids <= CONFIG_IDS_MAX);
	for (size_t i = 0; i < target->n_ids; i++) {
		pci_id_format(&target->ids[i], word);
		put("%s%s", i ? "," : "ids=", word);
	}
	put("\n");
}

static void put_target(const struct config_target *target)
{
	char word[PCI_PATH_TEXT];

	put("[target %s]\n", target->name);
	put_ids(target);
	pci_address_format(&target->address, word);
	if (target->has_address)
		put("address=%s\n", word);
	pci_path_format(&target->path, word);
	if (target->has_path)
		put("path=%s\n", word);
	if (target->has_functions)
		put("functions=");
	for (unsigned int i = 0, n = 0; i < 8; i++)
		if (target->functions & 1U << i)
			put("%s%u", n++ ? "," : "", i);
	put("\npeers=%s\n", target->take_peers ? "take" : "refuse");
	put("boot-display=%s\n", target->allow_boot_display ? "allow" : "refuse");
	put("host-network=%s\n", target->allow_host_network ? "allow" : "refuse");
	put("optional=%s\n", target->optional ? "yes" : "no");
	put("all=%s\n", target->all ? "yes" : "no");
	put("driver=%s\n", target->driver[0] ? target->driver : "auto");
}

static void check_target(const struct config_target *target)
{
	demand(target->n_ids || target->has_address || target->has_path);
	demand(target->has_functions == (target->functions != 0));
	demand(!target->driver[0] || strstr(target->driver, "vfio"));
	demand(target->name[0] && target->line && !strcmp(target->file, "f"));
}

/* Leaves the plain form of the config in @text. */
static int parse(struct config *config, const char *bytes, size_t size)
{
	struct fault fault = { 0 };
	int error;

	config_init(config);
	error = config_parse(config, "f", bytes, size, &fault);
	demand(config->invalid == (error < 0) && fault.error == error);
	demand((fault.text[0] != '\0') == (error < 0));
	demand(!strcmp(fault.text, config->fault.text));
	demand(!error || !strncmp(fault.text, "f:", 2));
	for (const char *c = fault.text; *c; c++)
		demand(*c >= ' ' && *c <= '~');
	demand(config->n_targets <= CONFIG_TARGETS_MAX);
	used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < config->n_targets; i++) {
		check_target(&config->targets[i]);
		put_target(&config->targets[i]);
	}
	return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config;
	char *bytes = malloc(size ? size : 1), fault[FAULT_TEXT_MAX];
	int error;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	error = parse(&config, bytes, size);
	memcpy(fault, config.fault.text, sizeof(fault));
	memcpy(text_again, text, sizeof(text));

	demand(parse(&config, bytes, size) == error);
	demand(!strcmp(fault, config.fault.text) && !strcmp(text, text_again));

	demand(!parse(&config, text_again, strlen(text_again)));
	demand(!strcmp(text, text_again));

	if (size)
		bytes[size - 1] = '\0';
	config_image_get(size ? bytes : "", "generator", fault, sizeof(fault));
	demand(memchr(fault, '\0', sizeof(fault)) != NULL);
	free(bytes);
	return 0;
}

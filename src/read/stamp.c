// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/stamp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "read/config_read.h"
#include "read/guard_read.h"

#define MODULES_MAX (CONFIG_TARGETS_MAX * CONFIG_DRIVER_MAX + 64)

/* type1 comes along only as a softdep of vfio, which not every generator follows. */
static const char modules_always[] = "vfio-pci vfio_iommu_type1";

/* A word that an INI value can hold as it is. */
static bool generator_good(const char *generator)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t length = strlen(generator);

	return length && length < CONFIG_WORD_MAX && strspn(generator, allowed) == length;
}

static bool list_has(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static void modules_list(const struct config *config, bool guard,
			 char modules[static MODULES_MAX])
{
	size_t length = (size_t)snprintf(modules, MODULES_MAX, "%s%s", modules_always,
					 guard ? " efivarfs" : "");

	for (size_t i = 0; i < config->n_targets; i++) {
		const char *driver = config->targets[i].driver;

		if (!driver[0] || list_has(modules, driver))
			continue;
		length += (size_t)snprintf(modules + length, MODULES_MAX - length, " %s",
					   driver);
	}
}

static enum status generator_fault(const char *generator, struct fault *fault)
{
	char found[QUOTE_TEXT_MAX];

	quote_format(generator, strlen(generator), found);
	(void)fault_set(fault, -EINVAL,
			"--image: found %s, expected the name of a generator: letters, "
			"digits, '-', '_' and '.'",
			found);
	return STATUS_BAD;
}

enum status image_describe(const struct sysroot *root, const char *generator,
			   char text[static IMAGE_TEXT_MAX], struct fault *fault)
{
	struct config *config cleanup_free = calloc(1, sizeof(*config));
	char hash[CONFIG_WORD_MAX], modules[MODULES_MAX];
	bool guard = !guard_obstacle(root); /* else a boot of two would take nothing */

	text[0] = '\0';
	if (!generator_good(generator))
		return generator_fault(generator, fault);
	if (!config) {
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_BAD;
	}
	(void)config_read(root, NULL, "", config);
	config_hash_format(config, hash);
	modules_list(config, guard, modules);
	(void)snprintf(text, IMAGE_TEXT_MAX,
		       "[image]\ngenerator = %s\nversion = %s\nconfig_hash = %s\n"
		       "modules = %s\n%s",
		       generator, VFIO_EARLY_VERSION, hash, modules,
		       guard ? "guard = systemd\n" : "");
	if (!config->n_files)
		return STATUS_SHORT;
	if (!config->invalid)
		return STATUS_GOOD;
	*fault = config->fault;
	return STATUS_BAD;
}

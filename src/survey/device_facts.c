// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/device_facts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"

#define DEVICES "sys/bus/pci/devices"
#define RULE "61-vfio-early.rules"
#define SECURE_BOOT \
	"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* `START END FLAGS` in hex, a line for each BAR; flag 0x20000000: no address */
static void bar_parse(const char *text, uint64_t *size)
{
	char word[3][LINES_WORD_MAX];
	uint64_t value[3] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		if (!lines_word(&text, " ", word[i]) || strncmp(word[i], "0x", 2) != 0 ||
		    number_parse(word[i] + 2, strlen(word[i] + 2), 16, UINT64_MAX,
				 &value[i]) < 0)
			return;
	if (value[2] & 0x200 && !(value[2] & 0x20000000) && value[1] > value[0])
		*size = value[1] - value[0] + 1;
}

static void bar_take(const struct line *line, void *context)
{
	struct device_facts *facts = context;

	if (line->number <= DEVICE_BARS)
		bar_parse(line->text, &facts->sizes[line->number - 1]);
}

static void resizable_read(const struct sysroot *root, const char *address, size_t bar,
			   uint64_t *ret_possible)
{
	char path[SYSROOT_PATH_MAX], text[32];
	ssize_t length;

	(void)snprintf(path, sizeof(path), DEVICES "/%s/resource%zu_resize", address,
		       bar);
	length = sysroot_read(root->fd, path, text, sizeof(text));
	if (length > 0)
		(void)number_parse(text, (size_t)length, 16, UINT64_MAX >> 20,
				   ret_possible);
}

void device_facts_read(const struct sysroot *root, const struct host *host,
		       size_t function, struct device_facts *facts)
{
	const char *address = PCI_ADDRESS(&host->functions[function].address);
	char path[SYSROOT_PATH_MAX];

	memset(facts, 0, sizeof(*facts));
	(void)snprintf(path, sizeof(path), DEVICES "/%s/reset_method", address);
	facts->has_reset_method = sysroot_exists(root->fd, path);
	(void)snprintf(path, sizeof(path), DEVICES "/%s/resource", address);
	(void)lines_read(root, path, bar_take, facts);
	for (size_t i = 0; i < DEVICE_BARS; i++)
		resizable_read(root, address, i, &facts->resizable[i]);
	for (size_t at = function, depth = 0;
	     at != HOST_NO_PARENT && depth < PCI_PATH_DEPTH_MAX;
	     at = host->functions[at].parent, depth++)
		facts->is_removable = facts->is_removable ||
				      host->functions[at].removable;
}

static bool any_thunderbolt(const struct sysroot *root)
{
	cleanup_listing struct listing *list = NULL;

	return !sysroot_list(root->fd, "sys/bus/thunderbolt/devices", &list) &&
	       sysroot_list_next(list);
}

/* `none [integrity] confidentiality`: the one in brackets */
static enum lockdown lockdown_read(const struct sysroot *root)
{
	char text[128];
	ssize_t length = sysroot_read(root->fd, "sys/kernel/security/lockdown", text,
				      sizeof(text));

	if (length < 0 && length != -ENOENT)
		return LOCKDOWN_UNKNOWN;
	if (length <= 0)
		return LOCKDOWN_ABSENT;
	return strstr(text, "[none]") ? LOCKDOWN_OFF : LOCKDOWN_ON;
}

void device_setting_read(const struct sysroot *root, struct device_setting *setting)
{
	char variable[8];
	ssize_t length = sysroot_read(root->fd, SECURE_BOOT, variable, sizeof(variable));

	*setting = (struct device_setting){
		.has_rule = sysroot_exists(root->fd, "usr/lib/udev/rules.d/" RULE) ||
			    sysroot_exists(root->fd, "lib/udev/rules.d/" RULE),
		.thunderbolt = any_thunderbolt(root),
		.lockdown = lockdown_read(root),
		.secure_boot = length == 5 && variable[4] == 1,
	};
}

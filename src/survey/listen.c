// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/listen.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "survey/claim.h"
#include "survey/kernel_log_read.h"

/*
 * A module speaks by its own name or by that of its driver, which can be another one: the
 * driver of xhci_pci is xhci_hcd. A loaded module links its drivers: `pci:xhci_hcd`.
 */
static void module_want(const struct sysroot *root, const char *module,
			struct messages *messages)
{
	static const char bus[] = "pci:";
	cleanup_closedir DIR *list = NULL;
	char path[HOST_NAME_MAX + 32];
	const char *entry;

	messages_want_driver(messages, module);
	(void)snprintf(path, sizeof(path), "sys/module/%s/drivers", module);
	if (sysroot_list(root->fd, path, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list)))
		if (!strncmp(entry, bus, strlen(bus)))
			messages_want_driver(messages, entry + strlen(bus));
}

void listen_read(const struct sysroot *root, const struct report *report,
		 const struct now *now, const struct drift *drift,
		 struct messages *messages)
{
	messages_want(messages, report, drift);
	for (size_t i = 0; now->host && i < now->host->n_functions; i++) {
		char address[PCI_ADDRESS_TEXT];
		struct claims claims;

		pci_address_format(&now->host->functions[i].address, address);
		if (!messages_is_about(messages, address))
			continue;
		claims_read(root, now->host, i, &claims);
		for (size_t j = 0; j < claims.count; j++)
			module_want(root, claims.list[j].module, messages);
	}
	journal_read(root, now->boot_id, messages);
}

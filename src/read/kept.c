// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/kept.h"

#include "base/cleanup.h"

struct kept_function *kept_find(struct kept *kept, const struct pci_address *address)
{
	for (size_t i = 0; kept && i < kept->n; i++)
		if (!pci_address_compare(&kept->functions[i].address, address))
			return &kept->functions[i];
	return NULL;
}

void kept_remove(struct kept *kept, struct kept_function *function)
{
	cleanup_close_p(&function->dir);
	cleanup_close_p(&function->override);
	cleanup_close_p(&function->device);
	*function = kept->functions[--kept->n];
}

struct kept_function *kept_add(struct kept *kept, const struct pci_address *address,
			       int dir, int override)
{
	struct kept_function *before = kept_find(kept, address);

	if (before)
		kept_remove(kept, before);
	if (!kept || kept->n == KEPT_MAX)
		return NULL;
	kept->functions[kept->n] = (struct kept_function){ *address, dir, override, -1 };
	return &kept->functions[kept->n++];
}

void kept_done(struct kept *kept)
{
	while (kept->n)
		kept_remove(kept, kept->functions);
	cleanup_close_p(&kept->devices);
	cleanup_close_p(&kept->bind);
	kept->devices = kept->bind = -1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NETWORK_H
#define VFIO_EARLY_NETWORK_H

/* Which network links, and which PCI functions, the host's routes lead through. */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define ROUTES_MAX 16
#define ROUTES_LINK_MAX 64

/**
 * struct routes - links of routes: a machine may have several
 * @any: of all routes, not just of the default ones
 * @more: there are more than fit
 */
struct routes {
	char links[ROUTES_MAX][ROUTES_LINK_MAX];
	size_t count;
	bool any;
	bool more;
};

/**
 * routes_read() - /proc/net/route and ipv6_route
 * @routes: zeroed, or @any is set
 */
void routes_read(const struct sysroot *root, struct routes *routes);

/** routes_use() - does one lead through this link, or through what stands on it? */
bool routes_use(const struct sysroot *root, const struct routes *routes,
		const char *link);

/**
 * network_read() - mark the functions that the host's routes lead through
 * @host: its functions are there, and network_needed; has_route is set
 *
 * Return: whether for each route there is such a function
 */
bool network_read(const struct sysroot *root, struct host *host);

#endif

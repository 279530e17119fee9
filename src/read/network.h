/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NETWORK_H
#define VFIO_EARLY_NETWORK_H

/* Network links and PCI functions that the host's routes use. */

#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define ROUTES_MAX 16
#define ROUTES_LINK_MAX 64

/**
 * struct routes - links of the host's routes
 * @any: links of all routes, not just of default routes
 * @more: there are more links than fit
 */
struct routes {
	char links[ROUTES_MAX][ROUTES_LINK_MAX];
	size_t count;
	bool any;
	bool more;
};

/**
 * routes_read() - read /proc/net/route and ipv6_route
 * @routes: zeroed, or @any is set
 */
void routes_read(const struct sysroot *root, struct routes *routes);

/**
 * routes_use() - does a route use this link, or a link on top of it (bridge, VLAN, bond)?
 */
bool routes_use(const struct sysroot *root, const struct routes *routes,
		const char *link);

/**
 * network_read() - mark the functions that the host's routes use
 * @host: its functions and network_needed are filled already; has_route is filled
 *
 * Return: true when the function of each route is known
 */
bool network_read(const struct sysroot *root, struct host *host);

#endif

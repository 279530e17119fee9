// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/network.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"

#define NET "sys/class/net"
#define LINK_MAX (SYSROOT_PATH_MAX * 2)
#define DEPTH_MAX 8

static void route_add(struct routes *routes, const char *link)
{
	if (!strcmp(link, "lo"))
		return;
	for (size_t i = 0; i < routes->count; i++)
		if (!strncmp(routes->links[i], link, ROUTES_LINK_MAX - 1))
			return;
	routes->more = routes->more || routes->count == ROUTES_MAX;
	if (routes->count < ROUTES_MAX)
		(void)snprintf(routes->links[routes->count++], ROUTES_LINK_MAX, "%.60s",
			       link);
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ...: the default is all zeros */
static void route_take(const struct line *line, void *context)
{
	struct routes *routes = context;
	char word[8][LINES_WORD_MAX];

	if (lines_words(line->text, word, ARRAY_SIZE(word)) < ARRAY_SIZE(word))
		return;
	if ((routes->any && strcmp(word[1], "Destination") != 0) ||
	    (!strcmp(word[1], "00000000") && !strcmp(word[7], "00000000")))
		route_add(routes, word[0]);
}

/*
 * destination, its prefix, source, its prefix, gateway, ..., name. Every link has routes
 * to fe80::/10 and ff00::/8; a default without a gateway is the kernel's own "no route".
 */
static void route6_take(const struct line *line, void *context)
{
	static const char zeros[] = "00000000000000000000000000000000";
	struct routes *routes = context;
	char word[10][LINES_WORD_MAX];

	if (lines_words(line->text, word, ARRAY_SIZE(word)) < ARRAY_SIZE(word))
		return;
	if (strcmp(word[0], zeros) != 0) {
		if (routes->any && strncmp(word[0], "fe80", 4) != 0 &&
		    strncmp(word[0], "ff", 2) != 0)
			route_add(routes, word[9]);
	} else if (!strcmp(word[1], "00") && strcmp(word[4], zeros) != 0) {
		route_add(routes, word[9]);
	}
}

void routes_read(const struct sysroot *root, struct routes *routes)
{
	(void)lines_read(root, "proc/net/route", route_take, routes);
	(void)lines_read(root, "proc/net/ipv6_route", route6_take, routes);
}

/* A bridge, bond or VLAN stands on others: links lower_NAME (net/core/dev.c). */
static bool stands_on(const struct sysroot *root, const char *top, const char *link,
		      unsigned int depth)
{
	cleanup_listing struct listing *list = NULL;
	char path[128];
	const char *entry;

	if (!strcmp(top, link))
		return true;
	(void)snprintf(path, sizeof(path), NET "/%.64s", top);
	if (depth == DEPTH_MAX || sysroot_list(root->fd, path, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list)))
		if (!strncmp(entry, "lower_", 6) &&
		    stands_on(root, entry + 6, link, depth + 1))
			return true;
	return false;
}

bool routes_use(const struct sysroot *root, const struct routes *routes, const char *link)
{
	for (size_t i = 0; i < routes->count; i++)
		if (stands_on(root, routes->links[i], link, 0))
			return true;
	return false;
}

/*
 * Marks the functions of all links that @top stands on. @top NULL: of all that belong to
 * a bridge, bond or switch: Open vSwitch does not show what its ports stand on.
 */
static bool route_mark(const struct sysroot *root, struct host *host, const char *top)
{
	cleanup_listing struct listing *list = NULL;
	bool found = false;
	const char *entry;

	if (sysroot_list(root->fd, NET, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list))) {
		char path[LINK_MAX], master[256];
		size_t function;

		(void)snprintf(master, sizeof(master), "%.200s/master", entry);
		if (sysroot_link(list->fd, entry, path, sizeof(path)) < 0 ||
		    !host_of_path(host, path, &function) ||
		    (top ? !stands_on(root, top, entry, 0) :
			   !sysroot_exists(list->fd, master)))
			continue;
		host->functions[function].has_route = true;
		found = true;
	}
	return found;
}

bool network_read(const struct sysroot *root, struct host *host)
{
	struct routes routes = { .any = host->network_needed };
	bool known;

	routes_read(root, &routes);
	known = !routes.more;
	for (size_t i = 0; i < routes.count; i++)
		if (!route_mark(root, host, routes.links[i])) {
			(void)route_mark(root, host, NULL);
			known = false;
		}
	return known;
}

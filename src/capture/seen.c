// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/seen.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* sysroot_watch takes no context: there is one look at a time. */
static struct watching {
	struct seen *seen;
	int fd;
	char root[PATH_MAX];
} watching;

/* Where an open directory is, as the kernel says */
static bool place_of(int fd, char place[static PATH_MAX])
{
	char link[64];

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return sysroot_link(AT_FDCWD, link, place, PATH_MAX) >= 0;
}

static void path_add(struct seen *seen, char *path, enum sysroot_deed deed)
{
	if (seen->count == seen->room) {
		size_t room = seen->room ? seen->room * 2 : 1024;
		struct seen_path *list = realloc(seen->list, room * sizeof(*list));

		seen->failed = seen->failed || !list;
		if (!list) {
			free(path);
			return;
		}
		seen->list = list;
		seen->room = room;
	}
	seen->list[seen->count++] = (struct seen_path){ path, deed };
}

/* The directory of the look, below the root; NULL: it is elsewhere */
static const char *below_root(const char *place)
{
	size_t length = strlen(watching.root);

	if (length == 1) /* "/" */
		return place + 1;
	if (strncmp(place, watching.root, length) != 0 ||
	    (place[length] && place[length] != '/'))
		return NULL;
	return place[length] ? place + length + 1 : "";
}

static void look_note(int dir, const char *name, enum sysroot_deed deed)
{
	struct seen *seen = watching.seen;
	char place[PATH_MAX];
	const char *folder = "";
	char *path = NULL;

	if (!*name || *name == '/')
		return;
	if (dir != watching.fd) {
		sysroot_watch = NULL; /* place_of() looks, too */
		folder = place_of(dir, place) ? below_root(place) : NULL;
		sysroot_watch = look_note;
	}
	if (!folder)
		return;
	if (asprintf(&path, "%s%s%s", folder, *folder ? "/" : "", name) < 0)
		seen->failed = true;
	else
		path_add(seen, path, deed);
}

void seen_begin(struct seen *seen, const struct sysroot *root)
{
	watching = (struct watching){ .seen = seen, .fd = root->fd };
	if (place_of(root->fd, watching.root))
		sysroot_watch = look_note;
	else
		seen->failed = true;
}

static int path_compare(const void *a, const void *b)
{
	const struct seen_path *one = a, *other = b;
	int order = strcmp(one->path, other->path);

	return order ? order : (int)one->deed - (int)other->deed;
}

void seen_end(struct seen *seen)
{
	size_t kept = 0;

	sysroot_watch = NULL;
	if (seen->count)
		qsort(seen->list, seen->count, sizeof(*seen->list), path_compare);
	for (size_t i = 0; i < seen->count; i++)
		if (kept && !path_compare(&seen->list[kept - 1], &seen->list[i]))
			free(seen->list[i].path);
		else
			seen->list[kept++] = seen->list[i];
	seen->count = kept;
}

void seen_done(struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++)
		free(seen->list[i].path);
	free(seen->list);
	*seen = (struct seen){ 0 };
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/capture_files.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

void capture_path(char path[static CAPTURE_PATH_MAX], const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(path, CAPTURE_PATH_MAX, format, args);
	va_end(args);
	if (length < 0 || length >= CAPTURE_PATH_MAX)
		path[0] = '\0';
}

/* Names can be as private as text: sys/fs/btrfs has UUIDs of file systems. */
static char *scrubbed(struct capture *capture, const char *text, size_t length,
		      size_t *ret_length)
{
	char *copy = NULL;
	FILE *out = open_memstream(&copy, ret_length);

	if (!out)
		return NULL;
	scrub_text(&capture->scrub, text, length, out);
	if (!fclose(out))
		return copy;
	free(copy);
	return NULL;
}

void capture_add(struct capture *capture, enum tarball_kind kind, const char *path,
		 const char *data, size_t length)
{
	size_t size;
	cleanup_free char *name = scrubbed(capture, path, strlen(path), &size);

	if (name)
		tarball_add(&capture->tarball, kind, name, data, length);
	else
		capture->tarball.failed = true;
}

bool capture_has(struct capture *capture, const char *path)
{
	size_t size;
	cleanup_free char *name = scrubbed(capture, path, strlen(path), &size);

	return name && tarball_has(&capture->tarball, name);
}

void capture_put(struct capture *capture, const char *path, const char *text,
		 size_t length)
{
	size_t size;
	cleanup_free char *copy = scrubbed(capture, text, length, &size);

	if (copy)
		capture_add(capture, TARBALL_FILE, path, copy, size);
	else
		capture->tarball.failed = true;
}

static void file_take(struct capture *capture, enum capture_how how, const char *from,
		      const char *to)
{
	cleanup_free char *text = NULL;
	size_t length;

	if (sysroot_load(capture->root->fd, from, CAPTURE_FILE_MAX, &text, &length) < 0)
		return;
	if (how == CAPTURE_TEXT)
		capture_put(capture, to, text, length);
	else
		capture_add(capture, TARBALL_FILE, to, text, length);
}

void capture_put_link(struct capture *capture, const char *path, const char *target)
{
	size_t size;
	cleanup_free char *copy = scrubbed(capture, target, strlen(target), &size);

	if (copy)
		capture_add(capture, TARBALL_LINK, path, copy, size);
	else
		capture->tarball.failed = true;
}

static void link_take(struct capture *capture, const char *from, const char *to)
{
	char target[CAPTURE_PATH_MAX];

	if (sysroot_link(capture->root->fd, from, target, sizeof(target)) >= 0)
		capture_put_link(capture, to, target);
}

void capture_take_as(struct capture *capture, enum capture_how how, const char *from,
		     const char *to)
{
	switch (how) {
	case CAPTURE_TEXT:
	case CAPTURE_BYTES:
		file_take(capture, how, from, to);
		return;
	case CAPTURE_LINK:
		link_take(capture, from, to);
		return;
	case CAPTURE_MARK:
	case CAPTURE_FOLDER:
		if (*from && sysroot_exists(capture->root->fd, from))
			capture_add(capture,
				    how == CAPTURE_MARK ? TARBALL_FILE : TARBALL_DIR, to,
				    "", 0);
		return;
	}
}

void capture_take(struct capture *capture, enum capture_how how, const char *path)
{
	capture_take_as(capture, how, path, path);
}

void capture_take_all(struct capture *capture, enum capture_how how,
		      const char *directory, const char *suffix)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(capture->root->fd, directory, &list) < 0)
		return;
	capture_take(capture, CAPTURE_FOLDER, directory);
	while ((entry = sysroot_list_next(list))) {
		char path[CAPTURE_PATH_MAX];

		if (!text_ends(entry, suffix))
			continue;
		capture_path(path, "%s/%s", directory, entry);
		capture_take(capture, how, path);
	}
}

/* Cuts the last component off. */
static void path_up(char path[static CAPTURE_PATH_MAX])
{
	char *slash = strrchr(path, '/');

	*(slash ? slash : path) = '\0';
}

void capture_resolve(const struct capture *capture, const char *link,
		     char path[static CAPTURE_PATH_MAX])
{
	char target[CAPTURE_PATH_MAX], *cursor = target, *part;

	capture_path(path, "%s", link);
	if (sysroot_link(capture->root->fd, link, target, sizeof(target)) < 0 ||
	    target[0] == '/')
		return;
	path_up(path);
	while ((part = strsep(&cursor, "/"))) {
		size_t used = strlen(path);

		if (!strcmp(part, ".."))
			path_up(path);
		else if (*part && strcmp(part, "."))
			(void)snprintf(path + used, CAPTURE_PATH_MAX - used, "%s%s",
				       used ? "/" : "", part);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "array.h"
#include "cleanup.h"
#include "json_value.h"

#define REPORT_NAME "report.json"
#define TEMPORARY_NAME ".report.json.new"

static int all_write(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(fd, text, length);

		if (written < 0)
			return -errno;
		if (!written)
			return -EIO;
		text += written;
		length -= (size_t)written;
	}
	return 0;
}

static int file_write(int dir, const char *text)
{
	cleanup_close int fd = -1;
	int error;

	(void)unlinkat(dir, TEMPORARY_NAME, 0);
	fd = openat(dir, TEMPORARY_NAME,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	error = fchmod(fd, 0644) < 0 ? -errno : all_write(fd, text, strlen(text));
	if (!error && renameat(dir, TEMPORARY_NAME, dir, REPORT_NAME) < 0)
		error = -errno;
	if (error)
		(void)unlinkat(dir, TEMPORARY_NAME, 0);
	return error;
}

/* @path: of the report, its directory is made where it is missing */
static int place_write(const struct sysroot *root, const char *path, const char *text)
{
	const char *end = strrchr(path, '/');
	char name[SYSROOT_PATH_MAX];
	cleanup_close int dir = -1;

	(void)snprintf(name, sizeof(name), "%.*s", (int)(end - path), path);
	if (mkdirat(root->fd, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	dir = openat(root->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	if (fchmod(dir, 0755) < 0)
		return -errno;
	return file_write(dir, text);
}

/* Return: to be freed; NULL: no memory */
static char *run_dump(const struct run *run)
{
	json_t *object = report_to_json(run);
	char *json cleanup_free = NULL;
	char *text = NULL;

	if (!object)
		return NULL;
	json = json_dumps(object, JSON_VALUE_FLAGS);
	json_decref(object);
	if (!json || asprintf(&text, "%s\n", json) < 0)
		return NULL;
	return text;
}

int report_write(const struct sysroot *root, const struct run *run, const char **ret_path,
		 struct fault *fault)
{
	static const char *const places[] = { REPORT_PATH, REPORT_FALLBACK_PATH };
	char *text cleanup_free = run_dump(run);
	int error = 0;

	if (!text)
		return fault_set(fault, -ENOMEM, "report: %s", strerror(ENOMEM));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		error = place_write(root, places[i], text);
		if (!error) {
			*ret_path = places[i];
			return 0;
		}
		(void)fault_set(fault, error, "%s: %s", places[i], strerror(-error));
	}
	return error;
}

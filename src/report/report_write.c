// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "report/document.h"

#define TEMPORARY_NAME ".report.json.new"
#define FILE_MODE 0644 /* whatever the umask is */
#define DIRECTORY_MODE 0755
#define RECORD_MAX (8 << 20)

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

/* A file of that name was left by a run that was killed. */
static int file_open(int dir)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
	int fd = openat(dir, TEMPORARY_NAME, flags | O_CLOEXEC, FILE_MODE);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	(void)unlinkat(dir, TEMPORARY_NAME, 0);
	return openat(dir, TEMPORARY_NAME, flags | O_CLOEXEC, FILE_MODE);
}

static int file_write(int dir, const char *text, size_t length)
{
	cleanup_close int fd = file_open(dir);
	int error;

	if (fd < 0)
		return -errno;
	error = fchmod(fd, FILE_MODE) < 0 ? -errno : all_write(fd, text, length);
	if (!error && renameat(dir, TEMPORARY_NAME, dir, REPORT_NAME) < 0)
		error = -errno;
	if (error)
		(void)unlinkat(dir, TEMPORARY_NAME, 0);
	return error;
}

/* Where the report may be */
static const struct place {
	const char *directory;
	const char *path;
} places[] = {
	{ REPORT_DIR, REPORT_PATH },
	{ REPORT_FALLBACK_DIR, REPORT_FALLBACK_PATH },
};

/* The lock of this run has made the first place's directory, mostly. */
static int directory_open(const struct sysroot *root, const char *name)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
	int dir = openat(root->fd, name, flags | O_CLOEXEC);

	if (dir >= 0 || errno != ENOENT)
		return dir;
	if (mkdirat(root->fd, name, DIRECTORY_MODE) < 0 && errno != EEXIST)
		return -1;
	return openat(root->fd, name, flags | O_CLOEXEC);
}

/*
 * Before an initramfs has mounted /run (rdinit=), /run is a directory of the image, which
 * is hidden soon. Every mount of devtmpfs shows the same file system.
 */
static bool directory_lasts(const struct sysroot *root, const struct stat *directory)
{
	struct stat top;

	return !root->live || fstat(root->fd, &top) < 0 ||
	       top.st_dev != directory->st_dev;
}

/* @lasting: -EAGAIN where it would be hidden soon */
static int place_write(const struct sysroot *root, const struct place *place,
		       bool lasting, const char *text, size_t length)
{
	cleanup_close int dir = directory_open(root, place->directory);
	struct stat status;

	if (dir < 0 || fstat(dir, &status) < 0)
		return -errno;
	if (lasting && !directory_lasts(root, &status))
		return -EAGAIN;
	/* the library's fchmodat() is large, since it knows flags */
	if (status.st_mode != (S_IFDIR | DIRECTORY_MODE) &&
	    syscall(SYS_fchmodat, dir, ".", DIRECTORY_MODE) < 0)
		return -errno;
	return file_write(dir, text, length);
}

static const char *text_get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* Another boot's, another version's, and what is no report cannot be added to. */
static bool is_usable(const json_t *record, const struct run *run)
{
	return json_integer_value(json_object_get(record, "version")) == REPORT_VERSION &&
	       !strcmp(text_get(record, "boot_id"), run->boot_id) &&
	       json_is_array(json_object_get(record, "targets")) &&
	       json_is_array(json_object_get(record, "actions"));
}

/* The report that a late run adds to; NULL: there is none that can be used. */
static json_t *record_load(const struct sysroot *root, const struct run *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *text cleanup_free = NULL;
		size_t length;
		json_t *record;

		if (sysroot_load(root->fd, places[i].path, RECORD_MAX, &text, &length) <
		    0)
			continue;
		record = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
		if (is_usable(record, run))
			return record;
		json_decref(record);
	}
	return NULL;
}

/* Return: to be freed; NULL: no memory */
static char *run_text(const struct sysroot *root, const struct run *run,
		      size_t *ret_length)
{
	struct document document = { 0 };
	json_t *merged;

	report_document(&document, run);
	if (run->late) {
		merged = report_late(record_load(root, run), document_parse(&document));
		document_json(&document, NULL, merged);
		json_decref(merged);
	}
	return document_end(&document, ret_length);
}

int report_write(const struct sysroot *root, const struct run *run, const char **ret_path,
		 struct fault *fault)
{
	size_t length;
	char *text cleanup_free = run_text(root, run, &length);
	int error = 0;

	if (!text)
		return fault_set(fault, -ENOMEM, "report: %s", strerror(ENOMEM));
	/* at last where it is hidden soon, rather than nowhere */
	for (size_t i = 0; i <= ARRAY_SIZE(places); i++) {
		const struct place *place = &places[i % ARRAY_SIZE(places)];
		const struct place *other = &places[(i + 1) % ARRAY_SIZE(places)];

		error = place_write(root, place, !i, text, length);
		if (!error) {
			(void)unlinkat(root->fd, other->path, 0); /* an older one */
			*ret_path = place->path;
			return 0;
		}
		if (error == -EAGAIN)
			(void)fault_set(fault, error, "run: it is not mounted yet");
		else
			(void)fault_set(fault, error, "%s: %s", place->path,
					strerror(-error));
	}
	return error;
}

static bool functions_overlap(const json_t *one, const json_t *other)
{
	for (size_t i = 0; i < json_array_size(one); i++)
		for (size_t j = 0; j < json_array_size(other); j++)
			if (!strcmp(text_get(json_array_get(one, i), "address"),
				    text_get(json_array_get(other, j), "address")))
				return true;
	return false;
}

/* With all = yes several have one name: an absent one is the place for a new card. */
static bool is_same(const json_t *recorded, const json_t *target)
{
	const json_t *functions = json_object_get(recorded, "functions");

	return !strcmp(text_get(recorded, "name"), text_get(target, "name")) &&
	       (!json_array_size(functions) ||
		functions_overlap(functions, json_object_get(target, "functions")));
}

static bool target_put(json_t *targets, json_t *target)
{
	for (size_t i = 0; i < json_array_size(targets); i++)
		if (is_same(json_array_get(targets, i), target))
			return !json_array_set(targets, i, target);
	return !json_array_append(targets, target);
}

static bool mark(const json_t *late)
{
	const json_t *targets = json_object_get(late, "targets");

	for (size_t i = 0; i < json_array_size(targets); i++)
		if (json_object_set_new(json_array_get(targets, i), "late", json_true()))
			return false;
	return late;
}

static bool is_same_action(const json_t *one, const json_t *other)
{
	static const char *const keys[] = { "type", "target", "address" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(text_get(one, keys[i]), text_get(other, keys[i])) != 0)
			return false;
	return true;
}

/* Only the last time counts: a card may come and go all day. */
static bool action_put(json_t *actions, json_t *action)
{
	for (size_t i = json_array_size(actions); i--;)
		if (is_same_action(json_array_get(actions, i), action))
			(void)json_array_remove(actions, i);
	return !json_array_append(actions, action);
}

static bool join(const json_t *record, const json_t *late, const char *key,
		 bool (*put)(json_t *array, json_t *element))
{
	json_t *array = json_object_get(record, key);
	const json_t *more = json_object_get(late, key);

	for (size_t i = 0; i < json_array_size(more); i++)
		if (!put(array, json_array_get(more, i)))
			return false;
	return json_is_array(array);
}

json_t *report_late(json_t *record, json_t *late)
{
	bool good = mark(late) &&
		    (!record || (join(record, late, "targets", target_put) &&
				 join(record, late, "actions", action_put)));

	if (record)
		json_decref(late);
	else
		record = late;
	if (good)
		return record;
	json_decref(record);
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sysroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"

#define ATTRIBUTE_PAGE 4096 /* PAGE_SIZE is this, or a multiple of it */
#define NUMBER_MAX 32
#define LOAD_FIRST 4096 /* sysfs attributes are never longer */

void (*sysroot_watch)(int dir, const char *name, enum sysroot_deed deed);

void sysroot_seen(int dir, const char *name, enum sysroot_deed deed)
{
	if (sysroot_watch)
		sysroot_watch(dir, name, deed);
}

/* By its members: a copy of the whole would be a page of the stack. */
int sysroot_open(const char *path, struct sysroot *ret_root, struct fault *fault)
{
	size_t length = path ? strlen(path) : 0;
	int fd;

	/* probably an unset variable in a script, and not the running machine */
	if (path && !length)
		return fault_set(fault, -EINVAL,
				 "--sysroot: expected a directory, found nothing");
	while (length && path[length - 1] == '/')
		length--;
	if (length >= sizeof(ret_root->path))
		return fault_set(fault, -ENAMETOOLONG, "%.64s...: path too long", path);
	if (!length)
		path = "/";
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fault_set(fault, -errno, "%.*s: %s", length ? (int)length : 1,
				 path, strerror(errno));
	ret_root->fd = fd;
	memcpy(ret_root->path, path, length);
	ret_root->path[length] = '\0';
	ret_root->live = !length;
	ret_root->contained = false;
	ret_root->missed = NULL;
	ret_root->kept = NULL;
	ret_root->modules = NULL;
	return 0;
}

bool sysroot_is_absent(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EISDIR ||
	       error == -ELOOP;
}

void sysroot_miss(const struct sysroot *root, const char *path, int error)
{
	struct missed *missed = root->missed;

	if (!missed || error >= 0 || sysroot_is_absent(error))
		return;
	for (size_t i = 0; i < missed->count; i++)
		if (!strcmp(missed->files[i].path, path))
			return;
	if (missed->count == MISSED_MAX || strlen(path) >= MISSED_PATH_MAX) {
		missed->more = true;
		return;
	}
	(void)snprintf(missed->files[missed->count].path, MISSED_PATH_MAX, "%s", path);
	(void)snprintf(missed->files[missed->count].why, MISSED_WHY_MAX, "%s",
		       strerror(-error));
	missed->files[missed->count++].error = error;
}

void sysroot_done(struct sysroot *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

/* @offset: NULL: the current position, for descriptors that cannot seek */
static ssize_t fill(int fd, char *bytes, size_t size, const uint64_t *offset)
{
	size_t used = 0;

	while (used < size) {
		ssize_t more = offset ? pread(fd, bytes + used, size - used,
					      (off_t)(*offset + used)) :
					read(fd, bytes + used, size - used);

		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return -errno;
		if (!more)
			break;
		used += (size_t)more;
	}
	return (ssize_t)used;
}

ssize_t sysroot_read_fd(int fd, char *text, size_t size)
{
	return fill(fd, text, size, NULL);
}

ssize_t sysroot_pread(int fd, void *bytes, size_t size, uint64_t offset)
{
	return fill(fd, bytes, size, &offset);
}

int sysroot_file_open(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int file_open(int dir, const char *name)
{
	int fd;

	sysroot_seen(dir, name, SYSROOT_READS);
	fd = sysroot_file_open(dir, name);
	return fd < 0 ? -errno : fd;
}

/*
 * One read returns a whole attribute, and a second one would only find the end. A file
 * that fills the page may go on, as binary files of sysfs do.
 */
static ssize_t attribute_read(int fd, char *text, size_t size)
{
	ssize_t first, more;

	do
		first = read(fd, text, size);
	while (first < 0 && errno == EINTR);
	if (first < 0)
		return -errno;
	if (!first || (size_t)first == size || first % ATTRIBUTE_PAGE)
		return first;
	more = sysroot_read_fd(fd, text + first, size - (size_t)first);
	return more < 0 ? more : first + more;
}

/* Without the newlines at its end, and terminated */
static ssize_t text_end(char *text, ssize_t length, size_t size)
{
	if ((size_t)length == size)
		return -EFBIG;
	while (length && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return length;
}

ssize_t sysroot_read(int dir, const char *name, char *text, size_t size)
{
	cleanup_close int fd = file_open(dir, name);
	ssize_t length;

	if (fd < 0)
		return fd;
	length = attribute_read(fd, text, size);
	return length < 0 ? length : text_end(text, length, size);
}

static int number_take(const char *text, size_t length, unsigned int base, uint64_t max,
		       uint64_t *ret_value)
{
	size_t skip = base == 16 && length > 1 && !memcmp(text, "0x", 2) ? 2 : 0;

	return number_parse(text + skip, length - skip, base, max, ret_value);
}

ssize_t sysroot_text_at(int fd, char *text, size_t size)
{
	ssize_t length = pread(fd, text, size, 0);

	if (length < 0)
		return -errno;
	return text_end(text, length, size);
}

int sysroot_number_at(int fd, unsigned int base, uint64_t max, uint64_t *ret_value)
{
	char text[NUMBER_MAX];
	ssize_t length = sysroot_text_at(fd, text, sizeof(text));

	return length < 0 ? (int)length :
			    number_take(text, (size_t)length, base, max, ret_value);
}

int sysroot_read_number(int dir, const char *name, unsigned int base, uint64_t max,
			uint64_t *ret_value)
{
	char text[NUMBER_MAX];
	ssize_t length = sysroot_read(dir, name, text, sizeof(text));

	return length < 0 ? (int)length :
			    number_take(text, (size_t)length, base, max, ret_value);
}

int sysroot_link(int dir, const char *name, char *text, size_t size)
{
	ssize_t length;

	sysroot_seen(dir, name, SYSROOT_LINKS);
	length = readlinkat(dir, name, text, size);
	if (length < 0)
		return -errno;
	if ((size_t)length == size)
		return -ENAMETOOLONG;
	text[length] = '\0';
	return 0;
}

int sysroot_link_name(int dir, const char *name, char *text, size_t size)
{
	char target[PATH_MAX];
	const char *slash, *last;
	int result = sysroot_link(dir, name, target, sizeof(target));

	if (result < 0)
		return result;
	slash = strrchr(target, '/');
	last = slash ? slash + 1 : target;
	if (strlen(last) >= size)
		return -ENAMETOOLONG;
	memcpy(text, last, strlen(last) + 1);
	return 0;
}

int sysroot_list(int dir, const char *name, struct listing **ret_list)
{
	cleanup_close int fd = -1;
	struct listing *list;

	sysroot_seen(dir, name, SYSROOT_LISTS);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	list = malloc(sizeof(*list));
	if (!list)
		return -errno;
	list->fd = fd;
	list->at = list->length = 0;
	fd = -1;
	*ret_list = list;
	return 0;
}

int sysroot_list_noted(const struct sysroot *root, const char *path,
		       struct listing **ret_list)
{
	int error = sysroot_list(root->fd, path, ret_list);

	sysroot_miss(root, path, error);
	return error;
}

void listing_close(struct listing *list)
{
	if (!list)
		return;
	cleanup_close_p(&list->fd);
	free(list);
}

/* Return: false at the end: errno is 0, or says why; a directory that is gone ends */
static bool listing_fill(struct listing *list)
{
	long length = syscall(SYS_getdents64, list->fd, list->bytes, LISTING_SIZE);

	if (length >= 0 || errno == ENOENT)
		errno = 0;
	list->at = 0;
	list->length = length > 0 ? (size_t)length : 0;
	return length > 0;
}

const char *sysroot_list_next(struct listing *list)
{
	const struct dirent *entry; /* the same on the 64-bit machines there are */

	errno = 0;
	do {
		if (list->at == list->length && !listing_fill(list))
			return NULL;
		entry = (const void *)(list->bytes + list->at);
		list->at += entry->d_reclen;
	} while (entry->d_name[0] == '.');
	return entry->d_name;
}

int sysroot_names(struct listing *list, const char *end, char (*names)[SYSROOT_NAME_MAX],
		  size_t most, size_t *ret_count)
{
	const char *name;
	size_t count = 0;
	int result;

	while ((name = sysroot_list_next(list))) {
		if (!text_ends(name, end))
			continue;
		if (count == most)
			break;
		(void)snprintf(names[count++], SYSROOT_NAME_MAX, "%s", name);
	}
	result = name ? -E2BIG : -errno;
	qsort(names, count, sizeof(*names), text_compare);
	*ret_count = count;
	return result;
}

int sysroot_look(int dir, const char *name)
{
	sysroot_seen(dir, name, SYSROOT_LOOKS);
	if (!faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW))
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

bool sysroot_exists(int dir, const char *name)
{
	return sysroot_look(dir, name) > 0;
}

int sysroot_load_fd(int fd, size_t limit, char **ret_text, size_t *ret_length)
{
	cleanup_free char *text = NULL;
	size_t room = 0, used = 0;

	/* Files of sysfs and procfs do not tell their size: read until the end. */
	while (used == room) {
		size_t grown = room ? room * 2 : LOAD_FIRST;
		char *larger;
		ssize_t more;

		if (grown > limit)
			grown = limit + 1;
		if (grown == room)
			return -EFBIG;
		larger = realloc(text, grown + 1);
		if (!larger)
			return -ENOMEM;
		text = larger;
		room = grown;
		more = sysroot_read_fd(fd, text + used, room - used);
		if (more < 0)
			return (int)more;
		used += (size_t)more;
	}
	text[used] = '\0';
	*ret_text = text;
	*ret_length = used;
	text = NULL;
	return 0;
}

int sysroot_load(int dir, const char *name, size_t limit, char **ret_text,
		 size_t *ret_length)
{
	cleanup_close int fd = file_open(dir, name);

	return fd < 0 ? fd : sysroot_load_fd(fd, limit, ret_text, ret_length);
}

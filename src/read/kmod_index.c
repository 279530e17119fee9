// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/kmod_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "read/kmod.h"

#define MAGIC 0xB007F457u
#define VERSION_MAJOR 2u
#define HEADER_SIZE 12 /* magic, version, offset of the root */
#define HAS_PREFIX 0x80000000u
#define HAS_VALUES 0x40000000u
#define HAS_CHILDREN 0x20000000u
#define OFFSET_MASK 0x0FFFFFFFu
#define CHILD_MAX 128 /* a key is of 7-bit characters */
#define DEPTH_MAX 1024 /* libkmod calls itself for each level */
#define INDEX_MAX (64u << 20)
#define CONF_MAX (16u << 20)
#define PATH_LENGTH 320

/**
 * struct walk - what is left to look at
 * @used: bytes that belong to a node; in a tree no byte belongs to two
 * @steps: nodes that were named and not looked at
 */
struct walk {
	const unsigned char *bytes;
	size_t size;
	size_t used;
	struct step {
		uint32_t node;
		uint32_t depth;
	} * steps;
	size_t n_steps;
};

/* Big endian; false: it is not there. */
static bool number_take(const struct walk *walk, size_t *at, uint32_t *ret_number)
{
	const unsigned char *bytes = walk->bytes + *at;

	if (walk->size - *at < 4)
		return false;
	*ret_number = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
		      (uint32_t)bytes[2] << 8 | bytes[3];
	*at += 4;
	return true;
}

static bool text_take(const struct walk *walk, size_t *at)
{
	const unsigned char *end = memchr(walk->bytes + *at, '\0', walk->size - *at);

	if (end)
		*at = (size_t)(end - walk->bytes) + 1;
	return end;
}

/* First and last character, then an offset for each between them; 0: there is none. */
static bool children_take(struct walk *walk, size_t *at, uint32_t depth)
{
	unsigned int first, last;

	if (walk->size - *at < 2)
		return false;
	first = walk->bytes[(*at)++];
	last = walk->bytes[(*at)++];
	if (first > last || last >= CHILD_MAX || depth == DEPTH_MAX)
		return false;
	for (; first <= last; first++) {
		uint32_t node;

		if (!number_take(walk, at, &node))
			return false;
		if (node & OFFSET_MASK)
			walk->steps[walk->n_steps++] =
				(struct step){ .node = node, .depth = depth + 1 };
	}
	return true;
}

/* A count, then for each a priority and its text */
static bool values_take(const struct walk *walk, size_t *at)
{
	uint32_t count, priority;

	if (!number_take(walk, at, &count))
		return false;
	for (; count; count--)
		if (!number_take(walk, at, &priority) || !text_take(walk, at))
			return false;
	return true;
}

static bool node_is_good(struct walk *walk, struct step step)
{
	size_t start = step.node & OFFSET_MASK, at = start;

	if (start < HEADER_SIZE || start > walk->size)
		return false;
	if ((step.node & HAS_PREFIX && !text_take(walk, &at)) ||
	    (step.node & HAS_CHILDREN && !children_take(walk, &at, step.depth)) ||
	    (step.node & HAS_VALUES && !values_take(walk, &at)))
		return false;
	walk->used += at - start;
	/* only the root of an empty index has nothing */
	return walk->used <= walk->size && (at > start || !step.depth);
}

int kmod_index_judge(const unsigned char *bytes, size_t size)
{
	struct walk walk = { .bytes = bytes, .size = size };
	cleanup_free struct step *steps = NULL;
	uint32_t magic, version, node;
	size_t at = 0;

	if (!number_take(&walk, &at, &magic) || !number_take(&walk, &at, &version) ||
	    !number_take(&walk, &at, &node) || magic != MAGIC ||
	    version >> 16 != VERSION_MAJOR)
		return -EBADMSG;
	/* a step for each offset that the bytes can hold */
	walk.steps = steps = calloc(size / 4 + 1, sizeof(*steps));
	if (!steps)
		return -ENOMEM;
	if (node & OFFSET_MASK)
		steps[walk.n_steps++] = (struct step){ .node = node };
	while (walk.n_steps)
		if (!node_is_good(&walk, steps[--walk.n_steps]))
			return -EBADMSG;
	return 0;
}

/* ---- files ---- */

static bool is_left_off(int error)
{
	return error == ENOENT || error == ELOOP || error == EACCES || error == EPERM;
}

/* A link to /dev/null masks a file of another directory, as modprobe.d(5) has it. */
static bool is_null(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

/*
 * libkmod leaves off what may not be read.
 *
 * Return: its size, 0 when there is nothing to read, or -errno
 */
static off_t file_open(const struct sysroot *root, const char *path, off_t most,
		       int *ret_fd)
{
	struct stat status;

	*ret_fd = sysroot_file_open(root->fd, path);
	if (*ret_fd < 0)
		return is_left_off(errno) ? 0 : -errno;
	if (fstat(*ret_fd, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode) || is_null(&status))
		return 0;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	return status.st_size > most ? -EFBIG : status.st_size;
}

/*
 * One of no bytes was cut off, unless it is that of built-in modules' aliases: depmod
 * leaves it so where there is no modules.builtin.modinfo.
 */
static bool may_be_empty(const char *path)
{
	return strstr(path, "modules.builtin.alias.bin");
}

static int index_check(const struct sysroot *root, const char *path)
{
	cleanup_close int fd = -1;
	off_t size = file_open(root, path, INDEX_MAX, &fd);
	void *bytes;
	int result;

	if (size < 0 || fd < 0)
		return (int)size;
	if (!size)
		return may_be_empty(path) ? 0 : -EBADMSG;
	bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	result = kmod_index_judge(bytes, (size_t)size);
	(void)munmap(bytes, (size_t)size);
	return result;
}

static int conf_check(const struct sysroot *root, const char *path)
{
	cleanup_close int fd = -1;
	off_t size = file_open(root, path, CONF_MAX, &fd);

	return size < 0 ? (int)size : 0;
}

static int confs_check(const struct sysroot *root, const char *directory,
		       char path[static PATH_LENGTH])
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(root->fd, directory, &list) < 0)
		return 0;
	while ((entry = sysroot_list_next(list))) {
		const char *dot = strrchr(entry, '.');
		int error;

		if (!dot || (strcmp(dot, ".conf") != 0 && strcmp(dot, ".alias") != 0))
			continue;
		(void)text_join(path, PATH_LENGTH, directory, "/", entry, NULL);
		error = conf_check(root, path);
		if (error)
			return error;
	}
	return 0;
}

static int files_check(const struct sysroot *root, const char *directory,
		       char path[static PATH_LENGTH])
{
	static const char *const indices[] = {
		"modules.alias.bin",	     "modules.dep.bin",	    "modules.symbols.bin",
		"modules.builtin.alias.bin", "modules.builtin.bin",
	};
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(indices); i++) {
		(void)text_join(path, PATH_LENGTH, directory, "/", indices[i], NULL);
		error = index_check(root, path);
		if (error)
			return error;
	}
	(void)text_join(path, PATH_LENGTH, directory, "/modules.softdep", NULL);
	error = conf_check(root, path);
	for (size_t i = 0; !error && i < KMOD_PLACES; i++)
		error = confs_check(root, kmod_places[i] + 1, path);
	return error;
}

static int check_fault(struct fault *fault, int error, const char *path,
		       const char *release)
{
	unsigned int most = strstr(path, ".bin") ? INDEX_MAX : CONF_MAX;

	switch (error) {
	case -EBADMSG:
		return fault_set(fault, error,
				 "/%s is damaged: nothing is known about modules until "
				 "`depmod %s` has rewritten it",
				 path, SHELL_WORD(release));
	case -EINVAL:
		return fault_set(fault, error,
				 "/%s is not a regular file: nothing is known about "
				 "modules",
				 path);
	case -EFBIG:
		return fault_set(fault, error,
				 "/%s is larger than %u MiB: nothing is known about "
				 "modules",
				 path, most >> 20);
	default:
		return fault_set(fault, error, "/%s: %s: nothing is known about modules",
				 path, strerror(-error));
	}
}

int kmod_index_check(const struct sysroot *root, const char *release, struct fault *fault)
{
	char directory[PATH_LENGTH], path[PATH_LENGTH] = "";
	int error;

	(void)text_join(directory, sizeof(directory), "lib/modules/", release, NULL);
	error = files_check(root, directory, path);
	return error ? check_fault(fault, error, path, release) : 0;
}

/* ---- without libkmod ---- */

#define NODE_MAX 1024 /* bytes of one; a longer one is not read */
#define NODES_MAX 64

/**
 * struct below - a look at what is below a prefix
 * @only: the value that does not count
 * @left: nodes that may still be read
 * @size: of the file
 * @tail: its end, where the first nodes are, from @tail_start on
 */
struct below {
	int fd;
	const char *only;
	unsigned int left;
	size_t size;
	size_t tail_start;
	unsigned char tail[NODE_MAX];
};

static bool node_has_only(struct below *below, uint32_t node, const char *prefix);

/* The letter that goes on, or all of them behind the prefix */
static bool children_have_only(struct below *below, const struct walk *walk, size_t *at,
			       const char *prefix)
{
	unsigned int first, last;

	if (walk->size - *at < 2)
		return false;
	first = walk->bytes[(*at)++];
	last = walk->bytes[(*at)++];
	for (; first <= last; first++) {
		uint32_t node;

		if (!number_take(walk, at, &node))
			return false;
		if (!(node & OFFSET_MASK) || (*prefix && (unsigned char)*prefix != first))
			continue;
		if (!node_has_only(below, node, prefix + (*prefix != '\0')))
			return false;
	}
	return true;
}

static bool values_are(const struct below *below, const struct walk *walk, size_t at)
{
	uint32_t count, priority;

	if (!number_take(walk, &at, &count))
		return false;
	for (; count; count--) {
		size_t value = at + sizeof(priority);

		if (!number_take(walk, &at, &priority) || !text_take(walk, &at) ||
		    strcmp((const char *)walk->bytes + value, below->only) != 0)
			return false;
	}
	return true;
}

static bool node_read(const struct below *below, size_t start,
		      unsigned char bytes[static NODE_MAX], struct walk *walk)
{
	ssize_t length;

	if (start >= below->tail_start && start < below->size) {
		walk->bytes = below->tail + (start - below->tail_start);
		walk->size = below->size - start;
		return true;
	}
	length = sysroot_pread(below->fd, bytes, NODE_MAX, start);
	walk->bytes = bytes;
	walk->size = length > 0 ? (size_t)length : 0;
	return length > 0;
}

/* What its own bytes say, which come before its children; in doubt not */
static bool node_has_only(struct below *below, uint32_t node, const char *prefix)
{
	unsigned char bytes[NODE_MAX];
	struct walk walk = { .n_steps = 0 };
	size_t at = 0;

	if (!below->left)
		return false;
	below->left--;
	if (!node_read(below, node & OFFSET_MASK, bytes, &walk))
		return false;
	if (node & HAS_PREFIX) {
		if (!text_take(&walk, &at))
			return false;
		for (size_t i = 0; walk.bytes[i] && *prefix; i++, prefix++)
			if (walk.bytes[i] != (unsigned char)*prefix)
				return true;
	}
	if (node & HAS_CHILDREN && !children_have_only(below, &walk, &at, prefix))
		return false;
	return !(node & HAS_VALUES) || *prefix || values_are(below, &walk, at);
}

static bool index_has_only(const struct sysroot *root, const char *path,
			   const char *prefix, const char *only, bool needed)
{
	cleanup_close int fd = -1;
	off_t size = file_open(root, path, INDEX_MAX, &fd);
	struct below below;
	unsigned char head[HEADER_SIZE];
	struct walk walk = { .bytes = head, .size = sizeof(head) };
	uint32_t magic, version, node;
	size_t at = 0;

	if (!size)
		return !needed;
	if (fd < 0 || sysroot_pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    !number_take(&walk, &at, &magic) || !number_take(&walk, &at, &version) ||
	    !number_take(&walk, &at, &node) || magic != MAGIC ||
	    version >> 16 != VERSION_MAJOR)
		return false;
	below.fd = fd;
	below.only = only;
	below.left = NODES_MAX;
	below.size = (size_t)size;
	below.tail_start = below.size > NODE_MAX ? below.size - NODE_MAX : 0;
	if (sysroot_pread(fd, below.tail, below.size - below.tail_start,
			  below.tail_start) != (ssize_t)(below.size - below.tail_start))
		return false;
	return node_has_only(&below, node, prefix);
}

bool kmod_index_has_only(const struct sysroot *root, const char *release,
			 const char *prefix, const char *only)
{
	char path[PATH_LENGTH];

	(void)text_join(path, sizeof(path), "lib/modules/", release, "/modules.alias.bin",
			NULL);
	if (!index_has_only(root, path, prefix, only, true))
		return false;
	(void)text_join(path, sizeof(path), "lib/modules/", release,
			"/modules.builtin.alias.bin", NULL);
	return index_has_only(root, path, prefix, only, false);
}

/* A pattern may be one of any alias. */
static bool text_mentions(const char *text, const char *word)
{
	return strstr(text, word) || strpbrk(text, "*?[\\");
}

static bool directory_mentions(const struct sysroot *root, const char *directory,
			       const char *word)
{
	cleanup_listing struct listing *list = NULL;
	int error = sysroot_list(root->fd, directory, &list);
	const char *entry;

	if (error)
		return error != -ENOENT;
	while ((entry = sysroot_list_next(list))) {
		cleanup_free char *text = NULL;
		size_t length;

		if (sysroot_load(list->fd, entry, CONF_MAX, &text, &length) < 0 ||
		    strlen(text) != length || text_mentions(text, word))
			return true;
	}
	return errno;
}

bool kmod_confs_mention(const struct sysroot *root, const char *word)
{
	for (size_t i = 0; i < KMOD_PLACES; i++)
		if (directory_mentions(root, kmod_places[i] + 1, word))
			return true;
	return false;
}

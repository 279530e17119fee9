// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/tarball.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/newfile.h"
#include "base/text.h"

/** struct node - an entry of the tree, which owns it */
struct node {
	enum tarball_kind kind;
	unsigned int mode;
	time_t time;
	char *path;
	void *data;
	size_t length;
};

static const struct format {
	const char *suffix;
	int (*filter)(struct archive *archive);
	bool has_time;
} formats[] = {
	{ ".tar", archive_write_add_filter_none, false },
	{ ".tar.gz", archive_write_add_filter_gzip, true },
	{ ".tar.xz", archive_write_add_filter_xz, false },
	{ ".tar.zst", archive_write_add_filter_zstd, false },
};

static int node_compare(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path, ((const struct node *)b)->path);
}

static void node_free(void *context)
{
	struct node *node = context;

	free(node->path);
	free(node->data);
	free(node);
}

static struct node *node_make(enum tarball_kind kind, const char *path, const void *data,
			      size_t length)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->kind = kind;
	node->path = strdup(path);
	node->data = malloc(length + 1);
	node->length = length;
	if (!node->path || !node->data) {
		node_free(node);
		return NULL;
	}
	if (length)
		memcpy(node->data, data, length);
	((char *)node->data)[length] = '\0';
	return node;
}

void tarball_add(struct tarball *tree, enum tarball_kind kind, const char *path,
		 const void *data, size_t length)
{
	const struct node wanted = { .path = (char *)path };
	const struct node **place = tsearch(&wanted, &tree->root, node_compare);
	struct node *node;

	if (place && *place != &wanted)
		return;
	node = place ? node_make(kind, path, data, length) : NULL;
	if (node) {
		*place = node;
		tree->count++;
		return;
	}
	tree->failed = true;
	if (place)
		tdelete(&wanted, &tree->root, node_compare);
}

static struct node *node_find(const struct tarball *tree, const char *path)
{
	const struct node wanted = { .path = (char *)path };
	struct node *const *place = tfind(&wanted, &tree->root, node_compare);

	return place ? *place : NULL;
}

bool tarball_has(const struct tarball *tree, const char *path)
{
	return node_find(tree, path);
}

void tarball_set(struct tarball *tree, const char *path, unsigned int mode, time_t time)
{
	struct node *node = node_find(tree, path);

	if (!node)
		return;
	node->mode = mode;
	node->time = time;
}

void tarball_done(struct tarball *tree)
{
	tdestroy(tree->root, node_free);
	tree->root = NULL;
}

static const struct format *format_find(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (text_ends(file, formats[i].suffix) &&
		    strlen(file) > strlen(formats[i].suffix))
			return &formats[i];
	return NULL;
}

/**
 * struct writing - an archive that is being written
 * @error: negative errno of the first failure
 */
struct writing {
	struct archive *archive;
	int error;
};

static int error_of(struct archive *archive)
{
	int error = archive_errno(archive);

	return error > 0 ? -error : -EIO;
}

static void node_describe(const struct node *node, struct archive_entry *entry)
{
	archive_entry_set_pathname(entry, node->path);
	archive_entry_set_mtime(entry, node->time, 0);
	switch (node->kind) {
	case TARBALL_FILE:
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, node->mode ? node->mode : 0644);
		archive_entry_set_size(entry, (la_int64_t)node->length);
		return;
	case TARBALL_LINK:
		archive_entry_set_filetype(entry, AE_IFLNK);
		archive_entry_set_perm(entry, 0777);
		archive_entry_set_symlink(entry, node->data);
		return;
	case TARBALL_DIR:
		archive_entry_set_filetype(entry, AE_IFDIR);
		archive_entry_set_perm(entry, 0755);
		return;
	}
}

static void node_write(const struct node *node, struct writing *writing)
{
	struct archive_entry *entry = archive_entry_new();

	if (!entry) {
		writing->error = -ENOMEM;
		return;
	}
	node_describe(node, entry);
	if (archive_write_header(writing->archive, entry) != ARCHIVE_OK ||
	    (node->kind == TARBALL_FILE && node->length &&
	     archive_write_data(writing->archive, node->data, node->length) !=
		     (la_ssize_t)node->length))
		writing->error = error_of(writing->archive);
	archive_entry_free(entry);
}

/* twalk_r() calls it up to three times for each node: once in order. */
static void node_visit(const void *place, VISIT visit, void *context)
{
	struct writing *writing = context;

	if (!writing->error && (visit == postorder || visit == leaf))
		node_write(*(const struct node *const *)place, writing);
}

/* gzip would note the time at which it was written. */
static int filter_add(struct archive *archive, const struct format *format)
{
	int result = format->filter(archive);

	if (result == ARCHIVE_OK && format->has_time)
		result =
			archive_write_set_filter_option(archive, NULL, "timestamp", NULL);
	return result;
}

/**
 * struct parcel - a tree on its way into a file
 */
struct parcel {
	const struct tarball *tree;
	const struct format *format;
	const char *file;
};

static int parcel_write(void *context, int fd, struct fault *fault)
{
	const struct parcel *parcel = context;
	struct writing writing = { .archive = archive_write_new() };

	if (!writing.archive)
		return fault_set(fault, -ENOMEM, "%s: %s", parcel->file,
				 strerror(ENOMEM));
	if (filter_add(writing.archive, parcel->format) != ARCHIVE_OK ||
	    archive_write_set_format_pax_restricted(writing.archive) != ARCHIVE_OK ||
	    archive_write_open_fd(writing.archive, fd) != ARCHIVE_OK)
		writing.error = error_of(writing.archive);
	if (!writing.error)
		twalk_r(parcel->tree->root, node_visit, &writing);
	if (!writing.error && archive_write_close(writing.archive) != ARCHIVE_OK)
		writing.error = error_of(writing.archive);
	(void)archive_write_free(writing.archive);
	return writing.error < 0 ? fault_set(fault, writing.error, "%s: %s", parcel->file,
					     strerror(-writing.error)) :
				   0;
}

int tarball_write(const struct tarball *tree, const char *file, struct fault *fault)
{
	struct parcel parcel = { tree, format_find(file), file };
	const struct newfile newfile = { .file = file,
					 .write = parcel_write,
					 .context = &parcel };

	if (!parcel.format)
		return fault_set(
			fault, -EINVAL,
			"%s: expected a name that ends in .tar, .tar.gz, .tar.xz "
			"or .tar.zst",
			file);
	if (tree->failed)
		return fault_set(fault, -ENOMEM, "%s: %s", file, strerror(ENOMEM));
	return newfile_write(&newfile, fault);
}

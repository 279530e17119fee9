// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#define FILES_MAX 256 /* of one directory */

/* How to go through a file */
struct reader {
	void (*take)(const struct line *line, void *context);
	void *context;
	bool joined;
};

/* A backslash at the end of a line continues it; how many lines follow it so */
static unsigned int line_join(char *start, char **cursor)
{
	unsigned int joined = 0;
	char *end = start + strlen(start);

	while (*cursor && end > start && end[-1] == '\\') {
		(void)strsep(cursor, "\n");
		end[-1] = ' ';
		*end = ' ';
		end += strlen(end);
		joined++;
	}
	return joined;
}

static int file_read(const struct sysroot *root, const char *path,
		     const struct reader *reader)
{
	cleanup_free char *text = NULL;
	struct line line = { .path = path };
	size_t length;
	char *cursor, *start;
	int result = sysroot_load(root->fd, path, LINES_FILE_MAX, &text, &length);

	sysroot_miss(root, path, result);
	if (result < 0)
		return result;
	cursor = text;
	while ((start = strsep(&cursor, "\n"))) {
		unsigned int joined = reader->joined ? line_join(start, &cursor) : 0;

		line.number++;
		line.text = start + strspn(start, " \t\r");
		if (*line.text && *line.text != '#')
			reader->take(&line, reader->context);
		line.number += joined;
	}
	return 0;
}

int lines_read(const struct sysroot *root, const char *path,
	       void (*take)(const struct line *line, void *context), void *context)
{
	const struct reader reader = { .take = take, .context = context };

	return file_read(root, path, &reader);
}

int lines_each(const struct sysroot *root, const char *path, size_t most,
	       void (*take)(char *line, void *context), void *context)
{
	cleanup_free char *text = NULL;
	char *cursor, *line;
	size_t length;
	int result = sysroot_load(root->fd, path, most, &text, &length);

	if (result < 0)
		return result;
	cursor = text;
	while ((line = strsep(&cursor, "\n")))
		take(line, context);
	return 0;
}

int lines_more(struct lines_part *part)
{
	char *last = NULL;

	if (part->ended)
		return 0;
	part->used -= part->taken;
	if (part->used)
		memmove(part->text, part->text + part->taken, part->used);
	while (!last && !part->ended) {
		char *larger = realloc(part->text, part->used + part->piece + 1);
		ssize_t more;

		if (!larger)
			return -ENOMEM;
		part->text = larger;
		more = sysroot_read_fd(part->fd, larger + part->used, part->piece);
		if (more < 0)
			return (int)more;
		part->used += (size_t)more;
		part->ended = (size_t)more < part->piece;
		part->piece *= 2;
		last = memrchr(larger, '\n', part->used);
	}
	part->taken = last && !part->ended ? (size_t)(last - part->text) : part->used;
	part->text[part->taken] = '\0';
	part->taken += part->taken < part->used;
	return 1;
}

static int directory_read(const struct sysroot *root, const char *directory,
			  const char *suffix, const struct reader *reader)
{
	cleanup_listing struct listing *list = NULL;
	cleanup_free char(*names)[SYSROOT_NAME_MAX] = calloc(FILES_MAX, SYSROOT_NAME_MAX);
	int result = sysroot_list_noted(root, directory, &list);
	size_t count;

	if (result == -ENOENT || result == -ENOTDIR)
		return 0;
	if (!names)
		return -ENOMEM;
	if (result < 0)
		return result;
	result = sysroot_names(list, suffix, names, FILES_MAX, &count);
	sysroot_miss(root, directory, result);
	if (result == -E2BIG)
		return result;
	for (size_t i = 0; i < count; i++) {
		char path[SYSROOT_PATH_MAX + SYSROOT_NAME_MAX];
		int error;

		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		error = file_read(root, path, reader);
		/* a directory, or a link to nothing: no lines */
		if (error && error != -EISDIR && error != -ENOENT && !result)
			result = error;
	}
	return result;
}

int lines_read_all(const struct sysroot *root, const char *directory, const char *suffix,
		   void (*take)(const struct line *line, void *context), void *context)
{
	const struct reader reader = { .take = take, .context = context };

	return directory_read(root, directory, suffix, &reader);
}

int lines_read_joined(const struct sysroot *root, const char *directory,
		      const char *suffix,
		      void (*take)(const struct line *line, void *context), void *context)
{
	const struct reader reader = { .take = take, .context = context, .joined = true };

	return directory_read(root, directory, suffix, &reader);
}

bool lines_word(const char **cursor, const char *separators,
		char word[static LINES_WORD_MAX])
{
	size_t length, kept;

	*cursor += strspn(*cursor, separators);
	length = strcspn(*cursor, separators);
	kept = length < LINES_WORD_MAX ? length : LINES_WORD_MAX - 1;
	memcpy(word, *cursor, kept);
	word[kept] = '\0';
	*cursor += length;
	return length != 0;
}

size_t lines_words(const char *text, char words[][LINES_WORD_MAX], size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += lines_word(&text, " \t", words[i]);
	return found;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LINES_H
#define VFIO_EARLY_LINES_H

/* Line by line through small text files: configuration of others, tables of /proc. */

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/sysroot.h"

#define LINES_FILE_MAX (4u << 20) /* bytes of one file */
#define LINES_WORD_MAX 128

/**
 * struct line - one line that is not empty and no comment
 * @path: of the file, below the root
 * @number: from 1
 * @text: without the newline and without blanks before it
 */
struct line {
	const char *path;
	unsigned int number;
	const char *text;
};

/**
 * lines_read() - go through a file
 * @take: called with each line that holds more than blanks and does not begin with '#'
 *
 * Return: 0; -ENOENT when there is no such file; -errno
 */
int lines_read(const struct sysroot *root, const char *path,
	       void (*take)(const struct line *line, void *context), void *context);

/**
 * lines_each() - go through a table of the kernel
 * @most: bytes of the file, at most
 * @take: called with each line as it stands, without its newline; it may change it
 *
 * Return: 0, or -errno
 */
int lines_each(const struct sysroot *root, const char *path, size_t most,
	       void (*take)(char *line, void *context), void *context);

/**
 * struct lines_part - a table of the kernel that is read as far as it is needed
 * @fd: of the file
 * @piece: bytes that the next part takes, then twice as many, and so on: the kernel makes
 *	no more lines than are asked for
 * @text: the lines of this part, terminated
 * @used: bytes of @text, of which @taken are lines that were given
 * @ended: there is no more
 */
struct lines_part {
	int fd;
	size_t piece;
	char *text;
	size_t used;
	size_t taken;
	bool ended;
};

/**
 * lines_more() - read on, to whole lines in @text
 *
 * Return: 1; 0 at the end; -errno
 */
int lines_more(struct lines_part *part);

/* A local marked so closes its file and frees its text. */
static inline void cleanup_lines_p(struct lines_part *part)
{
	cleanup_close_p(&part->fd);
	free(part->text);
}

#define cleanup_lines __attribute__((cleanup(cleanup_lines_p)))

/**
 * lines_read_all() - go through the files of a directory, in byte order of their names
 * @suffix: of the files: ".conf"; "": all
 *
 * Return: 0, also when there is no such directory; -errno of the first that failed
 */
int lines_read_all(const struct sysroot *root, const char *directory, const char *suffix,
		   void (*take)(const struct line *line, void *context), void *context);

/**
 * lines_read_joined() - lines_read_all() for files in which a backslash at the end of a
 * line continues it: modprobe.d, udev's rules
 *
 * The number of such a line is that of its first part. A comment is continued as well.
 */
int lines_read_joined(const struct sysroot *root, const char *directory,
		      const char *suffix,
		      void (*take)(const struct line *line, void *context),
		      void *context);

/**
 * lines_word() - take the next word of a line
 * @cursor: moved behind the word
 * @separators: bytes between words
 * @word: filled; a longer word is cut
 *
 * Return: false at the end of the line
 */
bool lines_word(const char **cursor, const char *separators,
		char word[static LINES_WORD_MAX]);

/**
 * lines_words() - the first words of a line, between blanks
 * @words: all filled; empty: the line has no such word
 *
 * Return: how many there are, at most @count
 */
size_t lines_words(const char *text, char words[][LINES_WORD_MAX], size_t count);

#endif

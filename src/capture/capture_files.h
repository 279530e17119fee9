/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_FILES_H
#define VFIO_EARLY_CAPTURE_FILES_H

/* Taking single files, links and lists of them into a capture. */

#include "capture/capture.h"

#define CAPTURE_PATH_MAX CAPTURE_PLACE_MAX
#define CAPTURE_FILE_MAX (64u << 20) /* bytes of one file: the index of all aliases */

/**
 * enum capture_how - what is taken of a path
 * @CAPTURE_TEXT: its text, scrubbed
 * @CAPTURE_BYTES: its bytes
 * @CAPTURE_LINK: where it leads to
 * @CAPTURE_MARK: that it is there; an empty file
 * @CAPTURE_FOLDER: that it is there; an empty directory
 */
enum capture_how {
	CAPTURE_TEXT,
	CAPTURE_BYTES,
	CAPTURE_LINK,
	CAPTURE_MARK,
	CAPTURE_FOLDER
};

/**
 * capture_path() - make a path by a printf format
 * @path: filled; empty when it does not fit
 */
void capture_path(char path[static CAPTURE_PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** capture_take() - take a path, if it is there */
void capture_take(struct capture *capture, enum capture_how how, const char *path);

/** capture_take_as() - take a path under another name */
void capture_take_as(struct capture *capture, enum capture_how how, const char *from,
		     const char *to);

/**
 * capture_take_all() - take all entries of a directory, and that it is there
 * @suffix: of the entries; "": all
 */
void capture_take_all(struct capture *capture, enum capture_how how,
		      const char *directory, const char *suffix);

/**
 * capture_add() - add an entry unchanged
 * @path: only UUIDs and addresses in it are replaced
 */
void capture_add(struct capture *capture, enum tarball_kind kind, const char *path,
		 const char *data, size_t length);

/** capture_put_link() - add a link to @target */
void capture_put_link(struct capture *capture, const char *path, const char *target);

/** capture_has() - is there an entry of this path already? */
bool capture_has(struct capture *capture, const char *path);

/**
 * capture_put() - add a file with a text of its own
 * @text: scrubbed on the way
 * @length: bytes of it
 */
void capture_put(struct capture *capture, const char *path, const char *text,
		 size_t length);

/**
 * capture_resolve() - where a link of sysfs leads to
 * @path: filled: below the root, without . and ..; @link itself when it is no link
 */
void capture_resolve(const struct capture *capture, const char *link,
		     char path[static CAPTURE_PATH_MAX]);

#endif

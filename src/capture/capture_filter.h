/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_FILTER_H
#define VFIO_EARLY_CAPTURE_FILTER_H

/*
 * What may be taken of a file: its path gives its kind, and the kind says which lines,
 * and which parts of them.
 */

#include "capture/capture.h"

/** capture_pattern() - pattern of the filter for a path; NULL: there is none */
const char *capture_pattern(const char *path);

/**
 * capture_filter() - write the part of a file that may be taken
 * @path: of the file, below the root or in an image
 *
 * Return: false when its kind is unknown, or no line matters; nothing is written then
 */
bool capture_filter(struct capture *capture, const char *path, const char *text,
		    size_t length, FILE *out);

/**
 * capture_put_filtered() - add a file with what capture_filter() leaves of its text
 * @name: in the archive
 *
 * Return: false when nothing was added
 */
bool capture_put_filtered(struct capture *capture, const char *path, const char *name,
			  const char *text, size_t length);

#endif

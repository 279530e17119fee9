/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_WORDS_H
#define VFIO_EARLY_WORDS_H

/*
 * Text of files in which anything can stand: boot loaders' files, scripts. What stays is
 * what is known to tell nothing: the words of this field, and short numbers. Every other
 * word becomes wordN, the same one each time, so that names still meet. Pure.
 */

#include <stdbool.h>

#include "capture/scrub.h"

/**
 * words_write() - write text of which only known words are kept
 * @scrub: remembers what was replaced
 * @length: bytes of it
 * @more: text whose words are known as well: the pattern of a path; NULL: none
 *
 * Of NAME=VALUE with a name that is not known all of the value is replaced.
 */
void words_write(struct scrub *scrub, const char *text, size_t length, const char *more,
		 FILE *out);

/** words_are_known() - would nothing of a text be replaced? */
bool words_are_known(const char *text);

/** words_copy() - the same, as allocated text; NULL: there was no memory */
char *words_copy(struct scrub *scrub, const char *text, size_t length, const char *more,
		 size_t *ret_length);

#endif

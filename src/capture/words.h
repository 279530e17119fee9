/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_WORDS_H
#define VFIO_EARLY_WORDS_H

/*
 * Text of files that may contain anything: files of boot loaders, scripts. Only harmless
 * words stay: the technical terms of this field, and short numbers. Every other word
 * becomes wordN, the same N each time, so that references still match. Pure.
 */

#include <stdbool.h>

#include "capture/scrub.h"

/**
 * words_write() - write text of which only known words are kept
 * @scrub: remembers what was replaced
 * @length: bytes of it
 * @more: text whose words are known as well: the pattern of a path; NULL: none
 *
 * In NAME=VALUE with an unknown name the whole value is replaced.
 */
void words_write(struct scrub *scrub, const char *text, size_t length, const char *more,
		 FILE *out);

/** words_are_known() - would a text stay as it is? */
bool words_are_known(const char *text);

/** words_copy() - words_write() into allocated text; NULL: there was no memory */
char *words_copy(struct scrub *scrub, const char *text, size_t length, const char *more,
		 size_t *ret_length);

#endif

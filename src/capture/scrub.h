/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SCRUB_H
#define VFIO_EARLY_SCRUB_H

/*
 * Removes data that identifies a machine or its owner from text: UUIDs, MAC addresses,
 * serial numbers and labels of disks. Equal values get equal replacements, so that
 * references still match. Pure.
 */

#include <stddef.h>
#include <stdio.h>

#define SCRUB_MAX 1024
#define SCRUB_WORD_MAX 128
#define SCRUB_ALSO_MAX 4096

/**
 * enum scrub_kind - what was replaced
 * @SCRUB_UUID: a UUID, or 32 hexadecimal digits
 * @SCRUB_MAC: six or more pairs of hexadecimal digits between colons or dashes
 * @SCRUB_ID: what stands behind UUID=, PARTUUID=, by-uuid/, by-partuuid/ and is shorter;
 *	by-id/, which holds the serial number
 * @SCRUB_LABEL: what stands behind LABEL=, PARTLABEL=, by-label/, by-partlabel/, ://;
 *	what else a kernel parameter holds that names something
 * @SCRUB_MOUNT: a mount point below a directory of people, such as /home/x
 * @SCRUB_WORD: any word that is not known to be harmless (words.h)
 */
enum scrub_kind {
	SCRUB_UUID,
	SCRUB_MAC,
	SCRUB_ID,
	SCRUB_LABEL,
	SCRUB_MOUNT,
	SCRUB_WORD,
	SCRUB_KINDS
};

/* "UUIDs", "MAC addresses", ... */
extern const char *const scrub_kind_names[];

/**
 * struct scrub - what was replaced so far; zeroed at the start
 * @words: with kind and number; the replacement is made from these two
 * @count: how many
 * @kinds: how many of each kind
 * @also: words that are known on this machine (words.h): releases of its kernels
 */
struct scrub {
	struct {
		char text[SCRUB_WORD_MAX];
		enum scrub_kind kind;
		size_t number;
	} words[SCRUB_MAX];
	size_t count;
	size_t kinds[SCRUB_KINDS];
	char also[SCRUB_ALSO_MAX];
};

/** scrub_number() - number of a word within its kind, from 1 */
size_t scrub_number(struct scrub *scrub, enum scrub_kind kind, const char *word,
		    size_t length);

/**
 * scrub_word() - write the replacement of a word
 * @length: bytes of it
 */
void scrub_word(struct scrub *scrub, enum scrub_kind kind, const char *word,
		size_t length, FILE *out);

/**
 * scrub_made() - does text begin with scrub_text()'s replacement of a UUID or an address?
 *
 * Return: its length; 0: no
 */
size_t scrub_made(const char *text, size_t length);

/**
 * scrub_text() - write text with replacements
 * @scrub: remembers what was replaced. Mount points look like any path: only those that
 *	were given to scrub_word() before are found.
 * @length: bytes of it
 */
void scrub_text(struct scrub *scrub, const char *text, size_t length, FILE *out);

#endif

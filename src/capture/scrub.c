// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/scrub.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "capture/words.h"

#define UUID_LENGTH 36
#define HASH_LENGTH 32 /* of machine-id and boot ids */
#define MAC_PAIRS 6
#define DIGITS "0123456789"
#define HEX DIGITS "abcdef"
#define PATH_CHARS DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/._-"

const char *const scrub_kind_names[] = {
	[SCRUB_UUID] = "UUIDs",	  [SCRUB_MAC] = "MAC addresses",  [SCRUB_ID] = "disk ids",
	[SCRUB_LABEL] = "labels", [SCRUB_MOUNT] = "mount points", [SCRUB_WORD] = "words",
};

static_assert(ARRAY_SIZE(scrub_kind_names) == SCRUB_KINDS, "a kind has no name");

/*
 * The words that stand behind these are replaced whole, whatever they look like; of a
 * name of device-mapper, as host--vg-root, the parts that are not known, as in other
 * files.
 */
static const struct {
	const char *before;
	enum scrub_kind kind;
} markers[] = {
	{ "PARTUUID=", SCRUB_ID },     { "UUID=", SCRUB_ID },
	{ "PARTLABEL=", SCRUB_LABEL }, { "LABEL=", SCRUB_LABEL },
	{ "/by-partuuid/", SCRUB_ID }, { "/by-uuid/", SCRUB_ID },
	{ "/by-id/", SCRUB_ID },       { "/by-partlabel/", SCRUB_LABEL },
	{ "/by-label/", SCRUB_LABEL }, { "://", SCRUB_LABEL },
	{ "/mapper/", SCRUB_WORD },
};

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c);
}

size_t scrub_number(struct scrub *scrub, enum scrub_kind kind, const char *word,
		    size_t length)
{
	for (size_t i = 0; i < scrub->count; i++)
		if (scrub->words[i].kind == kind &&
		    strlen(scrub->words[i].text) == length &&
		    !strncasecmp(scrub->words[i].text, word, length))
			return scrub->words[i].number;
	scrub->kinds[kind]++;
	/* A word that cannot be remembered gets a number of its own each time. */
	if (scrub->count < SCRUB_MAX && length < SCRUB_WORD_MAX) {
		memcpy(scrub->words[scrub->count].text, word, length);
		scrub->words[scrub->count].text[length] = '\0';
		scrub->words[scrub->count].kind = kind;
		scrub->words[scrub->count++].number = scrub->kinds[kind];
	}
	return scrub->kinds[kind];
}

/* UUIDs that are the same on all machines: purposes of variables and partitions */
static bool is_common(const char *text)
{
	static const char *const common[] = {
		"4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", /* boot loader interface */
		"8be4df61-93ca-11d2-aa0d-00e098032b8c", /* EFI's own variables */
		"3a2bd3ca-9487-4836-b656-9a07448d51c4", /* the guard of vfio-early */
		"513ee0d0-6e43-cb05-b272-f146a2fcb88a", /* Limine */
		"36d08fa7-cf0b-42f5-8f14-68df73ed3740", /* rEFInd */
		"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", /* EFI system partition */
		"bc13c2ff-59e6-4262-a352-b275fd6f7172", /* XBOOTLDR */
	};

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (!strncasecmp(text, common[i], UUID_LENGTH))
			return true;
	return false;
}

/* 8-4-4-4-12 hexadecimal digits */
static bool is_uuid(const char *text, size_t length)
{
	if (length < UUID_LENGTH)
		return false;
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !is_hex(text[i]))
			return false;
	}
	return true;
}

/* Already a replacement: capturing a captured machine changes nothing. */
static bool is_made(enum scrub_kind kind, const char *word, size_t length)
{
	static const struct {
		enum scrub_kind kind;
		const char *start, *rest;
	} forms[] = {
		{ SCRUB_UUID, "00000000-0000-4000-8000-", HEX },
		{ SCRUB_UUID, "00000000000000", HEX },
		{ SCRUB_MAC, "02:00:00:00:", HEX ":" },
		{ SCRUB_ID, "id-", DIGITS },
		{ SCRUB_LABEL, "label-", DIGITS },
		{ SCRUB_MOUNT, "/mnt/", DIGITS },
		{ SCRUB_WORD, "word", DIGITS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t at = strlen(forms[i].start);

		if (forms[i].kind != kind || length <= at ||
		    memcmp(word, forms[i].start, at) != 0)
			continue;
		while (at < length && strchr(forms[i].rest, word[at]))
			at++;
		if (at == length)
			return true;
	}
	return false;
}

void scrub_word(struct scrub *scrub, enum scrub_kind kind, const char *word,
		size_t length, FILE *out)
{
	size_t number;

	if (kind == SCRUB_ID && length == UUID_LENGTH && is_uuid(word, length))
		kind = SCRUB_UUID;
	if (is_made(kind, word, length) ||
	    (kind == SCRUB_UUID && length == UUID_LENGTH && is_common(word))) {
		fwrite(word, 1, length, out);
		return;
	}
	number = scrub_number(scrub, kind, word, length);
	switch (kind) {
	case SCRUB_UUID:
		/* of version 4, like those of the kernel and of mkfs */
		if (length == HASH_LENGTH)
			fprintf(out, "%032zx", number);
		else
			fprintf(out, "00000000-0000-4000-8000-%012zx", number);
		return;
	case SCRUB_MAC:
		/* locally administered (IEEE 802, section 8.4) */
		fprintf(out, "02:00:00:00:%02zx:%02zx", number >> 8 & 0xff,
			number & 0xff);
		return;
	case SCRUB_ID:
		fprintf(out, "id-%zu", number);
		return;
	case SCRUB_LABEL:
		fprintf(out, "label-%zu", number);
		return;
	case SCRUB_MOUNT:
		fprintf(out, "/mnt/%zu", number);
		return;
	case SCRUB_WORD:
		/* no other character: it may be the name of a variable */
		fprintf(out, "word%zu", number);
		return;
	case SCRUB_KINDS:
		return;
	}
}

/* Length of six or more pairs between colons, or dashes; 0: there are none */
static size_t mac_length(const char *text, size_t length)
{
	size_t used = 0, pairs = 0;
	char between = length > 2 && text[2] == '-' ? '-' : ':';

	while (length - used >= 2 && is_hex(text[used]) && is_hex(text[used + 1])) {
		pairs++;
		used += 2;
		if (length - used < 3 || text[used] != between ||
		    !is_hex(text[used + 1]) || !is_hex(text[used + 2]))
			break;
		used++;
	}
	return pairs >= MAC_PAIRS ? used : 0;
}

static size_t hash_length(const char *text, size_t length)
{
	size_t used = 0;

	while (used < length && is_hex(text[used]))
		used++;
	return used == HASH_LENGTH ? used : 0;
}

size_t scrub_made(const char *text, size_t length)
{
	size_t mac = mac_length(text, length), hash = hash_length(text, length);

	if (is_uuid(text, length) &&
	    (is_common(text) || is_made(SCRUB_UUID, text, UUID_LENGTH)))
		return UUID_LENGTH;
	if (hash && is_made(SCRUB_UUID, text, hash))
		return hash;
	return mac && is_made(SCRUB_MAC, text, mac) ? mac : 0;
}

/*
 * Is it found wherever it stands? Labels can be common words; what stood behind
 * root=iscsi: is none, and its colons tell it.
 */
static bool is_anywhere(enum scrub_kind kind, const char *text)
{
	return kind == SCRUB_MOUNT || (kind == SCRUB_LABEL && strchr(text, ':'));
}

/* Length of such a word here that was replaced before; 0: none */
static size_t known_find(const struct scrub *scrub, const char *text, size_t length,
			 enum scrub_kind *ret_kind)
{
	for (size_t i = 0; i < scrub->count; i++) {
		size_t width = strlen(scrub->words[i].text);

		if (!is_anywhere(scrub->words[i].kind, scrub->words[i].text) ||
		    width > length || memcmp(text, scrub->words[i].text, width) != 0 ||
		    (width < length && strchr(PATH_CHARS, text[width])))
			continue;
		*ret_kind = scrub->words[i].kind;
		return width;
	}
	return 0;
}

/* Length of what is to be replaced here; 0: nothing */
static size_t word_find(const struct scrub *scrub, const char *text, size_t length,
			enum scrub_kind *ret_kind)
{
	size_t found = known_find(scrub, text, length, ret_kind);

	if (found || *text == '/')
		return found;
	found = is_uuid(text, length) ? UUID_LENGTH : hash_length(text, length);

	*ret_kind = SCRUB_UUID;
	if (!found) {
		*ret_kind = SCRUB_MAC;
		found = mac_length(text, length);
	}
	/* a part of something longer is none */
	return found && (found == length || !is_word_char(text[found])) ? found : 0;
}

/* Length of a marker here; 0: none */
static size_t marker_find(const char *text, size_t length, enum scrub_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(markers); i++) {
		size_t width = strlen(markers[i].before);

		if (width > length || memcmp(text, markers[i].before, width))
			continue;
		*ret_kind = markers[i].kind;
		return width;
	}
	return 0;
}

/* A URL, with user and password, goes to the next blank or quote. */
static size_t token_length(const char *text, size_t length, bool is_url)
{
	const char *ends = is_url ? " \t\n\r\"'<>" : " \t\n\r,;:\"'/";
	size_t used = 0;

	while (used < length && !strchr(ends, text[used]) && text[used])
		used++;
	return used;
}

void scrub_text(struct scrub *scrub, const char *text, size_t length, FILE *out)
{
	bool inside = false; /* of a word: nothing begins here */

	for (size_t i = 0; i < length;) {
		enum scrub_kind kind;
		size_t width = marker_find(text + i, length - i, &kind);

		if (width) {
			fwrite(text + i, 1, width, out);
			i += width;
			width = token_length(text + i, length - i,
					     text[i - 1] == '/' && text[i - 2] == '/');
			if (width && kind == SCRUB_WORD)
				words_write(scrub, text + i, width, NULL, out);
			else if (width)
				scrub_word(scrub, kind, text + i, width, out);
			i += width;
			inside = false;
			continue;
		}
		width = inside ? 0 : word_find(scrub, text + i, length - i, &kind);
		if (width) {
			scrub_word(scrub, kind, text + i, width, out);
			i += width;
			inside = true;
			continue;
		}
		inside = is_word_char(text[i]);
		fputc(text[i++], out);
	}
}

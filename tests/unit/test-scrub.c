// SPDX-License-Identifier: GPL-2.0-or-later

/* What is taken out of text, and what is not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "capture/scrub.h"

#define UUID1 "00000000-0000-4000-8000-000000000001"
#define UUID2 "00000000-0000-4000-8000-000000000002"

static const struct row {
	const char *text;
	const char *want;
} rows[] = {
	{ "", "" },
	{ "quiet iommu=pt", "quiet iommu=pt" },
	{ "root=UUID=0a1b2c3d-1111-2222-3333-444455556666 ro", "root=UUID=" UUID1 " ro" },
	{ "0a1b2c3d-1111-2222-3333-444455556666", UUID1 },
	{ "luks-0A1B2C3D-1111-2222-3333-444455556666", "luks-" UUID1 },
	{ "0a1b2c3d-1111-2222-3333-444455556666 0a1b2c3d-1111-2222-3333-444455556666",
	  UUID1 " " UUID1 },
	{ "0a1b2c3d-1111-2222-3333-444455556666 aa1b2c3d-1111-2222-3333-444455556666",
	  UUID1 " " UUID2 },
	{ "root=UUID=0A1B-2C3D", "root=UUID=id-1" },
	{ "PARTUUID=0a1b2c3d-02 PARTUUID=0a1b2c3d-03", "PARTUUID=id-1 PARTUUID=id-2" },
	{ "root=/dev/disk/by-id/nvme-Maker_Disk_S4EWNX0M123456-part2 quiet",
	  "root=/dev/disk/by-id/id-1 quiet" },
	{ "LABEL=anna PARTLABEL=anna", "LABEL=label-1 PARTLABEL=label-1" },
	{ "/dev/disk/by-label/anna:x", "/dev/disk/by-label/label-1:x" },
	{ "eth0 52:54:00:12:34:56 up", "eth0 02:00:00:00:00:01 up" },
	{ "80:00:02:08:fe:80:00:00", "02:00:00:00:00:01" },
	{ "BOOTIF=01-52-54-00-12-34-56 x", "BOOTIF=02:00:00:00:00:01 x" },
	{ "52-54-00-12-34", "52-54-00-12-34" },
	{ "52-54-00-12-34:56", "52-54-00-12-34:56" },
	{ "get \"https://anna:geheim@nas.lan/x,y\" now", "get \"https://label-1\" now" },
	{ "x://", "x://" },
	{ "id 0123456789abcdef0123456789abcdef.",
	  "id 00000000000000000000000000000001." },
	/* none of them */
	{ "0000:0b:00.0 10de:1b80 00:03.1/00.0", "0000:0b:00.0 10de:1b80 00:03.1/00.0" },
	{ "0x00000000e0000000 0x00000000efffffff",
	  "0x00000000e0000000 0x00000000efffffff" },
	{ "fnv1a64:0123456789abcdef", "fnv1a64:0123456789abcdef" },
	{ "0123456789abcdef0123456789abcdef0", "0123456789abcdef0123456789abcdef0" },
	{ "x0a1b2c3d-1111-2222-3333-444455556666",
	  "x0a1b2c3d-1111-2222-3333-444455556666" },
	{ "12:34:56:78:9a", "12:34:56:78:9a" },
	{ "UUID= LABEL=", "UUID= LABEL=" },
	/* what stands for something stands for itself */
	{ UUID1 " UUID=" UUID2 " 02:00:00:00:00:07",
	  UUID1 " UUID=" UUID2 " 02:00:00:00:00:07" },
	{ "UUID=id-7 LABEL=label-3", "UUID=id-7 LABEL=label-3" },
	/* what only begins like that does not */
	{ "/by-id/id-anna LABEL=label-anna", "/by-id/id-1 LABEL=label-1" },
	{ "02:00:ab:cd:ef:01", "02:00:00:00:00:01" },
};

static void scrub_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scrub *scrub = calloc(1, sizeof(*scrub));
		size_t length = strlen(rows[i].text), size;
		/* exactly as long as it is: a step beyond is noticed */
		char *exact = malloc(length + !length), *text = NULL;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(scrub);
		assert_non_null(exact);
		assert_non_null(out);
		memcpy(exact, rows[i].text, length);
		scrub_text(scrub, exact, length, out);
		fclose(out);
		assert_string_equal(text, rows[i].want);
		free(text);
		free(exact);
		free(scrub);
	}
}

/* More words than can be remembered: each is still replaced. */
static void scrub_many(void **state)
{
	struct scrub *scrub = calloc(1, sizeof(*scrub));
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(scrub);
	assert_non_null(out);
	for (unsigned int i = 0; i < 2 * SCRUB_MAX; i++) {
		char word[64];

		snprintf(word, sizeof(word), "%08x-aaaa-bbbb-cccc-000000000000 ", i);
		scrub_text(scrub, word, strlen(word), out);
	}
	fclose(out);
	assert_null(strstr(text, "aaaa"));
	assert_int_equal(scrub->kinds[SCRUB_UUID], 2 * SCRUB_MAX);
	free(text);
	free(scrub);
}

/* Mount points are found where they stand in a sentence, once they are known. */
static void scrub_mounts(void **state)
{
	static const char before[] =
		"/srv/anna, /srv/anna/x /mnt/2 at /srv/anna\" x/srv/anna";
	static const char after[] = "/mnt/1, /srv/anna/x /mnt/2 at /mnt/1\" x/srv/anna";
	struct scrub *scrub = calloc(1, sizeof(*scrub));
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(scrub);
	assert_non_null(out);
	scrub_word(scrub, SCRUB_MOUNT, "/srv/anna", strlen("/srv/anna"), out);
	rewind(out);
	scrub_text(scrub, before, strlen(before), out);
	fclose(out);
	assert_string_equal(text, after);
	free(text);
	free(scrub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scrub_rows),
		cmocka_unit_test(scrub_many),
		cmocka_unit_test(scrub_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
#include "capture/words.h"

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

static const struct row word_rows[] = {
	{ "", "" },
	{ "GRUB_DEFAULT=saved", "GRUB_DEFAULT=saved" },
	{ "set default=\"${saved_entry}\"", "set default=\"${saved_entry}\"" },
	{ "menuentry 'Anna and Linux' --id anna",
	  "menuentry 'word1 and Linux' --id word1" },
	{ "linux /vmlinuz-6.1.0-47-amd64 root=UUID=0A1B-2C3D ro quiet",
	  "linux /vmlinuz-6.1.0-47-amd64 root=UUID=id-1 ro quiet" },
	{ "initrd /0123456789abcdef0123456789abcdef/6.1/initrd",
	  "initrd /00000000000000000000000000000001/6.1/initrd" },
	{ "root=UUID=0a1b2c3d-1111-2222-3333-444455556666", "root=UUID=" UUID1 },
	{ "vfio-pci.ids=10de:1e84,10de:10f8 iommu=pt",
	  "vfio-pci.ids=10de:1e84,10de:10f8 iommu=pt" },
	{ "echo 0x10de > /sys/bus/pci/drivers/vfio-pci/new_id",
	  "echo 0x10de > /sys/bus/pci/drivers/vfio-pci/new_id" },
	{ "virsh nodedev-detach pci_0000_01_00_0",
	  "virsh nodedev-detach pci_0000_01_00_0" },
	/* of a name that is not known the value goes, numbers too */
	{ "password=12345678 x", "word1=word2 x" },
	{ "secret=\"1234 5678\" on", "word1=word2 on" },
	{ "anna:hunter2@nas", "word1:word2@word3" },
	{ "ip=192.168.7.7 192.168.7.7", "word1=word2 word2" },
	{ "fe80::1234:5678 0000:01:00.0", "word1 0000:01:00.0" },
	{ "S4EWNX0M123456 123456789", "word1 word2" },
	{ "M\xc3\xbcller", "word1" },
	{ "vfioanna annavfio", "word1 word2" },
	/* what stands for something stands for itself */
	{ "word7 id-3 label-1 " UUID1 " 02:00:00:00:00:01",
	  "word7 id-3 label-1 " UUID1 " 02:00:00:00:00:01" },
	{ "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
	  "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f" },
	{ "6.9.1-annas-kernel", "6.9.1-annas-kernel" },
};

/* Which words stay; "annas" is of a kernel that is there */
static void words_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(word_rows); i++) {
		struct scrub *scrub = calloc(1, sizeof(*scrub));
		size_t size;
		char *text;

		assert_non_null(scrub);
		snprintf(scrub->also, sizeof(scrub->also), " 6.9.1-annas-kernel");
		text = words_copy(scrub, word_rows[i].text, strlen(word_rows[i].text),
				  NULL, &size);
		assert_non_null(text);
		assert_string_equal(text, word_rows[i].want);
		free(text);
		free(scrub);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scrub_rows),
		cmocka_unit_test(scrub_many),
		cmocka_unit_test(scrub_mounts),
		cmocka_unit_test(words_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

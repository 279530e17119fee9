// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An index of modules, cut off and overwritten: in what kmod_index_judge() lets pass,
 * libkmod itself looks up, and dumps it, without a crash and without an end of its own.
 *
 * The input is a length to cut to, then places and bytes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read/kmod_index.h"

#define SIZE_MAX_HERE 512
#define PREFIX 0x80000000u
#define VALUES 0x40000000u
#define CHILDREN 0x20000000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static uint8_t good[SIZE_MAX_HERE];
static size_t good_size;
static char directory[128];
static int index_fd = -1, null_fd = -1;

static void demand(bool is_so)
{
	if (!is_so)
		__builtin_trap();
}

static void put(uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		good[good_size++] = (uint8_t)(number >> shift);
}

static void put_text(const char *text)
{
	memcpy(good + good_size, text, strlen(text) + 1);
	good_size += strlen(text) + 1;
}

/* A node with one value, and a child for the one character that goes on */
static uint32_t put_node(const char *prefix, const char *value, char character,
			 uint32_t child)
{
	uint32_t node = (uint32_t)good_size;

	if (*prefix) {
		node |= PREFIX;
		put_text(prefix);
	}
	if (child) {
		node |= CHILDREN;
		good[good_size++] = (uint8_t)character;
		good[good_size++] = (uint8_t)character;
		put(child);
	}
	if (*value) {
		node |= VALUES;
		put(1);
		put(7);
		put_text(value);
	}
	return node;
}

/* vfio_pci:v*d* to vfio_pci and pci:v000010DEd* to nouveau, as depmod writes them */
static void good_make(void)
{
	uint32_t any, vendor, pci, vfio;
	uint8_t *root = good + 8;

	put(0xB007F457u);
	put(0x00020001u);
	put(0);
	any = put_node("*", "vfio_pci", 0, 0);
	any = put_node("*", "vfio_pci_any", 'd', any);
	vendor = put_node("000010DEd*", "nouveau", 0, 0);
	pci = put_node("ci:", "", 'v', vendor);
	vfio = put_node("fio_pci:", "", 'v', any);
	*root++ = (CHILDREN >> 24) & 0xff;
	*root++ = 0;
	*root++ = (uint8_t)(good_size >> 8);
	*root++ = (uint8_t)good_size;
	good[good_size++] = 'p';
	good[good_size++] = 'v';
	put(pci);
	for (char between = 'q'; between < 'v'; between++)
		put(0);
	put(vfio);
}

static void tree_remove(void)
{
	char path[300];
	DIR *list = opendir(directory);
	const struct dirent *entry;

	while (list && (entry = readdir(list))) {
		(void)snprintf(path, sizeof(path), "%s/%.150s", directory, entry->d_name);
		(void)unlink(path);
	}
	if (list)
		closedir(list);
	(void)rmdir(directory);
}

/* One file in the place of all indices: libkmod maps all of them, or none. */
static void tree_make(void)
{
	static const char *const others[] = { "dep", "symbols", "builtin",
					      "builtin.alias" };
	const char *place = getenv("TMPDIR");
	char path[256];

	(void)snprintf(directory, sizeof(directory), "%.100s/fuzz-index-XXXXXX",
		       place ? place : "/tmp");
	demand(mkdtemp(directory));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		(void)snprintf(path, sizeof(path), "%s/modules.%s.bin", directory,
			       others[i]);
		demand(!symlink("modules.alias.bin", path));
	}
	(void)snprintf(path, sizeof(path), "%s/modules.alias.bin", directory);
	index_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	demand(index_fd >= 0 && null_fd >= 0 && !atexit(tree_remove));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	good_make();
	demand(!kmod_index_judge(good, good_size));
	tree_make();
	return 0;
}

static void library_ask(const uint8_t *bytes, size_t size)
{
	static const char *const keys[] = {
		"vfio_pci:v000010DEd00002342",
		"pci:v000010DEd00002342sv",
		"pci:",
		"v",
		"",
	};
	static const char *const nothing[] = { NULL };
	struct kmod_ctx *kmod;

	demand(pwrite(index_fd, bytes, size, 0) == (ssize_t)size);
	demand(!ftruncate(index_fd, (off_t)size));
	kmod = kmod_new(directory, nothing);
	demand(kmod);
	kmod_set_log_priority(kmod, 0);
	demand(!kmod_load_resources(kmod));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct kmod_list *list = NULL;

		(void)kmod_module_new_from_lookup(kmod, keys[i], &list);
		(void)kmod_module_unref_list(list);
	}
	(void)kmod_dump_index(kmod, KMOD_INDEX_MODULES_ALIAS, null_fd);
	(void)kmod_unref(kmod);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[SIZE_MAX_HERE];
	size_t length = good_size;

	memcpy(bytes, good, sizeof(bytes));
	if (size >= 2)
		length -= (data[0] | (size_t)data[1] << 8) % (good_size + 1);
	for (size_t i = 2; i + 3 <= size; i += 3)
		bytes[(data[i] | (size_t)data[i + 1] << 8) % good_size] = data[i + 2];
	if (length && !kmod_index_judge(bytes, length))
		library_ask(bytes, length);
	else
		demand(!length || kmod_index_judge(bytes, length) == -EBADMSG);
	return 0;
}

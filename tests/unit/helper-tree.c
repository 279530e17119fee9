// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void tree_make(struct tree *tree)
{
	const char *temporary = getenv("TMPDIR");
	struct fault fault;
	int length;

	length = snprintf(tree->path, sizeof(tree->path), "%s/vfio-early.XXXXXX",
			  temporary ? temporary : "/tmp");
	assert_in_range(length, 1, sizeof(tree->path) - 1);
	assert_non_null(mkdtemp(tree->path));
	assert_int_equal(sysroot_open(tree->path, &tree->root, &fault), 0);
}

static int entry_remove(const char *path, const struct stat *status, int type,
			struct FTW *position)
{
	(void)status;
	(void)type;
	(void)position;
	return remove(path);
}

void tree_remove(struct tree *tree)
{
	sysroot_done(&tree->root);
	assert_int_equal(nftw(tree->path, entry_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int tree_setup(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	*state = &tree;
	return 0;
}

int tree_teardown(void **state)
{
	tree_remove(*state);
	return 0;
}

/* The path with the root before it; the directories above it are made. */
static void path_make(const struct tree *tree, const char *below,
		      char path[static TREE_NAME_MAX])
{
	(void)snprintf(path, TREE_NAME_MAX, "%s/%s", tree->path, below);
	for (char *slash = path + strlen(tree->path) + 1; (slash = strchr(slash, '/'));
	     *slash++ = '/') {
		*slash = '\0';
		assert_true(!mkdir(path, 0755) || errno == EEXIST);
	}
}

void tree_bytes(struct tree *tree, const char *path, const void *bytes, size_t size)
{
	char full[TREE_NAME_MAX];
	int fd;

	path_make(tree, path, full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	assert_int_equal(close(fd), 0);
}

void tree_put(struct tree *tree, const char *text, const char *path, ...)
{
	char below[TREE_NAME_MAX];
	va_list args;

	va_start(args, path);
	(void)vsnprintf(below, sizeof(below), path, args);
	va_end(args);
	tree_bytes(tree, below, text, strlen(text));
}

void tree_link(struct tree *tree, const char *target, const char *path, ...)
{
	char below[TREE_NAME_MAX], full[TREE_NAME_MAX];
	va_list args;

	va_start(args, path);
	(void)vsnprintf(below, sizeof(below), path, args);
	va_end(args);
	path_make(tree, below, full);
	(void)unlink(full);
	assert_int_equal(symlink(target, full), 0);
}

void tree_dir(struct tree *tree, const char *path)
{
	char full[TREE_NAME_MAX];

	path_make(tree, path, full);
	assert_true(!mkdir(full, 0755) || errno == EEXIST);
}

void tree_delete(struct tree *tree, const char *path)
{
	char full[TREE_NAME_MAX];

	(void)snprintf(full, sizeof(full), "%s/%s", tree->path, path);
	assert_int_equal(remove(full), 0);
}

void tree_attribute(struct tree *tree, const char *address, const char *name,
		    const char *text)
{
	tree_put(tree, text, "sys/bus/pci/devices/%s/%s", address, name);
}

void tree_config(struct tree *tree, const char *address, const uint8_t *bytes,
		 size_t size)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/config", address);
	tree_bytes(tree, path, bytes, size);
}

static void group_make(struct tree *tree, const char *path, const char *address,
		       int group)
{
	char target[TREE_NAME_MAX], up[64] = "../..";

	for (const char *c = path; *c; c++)
		if (*c == '/')
			(void)strcat(up, "/..");
	(void)snprintf(target, sizeof(target), "%s/kernel/iommu_groups/%d", up, group);
	tree_link(tree, target, "sys/bus/pci/devices/%s/iommu_group", address);
	tree_put(tree, "DMA-FQ\n", "sys/kernel/iommu_groups/%d/type", group);
	tree_put(tree, "0x00000000fee00000 0x00000000feefffff msi\n",
		 "sys/kernel/iommu_groups/%d/reserved_regions", group);
}

void tree_function(struct tree *tree, const char *path, const char *id,
		   uint32_t class_code, int group)
{
	const char *address = strrchr(path, '/') + 1;
	char target[TREE_NAME_MAX], text[32];
	uint8_t config[256] = { 0 };

	(void)snprintf(target, sizeof(target), "sys/devices/%s", path);
	tree_dir(tree, target);
	(void)snprintf(target, sizeof(target), "../../../devices/%s", path);
	tree_link(tree, target, "sys/bus/pci/devices/%s", address);
	(void)snprintf(text, sizeof(text), "0x%.4s\n", id);
	tree_attribute(tree, address, "vendor", text);
	(void)snprintf(text, sizeof(text), "0x%.4s\n", id + 5);
	tree_attribute(tree, address, "device", text);
	(void)snprintf(text, sizeof(text), "0x%06x\n", class_code);
	tree_attribute(tree, address, "class", text);
	tree_attribute(tree, address, "driver_override", "(null)\n");
	tree_config(tree, address, config, sizeof(config));
	if (group >= 0)
		group_make(tree, path, address, group);
}

const struct host_function *host_at(const struct host *host, const char *address)
{
	const struct host_function *function;
	struct pci_address where;

	assert_int_equal(pci_address_parse(address, &where), 0);
	function = host_find(host, &where);
	assert_non_null(function);
	return function;
}

bool host_has_note(const struct host *host, const char *text)
{
	for (size_t i = 0; i < host->n_notes; i++)
		if (strstr(host->notes[i].text, text))
			return true;
	return false;
}

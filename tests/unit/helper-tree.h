/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HELPER_TREE_H
#define HELPER_TREE_H

/* Small machines as files in a temporary directory. Paths are below its root. */

#include <stddef.h>
#include <stdint.h>

#include "base/sysroot.h"
#include "model/host.h"

#define TREE_ROOT_MAX 256
#define TREE_NAME_MAX 1024

/**
 * struct tree - a root with files
 * @path: of the directory
 */
struct tree {
	char path[TREE_ROOT_MAX];
	struct sysroot root;
};

/** tree_make() - an empty root in the temporary directory, for tree_remove() */
void tree_make(struct tree *tree);

/** tree_remove() - delete it with everything in it */
void tree_remove(struct tree *tree);

/** tree_setup() - fixture of a test whose state is an empty tree */
int tree_setup(void **state);

/** tree_teardown() - its end, and that of any whose state is a tree */
int tree_teardown(void **state);

/** tree_put() - write a text file, and the directories above it */
void tree_put(struct tree *tree, const char *text, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/** tree_bytes() - write a file of any bytes */
void tree_bytes(struct tree *tree, const char *path, const void *bytes, size_t size);

/** tree_link() - make a symbolic link, and the directories above it */
void tree_link(struct tree *tree, const char *target, const char *path, ...)
	__attribute__((format(printf, 3, 4)));

/** tree_dir() - make a directory, and those above it */
void tree_dir(struct tree *tree, const char *path);

/** tree_delete() - delete a file, a link or an empty directory, which must exist */
void tree_delete(struct tree *tree, const char *path);

/**
 * tree_function() - a PCI function as sysfs shows it
 * @path: below sys/devices: pci0000:00/0000:00:03.1/0000:09:00.0
 * @id: 10de:1e84
 * @class_code: 0x030000
 * @group: IOMMU group, or -1
 *
 * Its config space has a header of type 0, no capabilities.
 */
void tree_function(struct tree *tree, const char *path, const char *id,
		   uint32_t class_code, int group);

/**
 * tree_attribute() - write an attribute of a function
 * @address: 0000:09:00.0
 */
void tree_attribute(struct tree *tree, const char *address, const char *name,
		    const char *text);

/**
 * tree_config() - write a function's config space
 * @address: 0000:09:00.0
 * @size: 64, 256 or 4096
 */
void tree_config(struct tree *tree, const char *address, const uint8_t *bytes,
		 size_t size);

/** host_at() - a function, by an address such as 0000:09:00.0, which must exist */
const struct host_function *host_at(const struct host *host, const char *address);

/** host_has_note() - is this text a part of a note? */
bool host_has_note(const struct host *host, const char *text);

#endif

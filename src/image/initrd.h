/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_H
#define VFIO_EARLY_INITRD_H

/*
 * What is in an initramfs image, as values. An image is what the kernel unpacks
 * (init/initramfs.c unpack_to_rootfs()): cpio archives one behind the other, each of them
 * compressed or not, with zeros between them. The same is inside of a unified kernel
 * image. Of most files only the names are kept.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "model/cmdline.h"
#include "model/config.h"
#include "model/host.h"
#include "read/config_read.h"

#define INITRD_ENTRIES_MAX 65536
#define INITRD_TEXT_MAX CONFIG_SIZE_MAX /* bytes of a file that is kept */
#define INITRD_POOL_MAX (16u << 20) /* bytes of all names and of all that is kept */
#define INITRD_BYTES_MAX (8ull << 30) /* unpacked */
#define INITRD_MODULES "lib/modules/"
#define INITRD_OWN_MODULES "lib/vfio-early/modules/" /* of --make-cpio: see preinit.c */
#define INITRD_PROGRAM "vfio-early/vfio-early-boot" /* behind lib/, wherever that is */

/**
 * struct initrd_entry - one file, directory or link
 * @path: without a slash in front, and without usr/: etc/vfio-early.conf, lib/modules
 * @mode: type and permissions
 * @uid: owner
 * @size: bytes; of a hard link they may stand with a later name
 * @text: content, or target of a link, terminated; NULL: not kept
 * @length: of @text
 * @device: of its inode, inside of the archive
 * @inode: likewise; names with the same one are the same file
 */
struct initrd_entry {
	const char *path;
	uint32_t mode;
	uint32_t uid;
	uint64_t size;
	const char *text;
	size_t length;
	uint64_t device;
	uint32_t inode;
};

/**
 * struct initrd - an image; {0} is an empty one
 * @entries: in the order in which they are unpacked: a later one of the same path wins
 * @count: of @entries
 * @pool: their names and texts
 * @used: bytes of @pool
 * @unpacked: bytes of all archives
 * @archives: cpio archives
 * @filter: how the last of them is compressed: "zstd"; empty: not at all
 * @own_modules: the program sees INITRD_OWN_MODULES as /lib/modules; set by the caller
 * @cmdline: kernel command line of a unified kernel image; empty: there is none
 * @release: kernel of a unified kernel image, as it says itself; empty: unknown
 */
struct initrd {
	struct initrd_entry *entries;
	size_t count;
	char *pool;
	size_t used;
	uint64_t unpacked;
	unsigned int archives;
	const char *filter;
	bool own_modules;
	char cmdline[CMDLINE_MAX];
	char release[HOST_NAME_MAX];
};

/**
 * initrd_read() - add a file to an image; boot loaders hand over several as one
 * @dir: descriptor of a directory
 * @path: of the file below it: cpio archives, or a unified kernel image
 * @initrd: zeroed, or read before; give it to initrd_done()
 * @fault: filled on failure; what was read until then stays in @initrd
 *
 * Return: 0; -EBADMSG when it is damaged, so that the kernel could not unpack it either;
 * -ENODATA for a unified kernel image without one; -EOPNOTSUPP when it is packed in a way
 * that is not known here; -E2BIG beyond a limit of this header; -errno
 */
int initrd_read(int dir, const char *path, struct initrd *initrd, struct fault *fault);

/**
 * initrd_trim() - give back the room that an image does not need; nothing can be added
 */
void initrd_trim(struct initrd *initrd);

/**
 * initrd_done() - let go of an image
 * @initrd: read, or zeroed
 */
void initrd_done(struct initrd *initrd);

/**
 * initrd_find() - the file of a path
 * @path: as in struct initrd_entry
 *
 * Return: the entry that wins, or NULL
 */
const struct initrd_entry *initrd_find(const struct initrd *initrd, const char *path);

/**
 * initrd_text() - content of a file that is kept
 * @path: as in struct initrd_entry
 *
 * Return: its text; NULL when there is no such file, or it is not kept
 */
const char *initrd_text(const struct initrd *initrd, const char *path);

/**
 * initrd_program() - the boot program
 *
 * Return: its entry, with its first bytes as text; NULL when it is not there
 */
const struct initrd_entry *initrd_program(const struct initrd *initrd);

/** initrd_modules() - where the program finds modules */
const char *initrd_modules(const struct initrd *initrd);

/**
 * initrd_release() - the kernel whose modules are in an image
 * @release: filled; empty when there are no modules
 */
void initrd_release(const struct initrd *initrd, char release[static HOST_NAME_MAX]);

/**
 * initrd_has_module() - is a module in an image?
 * @release: of the kernel; empty: of any
 * @module: its name; '-' and '_' are equal
 */
bool initrd_has_module(const struct initrd *initrd, const char *release,
		       const char *module);

/**
 * initrd_config() - the config in an image, as the boot program will read it
 * @config: filled as by config_read(): hash and targets; one that the program would
 *	refuse for its owner or mode is marked invalid
 *
 * Return: false when the content of a file is not known: it is a link
 */
bool initrd_config(const struct initrd *initrd, struct config *config);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_H
#define VFIO_EARLY_INITRD_H

/*
 * Content of an initramfs image, as values. The kernel unpacks (init/initramfs.c
 * unpack_to_rootfs()) cpio archives one after the other, each of them compressed or not,
 * with zeros between them. A unified kernel image contains the same in a section. Only
 * the names of most files are kept.
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
#define INITRD_ALL_MAX (16ull << 30) /* unpacked, of all images together */
#define INITRD_MODULES "lib/modules/"
#define INITRD_OWN_MODULES "lib/vfio-early/modules/" /* of --make-cpio: see preinit.c */
#define INITRD_PROGRAM "vfio-early/vfio-early-boot" /* behind lib/, wherever that is */

/**
 * struct initrd_entry - one file, directory or link
 * @path: without a leading slash, and without usr/: etc/vfio-early.conf, lib/modules
 * @mode: type and permissions
 * @uid: owner
 * @size: bytes; those of a hard link may come with a later name
 * @text: content, or target of a link, terminated; NULL: not kept
 * @length: of @text
 * @device: device number of its inode in the archive
 * @inode: inode number; names with equal @device and @inode are one file
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
 * struct initrd - an image; {0} is an empty image
 * @entries: in the order of unpacking: a later entry of the same path wins
 * @count: of @entries
 * @pool: their names and texts
 * @used: bytes of @pool
 * @unpacked: bytes of all archives
 * @others: bytes that were unpacked of other images, for INITRD_ALL_MAX; set by the
 *	caller
 * @archives: cpio archives
 * @filter: compression of the last archive: "zstd"; empty: none
 * @own_modules: the program sees INITRD_OWN_MODULES as /lib/modules; set by the caller
 * @cmdline: kernel command line of a unified kernel image; empty: there is none
 * @release: kernel release that a unified kernel image states; empty: unknown
 */
struct initrd {
	struct initrd_entry *entries;
	size_t count;
	char *pool;
	size_t used;
	uint64_t unpacked;
	uint64_t others;
	unsigned int archives;
	const char *filter;
	bool own_modules;
	char cmdline[CMDLINE_MAX];
	char release[HOST_NAME_MAX];
};

/**
 * initrd_read() - add a file to an image; boot loaders can load several files as one
 * image
 * @dir: descriptor of a directory
 * @path: path of the file below it: cpio archives, or a unified kernel image
 * @initrd: zeroed, or with files read before; give it to initrd_done()
 * @fault: filled on failure; what was read until then stays in @initrd
 *
 * Return: 0; -EBADMSG when it is damaged, so that the kernel could not unpack it either;
 * -ENODATA for a unified kernel image without an initramfs; -EOPNOTSUPP for an unknown
 * compression; -E2BIG beyond a limit of this header; -errno
 */
int initrd_read(int dir, const char *path, struct initrd *initrd, struct fault *fault);

/** initrd_trim() - free unused memory of an image; no file can be added afterwards */
void initrd_trim(struct initrd *initrd);

/**
 * initrd_done() - free an image
 * @initrd: read, or zeroed
 */
void initrd_done(struct initrd *initrd);

/**
 * initrd_find() - find a file by its path
 * @path: as in struct initrd_entry
 *
 * Return: the entry that wins, or NULL
 */
const struct initrd_entry *initrd_find(const struct initrd *initrd, const char *path);

/**
 * initrd_text() - content of a file
 * @path: as in struct initrd_entry
 *
 * Return: its text; NULL when there is no such file, or its content is not kept
 */
const char *initrd_text(const struct initrd *initrd, const char *path);

/**
 * initrd_program() - find the boot program
 *
 * Return: its entry, with its first bytes as text; NULL when there is none
 */
const struct initrd_entry *initrd_program(const struct initrd *initrd);

/** initrd_modules() - path where the program finds modules */
const char *initrd_modules(const struct initrd *initrd);

/**
 * initrd_release() - the kernel whose modules are in an image
 * @release: filled; empty when there are no modules
 */
void initrd_release(const struct initrd *initrd, char release[static HOST_NAME_MAX]);

/**
 * initrd_has_module() - is a module in an image?
 * @release: release of the kernel; empty: of any kernel
 * @module: its name; '-' and '_' are equal
 */
bool initrd_has_module(const struct initrd *initrd, const char *release,
		       const char *module);

/**
 * initrd_config() - the config in an image, as the boot program will read it
 * @config: filled as by config_read(): hash and targets; one that the program would
 *	refuse for its owner or mode is marked invalid
 *
 * Return: false when the content of a file is unknown, because it is a link
 */
bool initrd_config(const struct initrd *initrd, struct config *config);

#endif

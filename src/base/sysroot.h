/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SYSROOT_H
#define VFIO_EARLY_SYSROOT_H

/*
 * Reading below a root that holds sys/, proc/, etc/, run/, lib/modules/: the running
 * machine or a recorded one. Every path is relative to the root's descriptor.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

#define SYSROOT_PATH_MAX 512
#define SYSROOT_NAME_MAX 256 /* NAME_MAX and a NUL */

#define MISSED_MAX 8
#define MISSED_PATH_MAX 160
#define MISSED_WHY_MAX 48

/**
 * struct missed - files that are there and could not be read
 * @files: the first of them, each with its negative errno and what that means
 * @count: how many of @files
 * @more: there are more than there is room for
 */
struct missed {
	struct missed_file {
		char path[MISSED_PATH_MAX];
		int error;
		char why[MISSED_WHY_MAX];
	} files[MISSED_MAX];
	size_t count;
	bool more;
};

struct kept;
struct kmod_ctx;
struct listing;

/**
 * struct sysroot - an opened root
 * @fd: of the directory
 * @path: without a trailing slash; "" for the running machine, so that @path "/sys" works
 * @live: it is the running machine: what touches the kernel directly is allowed
 * @contained: a crash in a library ends a worker and is reported: files that a library
 *	reads by itself need no look before
 * @missed: filled by those that read files of others (base/lines.h); NULL: not wanted
 * @kept: functions that stay open until they were acted on (read/kept.h); NULL: none
 * @modules: where libkmod stays open from the facts to the load (read/kmod.h); NULL: it
 *	does not
 */
struct sysroot {
	int fd;
	char path[SYSROOT_PATH_MAX];
	bool live;
	bool contained;
	struct missed *missed;
	struct kept *kept;
	struct kmod_ctx **modules;
};

/**
 * enum sysroot_deed - how a path was looked at
 * @SYSROOT_LOOKS: is it there?
 * @SYSROOT_READS: its bytes
 * @SYSROOT_LISTS: the names in a directory
 * @SYSROOT_LINKS: where a link leads to
 */
enum sysroot_deed { SYSROOT_LOOKS, SYSROOT_READS, SYSROOT_LISTS, SYSROOT_LINKS };

/**
 * sysroot_watch - is told of each path before it is looked at; NULL: nothing is
 *
 * For a capture, which takes what a mode reads. The boot program never sets it, and there
 * it costs nothing: the compiler sees that.
 */
extern void (*sysroot_watch)(int dir, const char *name, enum sysroot_deed deed);

/** sysroot_seen() - tell of a path that is looked at by other means than these */
void sysroot_seen(int dir, const char *name, enum sysroot_deed deed);

/**
 * sysroot_open() - open a root
 * @path: the directory; NULL or "/": the running machine; "" is refused
 * @ret_root: written on success only; give it to sysroot_done()
 *
 * Return: 0 or -errno
 */
int sysroot_open(const char *path, struct sysroot *ret_root, struct fault *fault);

/** sysroot_is_absent() - does this errno say that there is no such file of text? */
bool sysroot_is_absent(int error);

/**
 * sysroot_miss() - remember a file that could not be read
 * @error: negative; one that says that there is none is not remembered
 */
void sysroot_miss(const struct sysroot *root, const char *path, int error);

/** sysroot_list_noted() - sysroot_list() below the root; its failure is remembered */
int sysroot_list_noted(const struct sysroot *root, const char *path,
		       struct listing **ret_list);

/**
 * sysroot_done() - close a root
 * @root: opened, or zeroed with fd -1
 */
void sysroot_done(struct sysroot *root);

/**
 * sysroot_read_fd() - read until the end or until there is no more room
 * @size: bytes of @text
 *
 * Return: the number of bytes, or -errno
 */
ssize_t sysroot_read_fd(int fd, char *text, size_t size);

/**
 * sysroot_pread() - read from a place in a file until its end or as much as fits
 * @fd: of a regular file
 * @size: of @bytes
 *
 * Return: the number of bytes, or -errno
 */
ssize_t sysroot_pread(int fd, void *bytes, size_t size, uint64_t offset);

/**
 * sysroot_file_open() - open a file below a directory to read it
 *
 * A named pipe in its place is not waited for: it must not stop the boot, and a recorded
 * machine comes from a stranger.
 *
 * Return: a descriptor, or -1 and errno
 */
int sysroot_file_open(int dir, const char *name);

/**
 * sysroot_read() - read a small file below a directory
 * @dir: descriptor of the directory
 * @text: filled and terminated; trailing newlines are cut off
 * @size: bytes of @text; what does not fit is an error
 *
 * Return: the length, or -errno (-EFBIG: does not fit)
 */
ssize_t sysroot_read(int dir, const char *name, char *text, size_t size);

/**
 * sysroot_read_number() - read an attribute that holds one number
 * @dir: descriptor of the directory
 * @base: 10, or 16 for attributes that the kernel writes as 0x...
 * @ret_value: written on success only
 *
 * Return: 0 or -errno
 */
int sysroot_read_number(int dir, const char *name, unsigned int base, uint64_t max,
			uint64_t *ret_value);

/** sysroot_text_at() - sysroot_read() of an open attribute, which may be asked again */
ssize_t sysroot_text_at(int fd, char *text, size_t size);

/** sysroot_number_at() - sysroot_read_number() of an open attribute */
int sysroot_number_at(int fd, unsigned int base, uint64_t max, uint64_t *ret_value);

/**
 * sysroot_link() - text of a symbolic link
 * @dir: descriptor of the directory
 * @name: path of the link below it
 * @text: filled: the target as it is written
 * @size: bytes of @text
 *
 * Return: 0 or -errno (-ENOENT: no link)
 */
int sysroot_link(int dir, const char *name, char *text, size_t size);

/**
 * sysroot_link_name() - last component of a symbolic link's target
 * @dir: descriptor of the directory
 * @name: path of the link below it
 * @text: filled: the driver of a `driver` link, the number of an `iommu_group` link
 * @size: bytes of @text
 *
 * Return: 0 or -errno (-ENOENT: no link)
 */
int sysroot_link_name(int dir, const char *name, char *text, size_t size);

/* What the kernel gives at once of a directory; a DIR asks it three things first. */
#define LISTING_SIZE 4064

/**
 * struct listing - a directory that is being read
 * @fd: of it; -1: it was handed over
 * @at: the entry in @bytes that comes next
 * @length: of @bytes; 0: nothing was read yet
 */
struct listing {
	int fd;
	size_t at;
	size_t length;
	_Alignas(uint64_t) char bytes[LISTING_SIZE];
};

/**
 * sysroot_list() - open a directory for sysroot_list_next()
 * @dir: descriptor of the directory above it
 * @ret_list: written on success only; listing_close() it
 *
 * Return: 0 or -errno
 */
int sysroot_list(int dir, const char *name, struct listing **ret_list);

/** listing_close() - NULL is none */
void listing_close(struct listing *list);

static inline void cleanup_listing_p(struct listing **list)
{
	listing_close(*list);
}

#define cleanup_listing __attribute__((cleanup(cleanup_listing_p)))

/**
 * sysroot_list_next() - the next entry that is not hidden
 *
 * Return: its name, valid until the next call; NULL at the end: then errno is 0, or says
 * why the rest could not be read
 */
const char *sysroot_list_next(struct listing *list);

/**
 * sysroot_names() - the names in an open directory that end so, in byte order
 * @end: ".conf"; "": all
 * @names: room for @most
 * @ret_count: how many, always written
 *
 * Return: 0; -E2BIG: there are more; -errno: the rest could not be read
 */
int sysroot_names(struct listing *list, const char *end, char (*names)[SYSROOT_NAME_MAX],
		  size_t most, size_t *ret_count);

/**
 * sysroot_look() - is there such a file? Links are not followed.
 * @dir: descriptor of the directory
 *
 * Return: 1, 0 or -errno when it cannot be told
 */
int sysroot_look(int dir, const char *name);

/**
 * sysroot_exists() - is there such a file? Links are not followed.
 * @dir: descriptor of the directory
 *
 * Return: true when there is; false also when it cannot be told
 */
bool sysroot_exists(int dir, const char *name);

/**
 * sysroot_load_fd() - the same as sysroot_load() of a file that is open
 *
 * Return: 0 or -errno
 */
int sysroot_load_fd(int fd, size_t limit, char **ret_text, size_t *ret_length);

/**
 * sysroot_load() - read a whole file, of any size up to a limit
 * @dir: descriptor of the directory
 * @limit: more bytes are -EFBIG
 * @ret_text: written on success only: allocated, terminated; free() it
 *
 * Return: 0 or -errno
 */
int sysroot_load(int dir, const char *name, size_t limit, char **ret_text,
		 size_t *ret_length);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/initrd.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/module_name.h"
#include "base/text.h"
#include "image/cpio_read.h"
#include "image/generator.h"
#include "image/pe.h"
#include "image/unpack.h"

#define ENTRIES_SIZE (INITRD_ENTRIES_MAX * sizeof(struct initrd_entry))
#define PENDING_MAX 64
#define HEAD_SIZE 4u /* of the program: enough to see what it is */

/* ---- paths ---- */

/* An initramfs may have /lib as a link to usr/lib, or not. */
static const char *path_normal(const char *path)
{
	bool again = true;

	while (again) {
		if (!strncmp(path, "./", 2))
			path += 2;
		else if (*path == '/')
			path++;
		else if (!strncmp(path, "usr/", 4))
			path += 4;
		else
			again = false;
	}
	return path;
}

static bool path_is_program(const char *path)
{
	return text_ends(path, "lib/" INITRD_PROGRAM);
}

/* ---- collecting ---- */

/**
 * struct collector - an image that is being read
 * @initrd: where to
 * @part: the part that we are in
 * @file: the file that we are in
 * @header: of the entry that we are at
 * @pending: indices of entries whose content comes with a later name of the same file
 * @n_pending: how many; more are not waited for
 * @body: what the entry holds
 */
struct collector {
	struct initrd *initrd;
	struct unpack_part part;
	struct unpack_file file;
	struct cpio_entry header;
	size_t pending[PENDING_MAX];
	size_t n_pending;
	char body[INITRD_TEXT_MAX];
};

static int limit_fault(const struct collector *collector, struct fault *fault)
{
	return fault_set(fault, -E2BIG, "/%s: more files than this program reads",
			 collector->file.path);
}

/* Room for an image is taken at once; the kernel gives pages only for what is used. */
static int rooms_make(struct initrd *initrd)
{
	void *rooms;

	if (initrd->entries)
		return 0;
	rooms = mmap(NULL, ENTRIES_SIZE + INITRD_POOL_MAX, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (rooms == MAP_FAILED)
		return -errno;
	initrd->entries = rooms;
	initrd->pool = (char *)rooms + ENTRIES_SIZE;
	return 0;
}

/* A terminated copy; NULL: there is no more room */
static const char *pool_add(struct initrd *initrd, const char *bytes, size_t length)
{
	char *copy = initrd->pool + initrd->used;

	if (length >= INITRD_POOL_MAX - initrd->used)
		return NULL;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	initrd->used += length + 1;
	return copy;
}

/* Add the entry of the header, without its content. */
static int entry_add(struct collector *collector, struct fault *fault)
{
	const struct cpio_entry *header = &collector->header;
	struct initrd *initrd = collector->initrd;
	const char *path = path_normal(header->path);

	path = initrd->count < INITRD_ENTRIES_MAX ? pool_add(initrd, path, strlen(path)) :
						    NULL;
	if (!path)
		return limit_fault(collector, fault);
	initrd->entries[initrd->count++] = (struct initrd_entry){
		.path = path,
		.mode = header->mode,
		.uid = header->uid,
		.size = header->size,
		.device = (uint64_t)header->major << 32 | header->minor,
		.inode = header->inode,
	};
	return 0;
}

/* How many bytes of an entry's content are kept */
static size_t entry_keeps(const struct initrd_entry *entry, size_t size)
{
	if (S_ISREG(entry->mode) && path_is_program(entry->path))
		return size < HEAD_SIZE ? size : HEAD_SIZE;
	if (size <= INITRD_TEXT_MAX &&
	    (S_ISLNK(entry->mode) ||
	     (S_ISREG(entry->mode) && generator_keeps(entry->path))))
		return size;
	return 0;
}

static int entry_keep(struct collector *collector, struct initrd_entry *entry,
		      struct fault *fault)
{
	struct initrd *initrd = collector->initrd;
	size_t length = entry_keeps(entry, collector->header.size);

	if (!length)
		return 0;
	entry->text = pool_add(initrd, collector->body, length);
	if (!entry->text)
		return limit_fault(collector, fault);
	entry->length = length;
	entry->size = collector->header.size;
	return 0;
}

/* If a file has several names, only the last one has the content. */
static bool entry_waits(const struct collector *collector,
			const struct initrd_entry *entry)
{
	const struct cpio_entry *header = &collector->header;

	return S_ISREG(header->mode) && header->links > 1 && !entry->text &&
	       entry->inode == header->inode &&
	       entry->device == ((uint64_t)header->major << 32 | header->minor);
}

static int body_keep(struct collector *collector, struct fault *fault)
{
	struct initrd *initrd = collector->initrd;
	int error = entry_keep(collector, &initrd->entries[initrd->count - 1], fault);

	for (size_t i = 0; !error && i < collector->n_pending; i++) {
		struct initrd_entry *entry = &initrd->entries[collector->pending[i]];

		if (entry_waits(collector, entry))
			error = entry_keep(collector, entry, fault);
	}
	return error;
}

/* Content of the newest entry, which is that of all names of the file */
static int body_read(struct collector *collector, struct fault *fault)
{
	const struct cpio_entry *header = &collector->header;
	struct initrd *initrd = collector->initrd;
	const struct initrd_entry *last = &initrd->entries[initrd->count - 1];
	size_t wanted = entry_keeps(last, header->size);
	int error;

	for (size_t i = 0; i < collector->n_pending; i++) {
		const struct initrd_entry *entry =
			&initrd->entries[collector->pending[i]];
		size_t more = entry_waits(collector, entry) ?
				      entry_keeps(entry, header->size) :
				      0;

		wanted = more > wanted ? more : wanted;
	}
	if (!header->size && header->links > 1 && S_ISREG(header->mode) &&
	    collector->n_pending < PENDING_MAX && entry_keeps(last, 1))
		collector->pending[collector->n_pending++] = initrd->count - 1;
	error = cpio_body(&collector->part, header, collector->body, wanted, fault);
	return error || !wanted ? error : body_keep(collector, fault);
}

/* One archive; -ENODATA: there are no more */
static int archive_collect(struct collector *collector, struct fault *fault)
{
	int result = cpio_next(&collector->part, &collector->header, fault);

	if (result == -ENODATA)
		return result;
	collector->initrd->archives++;
	collector->n_pending = 0;
	while (result > 0) {
		result = entry_add(collector, fault);
		if (!result)
			result = body_read(collector, fault);
		if (!result)
			result = cpio_next(&collector->part, &collector->header, fault);
	}
	/* The kernel does not miss the entry that ends an archive. */
	return result == -ENODATA ? 0 : result;
}

/* One part: as it is, it holds one archive, compressed any number. */
static int part_collect(struct collector *collector, struct fault *fault)
{
	int result;

	do
		result = archive_collect(collector, fault);
	while (!result && collector->part.archive);
	return result == -ENODATA ? 0 : result;
}

static int file_collect(struct collector *collector, struct fault *fault)
{
	int result = unpack_open(&collector->part, &collector->file, fault);

	while (result > 0) {
		collector->initrd->filter = collector->part.filter;
		result = part_collect(collector, fault);
		unpack_close(&collector->part);
		if (!result)
			result = unpack_open(&collector->part, &collector->file, fault);
	}
	return result;
}

/* ---- unified kernel images ---- */

/* A section of text; longer than fits is none. */
static void section_text(int fd, const char *name, char *text, size_t size)
{
	struct pe_section section;
	ssize_t length;

	text[0] = '\0';
	if (pe_find(fd, name, &section) < 0 || section.size >= size)
		return;
	length = sysroot_pread(fd, text, (size_t)section.size, section.offset);
	text[length > 0 ? length : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

static int section_choose(struct collector *collector, struct fault *fault)
{
	struct unpack_file *file = &collector->file;
	struct initrd *initrd = collector->initrd;
	struct pe_section section;
	int error = pe_find(file->fd, ".initrd", &section);

	if (error)
		return fault_set(fault, error == -ENOENT ? -ENODATA : error, "/%s: %s",
				 file->path,
				 error == -ENOENT ?
					 "a unified kernel image without an initramfs" :
				 error == -EBADMSG ? "damaged: not a valid PE file" :
						     strerror(-error));
	file->start = file->at = section.offset;
	file->end = section.offset + section.size;
	section_text(file->fd, ".cmdline", initrd->cmdline, sizeof(initrd->cmdline));
	section_text(file->fd, ".uname", initrd->release, sizeof(initrd->release));
	return 0;
}

/* ---- reading ---- */

static int collector_run(struct collector *collector, struct fault *fault)
{
	struct unpack_file *file = &collector->file;
	struct stat status;
	int error;

	if (fstat(file->fd, &status) < 0)
		return fault_set(fault, -errno, "/%s: %s", file->path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fault_set(fault, -EINVAL, "/%s: not a regular file", file->path);
	file->end = (uint64_t)status.st_size;
	error = pe_is(file->fd) ? section_choose(collector, fault) : 0;
	return error ? error : file_collect(collector, fault);
}

/* Bytes that may still be unpacked of it */
static uint64_t budget_left(const struct initrd *initrd)
{
	uint64_t all = initrd->others + initrd->unpacked;
	uint64_t own = INITRD_BYTES_MAX - initrd->unpacked;

	all = all < INITRD_ALL_MAX ? INITRD_ALL_MAX - all : 0;
	return own < all ? own : all;
}

int initrd_read(int dir, const char *path, struct initrd *initrd, struct fault *fault)
{
	cleanup_close int fd = sysroot_file_open(dir, path);
	cleanup_free struct collector *collector = calloc(1, sizeof(*collector));
	unsigned int before = initrd->archives;
	uint64_t budget;
	int error;

	if (fd < 0)
		return fault_set(fault, -errno, "/%s: %s", path, strerror(errno));
	if (!collector || rooms_make(initrd) < 0)
		return fault_set(fault, -ENOMEM, "/%s: %s", path, strerror(ENOMEM));
	collector->initrd = initrd;
	collector->file.fd = fd;
	collector->file.path = path;
	budget = budget_left(initrd);
	collector->file.budget = budget;
	error = collector_run(collector, fault);
	initrd->unpacked += budget - collector->file.budget;
	if (!error && initrd->archives == before)
		error = fault_set(fault, -EBADMSG, "/%s: damaged: it is empty", path);
	return error;
}

static void tail_unmap(void *start, size_t used, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	used = (used + page - 1) / page * page;
	if (used < size)
		munmap((char *)start + used, size - used);
}

void initrd_trim(struct initrd *initrd)
{
	if (!initrd->entries)
		return;
	tail_unmap(initrd->entries, initrd->count * sizeof(*initrd->entries),
		   ENTRIES_SIZE);
	tail_unmap(initrd->pool, initrd->used, INITRD_POOL_MAX);
}

void initrd_done(struct initrd *initrd)
{
	if (initrd->entries)
		munmap(initrd->entries, ENTRIES_SIZE + INITRD_POOL_MAX);
	*initrd = (struct initrd){ 0 };
}

/* ---- looking up entries ---- */

const struct initrd_entry *initrd_find(const struct initrd *initrd, const char *path)
{
	for (size_t i = initrd->count; i-- > 0;)
		if (!strcmp(initrd->entries[i].path, path))
			return &initrd->entries[i];
	return NULL;
}

const char *initrd_text(const struct initrd *initrd, const char *path)
{
	const struct initrd_entry *entry = initrd_find(initrd, path);

	if (!entry || !S_ISREG(entry->mode))
		return NULL;
	return entry->text || entry->size ? entry->text : "";
}

const struct initrd_entry *initrd_program(const struct initrd *initrd)
{
	for (size_t i = initrd->count; i-- > 0;)
		if (path_is_program(initrd->entries[i].path))
			return &initrd->entries[i];
	return NULL;
}

const char *initrd_modules(const struct initrd *initrd)
{
	return initrd->own_modules ? INITRD_OWN_MODULES : INITRD_MODULES;
}

/* `lib/modules/RELEASE/REST`: the rest; NULL: it is somewhere else */
static const char *path_release(const struct initrd *initrd, const char *path,
				char release[static HOST_NAME_MAX])
{
	const char *modules = initrd_modules(initrd), *slash;
	size_t length = strlen(modules);

	if (strncmp(path, modules, length) != 0)
		return NULL;
	path += length;
	slash = strchr(path, '/');
	if (!slash || slash - path >= HOST_NAME_MAX)
		return NULL;
	(void)snprintf(release, HOST_NAME_MAX, "%.*s", (int)(slash - path), path);
	return slash + 1;
}

void initrd_release(const struct initrd *initrd, char release[static HOST_NAME_MAX])
{
	for (size_t i = 0; i < initrd->count; i++)
		if (path_release(initrd, initrd->entries[i].path, release))
			return;
	release[0] = '\0';
}

bool initrd_has_module(const struct initrd *initrd, const char *release,
		       const char *module)
{
	char found[HOST_NAME_MAX], name[HOST_NAME_MAX];

	for (size_t i = 0; i < initrd->count; i++) {
		const char *rest = path_release(initrd, initrd->entries[i].path, found);

		if (rest && module_name_of_file(rest, strlen(rest), name) &&
		    module_name_equal(name, module) &&
		    (!*release || !strcmp(release, found)))
			return true;
	}
	return false;
}

/* ---- the config ---- */

/*
 * The boot program refuses files and directories that others may write (config_read.c).
 */
static bool config_refuses(const struct initrd_entry *entry, struct config *config)
{
	struct fault fault;

	if (!entry->uid && !(entry->mode & (S_IWGRP | S_IWOTH)))
		return false;
	fault_set(&fault, -EPERM, "/%s: %s", entry->path,
		  entry->uid ? "it is not owned by root" :
			       "users other than its owner can write to it");
	config_reject(config, &fault);
	return true;
}

static bool config_add(const struct initrd_entry *entry, struct config *config)
{
	struct fault fault;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "/%s", entry->path);
	config->n_files++;
	if (!S_ISREG(entry->mode) || (!entry->text && entry->size))
		return false;
	if (config_refuses(entry, config)) {
		config_hash_add(config, entry->path, "", 0);
		return true;
	}
	config_hash_add(config, entry->path, entry->text ? entry->text : "",
			entry->length);
	if (entry->text)
		(void)config_parse(config, path, entry->text, entry->length, &fault);
	return true;
}

/* The drop-ins in byte order of their names: the one behind @path; NULL: there is none */
static const struct initrd_entry *drop_in_next(const struct initrd *initrd,
					       const char *path)
{
	const struct initrd_entry *next = NULL;

	for (size_t i = 0; i < initrd->count; i++) {
		const struct initrd_entry *entry = &initrd->entries[i];

		if (strcmp(entry->path, path) > 0 &&
		    (!next || strcmp(entry->path, next->path) <= 0) &&
		    !fnmatch(CONFIG_DIR "/*.conf", entry->path,
			     FNM_PATHNAME | FNM_PERIOD))
			next = entry;
	}
	return next;
}

bool initrd_config(const struct initrd *initrd, struct config *config)
{
	const struct initrd_entry *entry = initrd_find(initrd, CONFIG_PATH);
	bool known;

	config_init(config);
	known = !entry || config_add(entry, config);
	entry = initrd_find(initrd, CONFIG_DIR);
	if (entry && S_ISDIR(entry->mode))
		(void)config_refuses(entry, config);
	entry = drop_in_next(initrd, "");
	for (size_t i = 0; entry && i < CONFIG_DROP_INS_MAX; i++) {
		known = config_add(entry, config) && known;
		entry = drop_in_next(initrd, entry->path);
	}
	return known;
}

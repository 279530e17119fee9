// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/make_cpio.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <libkmod.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/newfile.h"
#include "model/record.h"
#include "read/config_read.h"
#include "read/kmod.h"
#include "read/stamp.h"

#define PROGRAM "usr/lib/vfio-early/vfio-early-boot"
#define MODULES "usr/lib/vfio-early/modules" /* shown as /lib/modules by preinit.c */
#define NAMES_MAX 256
#define FILE_MAX (64 << 20)

/**
 * struct cpio - an archive that is being written
 * @root: where its files come from
 * @file: its name
 * @release: of the kernel
 * @record: of the host; NULL: none
 * @image: text that describes the image; names the modules
 * @archive: of libarchive
 * @names: paths that it has already
 * @n_names: number of @names
 */
struct cpio {
	const struct sysroot *root;
	const char *file;
	const char *release;
	const char *record;
	char image[IMAGE_TEXT_MAX];
	struct archive *archive;
	char names[NAMES_MAX][PATH_MAX];
	size_t n_names;
};

static int archive_fault(const struct cpio *cpio, struct fault *fault)
{
	int error = archive_errno(cpio->archive);

	return fault_set(fault, error > 0 ? -error : -EIO, "%s: %s", cpio->file,
			 strerror(error > 0 ? error : EIO));
}

/* Return: 1 when it is new, 0 when it is there, -errno */
static int name_take(struct cpio *cpio, const char *name, struct fault *fault)
{
	for (size_t i = 0; i < cpio->n_names; i++)
		if (!strcmp(cpio->names[i], name))
			return 0;
	if (cpio->n_names == NAMES_MAX)
		return fault_set(fault, -E2BIG, "%s: more than %d files", name,
				 NAMES_MAX);
	(void)snprintf(cpio->names[cpio->n_names++], PATH_MAX, "%s", name);
	return 1;
}

static int entry_write(struct cpio *cpio, const char *name, mode_t mode,
		       const char *bytes, size_t length, struct fault *fault)
{
	struct archive_entry *entry = archive_entry_new();
	bool good;

	if (!entry)
		return fault_set(fault, -ENOMEM, "%s: %s", name, strerror(ENOMEM));
	archive_entry_set_pathname(entry, name);
	archive_entry_set_mode(entry, mode);
	archive_entry_set_size(entry, (la_int64_t)length);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_nlink(entry, S_ISDIR(mode) ? 2 : 1);
	good = archive_write_header(cpio->archive, entry) == ARCHIVE_OK &&
	       (!length ||
		archive_write_data(cpio->archive, bytes, length) == (la_ssize_t)length);
	archive_entry_free(entry);
	return good ? 0 : archive_fault(cpio, fault);
}

/* The kernel unpacks in order and makes no directory by itself (init/initramfs.c). */
static int directories_write(struct cpio *cpio, const char *name, struct fault *fault)
{
	char above[PATH_MAX];

	for (const char *at = strchr(name, '/'); at; at = strchr(at + 1, '/')) {
		int result;

		(void)snprintf(above, sizeof(above), "%.*s", (int)(at - name), name);
		result = name_take(cpio, above, fault);
		if (result > 0)
			result = entry_write(cpio, above, S_IFDIR | 0755, NULL, 0, fault);
		if (result < 0)
			return result;
	}
	return 0;
}

static int bytes_add(struct cpio *cpio, const char *name, mode_t mode, const char *bytes,
		     size_t length, struct fault *fault)
{
	int result = directories_write(cpio, name, fault);

	if (!result)
		result = name_take(cpio, name, fault);
	if (result <= 0)
		return result;
	return entry_write(cpio, name, S_IFREG | mode, bytes, length, fault);
}

/* Adds a file below the root, under the same or another name, if its text is @wanted */
static int file_add_if(struct cpio *cpio, const char *source, const char *name,
		       mode_t mode, bool (*wanted)(const char *text), struct fault *fault)
{
	char *bytes cleanup_free = NULL;
	size_t length = 0;
	int error = sysroot_load(cpio->root->fd, source, FILE_MAX, &bytes, &length);

	if (error < 0)
		return fault_set(fault, error, "%s/%s: %s", cpio->root->path, source,
				 strerror(-error));
	return wanted && !wanted(bytes) ?
		       0 :
		       bytes_add(cpio, name, mode, bytes, length, fault);
}

static int file_add(struct cpio *cpio, const char *source, const char *name, mode_t mode,
		    struct fault *fault)
{
	return file_add_if(cpio, source, name, mode, NULL, fault);
}

/* Adds an optional file */
static int file_try(struct cpio *cpio, const char *source, const char *name,
		    struct fault *fault)
{
	int error = file_add(cpio, source, name, 0644, fault);

	if (error != -ENOENT)
		return error;
	*fault = (struct fault){ 0 };
	return 0;
}

/* ---- config ---- */

static bool is_about_vfio(const char *text)
{
	return strstr(text, "vfio") || strstr(text, "irqbypass");
}

/*
 * All DIRECTORY/\*.conf that are @wanted (options for the modules belong to them, other
 * files of modprobe.d are the initramfs's own matter); NULL: all of them
 */
static int confs_add(struct cpio *cpio, const char *directory,
		     bool (*wanted)(const char *text), struct fault *fault)
{
	cleanup_listing struct listing *list = NULL;
	cleanup_free char(*names)[SYSROOT_NAME_MAX] = calloc(NAMES_MAX, SYSROOT_NAME_MAX);
	int error = sysroot_list(cpio->root->fd, directory, &list);
	size_t count = 0;

	if (error == -ENOENT)
		return 0;
	if (!error)
		error = names ? sysroot_names(list, ".conf", names, NAMES_MAX, &count) :
				-ENOMEM;
	if (error < 0)
		return fault_set(fault, error, "%s/%s: %s", cpio->root->path, directory,
				 strerror(-error));
	for (size_t i = 0; i < count && !error; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		error = file_add_if(cpio, path, path, 0644, wanted, fault);
	}
	return error;
}

static int config_add(struct cpio *cpio, struct fault *fault)
{
	int error = bytes_add(cpio, CONFIG_IMAGE_PATH, 0644, cpio->image,
			      strlen(cpio->image), fault);

	if (!error && cpio->record)
		error = bytes_add(cpio, RECORD_PATH, 0644, cpio->record,
				  strlen(cpio->record), fault);
	if (!error)
		error = file_try(cpio, CONFIG_PATH, CONFIG_PATH, fault);
	if (!error)
		error = confs_add(cpio, CONFIG_DIR, NULL, fault);
	return error ? error : confs_add(cpio, "etc/modprobe.d", is_about_vfio, fault);
}

/* ---- modules ---- */

/* @file: below the folder of the kernel's modules */
static int module_file_add(struct cpio *cpio, const char *file, struct fault *fault)
{
	char source[PATH_MAX], name[PATH_MAX];

	(void)snprintf(source, sizeof(source), "lib/modules/%s/%s", cpio->release, file);
	(void)snprintf(name, sizeof(name), MODULES "/%s/%s", cpio->release, file);
	return file_add(cpio, source, name, 0644, fault);
}

/*
 * All dependencies of a module, by modules.dep(5): "FILE: FILE...". libkmod cannot be
 * used: it gives no dependencies when one of the files is missing.
 */
static int needed_add(struct cpio *cpio, const char *file, struct fault *fault)
{
	char path[PATH_MAX], *line, *word, *text cleanup_free = NULL;
	size_t length, width = strlen(file);
	int error;

	(void)snprintf(path, sizeof(path), "lib/modules/%s/modules.dep", cpio->release);
	error = sysroot_load(cpio->root->fd, path, FILE_MAX, &text, &length);
	if (error < 0)
		return fault_set(fault, error, "%s/%s: %s", cpio->root->path, path,
				 strerror(-error));
	for (char *rest = text; (line = strsep(&rest, "\n"));) {
		if (strncmp(line, file, width) != 0 || line[width] != ':')
			continue;
		line += width + 1;
		while (!error && (word = strsep(&line, " ")))
			error = *word ? module_file_add(cpio, word, fault) : 0;
	}
	return error;
}

static int module_add(struct cpio *cpio, const struct kmod_module *module,
		      struct fault *fault)
{
	const char *path = kmod_module_get_path(module);
	char top[PATH_MAX];
	size_t length;
	int error;

	if (!path) /* built in */
		return 0;
	length = (size_t)snprintf(top, sizeof(top), "%s/lib/modules/%s/",
				  cpio->root->path, cpio->release);
	if (strncmp(path, top, length) != 0)
		return fault_set(fault, -EINVAL, "%s: expected below %s", path, top);
	error = module_file_add(cpio, path + length, fault);
	return error ? error : needed_add(cpio, path + length, fault);
}

/* Modules that this kernel does not have, or has built in, are left out. */
static int module_named_add(struct cpio *cpio, struct kmod_ctx *kmod, const char *name,
			    struct fault *fault)
{
	cleanup_kmod_list struct kmod_list *found = NULL;
	struct kmod_list *item;
	int error = kmod_module_new_from_lookup(kmod, name, &found);

	if (error < 0)
		return fault_set(fault, error, "kernel %s, module %s: %s", cpio->release,
				 name, strerror(-error));
	kmod_list_foreach (item, found) {
		struct kmod_module *module = kmod_module_get_module(item);

		if (!error)
			error = module_add(cpio, module, fault);
		kmod_module_unref(module);
	}
	return error;
}

/* The whole indexes: they cannot be cut, and may name files that are not there. */
static int indexes_add(struct cpio *cpio, struct fault *fault)
{
	static const char *const names[] = {
		"modules.dep.bin",     "modules.alias.bin",	    "modules.symbols.bin",
		"modules.builtin.bin", "modules.builtin.alias.bin", "modules.softdep",
		"modules.builtin",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char source[PATH_MAX], name[PATH_MAX];
		int error;

		(void)snprintf(source, sizeof(source), "lib/modules/%s/%s", cpio->release,
			       names[i]);
		(void)snprintf(name, sizeof(name), MODULES "/%s/%s", cpio->release,
			       names[i]);
		error = i ? file_try(cpio, source, name, fault) :
			    file_add(cpio, source, name, 0644, fault);
		if (error)
			return error;
	}
	return 0;
}

static int modules_add(struct cpio *cpio, struct fault *fault)
{
	cleanup_kmod struct kmod_ctx *kmod = NULL;
	char list[IMAGE_TEXT_MAX], *rest = list, *name;
	int error = indexes_add(cpio, fault);

	if (error)
		return error;
	kmod = kmod_open_bare(cpio->root, cpio->release);
	if (!kmod)
		return fault_set(fault, -ENOMEM, "kernel %s: libkmod cannot start",
				 cpio->release);
	config_image_get(cpio->image, "modules", list, sizeof(list));
	while (!error && (name = strsep(&rest, " ")))
		error = module_named_add(cpio, kmod, name, fault);
	return error;
}

/* ---- all of it ---- */

static int content_write(struct cpio *cpio, struct fault *fault)
{
	int error = file_add(cpio, PROGRAM, PROGRAM, 0755, fault);

	if (!error)
		error = config_add(cpio, fault);
	if (!error)
		error = modules_add(cpio, fault);
	if (!error && archive_write_close(cpio->archive) != ARCHIVE_OK)
		error = archive_fault(cpio, fault);
	return error;
}

static int archive_begin(struct cpio *cpio, int fd, struct fault *fault)
{
	cpio->archive = archive_write_new();
	if (!cpio->archive)
		return fault_set(fault, -ENOMEM, "%s: %s", cpio->file, strerror(ENOMEM));
	if (archive_write_set_format_cpio_newc(cpio->archive) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(cpio->archive, 1) != ARCHIVE_OK ||
	    archive_write_open_fd(cpio->archive, fd) != ARCHIVE_OK)
		return archive_fault(cpio, fault);
	return 0;
}

static int cpio_write(void *context, int fd, struct fault *fault)
{
	struct cpio *cpio = context;
	int error = archive_begin(cpio, fd, fault);

	if (!error)
		error = content_write(cpio, fault);
	(void)archive_write_free(cpio->archive);
	return error;
}

static int image_text(const struct sysroot *root, char text[static IMAGE_TEXT_MAX],
		      struct fault *fault)
{
	switch (image_describe(root, "cpio", text, fault)) {
	case STATUS_GOOD:
		return 0;
	case STATUS_SHORT:
		return fault_set(fault, -ENODATA, "%s/%s: there is no config", root->path,
				 CONFIG_PATH);
	case STATUS_NO_REPORT:
	case STATUS_BAD:
		break;
	}
	return fault->error;
}

int make_cpio(const struct sysroot *root, const char *file, const char *release,
	      const char *record, struct fault *fault)
{
	struct cpio *cpio cleanup_free = calloc(1, sizeof(*cpio));
	const struct newfile newfile = {
		.file = file, .replace = true, .write = cpio_write, .context = cpio
	};
	struct utsname running;
	int error;

	if (!cpio || uname(&running) < 0)
		return fault_set(fault, -ENOMEM, "%s: %s", file, strerror(ENOMEM));
	cpio->root = root;
	cpio->file = file;
	cpio->record = record;
	cpio->release = release ? release : running.release;
	error = image_text(root, cpio->image, fault);
	return error ? error : newfile_write(&newfile, fault);
}

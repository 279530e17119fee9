// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/initrd_list.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/text.h"
#include "image/generator.h"
#include "image/pe.h"
#include "model/cmdline.h"

#define DEPTH_MAX 8

/* Images written by boot loaders and their helpers, from any generator */
static const struct image_place places[] = {
	/* kernel-install(8): $BOOT/TOKEN/VERSION, and common variations */
	{ "boot/*/initrd", NAMED_DIRECTORY },
	{ "boot/*/*/initrd", NAMED_DIRECTORY },
	{ "boot/efi/*/*/initrd", NAMED_DIRECTORY },
	{ "efi/*/*/initrd", NAMED_DIRECTORY },
	{ "boot/*/*/initrd.img-*", NAMED_FILE },
	{ "boot/efi/*/*/initrd.img-*", NAMED_FILE },
	{ "efi/*/*/initrd.img-*", NAMED_FILE },
	{ "boot/efi/EFI/*/*/initrd.img-*", NAMED_FILE }, /* proxmox-boot-tool */
	{ "boot/efi/EFI/*/initrd.img", NAMED_NOT }, /* Pop!_OS */
	{ "boot/ostree/*/initramfs-*.img", NAMED_FILE },
	/* unified kernel images: TOKEN-VERSION.efi */
	{ "boot/EFI/Linux/*.efi", NAMED_TOKEN },
	{ "boot/efi/EFI/Linux/*.efi", NAMED_TOKEN },
	{ "efi/EFI/Linux/*.efi", NAMED_TOKEN },
};

/* Roots of file systems that boot loaders read */
static const char *const boots[] = { "boot", "boot/efi", "efi" };

bool initrd_preinit(const char *cmdline)
{
	char value[INITRD_PATH_MAX];

	return cmdline_get(cmdline, "rdinit", value, sizeof(value)) &&
	       text_ends(value, "/vfio-early-boot");
}

/* ---- names ---- */

/* Copies that package managers and generators leave behind, and crash kernels' images */
static bool name_is_other(const char *name)
{
	static const char *const ends[] = {
		".new",	     ".bak",	  ".old",      ".old-dkms", ".tmp",
		".dpkg-bak", ".dpkg-new", "kdump.img", "-kdump",    "~",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (text_ends(name, ends[i]))
			return true;
	return false;
}

static bool name_is_fallback(const char *name)
{
	return strstr(name, "fallback") || strstr(name, "rescue");
}

/* By its name, or a copy that limine-snapper-sync keeps for a snapshot */
static bool path_is_fallback(const char *path)
{
	return name_is_fallback(strrchr(path, '/')) || strstr(path, "/limine_history/");
}

/* The part of a name before the release: `initramfs-` of `boot/initramfs-*.img` */
static size_t start_length(const char *name)
{
	for (size_t i = 0; i < n_generators; i++)
		for (size_t j = 0; generators[i].places[j].pattern; j++) {
			const char *start = strrchr(generators[i].places[j].pattern, '/');
			size_t length = start ? strcspn(++start, "*") : 0;

			if (length && !strncmp(name, start, length))
				return length;
		}
	return 0;
}

/* `initramfs-6.9.1.img`: 6.9.1. A flavour (initramfs-linux-lts.img) is no release. */
static void name_release(const char *name, char release[static HOST_NAME_MAX])
{
	size_t length;

	release[0] = '\0';
	name += start_length(name);
	length = strlen(name);
	if (text_ends(name, ".img") || text_ends(name, ".efi"))
		length -= 4;
	if (*name >= '0' && *name <= '9' && length < HOST_NAME_MAX)
		(void)snprintf(release, HOST_NAME_MAX, "%.*s", (int)length, name);
}

static void path_release(const char *path, enum image_naming naming,
			 char release[static HOST_NAME_MAX])
{
	char copy[INITRD_PATH_MAX], *slash;

	release[0] = '\0';
	(void)snprintf(copy, sizeof(copy), "%s", path);
	slash = strrchr(copy, '/');
	if (naming == NAMED_NOT || !slash)
		return;
	if (naming == NAMED_DIRECTORY) {
		*slash = '\0';
		slash = strrchr(copy, '/');
	} else if (naming == NAMED_TOKEN) {
		slash = strchr(slash, '-');
	}
	if (slash)
		name_release(slash + 1, release);
}

/* ---- the list ---- */

static bool file_make(const struct sysroot *root, const char *path,
		      struct initrd_file *ret_file)
{
	struct stat status;

	sysroot_seen(root->fd, path, SYSROOT_READS);
	if (strlen(path) >= sizeof(ret_file->path) ||
	    fstatat(root->fd, path, &status, 0) < 0 || !S_ISREG(status.st_mode))
		return false;
	(void)snprintf(ret_file->path, sizeof(ret_file->path), "%s", path);
	ret_file->device = status.st_dev;
	ret_file->inode = status.st_ino;
	return true;
}

static struct initrd_source *source_find(struct initrd_list *list,
					 const struct initrd_file *file)
{
	for (size_t i = 0; i < list->count; i++) {
		struct initrd_source *source = &list->sources[i];

		for (size_t j = 0; j < source->n_files; j++)
			if (source->files[j].device == file->device &&
			    source->files[j].inode == file->inode)
				return source;
	}
	return NULL;
}

static struct initrd_source *source_add(struct initrd_list *list)
{
	struct initrd_source *source;

	if (list->count == INITRD_LIST_MAX) {
		list->more = true;
		return NULL;
	}
	source = &list->sources[list->count++];
	*source = (struct initrd_source){ 0 };
	return source;
}

/* A stub whose initramfs is another file is none; entries name that file. */
static bool is_elsewhere(const struct sysroot *root, const char *path)
{
	int fd cleanup_close =
		text_ends(path, ".efi") ? sysroot_file_open(root->fd, path) : -1;
	char elsewhere[INITRD_PATH_MAX];

	return fd >= 0 && pe_elsewhere(fd, elsewhere, sizeof(elsewhere));
}

static void file_found(const struct sysroot *root, const char *path,
		       const struct image_place *place, struct initrd_list *list)
{
	const char *slash = strrchr(path, '/');
	struct initrd_source *source;
	struct initrd_file file;

	if (name_is_other(slash + 1) || !file_make(root, path, &file) ||
	    is_elsewhere(root, path) || source_find(list, &file))
		return;
	source = source_add(list);
	if (!source)
		return;
	source->files[source->n_files++] = file;
	source->fallback = name_is_fallback(slash + 1);
	if (!source->fallback)
		path_release(path, place->naming, source->named);
}

/* Everything below a closed directory is closed, too. */
static void closed_add(struct initrd_list *list, const char *path)
{
	for (size_t i = 0; i < list->n_closed; i++) {
		size_t length = strlen(list->closed[i]);

		if (!strncmp(list->closed[i], path, length) &&
		    (!path[length] || path[length] == '/'))
			return;
	}
	if (list->n_closed < INITRD_CLOSED_MAX)
		(void)snprintf(list->closed[list->n_closed++], INITRD_PATH_MAX, "%s",
			       path);
}

/* ---- looking into directories ---- */

/**
 * struct walk - looking for files of a place
 * @level: directories above the one we are in
 * @dirs: opened, one for each level
 * @lengths: of @path at each level
 * @parts: components of the pattern
 * @path: where we are
 */
struct walk {
	size_t level;
	struct listing *dirs[DEPTH_MAX];
	size_t lengths[DEPTH_MAX];
	char parts[DEPTH_MAX][64];
	size_t n_parts;
	char path[INITRD_PATH_MAX];
};

static void pattern_split(const char *pattern, struct walk *walk)
{
	char part[LINES_WORD_MAX];

	while (walk->n_parts < DEPTH_MAX && lines_word(&pattern, "/", part))
		(void)snprintf(walk->parts[walk->n_parts++], sizeof(walk->parts[0]),
			       "%.63s", part);
}

/* Down into walk.path */
static void walk_enter(const struct sysroot *root, struct walk *walk,
		       struct initrd_list *list)
{
	const char *path = *walk->path ? walk->path : ".";
	int error = sysroot_list_noted(root, path, &walk->dirs[walk->level]);

	if (error == -EACCES)
		closed_add(list, path);
	if (error)
		return;
	walk->lengths[walk->level++] = strlen(walk->path);
}

/* The next name that fits; false: the directory is done */
static bool walk_next(struct walk *walk)
{
	const char *pattern = walk->parts[walk->level - 1], *name;
	size_t length = walk->lengths[walk->level - 1];

	while ((name = sysroot_list_next(walk->dirs[walk->level - 1]))) {
		/* On each file system, closed to all but root (e2fsck(8)) */
		if (!strcmp(name, "lost+found") || fnmatch(pattern, name, 0) != 0 ||
		    length + strlen(name) + 2 > sizeof(walk->path))
			continue;
		(void)snprintf(walk->path + length, sizeof(walk->path) - length, "%s%s",
			       length ? "/" : "", name);
		return true;
	}
	listing_close(walk->dirs[--walk->level]);
	return false;
}

static void place_read(const struct sysroot *root, const struct image_place *place,
		       struct initrd_list *list)
{
	struct walk walk = { 0 };

	pattern_split(place->pattern, &walk);
	walk_enter(root, &walk, list);
	while (walk.level) {
		if (!walk_next(&walk))
			continue;
		if (walk.level == walk.n_parts)
			file_found(root, walk.path, place, list);
		else
			walk_enter(root, &walk, list);
	}
}

/* ---- entries of boot loaders ---- */

/**
 * struct entry - files that a boot loader loads together
 * @root: the machine
 * @list: output
 * @boot: root of the boot loader's file system, below the root
 * @source: its files so far
 */
struct entry {
	const struct sysroot *root;
	struct initrd_list *list;
	const char *boot;
	struct initrd_source source;
};

/*
 * Paths are as the boot loader sees them: below its file system, which can be a subvolume
 * (/@/boot/initrd.img), or GRUB's only with variables in front ($prefix/...).
 */
static bool entry_file(const struct entry *entry, const char *path,
		       struct initrd_file *ret_file)
{
	const char *name = strrchr(path, '/');
	const struct {
		const char *directory;
		const char *rest;
	} tries[] = {
		{ entry->boot, path },
		{ "", path },
		{ entry->boot, name ? name : path },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		char full[INITRD_PATH_MAX * 2];
		const char *rest = tries[i].rest + strspn(tries[i].rest, "/");

		(void)snprintf(full, sizeof(full), "%s%s%s", tries[i].directory,
			       *tries[i].directory ? "/" : "", rest);
		if (file_make(entry->root, full, ret_file))
			return true;
	}
	return false;
}

static void entry_add(struct entry *entry, const char *path)
{
	struct initrd_source *source = &entry->source;

	if (source->n_files < INITRD_FILES_MAX &&
	    entry_file(entry, path, &source->files[source->n_files]))
		source->n_files++;
}

/*
 * The file that represents the others: the one in the place of a generator, or the last
 * one
 */
static void entry_end(struct entry *entry)
{
	struct initrd_source *known = NULL, *source = &entry->source;
	size_t main = source->n_files - 1;

	for (size_t i = 0; i < source->n_files && !known; i++) {
		known = source_find(entry->list, &source->files[i]);
		main = known ? i : main;
	}
	if (source->n_files && !known) {
		known = source_add(entry->list);
		if (known)
			path_release(source->files[main].path, NAMED_FILE, known->named);
	}
	/* The first entry is the one that boots unless another is chosen. */
	if (source->n_files && known && !known->listed) {
		memcpy(known->files, source->files, sizeof(known->files));
		known->n_files = source->n_files;
		known->main = main;
		known->listed = true;
		known->preinit = source->preinit;
		if (*source->named && !known->fallback)
			memcpy(known->named, source->named, sizeof(known->named));
	}
	*source = (struct initrd_source){ 0 };
}

/* Boot Loader Specification, type 1: a file for each entry */
static void bls_line(const struct line *line, void *context)
{
	struct entry *entry = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX];

	(void)lines_word(&cursor, " \t", word);
	if (!strcmp(word, "initrd") || !strcmp(word, "uki"))
		while (lines_word(&cursor, " \t\"'", word))
			entry_add(entry, word);
	else if (!strcmp(word, "version") && lines_word(&cursor, " \t", word))
		name_release(word, entry->source.named);
	else if (!strcmp(word, "options"))
		entry->source.preinit = entry->source.preinit || initrd_preinit(cursor);
}

static void bls_read(struct entry *entry)
{
	cleanup_listing struct listing *list = NULL;
	char directory[INITRD_PATH_MAX], path[INITRD_PATH_MAX * 2];
	const char *name;
	int error;

	(void)snprintf(directory, sizeof(directory), "%s/loader/entries", entry->boot);
	error = sysroot_list_noted(entry->root, directory, &list);
	if (error == -EACCES)
		closed_add(entry->list, directory);
	if (error)
		return;
	while ((name = sysroot_list_next(list))) {
		if (!text_ends(name, ".conf"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
		(void)lines_read(entry->root, path, bls_line, entry);
		entry_end(entry);
	}
}

/* grub.cfg: `linux FILE PARAMETERS` begins an entry, `initrd FILE...` ends it. */
static void grub_line(const struct line *line, void *context)
{
	struct entry *entry = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX];

	(void)lines_word(&cursor, " \t", word);
	if (!strcmp(word, "linux") || !strcmp(word, "linuxefi")) {
		entry->source.preinit = initrd_preinit(cursor);
	} else if (!strcmp(word, "initrd") || !strcmp(word, "initrdefi")) {
		while (lines_word(&cursor, " \t", word))
			entry_add(entry, word);
		entry_end(entry);
	}
}

static void loaders_read(const struct sysroot *root, struct initrd_list *list)
{
	static const char *const grub[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg" };
	struct entry entry = { .root = root, .list = list };

	for (size_t i = 0; i < ARRAY_SIZE(boots); i++) {
		entry.boot = boots[i];
		bls_read(&entry);
	}
	entry.boot = boots[0];
	for (size_t i = 0; i < ARRAY_SIZE(grub); i++)
		(void)lines_read(root, grub[i], grub_line, &entry);
}

/* ---- kernels ---- */

/* Directories of modules outlive their kernels: only those that can boot count. */
static bool kernel_is_there(const struct sysroot *root, const char *release)
{
	static const char *const files[] = { "boot/vmlinuz-%s", "lib/modules/%s/vmlinuz",
					     "boot/vmlinux-%s" };
	char path[INITRD_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *mark = strchr(files[i], '%');

		(void)snprintf(path, sizeof(path), "%.*s%s%s", (int)(mark - files[i]),
			       files[i], release, mark + 2);
		if (sysroot_exists(root->fd, path))
			return true;
	}
	return false;
}

static void kernels_read(const struct sysroot *root, struct initrd_list *list)
{
	cleanup_listing struct listing *dir = NULL;
	const char *name;

	if (sysroot_list_noted(root, "lib/modules", &dir) < 0)
		return;
	while ((name = sysroot_list_next(dir)))
		if (strlen(name) < HOST_NAME_MAX &&
		    list->n_kernels < INITRD_KERNELS_MAX && kernel_is_there(root, name))
			(void)snprintf(list->kernels[list->n_kernels++], HOST_NAME_MAX,
				       "%s", name);
}

/* A name without a directory of modules may not be a kernel release. */
static void releases_confirm(const struct sysroot *root, struct initrd_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct initrd_source *source = &list->sources[i];
		char path[INITRD_PATH_MAX];

		(void)snprintf(path, sizeof(path), "lib/modules/%s", source->named);
		if (*source->named && sysroot_exists(root->fd, path))
			memcpy(source->release, source->named, sizeof(source->release));
	}
}

static int source_compare(const void *a, const void *b)
{
	const struct initrd_source *one = a, *other = b;

	return strcmp(one->files[one->main].path, other->files[other->main].path);
}

void initrd_list_read(const struct sysroot *root, struct initrd_list *list)
{
	*list = (struct initrd_list){ 0 };
	for (size_t i = 0; i < n_generators; i++)
		for (size_t j = 0; generators[i].places[j].pattern; j++)
			place_read(root, &generators[i].places[j], list);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		place_read(root, &places[i], list);
	loaders_read(root, list);
	kernels_read(root, list);
	releases_confirm(root, list);
	qsort(list->sources, list->count, sizeof(list->sources[0]), source_compare);
}

static bool entry_is_known(struct initrd_list *list, const struct boot_entry *entry)
{
	for (size_t i = 0; i < entry->n_files; i++) {
		const struct initrd_file file = { .device = entry->files[i].device,
						  .inode = entry->files[i].inode };

		if (entry->files[i].there && source_find(list, &file))
			return true;
	}
	return false;
}

static void entry_take(struct initrd_list *list, const struct boot_entry *entry)
{
	struct initrd_source *source = entry_is_known(list, entry) ? NULL :
								     source_add(list);

	for (size_t i = 0; source && i < entry->n_files; i++) {
		struct initrd_file *file = &source->files[source->n_files];

		if (!entry->files[i].there || source->n_files == INITRD_FILES_MAX)
			continue;
		(void)snprintf(file->path, sizeof(file->path), "%s",
			       entry->files[i].path);
		file->device = entry->files[i].device;
		file->inode = entry->files[i].inode;
		source->main = source->n_files++;
	}
	if (source && !source->n_files) {
		list->count--;
		return;
	}
	if (source) {
		source->listed = true;
		source->preinit = initrd_preinit(entry->cmdline);
		source->fallback = name_is_fallback(entry->id) ||
				   path_is_fallback(source->files[source->main].path);
	}
}

void initrd_list_add(const struct boot_menu *menu, struct initrd_list *list)
{
	for (size_t i = 0; i < menu->count; i++)
		entry_take(list, &menu->list[i]);
	qsort(list->sources, list->count, sizeof(list->sources[0]), source_compare);
}

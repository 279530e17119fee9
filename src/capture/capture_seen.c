// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/capture_seen.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/capture_files.h"
#include "capture/capture_filter.h"
#include "capture/capture_image.h"
#include "capture/words.h"

#define EFIVARS "sys/firmware/efi/efivars/"
#define EFI_ATTRIBUTES 4 /* bytes in front of a variable's value */
#define REFIND_VARIABLE "*/vars/PreviousBoot"
#define NET "/net/"

/* Words of paths outside sysfs, for units that end a trial (guard_read.h) */
#define UNITS                                                                       \
	" usr local lib etc sbin init systemd system default multi user graphical " \
	"target wants vfio early passed service"

/* Attributes of sysfs and procfs that name nothing */
static const char *const attributes[] = {
	"sys/class/drm/*/enabled",
	"sys/devices/*/enabled",
	"sys/devices/*/status",
	"sys/devices/*/resource?_resize",
	"sys/devices/*/dev",
	"sys/devices/*/uevent",
	"sys/kernel/security/lockdown",
	"sys/module/*/parameters/*",
	"sys/devices/*/of_node/*",
	"proc/sys/kernel/*",
	"sys/firmware/efi/efivars/VfioEarlyGuard-*", /* hashes, and a kernel's release */
};

/* The kernel's own indices of its modules */
static const char *const indices[] = {
	"*lib/modules/*/modules.dep",
	"*lib/modules/*/modules.builtin",
};

/* Entries of a directory that are looked at by their names alone */
static const char *const names[] = {
	"*.addon.efi",	       "boot/vmlinu*",
	"boot/linu*",	       "boot/kernel*",
	"lib/modules/*",       "sys/bus/thunderbolt/devices/*",
	"sys/class/net/*",     "sys/class/iommu/*",
	"sys/*/net/*/lower_*", "sys/devices/*/holders/*",
};

static bool fits_any(const char *path, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(patterns[i], path, 0))
			return true;
	return false;
}

#define FITS_ANY(path, patterns) fits_any(path, patterns, ARRAY_SIZE(patterns))

/* ---- names ---- */

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/*
 * The path in the archive. In sysfs only what stands behind /net/ is given by people; the
 * words of a pattern are this program's own.
 */
static char *name_make(struct capture *capture, const char *path, const char *pattern)
{
	bool kernel = starts_with(path, "sys/") || starts_with(path, "../") ||
		      starts_with(path, "dev/");
	const char *net = kernel ? strstr(path, NET) : path;
	size_t before = net ? (size_t)(net - path) : strlen(path), size;
	char *name = NULL;
	FILE *out = open_memstream(&name, &size);

	if (!out)
		return NULL;
	fwrite(path, 1, before, out);
	if (net)
		words_write(&capture->scrub, net, strlen(net), pattern, out);
	if (!fclose(out))
		return name;
	free(name);
	return NULL;
}

/* ---- links ---- */

static void link_take(struct capture *capture, const char *path)
{
	char target[CAPTURE_PATH_MAX];
	cleanup_free char *name = NULL, *leads = NULL;

	if (sysroot_link(capture->root->fd, path, target, sizeof(target)) < 0)
		return;
	name = name_make(capture, path, "dev disk by uuid label" UNITS);
	leads = starts_with(path, "sys/") || strstr(path, "/systemd/") ?
			name_make(capture, target, UNITS) :
			strdup(target);
	if (name && leads && !capture_has(capture, name))
		capture_put_link(capture, name, leads);
}

/* In sysfs a directory has one place, and the others are links to it: both are needed. */
static void place_find(struct capture *capture, const char *path,
		       char place[static CAPTURE_PATH_MAX])
{
	char copy[CAPTURE_PATH_MAX], full[CAPTURE_PATH_MAX], *cursor = copy, *part;

	capture_path(copy, "%s", path);
	capture_path(place, "%s", path);
	if (!starts_with(path, "sys/"))
		return;
	place[0] = '\0';
	while ((part = strsep(&cursor, "/"))) {
		capture_path(full, "%.800s%s%.200s", place, *place ? "/" : "", part);
		if (cursor &&
		    !sysroot_link(capture->root->fd, full, place, CAPTURE_PATH_MAX)) {
			link_take(capture, full);
			capture_resolve(capture, full, place);
		} else {
			capture_path(place, "%s", full);
		}
	}
}

/* ---- files ---- */

/* UTF-16, of which ASCII is looked at; Limine's is ASCII */
static void variable_put(struct capture *capture, const char *path, const char *bytes,
			 size_t length, size_t before)
{
	char text[CAPTURE_PATH_MAX], kept[EFI_ATTRIBUTES + 2 * CAPTURE_PATH_MAX];
	bool wide = length > before + 1 && !bytes[before + 1];
	size_t used = 0, size, total = before;
	cleanup_free char *words = NULL;

	for (size_t i = before; i < length && used < sizeof(text); i += 1 + wide)
		text[used++] = bytes[i];
	words = words_copy(&capture->scrub, text, used, NULL, &size);
	if (!words || length < before || size > CAPTURE_PATH_MAX)
		return;
	memcpy(kept, bytes, before);
	for (size_t i = 0; i < size; i++) {
		kept[total++] = words[i];
		if (wide)
			kept[total++] = '\0';
	}
	capture_add(capture, TARBALL_FILE, path, kept, total);
}

/* `LVM-` and 32 characters of its group: the group alone is looked at */
static void mapped_put(struct capture *capture, const char *path, const char *text)
{
	char kept[80];
	size_t number;

	if (starts_with(text, "LVM-") && strlen(text) >= 36) {
		number = scrub_number(&capture->scrub, SCRUB_ID, text + 4, 32);
		(void)snprintf(kept, sizeof(kept), "LVM-%032zu%032u\n", number, 0U);
		capture_add(capture, TARBALL_FILE, path, kept, strlen(kept));
	} else {
		capture_add(capture, TARBALL_FILE, path, "-\n", 2);
	}
}

/* The others of that kernel are read by libkmod. */
static void index_put(struct capture *capture, const char *path, const char *text,
		      size_t length)
{
	const char *release = strstr(path, "lib/modules/") + strlen("lib/modules/");
	char copy[CAPTURE_PATH_MAX];

	capture_add(capture, TARBALL_FILE, path, text, length);
	capture_path(copy, "%.*s", (int)strcspn(release, "/"), release);
	capture_indices(capture, copy);
}

/* true: it was taken, or has no line that matters */
static bool system_put(struct capture *capture, const char *path, const char *text,
		       size_t length)
{
	if (FITS_ANY(path, attributes))
		capture_put(capture, path, text, length);
	else if (starts_with(path, EFIVARS))
		variable_put(capture, path, text, length, EFI_ATTRIBUTES);
	else if (!fnmatch(REFIND_VARIABLE, path, 0))
		variable_put(capture, path, text, length, 0);
	else if (!fnmatch("sys/devices/*/dm/uuid", path, 0))
		mapped_put(capture, path, text);
	else if (FITS_ANY(path, indices))
		index_put(capture, path, text, length);
	else
		return false;
	return true;
}

static bool is_image(const char *text, size_t length)
{
	static const char *const starts[] = { "MZ",	   "0707",    "\x1f\x8b",
					      "\x1f\x9e",  "BZh",     "\3757zXZ",
					      "\x5d",	   "\x89LZO", "\x02!L\x18",
					      "(\xb5/\xfd" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (length > 6 && !memcmp(text, starts[i], strlen(starts[i])))
			return true;
	return false;
}

/* The first bytes tell an image, which may be large. */
static bool image_try(struct capture *capture, const char *path, const char *name)
{
	cleanup_close int fd = sysroot_file_open(capture->root->fd, path);
	bool boots = starts_with(path, "boot/") || starts_with(path, "efi/");
	char bytes[8];
	ssize_t length = fd < 0 ? -1 : sysroot_pread(fd, bytes, sizeof(bytes), 0);

	if (length < 0 || (!boots && !is_image(bytes, (size_t)length)))
		return false;
	capture_image(capture, path, name);
	return true;
}

/*
 * Files of a directory count in the order of their names: does that of their names in the
 * archive differ? They come in that order.
 */
static void order_look(struct capture *capture, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash - path) + 1 : 0;

	if (!name || !sysroot_exists(capture->root->fd, path))
		return;
	if (folder && !strncmp(capture->last_path, path, folder) &&
	    !strchr(capture->last_path + folder, '/') &&
	    strcmp(capture->last_name, name) > 0)
		capture->reordered = true;
	capture_path(capture->last_path, "%s", path);
	capture_path(capture->last_name, "%s", name);
}

static void file_take(struct capture *capture, const char *path)
{
	cleanup_free char *text = NULL, *name = NULL;
	const char *pattern = capture_pattern(path);
	char place[CAPTURE_PATH_MAX];
	size_t length;
	int error;

	place_find(capture, path, place);
	path = place;
	name = name_make(capture, path, pattern);
	order_look(capture, path, name);
	if (!name || capture_has(capture, path) || capture_has(capture, name) ||
	    (!pattern && !starts_with(path, "sys/") && !starts_with(path, "proc/") &&
	     !FITS_ANY(path, indices) && fnmatch(REFIND_VARIABLE, path, 0) != 0 &&
	     image_try(capture, path, name)))
		return;
	error = sysroot_load(capture->root->fd, path, CAPTURE_FILE_MAX, &text, &length);
	if (error < 0) {
		capture->left_out += !sysroot_is_absent(error);
		return;
	}
	if (pattern)
		(void)capture_put_filtered(capture, path, name, text, length);
	else if (!system_put(capture, path, text, length))
		capture->left_out++;
}

/* ---- what is there ---- */

static void mark_take(struct capture *capture, const char *path)
{
	cleanup_free char *name = NULL;
	char place[CAPTURE_PATH_MAX];
	struct stat status;

	place_find(capture, path, place);
	path = place;
	if (!sysroot_exists(capture->root->fd, path))
		return;
	name = name_make(capture, path, "dev kvm" UNITS);
	if (!name || capture_has(capture, path) || capture_has(capture, name))
		return;
	if (fstatat(capture->root->fd, path, &status, 0) < 0) {
		capture->left_out++;
		return;
	}
	capture_add(capture, S_ISDIR(status.st_mode) ? TARBALL_DIR : TARBALL_FILE, name,
		    "", 0);
	/* The newest kernel counts for rEFInd; for /dev/kvm, who may use it. */
	if (starts_with(path, "boot/"))
		tarball_set(&capture->tarball, name, 0, status.st_mtime);
	if (!strcmp(path, "dev/kvm") && status.st_mode & S_IWOTH)
		tarball_set(&capture->tarball, name, TARBALL_OPEN, 0);
}

static void list_take(struct capture *capture, const char *path)
{
	char place[CAPTURE_PATH_MAX], full[CAPTURE_PATH_MAX];
	cleanup_listing struct listing *list = NULL;
	cleanup_free char *name = NULL;
	const char *entry;

	place_find(capture, path, place);
	if (sysroot_list(capture->root->fd, path, &list) < 0)
		return;
	name = name_make(capture, place, NULL);
	if (name && !capture_has(capture, name) && words_are_known(name))
		capture_add(capture, TARBALL_DIR, name, "", 0);
	while ((entry = sysroot_list_next(list))) {
		capture_path(full, "%.800s/%.200s", place, entry);
		if (!FITS_ANY(full, names))
			continue;
		if (starts_with(full, "sys/"))
			link_take(capture, full);
		mark_take(capture, full);
	}
}

void capture_seen(struct capture *capture, const struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++)
		if (seen->list[i].deed == SYSROOT_READS)
			file_take(capture, seen->list[i].path);
		else if (seen->list[i].deed == SYSROOT_LINKS)
			link_take(capture, seen->list[i].path);
		else if (seen->list[i].deed == SYSROOT_LISTS)
			list_take(capture, seen->list[i].path);
	for (size_t i = 0; i < seen->count; i++)
		if (seen->list[i].deed == SYSROOT_LOOKS)
			mark_take(capture, seen->list[i].path);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A shortened initramfs image. It is opened as --check opens it, and written as a cpio
 * archive of as many entries, in which only entries that are judged have names and texts.
 * The same code can then judge it.
 */
#include "capture/capture_image.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/capture_files.h"
#include "capture/capture_filter.h"
#include "capture/words.h"
#include "image/generator.h"
#include "image/initrd.h"
#include "image/pe.h"

#define SIGNS_MAX 16
#define SECTIONS_MAX 6
#define SECTION_TEXT_MAX 8192
#define PE_ROW 40
#define PE_HEAD (64 + 24) /* DOS header, signature, COFF header */

/**
 * struct shortened - a shortened image
 * @out: the archive
 * @signs: signs of generators that it has already; one of each is enough
 */
struct shortened {
	struct capture *capture;
	struct archive *out;
	const char *signs[SIGNS_MAX];
	size_t n_signs;
	bool failed;
};

/* ---- entries ---- */

/* The first of the sign's files */
static bool is_new_sign(struct shortened *image, const char *path)
{
	const char *sign = generator_sign(path);

	for (size_t i = 0; sign && i < image->n_signs; i++)
		if (image->signs[i] == sign)
			return false;
	if (!sign || image->n_signs == SIGNS_MAX)
		return false;
	image->signs[image->n_signs++] = sign;
	return true;
}

static bool entry_counts(struct shortened *image, const struct initrd_entry *entry)
{
	const char *path = entry->path;

	return is_new_sign(image, path) || generator_keeps(path) ||
	       generator_is_script(path) || strstr(path, "vfio") ||
	       !strcmp(path, "init") || strstr(path, "-parse-kernel.sh") ||
	       !strncmp(path, INITRD_MODULES, strlen(INITRD_MODULES));
}

static void entry_write(struct shortened *image, const char *name, uint32_t mode,
			uint32_t uid, const char *text, size_t length)
{
	struct archive_entry *entry = archive_entry_new();
	bool link = S_ISLNK(mode);

	if (!entry) {
		image->failed = true;
		return;
	}
	archive_entry_set_pathname(entry, name);
	archive_entry_set_mode(entry, mode);
	archive_entry_set_uid(entry, uid);
	archive_entry_set_nlink(entry, 1);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_size(entry, link ? 0 : (la_int64_t)length);
	if (link)
		archive_entry_set_symlink(entry, text ? text : "");
	image->failed =
		image->failed || archive_write_header(image->out, entry) != ARCHIVE_OK ||
		(!link && length &&
		 archive_write_data(image->out, text, length) != (la_ssize_t)length);
	archive_entry_free(entry);
}

/* Under its name, without its text: a module's kernel has the name that it has. */
static char *entry_name(struct capture *capture, const char *path)
{
	size_t size;

	if (!strncmp(path, INITRD_MODULES, strlen(INITRD_MODULES)) ||
	    strstr(path, INITRD_OWN_MODULES))
		return strdup(path);
	return words_copy(&capture->scrub, path, strlen(path), capture_pattern(path),
			  &size);
}

/* Stands for a text that is too long to be judged */
static void large_write(struct shortened *image, const char *name,
			const struct initrd_entry *entry)
{
	char *text cleanup_free = calloc(1, INITRD_TEXT_MAX + 1);

	if (text)
		entry_write(image, name, entry->mode, entry->uid, text,
			    INITRD_TEXT_MAX + 1);
	else
		image->failed = true;
}

static void text_write(struct shortened *image, const char *name,
		       const struct initrd_entry *entry)
{
	cleanup_free char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		image->failed = true;
		return;
	}
	if (S_ISLNK(entry->mode))
		words_write(&image->capture->scrub, entry->text, entry->length, NULL,
			    out);
	else if (entry->length == 4 && !memcmp(entry->text, "\177ELF", 4))
		fwrite(entry->text, 1, entry->length, out);
	else
		(void)capture_filter(image->capture, entry->path, entry->text,
				     entry->length, out);
	if (fclose(out))
		image->failed = true;
	else
		entry_write(image, name, entry->mode, entry->uid, text, size);
}

static void entry_take(struct shortened *image, const struct initrd_entry *entry,
		       size_t number)
{
	cleanup_free char *name = NULL;
	char other[32];

	if (!entry_counts(image, entry)) {
		(void)snprintf(other, sizeof(other), "other/%zu", number);
		entry_write(image, other, S_IFREG | 0644, 0, NULL, 0);
		return;
	}
	name = entry_name(image->capture, entry->path);
	if (!name)
		image->failed = true;
	else if (entry->text)
		text_write(image, name, entry);
	else if (S_ISREG(entry->mode) && generator_keeps(entry->path) && entry->size)
		large_write(image, name, entry);
	else
		entry_write(image, name,
			    S_ISLNK(entry->mode) ? S_IFREG | 0777 : entry->mode,
			    entry->uid, NULL, 0);
}

/* ---- the archive ---- */

static la_ssize_t bytes_out(struct archive *archive, void *out, const void *bytes,
			    size_t length)
{
	(void)archive;
	return fwrite(bytes, 1, length, out) == length ? (la_ssize_t)length : -1;
}

/* As it was compressed: --check says so. */
static bool archive_begin(struct archive *archive, const char *filter, FILE *out)
{
	bool good = archive_write_set_format_cpio_newc(archive) == ARCHIVE_OK &&
		    archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK;

	if (good && filter && *filter)
		good = archive_write_add_filter_by_name(archive, filter) == ARCHIVE_OK;
	if (good && filter && !strcmp(filter, "gzip"))
		good = archive_write_set_filter_option(archive, NULL, "timestamp",
						       NULL) == ARCHIVE_OK;
	return good &&
	       archive_write_open(archive, out, NULL, bytes_out, NULL) == ARCHIVE_OK;
}

static char *cpio_make(struct capture *capture, const struct initrd *initrd,
		       size_t *ret_length)
{
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, ret_length);
	struct shortened image = { .capture = capture, .out = archive_write_new() };

	if (!out)
		return NULL;
	image.failed = !image.out || !archive_begin(image.out, initrd->filter, out);
	for (size_t i = 0; i < initrd->count && !image.failed; i++)
		entry_take(&image, &initrd->entries[i], i);
	if (image.out && (archive_write_close(image.out) != ARCHIVE_OK || image.failed))
		capture->shortened++;
	if (image.out)
		(void)archive_write_free(image.out);
	if (!fclose(out))
		return bytes;
	free(bytes);
	return NULL;
}

/* ---- unified kernel images ---- */

/**
 * struct section - of a PE file that is made
 * @text: what it holds
 */
struct section {
	const char *name;
	char *text;
	size_t length;
};

static void little(FILE *out, uint32_t value, size_t size)
{
	while (size--) {
		fputc((int)(value & 0xff), out);
		value >>= 8;
	}
}

/* The least that pe_find() takes: headers, a row for each section, their bytes */
static void pe_write(const struct section *sections, size_t count, FILE *out)
{
	uint32_t offset = (uint32_t)(PE_HEAD + count * PE_ROW);

	fwrite("MZ", 1, 2, out);
	for (size_t i = 2; i < 60; i++)
		fputc(0, out);
	little(out, 64, 4);
	fwrite("PE\0", 1, 4, out);
	little(out, 0x8664, 2);
	little(out, (uint32_t)count, 2);
	for (size_t i = 0; i < 16; i++)
		fputc(0, out);
	for (size_t i = 0; i < count; i++) {
		char name[9] = "";

		(void)snprintf(name, sizeof(name), "%s", sections[i].name);
		fwrite(name, 1, 8, out);
		little(out, (uint32_t)sections[i].length, 4);
		little(out, 0, 4);
		little(out, (uint32_t)sections[i].length, 4);
		little(out, offset, 4);
		for (size_t j = 0; j < 16; j++)
			fputc(0, out);
		offset += (uint32_t)sections[i].length;
	}
	for (size_t i = 0; i < count; i++)
		fwrite(sections[i].text, 1, sections[i].length, out);
}

/* A section of text, of which known words stay; one that is too long is none */
static bool section_take(struct capture *capture, int fd, const char *name,
			 struct section *section)
{
	char text[SECTION_TEXT_MAX];
	struct pe_section found;
	ssize_t length;

	if (pe_find(fd, name, &found) < 0 || found.size >= sizeof(text))
		return false;
	length = sysroot_pread(fd, text, (size_t)found.size, found.offset);
	if (length < 0)
		return false;
	section->name = name;
	section->text = words_copy(&capture->scrub, text, (size_t)length,
				   "NAME ID PRETTY VERSION BUILD IMAGE CODENAME",
				   &section->length);
	return section->text;
}

static char *pe_make(struct capture *capture, int fd, char *cpio, size_t length,
		     size_t *ret_length)
{
	/* A stub with a hash has the path of another file where others have an image. */
	static const char *const names[] = { ".cmdline", ".uname", ".osrel", ".initrdh",
					     ".initrd" };
	struct section sections[SECTIONS_MAX];
	size_t count = 0;
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, ret_length);

	for (size_t i = 0; i < (cpio ? 3 : ARRAY_SIZE(names)); i++)
		count += section_take(capture, fd, names[i], &sections[count]);
	if (cpio)
		sections[count++] = (struct section){ ".initrd", cpio, length };
	if (out)
		pe_write(sections, count, out);
	for (size_t i = 0; i < count; i++)
		if (sections[i].text != cpio)
			free(sections[i].text);
	if (out && !fclose(out))
		return bytes;
	free(bytes);
	return NULL;
}

/* ---- images ---- */

/* The same file under another name is a link to the first: so it stays one image. */
static bool is_known(struct capture *capture, int fd, const char *name)
{
	char target[CAPTURE_PATH_MAX] = "";
	struct capture_image *image = &capture->images[capture->n_images];
	struct stat status;

	if (fstat(fd, &status) < 0)
		return true;
	for (size_t i = 0; i < capture->n_images; i++) {
		if (capture->images[i].device != status.st_dev ||
		    capture->images[i].inode != status.st_ino)
			continue;
		for (const char *at = strchr(name, '/'); at; at = strchr(at + 1, '/'))
			(void)snprintf(target + strlen(target),
				       sizeof(target) - strlen(target), "../");
		(void)snprintf(target + strlen(target), sizeof(target) - strlen(target),
			       "%s", capture->images[i].name);
		capture_put_link(capture, name, target);
		return true;
	}
	if (capture->n_images == CAPTURE_IMAGES_MAX) {
		capture->left_out++;
		return true;
	}
	image->device = status.st_dev;
	image->inode = status.st_ino;
	(void)snprintf(image->name, sizeof(image->name), "%s", name);
	capture->n_images++;
	return false;
}

/* The part that was read is followed by bytes that are no archive. */
static char *damaged_make(char *bytes, size_t *length)
{
	static const char garbage[] = "damaged here";
	char *larger = realloc(bytes, *length + sizeof(garbage));

	if (!larger) {
		free(bytes);
		return NULL;
	}
	memcpy(larger + *length, garbage, sizeof(garbage));
	*length += sizeof(garbage);
	return larger;
}

void capture_image(struct capture *capture, const char *path, const char *name)
{
	cleanup_close int fd = sysroot_file_open(capture->root->fd, path);
	struct initrd initrd = { 0 };
	cleanup_free char *cpio = NULL, *pe = NULL;
	char elsewhere[CAPTURE_PATH_MAX];
	struct fault fault;
	size_t length = 0, size = 0;
	int error;

	if (fd < 0 || is_known(capture, fd, name))
		return;
	error = pe_elsewhere(fd, elsewhere, sizeof(elsewhere)) ?
			-ENODATA :
			initrd_read(capture->root->fd, path, &initrd, &fault);
	if (initrd.archives)
		cpio = cpio_make(capture, &initrd, &length);
	initrd_done(&initrd);
	if (error == -EBADMSG)
		cpio = damaged_make(cpio, &length);
	capture->shortened += error && error != -ENODATA;
	if (pe_is(fd)) {
		pe = pe_make(capture, fd, cpio, length, &size);
		if (pe)
			capture_add(capture, TARBALL_FILE, name, pe, size);
	} else {
		capture_add(capture, TARBALL_FILE, name, cpio ? cpio : "", length);
	}
}

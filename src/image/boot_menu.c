// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/boot_menu.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/lines.h"

/* The vendor GUID of systemd's boot loader interface */
#define LOADER_GUID "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define EFIVARS "sys/firmware/efi/efivars/"

/* Mount points of file systems that boot loaders read */
static const char *const places[] = { "boot", "boot/efi", "efi" };

/* An EFI variable: 4 bytes of attributes, then UTF-16; only its ASCII is of interest. */
void boot_variable_read(const struct sysroot *root, const char *name, char *text,
			size_t size)
{
	char bytes[1024] = "", path[SYSROOT_PATH_MAX];
	ssize_t length;
	size_t used = 0;

	(void)snprintf(path, sizeof(path), EFIVARS "%s-" LOADER_GUID, name);
	length = sysroot_read(root->fd, path, bytes, sizeof(bytes));
	for (ssize_t i = 4; i < length && bytes[i] && used + 1 < size; i += 2)
		text[used++] = bytes[i];
	text[used] = '\0';
}

/* ---- which file systems it reads ---- */

/**
 * struct mount - the mount at a place
 * @place: below the root
 * @known: mountinfo could be read
 * @own: a mount other than that of the root covers it
 * @type: of its file system
 */
struct mount {
	const char *place;
	size_t length;
	bool known;
	bool own;
	char number[24];
	char type[16];
};

/* 36 35 98:0 /root /mount/point options ... - type source */
static void mount_take(const struct line *line, void *context)
{
	struct mount *mount = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX] = "", number[LINES_WORD_MAX] = "";
	size_t length;

	mount->known = true;
	for (size_t i = 0; i < 5 && lines_word(&cursor, " ", word); i++)
		if (i == 2)
			(void)snprintf(number, sizeof(number), "%s", word);
	length = strlen(word);
	if (strcmp(word, "/") != 0 &&
	    (strncmp(word + 1, mount->place, length - 1) != 0 ||
	     (mount->place[length - 1] && mount->place[length - 1] != '/')))
		return;
	/* A later mount at the same place covers the earlier one. */
	if (length < mount->length)
		return;
	mount->length = length;
	mount->own = length > 1;
	(void)snprintf(mount->number, sizeof(mount->number), "%.23s", number);
	cursor = strstr(cursor, " - ");
	mount->type[0] = '\0';
	if (cursor)
		(void)snprintf(mount->type, sizeof(mount->type), "%.*s",
			       (int)(strcspn(cursor + 3, " ") % sizeof(mount->type)),
			       cursor + 3);
}

/* Firmware reads FAT; an autofs mount point is read once its file system is mounted. */
static bool type_is_read(const char *type)
{
	static const char *const types[] = { "vfat", "msdos", "exfat", "autofs" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

/* udev's database entry of the partition */
struct partition {
	char uuid[40];
	char type[40];
};

static void partition_take(const struct line *line, void *context)
{
	struct partition *partition = context;

	if (!strncmp(line->text, "E:ID_PART_ENTRY_UUID=", 21))
		(void)snprintf(partition->uuid, sizeof(partition->uuid), "%.39s",
			       line->text + 21);
	else if (!strncmp(line->text, "E:ID_PART_ENTRY_TYPE=", 21))
		(void)snprintf(partition->type, sizeof(partition->type), "%.39s",
			       line->text + 21);
}

/* Its own partition, or one of the type XBOOTLDR; an unknown one is accepted. */
static bool partition_is_read(const struct sysroot *root, const struct mount *mount,
			      const char *own)
{
	static const char xbootldr[] = "bc13c2ff-59e6-4262-a352-b275fd6f7172";
	struct partition partition = { .uuid = "" };
	char path[64];

	(void)snprintf(path, sizeof(path), "run/udev/data/b%s", mount->number);
	(void)lines_read(root, path, partition_take, &partition);
	if (!strcasecmp(partition.type, xbootldr))
		return true;
	return type_is_read(mount->type) &&
	       (!*own || !*partition.uuid || !strcasecmp(partition.uuid, own));
}

/* Only file systems of the firmware: others that GRUB can read are left out. */
static bool place_is_read(const struct sysroot *root, const char *place, const char *own)
{
	struct mount mount = { .place = place };

	(void)lines_read(root, "proc/self/mountinfo", mount_take, &mount);
	if (!mount.known)
		return true;
	return mount.own && partition_is_read(root, &mount, own);
}

/* UUID=2D85-D984 /boot vfat ... */
static void fstab_take(const struct line *line, void *context)
{
	struct boot_menu *menu = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX];

	for (size_t field = 0; field < 2; field++) /* the second one */
		if (!lines_word(&cursor, " \t", word))
			return;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strcmp(word + 1, places[i]) && !*menu->fstab)
			(void)snprintf(menu->fstab, sizeof(menu->fstab), "%.15s", word);
}

static void places_find(const struct sysroot *root, struct boot_menu *menu)
{
	bool firmware = menu->reader == BOOT_READER_SYSTEMD ||
			menu->reader == BOOT_READER_PROXMOX;

	if (firmware)
		boot_variable_read(root, "LoaderDevicePartUUID", menu->partition,
				   sizeof(menu->partition));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!firmware || place_is_read(root, places[i], menu->partition))
			menu->places[menu->n_places++] = places[i];
	menu->unmounted = firmware && !menu->n_places;
	if (menu->unmounted)
		(void)lines_read(root, "etc/fstab", fstab_take, menu);
}

bool boot_menu_reads(const struct boot_menu *menu, const char *path)
{
	size_t best = 0;
	bool reads = false;

	if (menu->reader != BOOT_READER_SYSTEMD)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t length = strlen(places[i]);

		if (strncmp(path, places[i], length) != 0 || path[length] != '/' ||
		    length < best)
			continue;
		best = length;
		reads = false;
		for (size_t j = 0; j < menu->n_places; j++)
			reads = reads || menu->places[j] == places[i];
		/* /boot/efi need not be a mount of its own. */
		for (size_t j = 0; !reads && j < menu->n_places; j++)
			reads = !strncmp(path, menu->places[j], strlen(menu->places[j]));
	}
	return reads;
}

/* ---- entries ---- */

struct boot_entry *boot_entry_add(struct boot_menu *menu)
{
	struct boot_entry *entry;

	if (menu->count == BOOT_ENTRIES_MAX)
		return NULL;
	entry = &menu->list[menu->count++];
	*entry = (struct boot_entry){ .tries_left = -1 };
	return entry;
}

static bool file_find(const struct sysroot *root, const char *path,
		      struct boot_file *file)
{
	struct stat status;

	sysroot_seen(root->fd, path, SYSROOT_READS);
	if (fstatat(root->fd, path, &status, 0) < 0 || !S_ISREG(status.st_mode))
		return false;
	(void)snprintf(file->path, sizeof(file->path), "%.255s", path);
	file->there = true;
	file->device = status.st_dev;
	file->inode = status.st_ino;
	return true;
}

/*
 * Below the file system, which can be a subvolume (/@/boot/initrd.img); GRUB's paths can
 * have a variable in front.
 */
void boot_entry_file(const struct sysroot *root, const char *place, const char *path,
		     struct boot_entry *entry)
{
	struct boot_file *file = &entry->files[entry->n_files];
	char full[BOOT_PATH_MAX * 2];

	if (entry->n_files == BOOT_FILES_MAX)
		return;
	*file = (struct boot_file){ .there = false };
	for (const char *rest = path + strspn(path, "/"); *rest;
	     rest += strcspn(rest, "/"), rest += strspn(rest, "/")) {
		for (size_t i = 0; i < 2; i++) {
			(void)snprintf(full, sizeof(full), "%s%s%.255s", i ? "" : place,
				       i ? "" : "/", rest);
			if (file_find(root, full, file)) {
				entry->n_files++;
				return;
			}
		}
	}
	(void)snprintf(file->path, sizeof(file->path), "%s/%.200s", place,
		       path + strspn(path, "/"));
	entry->n_files++;
}

void boot_entry_choose(struct boot_menu *menu, size_t index, const char *why,
		       const char *where)
{
	menu->has_next = true;
	menu->next = index;
	(void)snprintf(menu->chosen_by, sizeof(menu->chosen_by), "%s%s%.80s", why,
		       *where ? " in /" : "", where);
}

const struct boot_entry *boot_menu_next(const struct boot_menu *menu)
{
	return menu->has_next ? &menu->list[menu->next] : NULL;
}

void boot_menu_read(const struct sysroot *root, enum boot_reader reader,
		    struct boot_menu *menu)
{
	memset(menu, 0, sizeof(*menu));
	menu->reader = reader;
	places_find(root, menu);
	switch (reader) {
	case BOOT_READER_SYSTEMD:
		menu_systemd_read(root, menu);
		break;
	case BOOT_READER_GRUB:
		menu_grub_read(root, menu);
		break;
	case BOOT_READER_GRUB_BLS:
		menu_grub_bls_read(root, "boot/efi", menu);
		if (!menu->count)
			menu_grub_bls_read(root, "efi", menu);
		if (!menu->count)
			menu_grub_bls_read(root, "boot", menu);
		break;
	case BOOT_READER_LIMINE:
		menu_limine_read(root, menu);
		break;
	case BOOT_READER_REFIND:
		menu_refind_read(root, menu);
		break;
	case BOOT_READER_ZFSBOOTMENU:
		menu_zfsbootmenu_read(root, menu);
		break;
	case BOOT_READER_PROXMOX:
		menu_proxmox_read(root, menu);
		break;
	case BOOT_READER_NONE:
		break;
	}
}

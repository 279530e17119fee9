// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/disks.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"
#include "model/cmdline.h"
#include "read/block.h"
#include "read/probe.h"

#define DEPTH_MAX 16 /* of devices on devices: more than any real stack */
#define TEXT_LIMIT (16u << 20)

/**
 * struct disks - one look at the disks
 * @unmounted: the file system is not mounted: the kernel does not know its devices yet
 * @visit: called for each device; may be NULL
 * @probe: the time that disks may take to answer
 * @lost: mounted filesystems and swap whose disk is not known
 * @first_lost: one of them
 */
struct disks {
	const struct sysroot *root;
	struct host *host;
	const struct disks_visit *visit;
	struct probe *probe;
	bool unmounted;
	unsigned int lost;
	char first_lost[HOST_USE_MAX];
};

/* `NAME=value` as root= has it, where udev links it, and what libblkid calls it */
static const struct tag {
	const char *name;
	const char *directory;
	const char *key;
	bool is_label;
} tags[] = {
	{ "UUID", "dev/disk/by-uuid", "UUID", false },
	{ "LABEL", "dev/disk/by-label", "LABEL", true },
	{ "PARTUUID", "dev/disk/by-partuuid", "PART_ENTRY_UUID", false },
	{ "PARTLABEL", "dev/disk/by-partlabel", "PART_ENTRY_NAME", true },
};

/* Filesystems that come over a network card */
static const char network_types[] = "nfs,nfs4,cifs,smb3,ceph";

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Are all of the comma separated words among the others? */
static bool are_among(const char *words, const char *known)
{
	size_t length;

	for (; *words; words += length + (words[length] == ',')) {
		const char *other = known;
		size_t other_length;

		length = strcspn(words, ",");
		for (; *other; other += other_length + (other[other_length] == ',')) {
			other_length = strcspn(other, ",");
			if (other_length == length && !memcmp(other, words, length))
				break;
		}
		if (!*other)
			return false;
	}
	return true;
}

/* The usual name of a device */
static void name_show(const struct disks *disks, const char *name,
		      char text[static BLOCK_PATH_MAX])
{
	if (!block_mapped(disks->root, name, text))
		block_path(name, text);
}

/* Every function whose address is a part of the path carries the device. */
static bool functions_mark(const struct disks *disks, const char *path, const char *use)
{
	bool found = false;
	struct pci_address address;

	while (pci_address_next(&path, &address)) {
		const struct host_function *known = host_find(disks->host, &address);

		found = true;
		if (known) {
			struct host_function *function =
				&disks->host->functions[known - disks->host->functions];

			function->is_host_disk = true;
			if (!function->use[0])
				(void)snprintf(function->use, sizeof(function->use), "%s",
					       use);
		}
	}
	return found;
}

/*
 * With native multipath an NVMe disk hangs below its subsystem, which has a link to each
 * controller (kernel: drivers/nvme/host/core.c nvme_init_subsystem()).
 */
static bool subsystem_mark(const struct disks *disks, const char *path, const char *use)
{
	const char *start = strstr(path, "/nvme-subsys");
	char directory[BLOCK_PATH_MAX], link[SYSROOT_PATH_MAX * 2];
	cleanup_listing struct listing *list = NULL;
	bool found = false;
	const char *entry;

	start = start ? strstr(start + 1, "/nvme-subsys") : NULL;
	if (!start)
		return false;
	(void)snprintf(directory, sizeof(directory),
		       "sys/devices/virtual/nvme-subsystem/%.*s",
		       (int)strcspn(start + 1, "/"), start + 1);
	if (sysroot_list(disks->root->fd, directory, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list)))
		if (starts_with(entry, "nvme")) {
			int result = sysroot_link(list->fd, entry, link, sizeof(link));

			/* -EINVAL: its namespaces, which are no links */
			if (result && result != -EINVAL)
				return false;
			found = (!result && functions_mark(disks, link, use)) || found;
		}
	return found && !errno;
}

static bool file_mark(const struct disks *disks, const char *path, const char *what,
		      const char *where);

/*
 * A device without slaves: below some there is no disk, below others a file or a device
 * that has a name. The file lies on a mounted filesystem, which counts by itself.
 */
static bool backing_mark(const struct disks *disks, const char *name, const char *use)
{
	static const struct {
		const char *start, *attribute;
		bool is_network;
	} kinds[] = {
		{ "loop", "loop/backing_file", false },
		{ "zram", "backing_dev", false },
		{ "ram", NULL, false },
		{ "nbd", NULL, true },
		{ "rbd", NULL, true },
	};
	char path[BLOCK_PATH_MAX], file[SYSROOT_PATH_MAX];
	ssize_t length;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!starts_with(name, kinds[i].start))
			continue;
		disks->host->network_needed |= kinds[i].is_network;
		if (!kinds[i].attribute)
			return true;
		(void)snprintf(path, sizeof(path), BLOCK "/%s/%s", name,
			       kinds[i].attribute);
		length = sysroot_read(disks->root->fd, path, file, sizeof(file));
		if (length < 0)
			return length == -ENOENT;
		return !starts_with(file, "/dev/") || file_mark(disks, file, use, NULL);
	}
	return false;
}

/* Adds the devices that @name lies on; how many, or -1 when there is no such list. */
static int slaves_list(const struct disks *disks, const char *name, char *slaves,
		       size_t size)
{
	char path[BLOCK_PATH_MAX];
	cleanup_listing struct listing *list = NULL;
	const char *entry;
	size_t used = 0;
	int count = 0;

	(void)snprintf(path, sizeof(path), BLOCK "/%s/slaves", name);
	if (sysroot_list(disks->root->fd, path, &list) < 0)
		return -1;
	while ((entry = sysroot_list_next(list))) {
		size_t length = strlen(entry) + 1;

		if (length > size - used)
			return -1;
		memcpy(slaves + used, entry, length);
		used += length;
		count++;
	}
	return errno ? -1 : count;
}

/* Returns whether the way from a device (its name in sysfs) to its hardware is known. */
static bool device_mark(const struct disks *disks, const char *name, const char *use,
			unsigned int depth)
{
	char path[BLOCK_PATH_MAX], link[SYSROOT_PATH_MAX * 2], slaves[4096];
	char disk[BLOCK_NAME_MAX];
	const char *block, *slave = slaves;
	bool known = true;
	int count;

	if (depth > DEPTH_MAX ||
	    (size_t)snprintf(path, sizeof(path), BLOCK "/%s", name) >= sizeof(path) ||
	    sysroot_link(disks->root->fd, path, link, sizeof(link)) < 0)
		return false;
	if (disks->visit)
		disks->visit->take(name, disks->visit->context);
	if (functions_mark(disks, link, use))
		return true;
	if (strstr(link, "/nvme-subsystem/"))
		return subsystem_mark(disks, link, use);
	/* A disk that is on no PCI function; iSCSI needs some network card. */
	if (!strstr(link, "/virtual/")) {
		disks->host->network_needed |= strstr(link, "/session") != NULL;
		return true;
	}
	/* Of a partition, the disk that it is a part of */
	block = strstr(link, "/block/");
	block = block ? block + strlen("/block/") : name;
	(void)snprintf(disk, sizeof(disk), "%.*s", (int)strcspn(block, "/"), block);
	count = slaves_list(disks, disk, slaves, sizeof(slaves));
	if (count <= 0)
		return !count && backing_mark(disks, disk, use);
	for (; count; count--, slave += strlen(slave) + 1)
		known = device_mark(disks, slave, use, depth + 1) && known;
	return known;
}

/* A value of udev's notes about a block device: `E:NAME=value`, @line with the newline */
static bool note_has(const char *notes, const char *line)
{
	const char *found = strstr(notes, line);

	return found && (found == notes || found[-1] == '\n');
}

/* udev's database entry of a device; NULL: none. The caller frees it. */
static char *notes_load(const struct disks *disks, const char *name)
{
	char path[BLOCK_PATH_MAX], *text = NULL;
	size_t length;

	if (!block_notes(disks->root, name, path) ||
	    sysroot_load(disks->root->fd, path, TEXT_LIMIT, &text, &length) < 0)
		return NULL;
	return text;
}

/*
 * A filesystem that spreads over several devices and is not mounted: the superblock of
 * btrfs counts them (kernel: include/uapi/linux/btrfs_tree.h struct btrfs_super_block,
 * num_devices). One is known; of more it is not known which.
 */
static bool btrfs_is_single(const struct disks *disks, const char *path)
{
	cleanup_close int fd = -1;
	uint8_t count[8];

	if (!disks->root->live)
		return false;
	fd = sysroot_file_open(disks->root->fd, path);
	if (fd < 0 || pread(fd, count, sizeof(count), 0x10000 + 0x88) != sizeof(count))
		return false;
	for (size_t i = 1; i < sizeof(count); i++)
		if (count[i])
			return false;
	return count[0] == 1;
}

/*
 * Has the filesystem on this device no other devices? Recorded machines: as udev saw it.
 */
static bool is_whole(const struct disks *disks, const char *name)
{
	cleanup_free char *notes = notes_load(disks, name);
	char probed[BLOCK_PATH_MAX], type[PROBE_TEXT_MAX] = "";
	const char *path = probed + 1;

	block_path(name, probed);
	if (!notes && disks->root->live &&
	    probe_value(disks->probe, probed, "TYPE", type) == FACT_UNKNOWN)
		return false;
	if (notes ? note_has(notes, "E:ID_FS_TYPE=btrfs\n") : !strcmp(type, "btrfs"))
		return btrfs_is_single(disks, path);
	if (notes)
		return !note_has(notes, "E:ID_FS_TYPE=bcachefs\n") &&
		       !note_has(notes, "E:ID_FS_TYPE=zfs_member\n");
	return strcmp(type, "bcachefs") && strcmp(type, "zfs_member");
}

/* @what: "swap", "root filesystem"; @where: where it is mounted, or NULL */
static bool name_mark(const struct disks *disks, const char *name, const char *what,
		      const char *where)
{
	char shown[BLOCK_PATH_MAX], use[HOST_USE_MAX + BLOCK_PATH_MAX];

	name_show(disks, name, shown);
	(void)snprintf(use, sizeof(use), "%s %s%s%.64s", what, shown, where ? " at " : "",
		       where ? where : "");
	return device_mark(disks, name, use, 0) &&
	       (!disks->unmounted || is_whole(disks, name));
}

static bool number_mark(const struct disks *disks, unsigned int major_number,
			unsigned int minor_number, const char *what, const char *where)
{
	char path[64], name[BLOCK_NAME_MAX];

	(void)snprintf(path, sizeof(path), "sys/dev/block/%u:%u", major_number,
		       minor_number);
	return !sysroot_link_name(disks->root->fd, path, name, sizeof(name)) &&
	       name_mark(disks, name, what, where);
}

/* `MAJOR:MINOR` */
static bool number_parse_pair(const char *text, unsigned int *ret_major,
			      unsigned int *ret_minor)
{
	const char *colon = strchr(text, ':');
	uint64_t first, second;

	if (!colon ||
	    number_parse(text, (size_t)(colon - text), 10, UINT32_MAX, &first) < 0 ||
	    number_parse(colon + 1, strlen(colon + 1), 10, UINT32_MAX, &second) < 0)
		return false;
	*ret_major = (unsigned int)first;
	*ret_minor = (unsigned int)second;
	return true;
}

/* /dev/mapper/NAME, before or without udev */
static bool mapped_mark(const struct disks *disks, const char *mapped, const char *what,
			const char *where)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(disks->root->fd, BLOCK, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list))) {
		char path[BLOCK_PATH_MAX], name[BLOCK_NAME_MAX];

		if (!starts_with(entry, "dm-"))
			continue;
		(void)snprintf(path, sizeof(path), BLOCK "/%s/dm/name", entry);
		if (sysroot_read(disks->root->fd, path, name, sizeof(name)) > 0 &&
		    !strcmp(name, mapped))
			return name_mark(disks, entry, what, where);
	}
	return false;
}

/* @path: /dev/... */
static bool file_mark(const struct disks *disks, const char *path, const char *what,
		      const char *where)
{
	char name[BLOCK_NAME_MAX], entry[BLOCK_PATH_MAX];
	struct stat status;

	if (disks->root->live && !fstatat(disks->root->fd, path + 1, &status, 0) &&
	    S_ISBLK(status.st_mode))
		return number_mark(disks, major(status.st_rdev), minor(status.st_rdev),
				   what, where);
	if (starts_with(path, "/dev/mapper/") &&
	    mapped_mark(disks, path + strlen("/dev/mapper/"), what, where))
		return true;
	if (!sysroot_link_name(disks->root->fd, path + 1, name, sizeof(name)))
		return name_mark(disks, name, what, where);
	if ((size_t)snprintf(name, sizeof(name), "%s", path + strlen("/dev/")) >=
	    sizeof(name))
		return false;
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '!';
	(void)snprintf(entry, sizeof(entry), BLOCK "/%s", name);
	return sysroot_exists(disks->root->fd, entry) &&
	       name_mark(disks, name, what, where);
}

/*
 * Not devices that cannot have a root filesystem, nor drives with removable media, which
 * are slow.
 */
static bool is_worth_probing(const char *name)
{
	static const char *const names[] = { "loop", "zram", "ram", "nbd",
					     "rbd",  "sr",   "fd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (starts_with(name, names[i]))
			return false;
	return true;
}

/*
 * Several devices can bear one UUID (btrfs, RAID): all of them count, and one that does
 * not answer may be another.
 */
static bool probe_mark(const struct disks *disks, const struct tag *tag,
		       const char *value, const char *what)
{
	cleanup_listing struct listing *list = NULL;
	bool found = false, known = true;
	const char *name;

	if (!disks->root->live || sysroot_list(disks->root->fd, BLOCK, &list) < 0)
		return false;
	while ((name = sysroot_list_next(list))) {
		char path[BLOCK_PATH_MAX];
		enum fact matches;

		if (!is_worth_probing(name))
			continue;
		block_path(name, path);
		matches = probe_tag(disks->probe, path, tag->key, tag->is_label, value);
		known = known && matches != FACT_UNKNOWN;
		if (matches != FACT_YES)
			continue;
		found = true;
		known = name_mark(disks, name, what, NULL) && known;
	}
	return found && known && !errno;
}

/* What root= and resume= can hold (kernel: block/early-lookup.c, and what udev adds) */
static bool spec_mark(const struct disks *disks, const char *spec, const char *what)
{
	unsigned int major_number, minor_number;

	if (starts_with(spec, "/dev/"))
		return file_mark(disks, spec, what, NULL);
	if (number_parse_pair(spec, &major_number, &minor_number))
		return number_mark(disks, major_number, minor_number, what, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		size_t length = strlen(tags[i].name);
		char path[BLOCK_PATH_MAX], name[BLOCK_NAME_MAX], coded[BLOCK_NAME_MAX];
		const char *value = spec + length + 1;

		if (!starts_with(spec, tags[i].name) || spec[length] != '=' || !*value)
			continue;
		/* It writes its NUL one byte behind a buffer that is just full. */
		if (blkid_encode_string(value, coded, sizeof(coded) - 1) < 0)
			return false;
		(void)snprintf(path, sizeof(path), "%s/%s", tags[i].directory, coded);
		if (!sysroot_link_name(disks->root->fd, path, name, sizeof(name)))
			return name_mark(disks, name, what, NULL);
		return probe_mark(disks, &tags[i], value, what);
	}
	return false;
}

static void lost_add(struct disks *disks, const char *what, const char *where)
{
	if (!disks->lost++)
		(void)snprintf(disks->first_lost, sizeof(disks->first_lost), "%s %.64s",
			       what, where);
}

/*
 * All devices of all mounted btrfs filesystems: mountinfo names just one of each. Returns
 * whether there is a list and the way to each device is known.
 */
static bool btrfs_mark(const struct disks *disks)
{
	cleanup_listing struct listing *list = NULL;
	bool found = false, known = true;
	const char *entry, *name;
	int result;

	if (sysroot_list(disks->root->fd, "sys/fs/btrfs", &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list))) {
		cleanup_listing struct listing *devices = NULL;
		char path[BLOCK_PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/devices", entry);
		result = sysroot_list(list->fd, path, &devices);
		/* `features` has none. */
		known = known && (!result || result == -ENOENT || result == -ENOTDIR);
		if (result < 0)
			continue;
		for (; (name = sysroot_list_next(devices)); found = true)
			known = name_mark(disks, name, "btrfs filesystem", NULL) && known;
		known = known && !errno;
	}
	return found && known && !errno;
}

static bool is_hardware(const struct disks *disks, const char *name)
{
	char path[BLOCK_PATH_MAX], link[SYSROOT_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), BLOCK "/%s", name);
	return sysroot_link(disks->root->fd, path, link, sizeof(link)) < 0 ||
	       !strstr(link, "/virtual/");
}

/*
 * The kernel does not tell what a pool consists of. udev knows: a member bears the name
 * of its pool as label. A disk of which it has no notes may be one as well.
 */
static bool zfs_mark(const struct disks *disks, const char *source)
{
	cleanup_listing struct listing *list = NULL;
	bool found = false, known = true;
	char label[HOST_USE_MAX * 2];
	const char *entry;

	(void)snprintf(label, sizeof(label), "E:ID_FS_LABEL=%.*s\n",
		       (int)strcspn(source, "/"), source);
	if (sysroot_list(disks->root->fd, BLOCK, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list))) {
		cleanup_free char *notes = notes_load(disks, entry);

		if (!notes) {
			known = known && !is_hardware(disks, entry);
			continue;
		}
		if (!note_has(notes, "E:ID_FS_TYPE=zfs_member\n") ||
		    !note_has(notes, label))
			continue;
		found = true;
		known = name_mark(disks, entry, "ZFS pool member", NULL) && known;
	}
	return found && known && !errno;
}

/* The kernel writes blanks and backslashes as \ooo (seq_file.c mangle_path()). */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
		    text[2] >= '0' && text[2] <= '7' && text[3] >= '0' &&
		    text[3] <= '7') {
			*out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
					(text[3] - '0'));
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/* A filesystem whose device number is none of a block device */
static bool anonymous_mark(const struct disks *disks, const char *type, char *source,
			   const char *what, const char *where)
{
	bool known = true;
	char *device;

	if (!strcmp(type, "zfs"))
		return zfs_mark(disks, source);
	if (!where && are_among(type, network_types))
		disks->host->network_needed = true;
	if (strcmp(type, "btrfs") && strcmp(type, "bcachefs"))
		return true;
	/* bcachefs: /dev/sda1:/dev/sdb1 */
	while ((device = strsep(&source, ":")))
		known = starts_with(device, "/dev/") &&
			file_mark(disks, device, what, where) && known;
	return strcmp(type, "btrfs") ? known : btrfs_mark(disks);
}

/*
 * `ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [FIELDS...] - TYPE SOURCE ...`
 * (Documentation/filesystems/proc.rst 3.5)
 */
static void mount_read(char *line, void *context)
{
	struct disks *disks = context;
	static const char not_root[] = "rootfs,ramfs,tmpfs,overlay,squashfs,erofs";
	char *field[5], *type, *source, *word;
	unsigned int major_number, minor_number;
	const char *what, *where = NULL;
	bool is_root, known;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++) {
		field[i] = strsep(&line, " ");
		if (!line)
			return;
	}
	do
		word = strsep(&line, " ");
	while (word && strcmp(word, "-"));
	type = strsep(&line, " ");
	source = strsep(&line, " ");
	if (!source || !number_parse_pair(field[2], &major_number, &minor_number))
		return;
	unescape(field[4]);
	unescape(source);
	is_root = !strcmp(field[4], "/") && !are_among(type, not_root);
	what = is_root ? "root filesystem" : "mounted filesystem";
	if (!is_root)
		where = field[4];
	known = major_number ?
			number_mark(disks, major_number, minor_number, what, where) :
			anonymous_mark(disks, type, source, what, where);
	if (!known)
		lost_add(disks, what, field[4]);
	else if (is_root)
		disks->host->root_resolved = true;
}

/* `/dev/dm-1 partition SIZE USED PRIORITY`; a file lies on a mounted filesystem. */
static void swap_read(char *line, void *context)
{
	struct disks *disks = context;
	char *name = strsep(&line, " \t");

	if (!line || name[0] != '/')
		return;
	line += strspn(line, " \t");
	if (!starts_with(line, "partition"))
		return;
	unescape(name);
	if (!starts_with(name, "/dev/") || !file_mark(disks, name, "swap", NULL))
		lost_add(disks, "swap", name);
}

/*
 * root= without any disk of this machine. A root in memory (tmpfs, ramfs) is not one of
 * these, since its contents, or /usr, may come from a disk.
 */
static bool is_elsewhere(const char *spec, const char *cmdline, bool *ret_network)
{
	static const char *const network[] = { "/dev/nfs", "nfs:", "nfs4:", "cifs:",
					       "nbd:",	   "dhcp", "http:", "https:" };
	static const char host_types[] = "9p,virtiofs";
	char type[HOST_NAME_MAX];

	*ret_network = false;
	for (size_t i = 0; i < ARRAY_SIZE(network); i++)
		if (starts_with(spec, network[i])) {
			*ret_network = true;
			return true;
		}
	if (starts_with(spec, "virtiofs:") || starts_with(spec, "9p:"))
		return true;
	if (!cmdline_get(cmdline, "rootfstype", type, sizeof(type)) || !type[0])
		return false;
	*ret_network = are_among(type, network_types);
	return *ret_network || are_among(type, host_types);
}

static bool root_mark(const struct disks *disks, const char *spec, const char *cmdline)
{
	bool network;

	if (!is_elsewhere(spec, cmdline, &network))
		return spec_mark(disks, spec, "root filesystem");
	disks->host->network_needed |= network;
	return true;
}

/*
 * In an early initramfs there are no block devices yet: then nothing can be known of
 * root= and resume=, and that is no fault; nor is it when the image's record knows. A
 * kernel that resumes reads its image before any filesystem is mounted.
 */
static void parameters_read(struct disks *disks, const char *cmdline, bool has_devices)
{
	struct host *host = disks->host;
	char spec[BLOCK_NAME_MAX];

	if (cmdline_get(cmdline, "root", spec, sizeof(spec))) {
		disks->unmounted = !host->root_resolved;
		if (root_mark(disks, spec, cmdline))
			host->root_resolved = true;
		else if (!host->root_resolved && has_devices)
			lost_add(disks, "root", spec);
		disks->unmounted = false;
	}
	if (!cmdline_get(cmdline, "resume", spec, sizeof(spec)) ||
	    spec_mark(disks, spec, "resume device"))
		return;
	host->root_resolved = false;
	if (has_devices)
		lost_add(disks, "resume", spec);
}

static void unknown_note(struct host *host, int error, const char *path)
{
	struct fault fault;

	host->disks_known = FACT_UNKNOWN;
	fault_set(&fault, error, "/%s: cannot be read: %s", path, strerror(-error));
	host_note(host, &fault);
}

bool disks_mark(const struct sysroot *root, const char *spec, const char *what,
		bool mounted, const struct disks_visit *visit, struct host *host)
{
	struct probe probe = { .left = PROBE_ALL_MS };
	const struct disks disks = {
		.root = root,
		.host = host,
		.visit = visit,
		.probe = &probe,
		.unmounted = !mounted,
	};

	return spec_mark(&disks, spec, what);
}

/* Return: -ENOENT: a kernel without block devices; 0, and *@ret_any: is there one? */
static int devices_look(const struct sysroot *root, bool *ret_any)
{
	cleanup_listing struct listing *list = NULL;
	int result = sysroot_list(root->fd, BLOCK, &list);

	*ret_any = !result && sysroot_list_next(list);
	return result || *ret_any ? result : -errno;
}

static void uses_read(struct disks *disks, const char *cmdline, bool has_devices)
{
	struct host *host = disks->host;
	int result = lines_each(disks->root, "proc/self/mountinfo", TEXT_LIMIT,
				mount_read, disks);
	struct fault fault;

	if (result < 0)
		unknown_note(host, result, "proc/self/mountinfo");
	parameters_read(disks, cmdline,
			has_devices && host->record_disks != HOST_RECORD_GOOD);
	result = lines_each(disks->root, "proc/swaps", TEXT_LIMIT, swap_read, disks);
	/* A kernel without swap has no such file. */
	if (result < 0 && result != -ENOENT)
		unknown_note(host, result, "proc/swaps");
	if (disks->lost) {
		host->disks_known = FACT_UNKNOWN;
		fault_set(&fault, -ENODEV,
			  "%s: the disk that it is on is not known (%u such)",
			  disks->first_lost, disks->lost);
		host_note(host, &fault);
	}
}

static void follow(const struct sysroot *root, const char *cmdline, bool mounts,
		   const struct disks_visit *visit, struct host *host)
{
	struct probe probe = { .left = PROBE_ALL_MS };
	struct disks disks = {
		.root = root, .host = host, .visit = visit, .probe = &probe
	};
	bool has_devices;
	int result = devices_look(root, &has_devices);

	host->root_resolved = false;
	host->network_needed = false;
	host->disks_known = FACT_YES;
	if (result < 0 && result != -ENOENT)
		unknown_note(host, result, BLOCK);
	if (result < 0 || has_devices || mounts)
		uses_read(&disks, cmdline, has_devices);
}

void disks_read(const struct sysroot *root, const char *cmdline, bool mounts,
		struct host *host)
{
	follow(root, cmdline, mounts, NULL, host);
}

void disks_follow(const struct sysroot *root, const char *cmdline,
		  const struct disks_visit *visit, struct host *host)
{
	follow(root, cmdline, true, visit, host);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/text.h"
#include "capture/capture_files.h"
#include "capture/capture_filter.h"
#include "capture/words.h"
#include "model/cmdline.h"
#include "read/config_read.h"
#include "read/kmod.h"
#include "report/json.h"
#include "report/report_json.h"
#include "survey/claim.h"

#define CONFIG_SPACE 4096
#define DMAR_FLAGS 37
#define CAP_FIRST 0x100 /* of the extended ones */
#define CAP_SERIAL 0x0003 /* PCI Express Base 7.9.3: Device Serial Number */

/* ---- PCI functions ---- */

static const struct {
	const char *name;
	enum capture_how how;
} attributes[] = {
	{ "vendor", CAPTURE_TEXT },
	{ "device", CAPTURE_TEXT },
	{ "class", CAPTURE_TEXT },
	{ "revision", CAPTURE_TEXT },
	{ "subsystem_vendor", CAPTURE_TEXT },
	{ "subsystem_device", CAPTURE_TEXT },
	{ "resource", CAPTURE_TEXT },
	{ "modalias", CAPTURE_TEXT },
	{ "boot_vga", CAPTURE_TEXT },
	{ "boot_display", CAPTURE_TEXT },
	{ "driver_override", CAPTURE_TEXT },
	{ "reset_method", CAPTURE_TEXT },
	{ "sriov_numvfs", CAPTURE_TEXT },
	{ "sriov_totalvfs", CAPTURE_TEXT },
	{ "sriov_offset", CAPTURE_TEXT },
	{ "sriov_stride", CAPTURE_TEXT },
	{ "removable", CAPTURE_TEXT },
	{ "d3cold_allowed", CAPTURE_TEXT },
	{ "power_state", CAPTURE_TEXT },
	{ "numa_node", CAPTURE_TEXT },
	{ "driver", CAPTURE_LINK },
	{ "iommu", CAPTURE_LINK },
	{ "iommu_group", CAPTURE_LINK },
	{ "physfn", CAPTURE_LINK },
	{ "reset", CAPTURE_MARK },
	{ "simple-framebuffer.0", CAPTURE_FOLDER },
	{ "efi-framebuffer.0", CAPTURE_FOLDER },
	{ "vesa-framebuffer.0", CAPTURE_FOLDER },
};

static unsigned int word_at(const char *space, size_t offset)
{
	const unsigned char *bytes = (const unsigned char *)space + offset;

	return bytes[0] | (unsigned int)bytes[1] << 8;
}

/* A chain of extended capabilities: id, then in the upper 12 bits of 32 the next one */
static void serial_blank(char *space, size_t length)
{
	size_t offset = CAP_FIRST;

	for (size_t steps = 0;
	     steps < CONFIG_SPACE / 4 && offset >= CAP_FIRST && offset + 12 <= length;
	     steps++) {
		if (word_at(space, offset) == CAP_SERIAL)
			memset(space + offset + 4, 0, 8);
		offset = word_at(space, offset + 2) >> 4;
	}
}

static void space_take(struct capture *capture, const char *from, const char *to)
{
	cleanup_free char *space = NULL;
	size_t length;

	if (sysroot_load(capture->root->fd, from, CONFIG_SPACE, &space, &length) < 0)
		return;
	serial_blank(space, length);
	tarball_add(&capture->tarball, TARBALL_FILE, to, space, length);
}

/* drm/card1/card1-DP-1/status: is a screen connected? */
static void screens_take(struct capture *capture, const char *link, const char *place)
{
	char cards[CAPTURE_PATH_MAX], from[CAPTURE_PATH_MAX], to[CAPTURE_PATH_MAX];
	cleanup_listing struct listing *list = NULL;
	const char *card, *connector;

	capture_path(cards, "%s/drm", link);
	if (sysroot_list(capture->root->fd, cards, &list) < 0)
		return;
	while ((card = sysroot_list_next(list))) {
		cleanup_listing struct listing *connectors = NULL;

		if (sysroot_list(list->fd, card, &connectors) < 0)
			continue;
		while ((connector = sysroot_list_next(connectors))) {
			capture_path(from, "%s/%s/%s/status", cards, card, connector);
			capture_path(to, "%.600s/drm/%.64s/%.64s/status", place, card,
				     connector);
			capture_take_as(capture, CAPTURE_TEXT, from, to);
		}
	}
}

static void function_take(struct capture *capture, const struct host_function *function)
{
	char link[CAPTURE_PATH_MAX], place[CAPTURE_PATH_MAX];
	char from[CAPTURE_PATH_MAX], to[CAPTURE_PATH_MAX];

	capture_path(link, "sys/bus/pci/devices/%s", PCI_ADDRESS(&function->address));
	capture_take(capture, CAPTURE_LINK, link);
	capture_resolve(capture, link, place);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		capture_path(from, "%s/%s", link, attributes[i].name);
		capture_path(to, "%.900s/%s", place, attributes[i].name);
		capture_take_as(capture, attributes[i].how, from, to);
	}
	capture_path(from, "%s/config", link);
	capture_path(to, "%.900s/config", place);
	space_take(capture, from, to);
	screens_take(capture, link, place);
}

/* ---- IOMMU ---- */

/* Its nodes show whether there is an SMMU. */
static void iort_take(struct capture *capture)
{
	static const char path[] = "sys/firmware/acpi/tables/IORT";
	cleanup_free char *bytes = NULL;
	size_t size;

	if (!sysroot_load(capture->root->fd, path, CAPTURE_FILE_MAX, &bytes, &size))
		capture_put(capture, path, bytes, size);
}

/* Whether it remaps interrupts: a bit of its flags (VT-d specification 8.1) */
static void dmar_take(struct capture *capture)
{
	static const char path[] = "sys/firmware/acpi/tables/DMAR";
	char kept[DMAR_FLAGS + 1] = "";
	cleanup_free char *bytes = NULL;
	size_t size;

	if (!sysroot_exists(capture->root->fd, path))
		return;
	if (sysroot_load(capture->root->fd, path, CAPTURE_FILE_MAX, &bytes, &size) < 0)
		size = 0;
	if (size > DMAR_FLAGS)
		kept[DMAR_FLAGS] = bytes[DMAR_FLAGS];
	capture_add(capture, TARBALL_FILE, path, kept,
		    size > DMAR_FLAGS ? sizeof(kept) : 0);
}

/* Not the UUID of Xen, which is private; dom0 is seen by the others. */
static void platform_take(struct capture *capture)
{
	capture_take(capture, CAPTURE_TEXT, "sys/hypervisor/type");
	capture_take(capture, CAPTURE_TEXT, "sys/hypervisor/properties/features");
	capture_take(capture, CAPTURE_TEXT, "proc/xen/capabilities");
	capture_take(capture, CAPTURE_MARK, "sys/firmware/devicetree/base/compatible");
}

static void iommu_take(struct capture *capture)
{
	static const char *const tables[] = { "IVRS", "VIOT", "GTDT" };
	static const char *const files[] = { "type", "name", "reserved_regions" };
	char path[CAPTURE_PATH_MAX];

	capture_take_all(capture, CAPTURE_LINK, "sys/class/iommu", "");
	for (size_t i = 0; i < capture->host->n_groups; i++)
		for (size_t j = 0; j < ARRAY_SIZE(files); j++) {
			capture_path(path, "sys/kernel/iommu_groups/%u/%s",
				     capture->host->groups[i].number, files[j]);
			capture_take(capture, CAPTURE_TEXT, path);
		}
	capture_take(capture, CAPTURE_FOLDER, "sys/firmware/acpi/tables");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		capture_path(path, "sys/firmware/acpi/tables/%s", tables[i]);
		capture_take(capture, CAPTURE_MARK, path);
	}
	iort_take(capture);
	dmar_take(capture);
	platform_take(capture);
}

static void chips_take(struct capture *capture)
{
	cleanup_listing struct listing *list = NULL;
	char path[CAPTURE_PATH_MAX];
	const char *entry;

	capture_take(capture, CAPTURE_TEXT, "proc/interrupts");
	if (sysroot_list(capture->root->fd, "sys/kernel/irq", &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		capture_path(path, "sys/kernel/irq/%s/chip_name", entry);
		capture_take(capture, CAPTURE_TEXT, path);
	}
}

/* ---- /proc ---- */

/* Parameters that are looked at; '*' at the end stands for any. The rest stays. */
static const char *const parameters[] = {
	"root",
	"rootfstype",
	"resume",
	"vfio*",
	"vfio_early*",
	"pcie_acs_override",
	"intel_iommu",
	"amd_iommu",
	"iommu*",
	"intremap",
	"pci",
	"pcie_*",
	"video",
	"nomodeset",
	"module_blacklist",
	"modprobe.blacklist",
	"rd.driver.*",
	"initcall_blacklist",
	"quiet",
	"ro",
	"rw",
	"rd.luks*",
	"kvm*",
	"efi",
	"acpi",
	"amd_pstate",
	"BOOT_IMAGE",
	"initrd",
	"rdinit",
	"cryptdevice",
	"zfs",
	"pci-stub*",
	"pci_stub*",
	"xen-pciback*",
	"xen_pciback*",
};

static bool is_parameter(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		size_t width = strlen(parameters[i]);
		bool any = parameters[i][width - 1] == '*';

		if (any ? length >= width - 1 &&
				    !strncmp(word, parameters[i], width - 1) :
			  length == width && !strncmp(word, parameters[i], width))
			return true;
	}
	return false;
}

/*
 * Is it a form of root= and resume= that scrub_text() knows, or that identifies nothing?
 */
static bool is_known_spec(const char *value)
{
	static const char *const tags[] = {
		"UUID=",
		"PARTUUID=",
		"LABEL=",
		"PARTLABEL=",
	};

	if (!strncmp(value, "/dev/", 5) ||
	    !value[strspn(value, "0123456789abcdefABCDEF:")])
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (!strncmp(value, tags[i], strlen(tags[i])) &&
		    !strpbrk(value, ",;:\"'/"))
			return true;
	return false;
}

/* /dev/GROUP/VOLUME: names that a person, or an installer after the host, has chosen */
static bool is_volume(const char *value)
{
	return !strncmp(value, "/dev/", 5) && strchr(value + 5, '/') &&
	       strncmp(value, "/dev/disk/", 10) != 0;
}

/* `iscsi:USER:PASSWORD@...`: the protocol stays, the rest does not. */
static void spec_write(struct capture *capture, const char *value, FILE *out)
{
	static const char *const ways[] = {
		"nfs:",	     "nfs4:", "cifs:",	"nbd:", "dhcp", "http:", "https:",
		"virtiofs:", "9p:",   "iscsi:", "zfs:", "zfs=", "ZFS=",	 "live:"
	};

	if (is_volume(value)) {
		words_write(&capture->scrub, value, strlen(value), NULL, out);
		return;
	}
	if (is_known_spec(value)) {
		fputs(value, out);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		size_t length = strlen(ways[i]);

		if (strncmp(value, ways[i], length) != 0)
			continue;
		fputs(ways[i], out);
		value += length;
		break;
	}
	if (*value)
		scrub_word(&capture->scrub, SCRUB_LABEL, value, strlen(value), out);
}

static bool is_name(const char *word, const char *name)
{
	return !strncmp(word, name, strlen(name));
}

static void parameter_write(struct capture *capture, const char *word, FILE *out)
{
	const char *value = strchr(word, '=');

	fprintf(out, "%s", ftell(out) ? " " : "");
	if (!value || !*++value) {
		fputs(word, out);
		return;
	}
	fwrite(word, 1, (size_t)(value - word), out);
	if (is_name(word, "BOOT_IMAGE") || is_name(word, "initrd") ||
	    is_name(word, "rdinit") || is_name(word, "zfs"))
		words_write(&capture->scrub, value, strlen(value), NULL, out);
	else if (is_name(word, "rd.luks") || is_name(word, "cryptdevice"))
		scrub_word(&capture->scrub, SCRUB_LABEL, value, strlen(value), out);
	else if (!strncmp(word, "root=", 5) || !strncmp(word, "resume=", 7))
		spec_write(capture, value, out);
	else
		fputs(value, out);
}

/* The line as it will be read from the archive */
static void cmdline_keep(struct capture *capture, const char *text, size_t length)
{
	FILE *out = fmemopen(capture->cmdline, sizeof(capture->cmdline), "w");

	if (!out)
		return;
	scrub_text(&capture->scrub, text, length, out);
	(void)fclose(out);
	capture->cmdline[strcspn(capture->cmdline, "\n")] = '\0';
}

/* Words between blanks; a quoted one that holds blanks is left out, part by part. */
static void cmdline_take(struct capture *capture)
{
	char cmdline[CMDLINE_MAX], *cursor = cmdline, *word;
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	if (config_read_cmdline(capture->root, cmdline) < 0) {
		(void)fclose(out);
		/* rules that refuse without it refuse with the archive, too */
		if (!sysroot_exists(capture->root->fd, "proc/cmdline"))
			return;
		capture_add(capture, TARBALL_DIR, "proc/cmdline", "", 0);
		capture->left_out++;
		return;
	}
	memcpy(capture->cmdline_before, cmdline, sizeof(cmdline));
	while ((word = strsep(&cursor, " \t\n")))
		if (*word && is_parameter(word, strcspn(word, "=")))
			parameter_write(capture, word, out);
	fputc('\n', out);
	if (fclose(out))
		return;
	cmdline_keep(capture, text, size);
	capture_put(capture, "proc/cmdline", text, size);
}

/* Where the text console is */
static void consoles_take(struct capture *capture)
{
	char path[CAPTURE_PATH_MAX], place[CAPTURE_PATH_MAX];

	for (unsigned int i = 0; i < 4; i++) {
		capture_path(path, "sys/class/vtconsole/vtcon%u", i);
		capture_take(capture, CAPTURE_LINK, path);
		capture_resolve(capture, path, place);
		capture_path(path, "%.900s/name", place);
		capture_take(capture, CAPTURE_TEXT, path);
		capture_path(path, "%.900s/bind", place);
		capture_take(capture, CAPTURE_TEXT, path);
		capture_path(path, "sys/class/graphics/fb%u", i);
		capture_take(capture, CAPTURE_LINK, path);
	}
}

/* `START-END : NAME`: only the nesting and the names are looked at. */
static void iomem_take(struct capture *capture)
{
	cleanup_free char *text = NULL;
	bool name = false;
	size_t length;

	if (sysroot_load(capture->root->fd, "proc/iomem", CAPTURE_FILE_MAX, &text,
			 &length) < 0)
		return;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == ':')
			name = true;
		if (text[i] == '\n')
			name = false;
		else if (!name && strchr("0123456789abcdefABCDEF", text[i]))
			text[i] = '0';
	}
	capture_put(capture, "proc/iomem", text, length);
}

/* Directories that every machine has; other mount points are private. */
static bool is_common(const char *mount)
{
	static const char *const common[] = {
		"/",	 "/boot", "/boot/efi",	"/efi",	      "/usr",	  "/var",
		"/home", "/srv",  "/opt",	"/tmp",	      "/var/log", "/var/lib",
		"/mnt",	 "/nix",  "/nix/store", "/gnu/store", "/var/tmp", "/root",
	};

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (!strcmp(common[i], mount))
			return true;
	return false;
}

/* A table of /proc, of which some is left out */
struct table {
	struct capture *capture;
	FILE *out;
};

/*
 * `ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [FIELDS...] - TYPE SOURCE OPTIONS`: for
 * mounts from disks, the fields that disks.c reads.
 */
static void mount_write(char *line, void *context)
{
	struct table *table = context;
	/* systemd mounts partitions of the boot loader when they are looked at */
	static const char *const anonymous[] = { "btrfs", "zfs", "bcachefs", "autofs" };
	char *field[6], *type = strstr(line, " - "), *source;
	bool wanted;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		field[i] = line ? strsep(&line, " ") : NULL;
	if (!type || !field[5])
		return;
	type += strlen(" - ");
	source = type;
	(void)strsep(&source, " ");
	if (!source)
		return;
	/*
	 * for a dataset of ZFS only the pool, since its path can contain a person's name
	 */
	source[strcspn(source, *source == '/' ? " " : " /")] = '\0';
	/* a server, a user; the devices of bcachefs stand between colons, too */
	if (*source != '/' && strpbrk(source, ":@"))
		memcpy(source, "-", 2);
	wanted = strncmp(field[2], "0:", 2) != 0;
	for (size_t i = 0; i < ARRAY_SIZE(anonymous); i++)
		wanted = wanted || !strcmp(type, anonymous[i]);
	if (!wanted)
		return;
	fprintf(table->out, "%s %s %s / ", field[0], field[1], field[2]);
	if (is_common(field[4]))
		fputs(field[4], table->out);
	else
		scrub_word(&table->capture->scrub, SCRUB_MOUNT, field[4],
			   strlen(field[4]), table->out);
	fprintf(table->out, " %s - %s %s rw\n",
		strncmp(field[5], "ro", 2) != 0 ? "rw" : "ro", type, source);
}

/* `FILENAME TYPE SIZE USED PRIORITY`: the path of a file is private. */
static void swap_write(char *line, void *context)
{
	struct table *table = context;
	size_t width = strcspn(line, " \t");

	if (*line == '/' && strncmp(line, "/dev/", 5) != 0) {
		scrub_word(&table->capture->scrub, SCRUB_MOUNT, line, width, table->out);
		line += width;
	}
	if (*line)
		fprintf(table->out, "%s\n", line);
}

static void table_take(struct capture *capture, const char *path,
		       void (*write)(char *line, void *context))
{
	struct table table = { .capture = capture };
	cleanup_free char *kept = NULL;
	size_t size;
	int error;

	table.out = open_memstream(&kept, &size);
	if (!table.out)
		return;
	error = lines_each(capture->root, path, CAPTURE_FILE_MAX, write, &table);
	capture->left_out += error && !sysroot_is_absent(error);
	if (!fclose(table.out) && !error)
		capture_put(capture, path, kept, size);
}

/* ---- disks ---- */

static void filtered_take(struct capture *capture, const char *path)
{
	cleanup_free char *text = NULL;
	size_t length;

	if (!sysroot_load(capture->root->fd, path, CAPTURE_FILE_MAX, &text, &length))
		capture_put_filtered(capture, path, path, text, length);
}

static void block_take(struct capture *capture, const char *name)
{
	char link[CAPTURE_PATH_MAX], place[CAPTURE_PATH_MAX], path[CAPTURE_PATH_MAX];
	char number[32];

	capture_path(link, "sys/class/block/%s", name);
	capture_take(capture, CAPTURE_LINK, link);
	capture_resolve(capture, link, place);
	capture_path(path, "%.900s/dm/name", place);
	filtered_take(capture, path);
	capture_path(path, "%.900s/slaves", place);
	capture_take_all(capture, CAPTURE_LINK, path, "");
	capture_path(path, "%.900s/dev", place);
	capture_take(capture, CAPTURE_TEXT, path);
	if (sysroot_read(capture->root->fd, path, number, sizeof(number)) < 0)
		return;
	capture_path(path, "sys/dev/block/%s", number);
	capture_take(capture, CAPTURE_LINK, path);
}

/* udev's database entry of a disk contains serial numbers; only some lines are taken. */
static void notes_take(struct capture *capture, const char *entry)
{
	char path[CAPTURE_PATH_MAX];

	capture_path(path, "run/udev/data/%s", entry);
	if (entry[0] == 'b')
		filtered_take(capture, path);
}

static void each(struct capture *capture, const char *directory,
		 void (*take)(struct capture *capture, const char *entry))
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(capture->root->fd, directory, &list) < 0)
		return;
	capture_take(capture, CAPTURE_FOLDER, directory);
	while ((entry = sysroot_list_next(list)))
		take(capture, entry);
}

static void subsystem_take(struct capture *capture, const char *entry)
{
	char path[CAPTURE_PATH_MAX];

	capture_path(path, "sys/devices/virtual/nvme-subsystem/%s", entry);
	capture_take_all(capture, CAPTURE_LINK, path, "");
}

static void btrfs_take(struct capture *capture, const char *entry)
{
	char path[CAPTURE_PATH_MAX];

	capture_path(path, "sys/fs/btrfs/%s/devices", entry);
	capture_take_all(capture, CAPTURE_LINK, path, "");
}

/* The link below /dev that a word such as UUID=... or /dev/vg/root means */
static void spec_take(struct capture *capture, const char *spec)
{
	static const struct {
		const char *tag;
		const char *directory;
	} tags[] = {
		{ "UUID=", "dev/disk/by-uuid" },
		{ "LABEL=", "dev/disk/by-label" },
		{ "PARTUUID=", "dev/disk/by-partuuid" },
		{ "PARTLABEL=", "dev/disk/by-partlabel" },
		{ "/dev/", "dev" },
	};
	cleanup_free char *kept = NULL;
	char path[CAPTURE_PATH_MAX], to[CAPTURE_PATH_MAX];
	size_t size;

	if (is_volume(spec))
		kept = words_copy(&capture->scrub, spec, strlen(spec), NULL, &size);
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		size_t length = strlen(tags[i].tag);

		if (strncmp(spec, tags[i].tag, length))
			continue;
		capture_path(path, "%s/%s", tags[i].directory, spec + length);
		capture_path(to, "%s/%s", tags[i].directory,
			     kept ? kept + length : spec + length);
		capture_take_as(capture, CAPTURE_LINK, path, to);
	}
}

static void specs_take(struct capture *capture)
{
	static const char *const names[] = { "root", "resume" };
	char cmdline[CMDLINE_MAX], spec[CAPTURE_PATH_MAX / 2];

	if (config_read_cmdline(capture->root, cmdline) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (cmdline_get(cmdline, names[i], spec, sizeof(spec)))
			spec_take(capture, spec);
}

static void disks_take(struct capture *capture)
{
	each(capture, "sys/class/block", block_take);
	each(capture, "sys/devices/virtual/nvme-subsystem", subsystem_take);
	each(capture, "sys/fs/btrfs", btrfs_take);
	each(capture, "run/udev/data", notes_take);
	specs_take(capture);
	table_take(capture, "proc/self/mountinfo", mount_write);
	table_take(capture, "proc/swaps", swap_write);
}

/* ---- drivers and modules ---- */

static void module_take(struct capture *capture, const char *module)
{
	static const char *const names[] = { "allow_unsafe_interrupts",
					     "enable_unsafe_noiommu_mode" };
	char path[CAPTURE_PATH_MAX];

	if (!strstr(module, "vfio"))
		return;
	capture_path(path, "sys/module/%s", module);
	capture_take(capture, CAPTURE_FOLDER, path);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		capture_path(path, "sys/module/%s/parameters/%s", module, names[i]);
		capture_take(capture, CAPTURE_TEXT, path);
	}
	capture_path(path, "sys/module/%s/drivers", module);
	capture_take_all(capture, CAPTURE_LINK, path, "");
}

/* `kernel/.../vfio-pci.ko.xz: kernel/.../vfio.ko.xz`: a VFIO module and those it needs */
static void files_line(char *line, void *context)
{
	const char *vfio = strstr(line, "vfio");
	struct capture *capture = context;
	char path[CAPTURE_PATH_MAX], *file;

	if (!vfio || vfio > line + strcspn(line, ":"))
		return;
	while ((file = strsep(&line, ": ")))
		if (*file) {
			capture_path(path, "lib/modules/%s/%s", capture->host->kernel,
				     file);
			capture_take(capture, CAPTURE_MARK, path);
		}
}

static void files_take(struct capture *capture)
{
	char path[CAPTURE_PATH_MAX];

	capture_path(path, "lib/modules/%s/modules.dep", capture->host->kernel);
	(void)lines_each(capture->root, path, CAPTURE_FILE_MAX, files_line, capture);
}

/* The modules that would claim a function: whether they are there, and loaded */
static void claims_take(struct capture *capture, struct kmod_ctx *kmod, size_t function)
{
	char path[CAPTURE_PATH_MAX];
	struct claims claims;

	claims_read(capture->root, capture->host, kmod, function, &claims);
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim *claim = &claims.list[i];

		capture_path(path, "sys/module/%s", claim->module);
		capture_take(capture, CAPTURE_FOLDER, path);
		capture_path(path, "lib/modules/%s/%s", capture->host->kernel,
			     claim->file);
		if (*claim->file)
			capture_take(capture, CAPTURE_MARK, path);
	}
}

void capture_indices(struct capture *capture, const char *release)
{
	static const char *const names[] = {
		"modules.alias",       "modules.alias.bin",	    "modules.dep.bin",
		"modules.softdep",     "modules.builtin.alias.bin", "modules.builtin.bin",
		"modules.symbols.bin",
	};
	char path[CAPTURE_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(names) && *release; i++) {
		capture_path(path, "lib/modules/%s/%s", release, names[i]);
		capture_take(capture, CAPTURE_BYTES, path);
	}
}

/* Names of kernels stay, since many files contain the release. */
static void releases_note(struct capture *capture)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	text_append(capture->scrub.also, SCRUB_ALSO_MAX, " %s", capture->host->kernel);
	if (sysroot_list(capture->root->fd, "lib/modules", &list) < 0)
		return;
	while ((entry = sysroot_list_next(list)))
		text_append(capture->scrub.also, SCRUB_ALSO_MAX, " %s", entry);
}

static void modprobe_take(struct capture *capture, const char *directory)
{
	cleanup_listing struct listing *list = NULL;
	char path[CAPTURE_PATH_MAX];
	const char *entry;

	if (sysroot_list(capture->root->fd, directory, &list) < 0)
		return;
	capture_take(capture, CAPTURE_FOLDER, directory);
	while ((entry = sysroot_list_next(list))) {
		capture_path(path, "%s/%s", directory, entry);
		if (text_ends(entry, ".conf"))
			filtered_take(capture, path);
	}
}

static void modules_take(struct capture *capture)
{
	static const char *const places[] = {
		"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
		"usr/lib/modprobe.d", "lib/modprobe.d",
	};
	cleanup_kmod struct kmod_ctx *kmod = claims_open(capture->root, capture->host);

	capture_take_all(capture, CAPTURE_FOLDER, "sys/bus/pci/drivers", "");
	each(capture, "sys/module", module_take);
	capture_indices(capture, capture->host->kernel);
	files_take(capture);
	for (size_t i = 0; i < capture->host->n_functions; i++)
		claims_take(capture, kmod, i);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		modprobe_take(capture, places[i]);
}

/* ---- what this program itself has there ---- */

static void config_take(struct capture *capture, const char *config)
{
	struct sysroot here = { .fd = AT_FDCWD };
	const struct sysroot *root = capture->root;

	if (config) {
		capture->root = &here;
		capture_take_as(capture, CAPTURE_TEXT, config, CONFIG_PATH);
		capture->root = root;
	} else {
		capture_take(capture, CAPTURE_TEXT, CONFIG_PATH);
		capture_take_all(capture, CAPTURE_TEXT, CONFIG_DIR, ".conf");
	}
	capture_take(capture, CAPTURE_TEXT, CONFIG_IMAGE_PATH);
	capture_take(capture, CAPTURE_TEXT, REPORT_PATH);
	capture_take(capture, CAPTURE_TEXT, REPORT_FALLBACK_PATH);
}

static void message_write(const struct message *message, size_t number, FILE *out)
{
	fprintf(out, "%u,%zu,%llu,-;%s\n", message->level, number,
		(unsigned long long)message->time, message->text);
}

/* The kernel's, as /dev/kmsg shows them; of competing drivers what they said first */
static void messages_take_all(struct capture *capture, const struct messages *messages)
{
	cleanup_free char *text = NULL;
	size_t size, number = 0;
	FILE *out;

	if (!messages || !messages->source)
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	for (size_t i = 0; i < messages_count(messages); i++)
		if (!*messages_get(messages, i)->program)
			message_write(messages_get(messages, i), number++, out);
	for (size_t i = 0; i < messages->n_drivers; i++)
		if (messages->drivers[i].spoke &&
		    !messages_is_about(messages, messages->drivers[i].first.text))
			message_write(&messages->drivers[i].first, number++, out);
	if (!fclose(out))
		capture_put(capture, "dev/kmsg", text, size);
}

void capture_machine(struct capture *capture, const char *config,
		     const struct messages *messages)
{
	static const char *const folders[] = { "sys", "proc", "etc",
					       "run", "dev",  "sys/bus/pci/devices" };

	releases_note(capture);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		capture_take(capture, CAPTURE_FOLDER, folders[i]);
	for (size_t i = 0; i < capture->host->n_functions; i++)
		function_take(capture, &capture->host->functions[i]);
	iommu_take(capture);
	chips_take(capture);
	cmdline_take(capture);
	consoles_take(capture);
	iomem_take(capture);
	capture_take(capture, CAPTURE_TEXT, "proc/sys/kernel/osrelease");
	capture_take(capture, CAPTURE_TEXT, "proc/sys/kernel/random/boot_id");
	disks_take(capture);
	modules_take(capture);
	config_take(capture, config);
	messages_take_all(capture, messages);
}

json_t *capture_to_json(const struct capture *capture, const char *file)
{
	json_t *object = json_object(), *replaced = json_object();

	for (size_t i = 0; i < SCRUB_KINDS; i++)
		json_value_put(&replaced, scrub_kind_names[i],
			       json_integer((json_int_t)capture->scrub.kinds[i]));
	json_value_put(&object, "version", json_integer(1));
	json_value_put(&object, "archive", json_value_text(file));
	json_value_put(&object, "entries",
		       json_integer((json_int_t)capture->tarball.count));
	json_value_put(&object, "replaced", replaced);
	json_value_put(&object, "left_out", json_integer((json_int_t)capture->left_out));
	json_value_put(&object, "shortened",
		       json_integer((json_int_t)capture->shortened));
	json_value_put(&object, "reordered", json_boolean(capture->reordered));
	return object;
}

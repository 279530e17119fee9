// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/capture_filter.h"

#include <ctype.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/capture_files.h"
#include "capture/words.h"
#include "model/cmdline.h"
#include "model/record.h"
#include "read/config_read.h"

/* ---- which lines of a file matter ---- */

static const char *const vfio[] = { "vfio", NULL };
static const char *const deeds[] = { "driver_override",
				     "new_id",
				     "/unbind",
				     "/bind",
				     "drivers_probe",
				     "vfio",
				     "nodedev-",
				     "nodeDevice",
				     "/remove",
				     "{remove}",
				     "modprobe",
				     "rmmod",
				     NULL };
static const char *const drivers[] = { "vfio", "nouveau", "nvidia", "amdgpu",  "radeon",
				       "i915", "xe",	  "fb",	    "snd",     "xhci",
				       "i2c",  "ucsi",	  "stub",   "pciback", NULL };
static const char *const built[] = { "IOMMU", "SMMU", "VFIO", "CONFIG_PCI=", NULL };
static const char *const notes[] = { "E:ID_FS_UUID=", "E:ID_FS_TYPE=",
				     "E:ID_PART_ENTRY_UUID=", "E:ID_PART_ENTRY_TYPE=",
				     NULL };
static const char *const origin[] = { "regenerate-initramfs", "initramfs-args", NULL };
static const char *const inputs[] = { "N: ", "S: ", "H: ", NULL };
static const char *const processor[] = { "vendor_id", "flags", NULL };
static const char *const statements[] = {
	"menuentry", "submenu",	 "linux", "initrd", "set",    "if",	  "else",
	"elif",	     "fi",	 "}",	  "source", ".",      "blscfg",	  "configfile",
	"load_env",  "function", "for",	  "while",  "until",  "done",	  "search",
	"regexp",    "default",	 "then",  "do",	    "export", "save_env", "saved_",
	"prev_",     "next_",	 "boot_", "unset",  NULL
};

/**
 * enum line_kind - parts of a line that are kept
 * @LINE_WORDS: known words; the others are replaced
 * @LINE_TEXT: all of it, without UUIDs and addresses
 * @LINE_PUBLIC: known words; the others are left out
 * @LINE_NAME: line of a table with colons: its name, number and members
 * @LINE_FIELDS: the first three words, which are as in LINE_WORDS
 * @LINE_ROUTE: known words; all addresses become one and the same, except zeros
 * @LINE_RECORD: line of an image's record of its host (model/record.h)
 * @LINE_MODULE: line of modprobe.d: names of modules, else as in LINE_WORDS
 */
enum line_kind {
	LINE_WORDS,
	LINE_TEXT,
	LINE_PUBLIC,
	LINE_NAME,
	LINE_FIELDS,
	LINE_ROUTE,
	LINE_RECORD,
	LINE_MODULE,
};

/**
 * struct filter - a kind of file
 * @pattern: of its path
 * @words: a line has to have one of them; NULL: all lines count
 * @first: the line has to begin with the word
 * @kind: parts of such a line that are kept
 * @comments: lines that begin with '#' count
 * @whole: all lines count as soon as one has a word: lines may be continued
 */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of a row */
static const struct filter {
	const char *pattern;
	const char *const *words;
	bool first;
	enum line_kind kind;
	bool comments;
	bool whole;
} filters[] = {
	/* this program's own */
	{ .pattern = CONFIG_PATH, .kind = LINE_TEXT, .comments = true },
	{ .pattern = CONFIG_DIR "/*.conf", .kind = LINE_TEXT, .comments = true },
	{ .pattern = CONFIG_IMAGE_PATH, .kind = LINE_TEXT, .comments = true },
	{ .pattern = RECORD_PATH, .kind = LINE_RECORD },
	{ .pattern = "*systemd/system/vfio-early.service", .kind = LINE_TEXT },
	/* boot loaders */
	{ .pattern = "*/grub.cfg", .words = statements, .first = true },
	{ .pattern = "*/custom.cfg", .words = statements, .first = true },
	{ .pattern = "boot/*.cfg", .words = statements, .first = true },
	{ .pattern = "efi/*.cfg", .words = statements, .first = true },
	{ .pattern = "*/grubenv" },
	{ .pattern = "*/loader/loader.conf" },
	{ .pattern = "*/loader/entries/*.conf" },
	{ .pattern = "*/limine.conf" },
	{ .pattern = "*/refind.conf" },
	{ .pattern = "*/refind_linux.conf" },
	{ .pattern = "etc/default/grub" },
	{ .pattern = "etc/default/grub.d/*" },
	{ .pattern = "*/extlinux.conf" },
	{ .pattern = "*/syslinux.cfg" },
	{ .pattern = "etc/default/limine" },
	{ .pattern = "etc/sdboot-manage.conf" },
	{ .pattern = "*/limine-entry-tool.conf" },
	{ .pattern = "*/limine-entry-tool.d/*" },
	{ .pattern = "ostree/deploy/*.origin", .words = origin, .first = true },
	{ .pattern = "etc/sysconfig/bootloader" },
	{ .pattern = "etc/kernel/*" },
	{ .pattern = "usr/lib/kernel/*" },
	{ .pattern = "etc/cmdline.d/*" },
	{ .pattern = "etc/nixos/*.nix" },
	{ .pattern = "etc/zfsbootmenu/*" },
	{ .pattern = "boot/*.kcl" },
	/* generators */
	{ .pattern = "etc/mkinitcpio*" },
	{ .pattern = "etc/dracut.conf" },
	{ .pattern = "etc/dracut.conf.d/*" },
	{ .pattern = "config" },
	{ .pattern = "conf/modules" },
	{ .pattern = "scripts/init-top/ORDER" },
	/* other set-ups */
	{ .pattern = "*etc/modprobe.d/*.conf", .kind = LINE_MODULE, .comments = true },
	{ .pattern = "*lib/modprobe.d/*.conf", .kind = LINE_MODULE, .comments = true },
	{ .pattern = "run/modprobe.d/*.conf", .kind = LINE_MODULE, .comments = true },
	{ .pattern = "*etc/modprobe.d/*", .words = vfio },
	{ .pattern = "etc/modules", .words = drivers },
	{ .pattern = "*modules-load.d/*", .words = drivers },
	{ .pattern = "etc/initramfs-tools/modules", .words = drivers },
	{ .pattern = "etc/initramfs-tools/scripts/*", .words = deeds },
	{ .pattern = "usr/share/initramfs-tools/scripts/*", .words = deeds },
	{ .pattern = "etc/initcpio/hooks/*", .words = deeds },
	{ .pattern = "usr/lib/initcpio/hooks/*", .words = deeds },
	{ .pattern = "usr/lib/dracut/modules.d/*", .words = deeds },
	{ .pattern = "*systemd/system/*", .words = deeds },
	{ .pattern = "usr/local/bin/*", .words = deeds },
	{ .pattern = "usr/local/sbin/*", .words = deeds },
	{ .pattern = "etc/rc.local", .words = deeds },
	{ .pattern = "etc/libvirt/hooks/*", .words = deeds },
	{ .pattern = "*udev/rules.d/*", .words = deeds, .whole = true },
	{ .pattern = "etc/driverctl.d/*" },
	{ .pattern = "etc/supergfxd.conf" },
	/* the host */
	{ .pattern = "etc/crypttab" },
	{ .pattern = "etc/fstab", .kind = LINE_FIELDS },
	{ .pattern = "etc/group", .kind = LINE_NAME },
	{ .pattern = "etc/passwd", .kind = LINE_NAME },
	{ .pattern = "boot/config-*",
	  .words = built,
	  .kind = LINE_TEXT,
	  .comments = true },
	{ .pattern = "*lib/modules/*/config",
	  .words = built,
	  .kind = LINE_TEXT,
	  .comments = true },
	{ .pattern = "sys/devices/*/dm/name" },
	{ .pattern = "run/udev/data/b*",
	  .words = notes,
	  .first = true,
	  .kind = LINE_TEXT },
	{ .pattern = "proc/bus/input/devices", .words = inputs, .first = true },
	{ .pattern = "proc/cpuinfo",
	  .words = processor,
	  .first = true,
	  .kind = LINE_PUBLIC },
	{ .pattern = "proc/net/route", .kind = LINE_ROUTE },
	{ .pattern = "proc/net/ipv6_route", .kind = LINE_ROUTE },
};

static const struct filter *filter_find(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (!fnmatch(filters[i].pattern, path, 0))
			return &filters[i];
	return NULL;
}

const char *capture_pattern(const char *path)
{
	const struct filter *filter = filter_find(path);

	return filter ? filter->pattern : NULL;
}

static bool line_counts(const struct filter *filter, const char *line)
{
	const char *start = line + strspn(line, " \t\r");

	if (!*start || (*start == '#' && !filter->comments))
		return false;
	for (size_t i = 0; filter->words && filter->words[i]; i++) {
		const char *word = filter->words[i];

		if (filter->first ? !strncmp(start, word, strlen(word)) :
				    !!strstr(start, word))
			return true;
	}
	return !filter->words;
}

/* ---- what is left of a line ---- */

struct writing {
	struct capture *capture;
	const struct filter *filter;
	FILE *out;
};

static void words_put(const struct writing *writing, const char *text, size_t length)
{
	words_write(&writing->capture->scrub, text, length, writing->filter->pattern,
		    writing->out);
}

/* NAME:x:NUMBER:MEMBERS; of a user nothing but the name and the number */
static void name_write(const struct writing *writing, const char *line)
{
	bool group = strstr(writing->filter->pattern, "group");
	size_t name = strcspn(line, ":");
	const char *rest = line + name, *number, *members;

	words_put(writing, line, name);
	number = *rest ? strchr(rest + 1, ':') : NULL;
	if (!number)
		return;
	members = strchr(number + 1, ':');
	fprintf(writing->out,
		":x%.*s:", (int)(members ? members - number : (long)strlen(number)),
		number);
	if (members && group)
		words_put(writing, members + 1, strlen(members + 1));
}

static void fields_write(const struct writing *writing, const char *line)
{
	size_t used = 0;

	for (unsigned int i = 0; i < 3; i++) {
		used += strspn(line + used, " \t");
		used += strcspn(line + used, " \t");
	}
	words_put(writing, line, used);
}

/* Known words of a line, with blanks between them */
static void public_write(const struct writing *writing, char *line)
{
	char *word;

	while ((word = strsep(&line, " \t")))
		if (words_are_known(word))
			fprintf(writing->out, "%s ", word);
}

/* Hexadecimal words of 8 or 32 digits are addresses; only zeros are kept as they are. */
static void route_write(const struct writing *writing, char *line)
{
	char *word;

	while ((word = strsep(&line, " \t"))) {
		size_t length = strlen(word), start = 0;
		bool address = (length == 8 || length == 32) &&
			       strspn(word, "0123456789abcdefABCDEF") == length;

		/* of IPv6 the kinds of addresses begin with these */
		if (length == 32 &&
		    (!strncmp(word, "fe80", 4) || !strncmp(word, "ff", 2)))
			start = 2 + 2 * (word[1] == 'e');
		if (address && strspn(word, "0") != length) {
			memset(word + start, '0', length - start);
			word[length - 1] = '1';
		}
		if (address)
			fputs(word, writing->out);
		else
			words_put(writing, word, length);
		fputs(line ? "\t" : "", writing->out);
	}
}

/* `root HASH`: of this command line it is that of the captured one, or of another. */
static void record_write(const struct writing *writing, const char *line)
{
	const struct capture *capture = writing->capture;
	char hash[17];

	(void)snprintf(hash, sizeof(hash), "%016" PRIx64,
		       record_root_hash(capture->cmdline_before));
	if (strncmp(line, "root ", 5) != 0)
		fputs(line, writing->out);
	else if (!strcmp(line + 5, hash))
		fprintf(writing->out, "root %016" PRIx64,
			record_root_hash(capture->cmdline));
	else
		fputs("root 0000000000000000", writing->out);
}

/*
 * `options MODULE NAME=VALUE`, `install MODULE COMMAND`: a value can be a password. The
 * words of the other commands are names of modules, up to a comment.
 */
static void module_write(const struct writing *writing, const char *line)
{
	static const char *const names[] = { "alias", "blacklist", "softdep", "weakdep" };
	size_t start = strspn(line, " \t"), first = strcspn(line + start, " \t");
	size_t used = start + first;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == first && !strncmp(line + start, names[i], first))
			used += strcspn(line + used, "#");
	if (line[start] == '#')
		used = 0;
	else if (used == start + first) {
		used += strspn(line + used, " \t");
		used += strcspn(line + used, " \t");
	}
	scrub_text(&writing->capture->scrub, line, used, writing->out);
	words_put(writing, line + used, strlen(line + used));
}

static void line_write(const struct writing *writing, char *line)
{
	switch (writing->filter->kind) {
	case LINE_WORDS:
		words_put(writing, line, strlen(line));
		return;
	case LINE_TEXT:
		scrub_text(&writing->capture->scrub, line, strlen(line), writing->out);
		return;
	case LINE_PUBLIC:
		public_write(writing, line);
		return;
	case LINE_NAME:
		name_write(writing, line);
		return;
	case LINE_FIELDS:
		fields_write(writing, line);
		return;
	case LINE_ROUTE:
		route_write(writing, line);
		return;
	case LINE_RECORD:
		record_write(writing, line);
		return;
	case LINE_MODULE:
		module_write(writing, line);
		return;
	}
}

/* Lines keep their numbers. false: none was written */
bool capture_filter(struct capture *capture, const char *path, const char *text,
		    size_t length, FILE *out)
{
	const struct writing writing = { capture, filter_find(path), out };
	cleanup_free char *copy = strndup(text, length);
	char *cursor = copy, *line;
	bool all = false, any = false;

	if (!writing.filter || !copy)
		return false;
	for (size_t i = 0; writing.filter->whole && writing.filter->words[i]; i++)
		all = all || strstr(text, writing.filter->words[i]);
	while ((line = strsep(&cursor, "\n"))) {
		if (all || line_counts(writing.filter, line)) {
			line_write(&writing, line);
			any = true;
		}
		fputs(cursor ? "\n" : "", out);
	}
	return any || !writing.filter->words || writing.filter->first;
}

bool capture_put_filtered(struct capture *capture, const char *path, const char *name,
			  const char *text, size_t length)
{
	cleanup_free char *kept = NULL;
	size_t size;
	FILE *out = open_memstream(&kept, &size);
	bool any;

	if (!out)
		return false;
	any = capture_filter(capture, path, text, length, out);
	if (fclose(out) || !any)
		return false;
	capture_put(capture, name, kept, size);
	return true;
}

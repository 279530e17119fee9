// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/files_read.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"

#define PROFILES "etc/apparmor.d"
#define RULE_MAX 1024
#define RULE_DEPTH 4 /* alternatives in one rule */

/* ---- AppArmor ---- */

/* One way to write a rule without alternatives */
static bool glob_matches(const char *glob, const char *path)
{
	/* ** crosses folders, * does not */
	return !fnmatch(glob, path, strstr(glob, "**") ? 0 : FNM_PATHNAME);
}

static bool rule_matches(const char *glob, const char *path, unsigned int depth)
{
	const char *open = strchr(glob, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	char text[RULE_MAX];

	if (!open)
		return glob_matches(glob, path);
	if (!close || depth == RULE_DEPTH)
		return false;
	for (const char *at = open + 1; at <= close; at++) {
		size_t length = strcspn(at, ",}");

		(void)snprintf(text, sizeof(text), "%.*s%.*s%s", (int)(open - glob), glob,
			       (int)length, at, close + 1);
		if (rule_matches(text, path, depth + 1))
			return true;
		at += length;
	}
	return false;
}

/* `/usr/share/seabios/ r,`; other lines allow nothing. Alternatives {a,b} and stars are
 * understood (apparmor.d(5), globbing); variables are not. */
static bool rule_allows(const char *line, const char *path)
{
	size_t length = strcspn(line, " \t");
	const char *modes = line + length + strspn(line + length, " \t");
	char glob[RULE_MAX];

	if (*line != '/' || length >= sizeof(glob) ||
	    !memchr(modes, 'r', strcspn(modes, ",")))
		return false;
	memcpy(glob, line, length);
	glob[length] = '\0';
	return rule_matches(glob, path, 0);
}

struct profile {
	const char *path;
	bool allows;
};

static void rule_take(const struct line *line, void *context)
{
	struct profile *profile = context;
	const char *text = line->text;

	if (!strncmp(text, "owner ", 6))
		text += 6;
	profile->allows = profile->allows || rule_allows(text, profile->path);
}

/* Profiles of the domains themselves are written by libvirt, which leaves ROMs out. */
static enum fact confined_read(const struct sysroot *root, const char *path)
{
	struct profile profile = { .path = path };
	char text[8];

	if (sysroot_read(root->fd, "sys/module/apparmor/parameters/enabled", text,
			 sizeof(text)) <= 0 ||
	    *text != 'Y' ||
	    lines_read(root, PROFILES "/abstractions/libvirt-qemu", rule_take, &profile))
		return FACT_UNKNOWN;
	(void)lines_read(root, PROFILES "/local/abstractions/libvirt-qemu", rule_take,
			 &profile);
	(void)lines_read_all(root, PROFILES "/abstractions/libvirt-qemu.d", "", rule_take,
			     &profile);
	return profile.allows ? FACT_YES : FACT_NO;
}

/* ---- modes ---- */

/* The first part of the way that others than the owner and its group cannot pass */
static void closed_read(const struct sysroot *root, const char *path,
			struct guest_file *file)
{
	char part[GUEST_PATH_MAX];
	struct stat status;

	for (const char *end = path + 1; *end; end += *end == '/') {
		end += strcspn(end, "/");
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (fstatat(root->fd, part + 1, &status, 0) < 0)
			return;
		if (status.st_mode & (S_ISDIR(status.st_mode) ? S_IXOTH : S_IROTH))
			continue;
		(void)snprintf(file->closed, sizeof(file->closed), "%s", part);
		return;
	}
}

static void file_read(const struct sysroot *root, const char *path,
		      struct guest_file *file)
{
	struct stat status;

	if (*path != '/')
		return;
	if (fstatat(root->fd, path + 1, &status, 0) < 0) {
		file->there = errno == ENOENT || errno == ENOTDIR ? FACT_NO :
								    FACT_UNKNOWN;
		return;
	}
	file->there = S_ISREG(status.st_mode) ? FACT_YES : FACT_NO;
	file->size = (uint64_t)status.st_size;
	closed_read(root, path, file);
}

/* user = "root" in qemu.conf: QEMU can then read files that are closed to others */
static void user_take(const struct line *line, void *context)
{
	struct guest_facts *facts = context;

	if (!strncmp(line->text, "user", 4) &&
	    strspn(line->text + 4, " \t=") == strcspn(line->text + 4, "\"'"))
		facts->qemu_is_root = true;
}

/* ---- firmware ---- */

/* Code and variables as distributions install them, those of 4 MiB first */
static void firmware_read(const struct sysroot *root, struct guest_facts *facts)
{
	static const struct {
		const char *code;
		const char *vars;
	} known[] = {
		{ "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd" },
		{ "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
		  "/usr/share/edk2/x64/OVMF_VARS.4m.fd" },
		{ "/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2",
		  "/usr/share/edk2/ovmf/OVMF_VARS_4M.qcow2" },
		{ "/usr/share/edk2/ovmf/OVMF_CODE.fd",
		  "/usr/share/edk2/ovmf/OVMF_VARS.fd" },
		{ "/usr/share/qemu/ovmf-x86_64-4m-code.bin",
		  "/usr/share/qemu/ovmf-x86_64-4m-vars.bin" },
		{ "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd" },
		{ "/usr/share/edk2-ovmf/x64/OVMF_CODE.fd",
		  "/usr/share/edk2-ovmf/x64/OVMF_VARS.fd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (sysroot_exists(root->fd, known[i].code + 1)) {
			(void)snprintf(facts->firmware_code, GUEST_PATH_MAX, "%s",
				       known[i].code);
			(void)snprintf(facts->firmware_vars, GUEST_PATH_MAX, "%s",
				       known[i].vars);
			return;
		}
}

/* The content of a ROM file; rom-access reports one that cannot be read. */
static void images_read(const struct sysroot *root, const char *path, size_t index,
			struct guest_facts *facts)
{
	cleanup_free char *bytes = NULL;
	size_t size;

	if (*path != '/' ||
	    sysroot_load(root->fd, path + 1, ROM_SIZE_MAX, &bytes, &size) < 0)
		return;
	rom_parse((const unsigned char *)bytes, size, &facts->images[index]);
	facts->images_known[index] = true;
}

void files_read(const struct sysroot *root, const struct guest *guest,
		struct guest_facts *facts)
{
	const struct guest_firmware *firmware = &guest->firmware;

	(void)lines_read(root, "etc/libvirt/qemu.conf", user_take, facts);
	file_read(root, firmware->loader, &facts->loader);
	file_read(root, firmware->nvram, &facts->nvram);
	file_read(root, firmware->nvram_template, &facts->nvram_template);
	firmware_read(root, facts);
	for (size_t i = 0; i < guest->n_hostdevs; i++) {
		file_read(root, guest->hostdevs[i].rom, &facts->roms[i]);
		if (facts->roms[i].there != FACT_YES)
			continue;
		facts->roms[i].confined = confined_read(root, guest->hostdevs[i].rom);
		images_read(root, guest->hostdevs[i].rom, i, facts);
	}
}

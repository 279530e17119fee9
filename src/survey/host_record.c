// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/host_record.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "model/record.h"
#include "read/block.h"
#include "read/config_read.h"
#include "read/disks.h"
#include "read/host_read.h"
#include "read/kmod.h"
#include "read/network.h"

#define LOADER_PARTITION                                                         \
	"sys/firmware/efi/efivars/LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-" \
	"440b29bb8c4f"
#define GROUPS_MAX 64
#define GROUP_ID 32 /* of an LVM volume group; "LVM-" stands before it */
#define NAME_MAX_HERE 256
#define PATH_SIZE (NAME_MAX_HERE + 64)

/**
 * struct look - one look at the host
 * @groups: LVM volume groups that are in use
 * @known: so far the way to each disk is known
 */
struct look {
	const struct sysroot *root;
	struct host *host;
	struct disks_visit visit;
	char groups[GROUPS_MAX][GROUP_ID + 1];
	size_t n_groups;
	bool known;
};

/* ---- LVM ---- */

/* The volume group of a mapped device: dm/uuid is LVM-GROUP...VOLUME... */
static bool group_read(const struct sysroot *root, const char *name,
		       char group[static GROUP_ID + 1])
{
	char path[PATH_SIZE], uuid[NAME_MAX_HERE];

	(void)snprintf(path, sizeof(path), BLOCK "/%.200s/dm/uuid", name);
	if (sysroot_read(root->fd, path, uuid, sizeof(uuid)) < 4 + GROUP_ID ||
	    strncmp(uuid, "LVM-", 4) != 0)
		return false;
	(void)snprintf(group, GROUP_ID + 1, "%.*s", GROUP_ID, uuid + 4);
	return true;
}

static bool has_group(const struct look *look, const char *group)
{
	for (size_t i = 0; i < look->n_groups; i++)
		if (!strcmp(look->groups[i], group))
			return true;
	return false;
}

static void device_take(const char *name, void *context)
{
	struct look *look = context;
	char group[GROUP_ID + 1];

	if (!group_read(look->root, name, group) || has_group(look, group))
		return;
	if (look->n_groups == GROUPS_MAX)
		look->known = false;
	else
		memcpy(look->groups[look->n_groups++], group, sizeof(group));
}

struct volume {
	bool is_member;
	bool is_noted;
};

static void note_take(const struct line *line, void *context)
{
	struct volume *volume = context;

	volume->is_noted = true;
	if (!strcmp(line->text, "E:ID_FS_TYPE=LVM2_member"))
		volume->is_member = true;
}

static struct volume volume_read(const struct sysroot *root, const char *name)
{
	struct volume volume = { .is_member = false };
	char path[BLOCK_PATH_MAX];

	if (block_notes(root, name, path))
		(void)lines_read(root, path, note_take, &volume);
	return volume;
}

/* A disk with nothing on it may be a spare member of any group. */
static bool is_of_other_group(const struct look *look, const char *name)
{
	cleanup_listing struct listing *list = NULL;
	char path[PATH_SIZE], group[GROUP_ID + 1];
	bool other = false;
	const char *entry;

	(void)snprintf(path, sizeof(path), BLOCK "/%.200s/holders", name);
	if (sysroot_list_noted(look->root, path, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list))) {
		if (!group_read(look->root, entry, group))
			continue;
		if (has_group(look, group))
			return false;
		other = true;
	}
	return other;
}

/* systemd and dracut activate a group only when all of its members are there. */
static void volumes_mark(struct look *look)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (!look->n_groups || sysroot_list_noted(look->root, BLOCK, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		const struct volume volume = volume_read(look->root, entry);
		char path[PATH_SIZE];

		if (!volume.is_noted && strncmp(entry, "loop", 4) != 0 &&
		    strncmp(entry, "ram", 3) != 0 && strncmp(entry, "zram", 4) != 0)
			look->known = false;
		if (!volume.is_member || is_of_other_group(look, entry))
			continue;
		(void)snprintf(path, sizeof(path), "/dev/%.200s", entry);
		if (!disks_mark(look->root, path, "filesystem (LVM)", true, &look->visit,
				look->host))
			look->known = false;
	}
}

/* ---- tables ---- */

struct mounted {
	const char *where;
	bool found;
};

/* proc_pid_mountinfo(5): the 5th word is the place */
static void mount_take(const struct line *line, void *context)
{
	struct mounted *mounted = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX] = "";

	for (unsigned int i = 0; i < 5; i++)
		if (!lines_word(&cursor, " ", word))
			return;
	mounted->found = mounted->found || !strcmp(word, mounted->where);
}

static bool is_mounted(const struct sysroot *root, const char *where)
{
	struct mounted mounted = { .where = where };

	(void)lines_read(root, "proc/self/mountinfo", mount_take, &mounted);
	return mounted.found;
}

static bool options_have(const char *options, const char *option)
{
	const char *cursor = options;
	char word[LINES_WORD_MAX];

	while (lines_word(&cursor, ",", word))
		if (!strcmp(word, option))
			return true;
	return false;
}

/* /dev/sda1 or UUID=...: other sources are no disks, or hang on the network. */
static bool is_disk(const char *spec)
{
	return !strncmp(spec, "/dev/", 5) || !strncmp(spec, "UUID=", 5) ||
	       !strncmp(spec, "LABEL=", 6) || !strncmp(spec, "PARTUUID=", 9) ||
	       !strncmp(spec, "PARTLABEL=", 10);
}

/* A device that may be missing and is missing carries nothing. */
static void entry_mark(struct look *look, const char *spec, const char *what,
		       const char *options, bool mounted)
{
	if (is_disk(spec) &&
	    !disks_mark(look->root, spec, what, mounted, &look->visit, look->host) &&
	    !options_have(options, "noauto") && !options_have(options, "nofail"))
		look->known = false;
}

/* fstab(5): SPEC PLACE TYPE OPTIONS */
static void fstab_take(const struct line *line, void *context)
{
	struct look *look = context;
	char word[4][LINES_WORD_MAX];
	bool swap;

	(void)lines_words(line->text, word, ARRAY_SIZE(word));
	swap = !strcmp(word[2], "swap");
	if (!*word[1] || options_have(word[3], "bind") || options_have(word[3], "rbind"))
		return;
	entry_mark(look, word[0], swap ? "swap" : "filesystem", word[3],
		   swap || is_mounted(look->root, word[1]));
}

/* crypttab(5): NAME DEVICE KEYFILE OPTIONS */
static void crypttab_take(const struct line *line, void *context)
{
	struct look *look = context;
	char word[4][LINES_WORD_MAX];

	(void)lines_words(line->text, word, ARRAY_SIZE(word));
	entry_mark(look, word[1], "filesystem (encrypted)", word[3], true);
}

/*
 * systemd's boot loader interface: four bytes of attributes, then UTF-16. The medium may
 * be gone by now.
 */
static void loader_mark(struct look *look)
{
	cleanup_free char *bytes = NULL;
	char spec[64] = "PARTUUID=";
	size_t length, used = strlen(spec);

	if (sysroot_load(look->root->fd, LOADER_PARTITION, 256, &bytes, &length) < 0)
		return;
	for (size_t i = 4; i + 1 < length && bytes[i] && used < sizeof(spec) - 1; i += 2)
		spec[used++] = (char)tolower((unsigned char)bytes[i]);
	spec[used] = '\0';
	(void)disks_mark(look->root, spec, "filesystem (boot loader)", true, &look->visit,
			 look->host);
}

/* ---- all of it ---- */

/* Returns whether all disks are known; @ret_network: whether all routes are. */
static bool host_look(const struct sysroot *root, const char *cmdline, struct host *host,
		      bool *ret_network)
{
	struct look look = { .root = root, .host = host, .known = true };

	look.visit = (struct disks_visit){ .take = device_take, .context = &look };
	disks_follow(root, cmdline, &look.visit, host);
	(void)lines_read(root, "etc/fstab", fstab_take, &look);
	(void)lines_read(root, "etc/crypttab", crypttab_take, &look);
	loader_mark(&look);
	volumes_mark(&look);
	*ret_network = network_read(root, host);
	return look.known && host->root_resolved && host->disks_known == FACT_YES;
}

static uint8_t uses_of(const struct host *host, const struct host_function *function)
{
	static const struct {
		const char *start;
		uint8_t bit;
	} starts[] = {
		{ "root", HOST_RECORDED_ROOT },
		{ "resume", HOST_RECORDED_RESUME },
		{ "swap", HOST_RECORDED_SWAP },
	};
	uint8_t uses = 0;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (!strncmp(function->use, starts[i].start, strlen(starts[i].start)))
			uses |= starts[i].bit;
	if (function->is_host_disk && !uses)
		uses |= HOST_RECORDED_FILESYSTEM;
	if (function->has_route)
		uses |= HOST_RECORDED_NETWORK;
	if (host_is_boot_display(host, function))
		uses |= HOST_RECORDED_DISPLAY;
	return uses;
}

/* Can modules be loaded by what they claim? Else it is a rest of a kernel. */
static bool has_index(const struct sysroot *root, const char *release)
{
	char path[NAME_MAX_HERE + 64];

	(void)snprintf(path, sizeof(path), "lib/modules/%.200s/modules.alias.bin",
		       release);
	return sysroot_exists(root->fd, path);
}

/* Does no module of this kernel claim it? Unknown is no. */
static bool tree_leaves(const struct sysroot *root, const char *release,
			const char *modalias)
{
	cleanup_kmod_list struct kmod_list *list = NULL;
	cleanup_kmod struct kmod_ctx *kmod = kmod_open_bare(root, release);

	return kmod && !kmod_module_new_from_lookup(kmod, modalias, &list) && !list;
}

/*
 * The image may be for any kernel that is installed: all of them count. A built-in driver
 * would have it by now.
 */
static bool is_unclaimed(const struct sysroot *root, const struct host_function *function)
{
	cleanup_listing struct listing *list = NULL;
	char path[96], modalias[NAME_MAX_HERE];
	size_t leave = 0, claim = 0;
	const char *entry;

	if (function->driver[0] || function->override[0] || function->is_vf ||
	    !function->has_group)
		return false;
	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/modalias",
		       PCI_ADDRESS(&function->address));
	if (sysroot_read(root->fd, path, modalias, sizeof(modalias)) <= 0 ||
	    sysroot_list_noted(root, "lib/modules", &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list)))
		if (has_index(root, entry))
			*(tree_leaves(root, entry, modalias) ? &leave : &claim) += 1;
	return leave && !claim;
}

static void function_print(FILE *out, const struct host_function *function, uint8_t uses)
{
	fprintf(out, "at %s %s", PCI_PATH(&function->path), PCI_ID(&function->id));
	for (size_t i = 0; i < RECORD_USES; i++)
		if (uses & record_uses[i].bit)
			fprintf(out, " %s", record_uses[i].name);
	fputs("\n", out);
}

int host_record_text(const struct sysroot *root, const char *cmdline, struct host *host,
		     char **ret_text)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	bool disks, network;

	if (!out)
		return -ENOMEM;
	disks = host_look(root, cmdline, host, &network);
	fprintf(out, RECORD_HEADING "\nroot %016" PRIx64 "\ndisks %s\nnetwork %s\n",
		record_root_hash(cmdline), disks ? "known" : "unknown",
		network ? "known" : "unknown");
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		uint8_t uses = uses_of(host, function);

		if (is_unclaimed(root, function))
			uses |= HOST_RECORDED_UNCLAIMED;

		/*
		 * A device that a driver creates is not there so early; the function of
		 * that driver is.
		 */
		if (uses && !host_is_bridge(function) && !host_is_hidden(function))
			function_print(out, function, uses);
	}
	fputs("end\n", out);
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	return disks && network;
}

int host_record_make(const struct sysroot *root, char **ret_text, struct fault *fault)
{
	struct config *config cleanup_free = calloc(1, sizeof(*config));
	struct host *host cleanup_free = calloc(1, sizeof(*host));
	char cmdline[CMDLINE_MAX];
	int error;

	if (!config || !host)
		return fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
	config_init(config);
	(void)config_read_cmdline(root, cmdline);
	error = host_read(root, config, cmdline, host, fault);
	if (error < 0)
		return error;
	error = host_record_text(root, cmdline, host, ret_text);
	return error < 0 ? fault_set(fault, error, "%s", strerror(-error)) : error;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/start_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "guest/guest_find.h"

#define HOOKS "etc/libvirt/hooks"
#define HOOK_DEPTH 4 /* qemu.d/NAME/prepare/begin */

/* ---- other guests ---- */

static void other_compare(const struct guest *other, bool starts,
			  struct guest_facts *facts)
{
	for (size_t i = 0; i < facts->n_passed; i++) {
		const struct pci_address *address = &facts->passed[i].address;
		struct guest_other *found = &facts->others[facts->n_others];

		if (guest_takes(other, address) == SIZE_MAX ||
		    facts->n_others == FACTS_OTHERS_MAX)
			continue;
		(void)snprintf(found->name, sizeof(found->name), "%s", other->name);
		found->address = *address;
		found->starts = starts;
		facts->n_others++;
	}
}

static bool starts_with_host(const struct sysroot *root, const struct guest *guest)
{
	char path[SYSROOT_PATH_MAX];

	if (guest->kind == GUEST_PROXMOX)
		return guest->has_onboot;
	(void)snprintf(path, sizeof(path), GUEST_LIBVIRT_DIR "/autostart/%s.xml",
		       guest->name);
	return sysroot_exists(root->fd, path);
}

static void others_read(const struct sysroot *root, const struct guest *guest,
			struct guest_facts *facts)
{
	bool proxmox = guest->kind == GUEST_PROXMOX;
	const char *folder = proxmox ? GUEST_PROXMOX_DIR : GUEST_LIBVIRT_DIR;
	char(*names)[SYSROOT_NAME_MAX] cleanup_free =
		calloc((size_t)FACTS_OTHERS_MAX * 4, SYSROOT_NAME_MAX);
	struct guest *other cleanup_free = calloc(1, sizeof(*other));
	cleanup_listing struct listing *list = NULL;
	char path[SYSROOT_PATH_MAX];
	struct fault fault;
	size_t count;

	if (!names || !other || sysroot_list(root->fd, folder, &list) < 0)
		return;
	facts->others_known = !sysroot_names(list, proxmox ? ".conf" : ".xml", names,
					     (size_t)FACTS_OTHERS_MAX * 4, &count);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (guest_load(root, path, other, &fault) < 0)
			facts->others_known = false;
		else if (strcmp(other->name, guest->name) != 0)
			other_compare(other, starts_with_host(root, other), facts);
	}
}

/* ---- the start ---- */

static void after_take(const struct line *line, void *context)
{
	if (!strncmp(line->text, "After", 5) && strstr(line->text, "vfio-early.target"))
		*(bool *)context = true;
}

/* By the units that start guests, and their drop-ins, where systemctl edit puts it. */
static enum fact ordered_read(const struct sysroot *root, const struct guest *guest)
{
	static const char *const units[] = { "libvirtd.service", "virtqemud.service",
					     "libvirt-guests.service" };
	static const char *const proxmox[] = { "pve-guests.service" };
	bool is_proxmox = guest->kind == GUEST_PROXMOX, found = false;
	const char *const *list = is_proxmox ? proxmox : units;
	size_t count = is_proxmox ? ARRAY_SIZE(proxmox) : ARRAY_SIZE(units);

	for (size_t i = 0; i < count; i++) {
		char path[SYSROOT_PATH_MAX];

		(void)snprintf(path, sizeof(path), "etc/systemd/system/%s.d", list[i]);
		(void)lines_read_all(root, path, ".conf", after_take, &found);
		(void)snprintf(path, sizeof(path), "etc/systemd/system/%s", list[i]);
		(void)lines_read(root, path, after_take, &found);
	}
	return found ? FACT_YES : FACT_NO;
}

/* ---- hooks ---- */

static void hook_take(const struct line *line, void *context)
{
	struct guest_hook *hook = context;
	const char *text = line->text;

	hook->unbinds = hook->unbinds || strstr(text, "unbind");
	hook->unloads = hook->unloads || strstr(text, "rmmod") ||
			strstr(text, "modprobe -r") || strstr(text, "modprobe --remove");
	hook->calls_back = hook->calls_back || strstr(text, "virsh");
}

static void hook_read(const struct sysroot *root, const char *path,
		      struct guest_facts *facts)
{
	struct guest_hook *hook = &facts->hooks[facts->n_hooks];

	if (facts->n_hooks == FACTS_HOOKS_MAX)
		return;
	memset(hook, 0, sizeof(*hook));
	(void)snprintf(hook->path, sizeof(hook->path), "%s", path);
	if (!lines_read(root, path, hook_take, hook) &&
	    (hook->unbinds || hook->unloads || hook->calls_back))
		facts->n_hooks++;
}

/* A folder of hooks; below a folder with a guest's name, all of it */
static void hooks_read(const struct sysroot *root, const char *folder, const char *name,
		       unsigned int depth, struct guest_facts *facts)
{
	char(*names)[SYSROOT_NAME_MAX] cleanup_free =
		calloc(FACTS_HOOKS_MAX, SYSROOT_NAME_MAX);
	cleanup_listing struct listing *all = NULL;
	char path[SYSROOT_PATH_MAX];
	size_t count;

	if (!names || depth == HOOK_DEPTH || sysroot_list(root->fd, folder, &all) < 0)
		return;
	(void)sysroot_names(all, "", names, FACTS_HOOKS_MAX, &count);
	for (size_t i = 0; i < count; i++) {
		cleanup_listing struct listing *list = NULL;
		bool is_folder;

		if (snprintf(path, sizeof(path), "%s/%s", folder, names[i]) >=
		    (int)sizeof(path))
			continue;
		is_folder = sysroot_list(root->fd, path, &list) == 0;
		if (!is_folder)
			hook_read(root, path, facts);
		else if (depth || !strcmp(names[i], name))
			hooks_read(root, path, name, depth + 1, facts);
	}
}

/* local:snippets/x.sh is /var/lib/vz/snippets/x.sh; other stores are not looked into. */
static void hookscript_read(const struct sysroot *root, const struct guest *guest,
			    struct guest_facts *facts)
{
	static const char prefix[] = "local:";
	char path[SYSROOT_PATH_MAX];

	if (strncmp(guest->hookscript, prefix, sizeof(prefix) - 1) != 0)
		return;
	(void)snprintf(path, sizeof(path), "var/lib/vz/%.400s",
		       guest->hookscript + sizeof(prefix) - 1);
	hook_read(root, path, facts);
}

void start_read(const struct sysroot *root, const struct guest *guest,
		struct guest_facts *facts)
{
	others_read(root, guest, facts);
	facts->starts = starts_with_host(root, guest) ? FACT_YES : FACT_NO;
	facts->ordered = ordered_read(root, guest);
	if (guest->kind == GUEST_PROXMOX) {
		hookscript_read(root, guest, facts);
		return;
	}
	hook_read(root, HOOKS "/qemu", facts);
	hooks_read(root, HOOKS "/qemu.d", guest->name, 0, facts);
}

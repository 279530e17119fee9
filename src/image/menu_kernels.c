// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For boot loaders without a list of entries: the kernels in /boot, each with the image
 * of the same version, and the choice of ZFSBootMenu
 * (zfsbootmenu/lib/zfsbootmenu-core.sh: find_be_kernels(), find_be_initramfs(),
 * select_kernel()) and proxmox-boot-tool(8) take.
 */
#include "image/boot_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "image/version.h"

/* vmlinuz, vmlinuz-6.12: any of these names, alone or with a hyphen behind */
static bool is_kernel(const char *name)
{
	static const char *const names[] = { "vmlinuz", "vmlinux", "linuz", "linux",
					     "kernel" };
	size_t length = strcspn(name, "-");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == length && !strncmp(name, names[i], length))
			return true;
	return false;
}

/* The image of a kernel: initramfs-KERNEL.img, initrd.img-VERSION ... */
static bool image_find(const struct sysroot *root, const char *kernel,
		       struct boot_entry *entry)
{
	static const struct {
		const char *before, *behind;
	} kinds[] = { { "initramfs", ".img" },
		      { "initrd.img", "" },
		      { "initramfs", "" },
		      { "initrd", ".img" },
		      { "initrd", "" } };
	const char *version = kernel + strcspn(kernel, "-");
	char name[BOOT_PATH_MAX], path[BOOT_PATH_MAX + 8];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		for (size_t j = 0; j < 2; j++) {
			(void)snprintf(name, sizeof(name), "%s%s%.200s%s",
				       kinds[i].before, j ? "" : "-",
				       j ? version : kernel, kinds[i].behind);
			(void)snprintf(path, sizeof(path), "boot/%s", name);
			if (!sysroot_exists(root->fd, path))
				continue;
			boot_entry_file(root, "boot", name, entry);
			return true;
		}
	return false;
}

/* The newest first */
static int newest_first(const void *a, const void *b)
{
	const struct boot_entry *one = a, *other = b;

	return -version_compare(one->id, other->id);
}

void menu_kernels_read(const struct sysroot *root, struct boot_menu *menu)
{
	cleanup_listing struct listing *list = NULL;
	const char *name;

	if (sysroot_list_noted(root, "boot", &list) < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		struct boot_entry *entry = is_kernel(name) ? boot_entry_add(menu) : NULL;

		if (!entry)
			continue;
		if (!image_find(root, name, entry)) {
			menu->count--;
			continue;
		}
		(void)snprintf(entry->id, sizeof(entry->id), "%.191s", name);
		(void)snprintf(entry->file, sizeof(entry->file), "boot/%.200s", name);
	}
	qsort(menu->list, menu->count, sizeof(menu->list[0]), newest_first);
}

/* One line, in place of the property; with %{parent} that is a part of it. */
static void kcl_take(const struct line *line, void *context)
{
	struct boot_entry *entry = context;

	if (entry->has_cmdline)
		return;
	entry->has_cmdline = true;
	entry->indirect = strstr(line->text, "%{parent}");
	(void)snprintf(entry->cmdline, sizeof(entry->cmdline), "%.2000s", line->text);
}

static void kcl_read(const struct sysroot *root, struct boot_menu *menu)
{
	char path[BOOT_PATH_MAX + 8];

	for (size_t i = 0; i < menu->count; i++) {
		(void)snprintf(path, sizeof(path), "%s.kcl", menu->list[i].file);
		(void)lines_read(root, path, kcl_take, &menu->list[i]);
	}
}

/*
 * The last in the order of versions, unless a property of the dataset names another one;
 * only zfs get can read it.
 */
void menu_zfsbootmenu_read(const struct sysroot *root, struct boot_menu *menu)
{
	menu_kernels_read(root, menu);
	kcl_read(root, menu);
	if (menu->count == 1)
		boot_entry_choose(menu, 0, "the only kernel with an image in /boot", "");
	else if (menu->count)
		(void)snprintf(menu->why_not, sizeof(menu->why_not),
			       "ZFSBootMenu boots %.60s, the newest, unless the property "
			       "org.zfsbootmenu:kernel names another",
			       menu->list[0].id);
}

/* ---- Proxmox: copies of what is in /boot, on partitions that are not mounted ---- */

static void pin_take(const struct line *line, void *context)
{
	const char *cursor = line->text;
	char *pinned = context;

	if (!*pinned)
		(void)lines_word(&cursor, " \t", pinned);
}

/* false: there is no such pin */
static bool choose_pinned(const struct sysroot *root, struct boot_menu *menu,
			  const char *path, const char *why)
{
	char pinned[LINES_WORD_MAX] = "";

	(void)lines_read(root, path, pin_take, pinned);
	for (size_t i = 0; *pinned && i < menu->count; i++) {
		const char *version = strchr(menu->list[i].id, '-');

		if (!version || strcmp(version + 1, pinned) != 0)
			continue;
		boot_entry_choose(menu, i, why, path);
		return true;
	}
	if (*pinned && menu->count)
		(void)snprintf(menu->why_not, sizeof(menu->why_not),
			       "/%s names kernel %.60s, which has no image in /boot",
			       path, pinned);
	return *pinned;
}

void menu_proxmox_read(const struct sysroot *root, struct boot_menu *menu)
{
	menu_systemd_read(root, menu);
	if (menu->count) /* its partition is mounted */
		return;
	menu_kernels_read(root, menu);
	if (choose_pinned(root, menu, "etc/kernel/next-boot-pin",
			  "pinned for one boot") ||
	    choose_pinned(root, menu, "etc/kernel/proxmox-boot-pin", "pinned"))
		return;
	if (menu->count)
		boot_entry_choose(menu, 0, "the newest kernel in /boot", "");
}

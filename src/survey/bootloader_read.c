// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/bootloader_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/shell.h"
#include "image/snapshot_root.h"
#include "survey/bootloader.h"

#define EFIVARS "sys/firmware/efi/efivars/"
#define LOADER_GUID "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static const char *const entry_directories[] = {
	"boot/loader/entries",
	"efi/loader/entries",
	"boot/efi/loader/entries",
};

static const char *const program_directories[] = { "usr/bin", "usr/sbin", "sbin" };

static bool exists(const struct sysroot *root, const char *path)
{
	return sysroot_exists(root->fd, path);
}

static bool program_exists(const struct sysroot *root, const char *name)
{
	char path[BOOTLOADER_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(program_directories); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", program_directories[i], name);
		if (exists(root, path))
			return true;
	}
	return false;
}

/* ---- the first file with a certain word at the start of a line ---- */

struct finder {
	const char *word;
	char *path;
};

static void finder_take(const struct line *line, void *context)
{
	const struct finder *finder = context;
	size_t length = strlen(finder->word);

	if (!*finder->path && !strncmp(line->text, finder->word, length) &&
	    strchr(" \t=+", line->text[length]))
		(void)snprintf(finder->path, BOOTLOADER_PATH_MAX, "/%.158s", line->path);
}

/*
 * kernel-install writes machine-id or sort-key; entries written by hand hardly have
 * them.
 */
static void installed_take(const struct line *line, void *context)
{
	bool *installed = context;

	*installed = *installed || !strncmp(line->text, "machine-id", 10);
}

/* The file of the entry that boots next, if that is known */
static void entry_find(const struct sysroot *root, struct bootloader_facts *facts)
{
	struct boot_menu *menu cleanup_free = calloc(1, sizeof(*menu));
	struct finder finder = { "options", facts->entry };
	const struct boot_entry *next = NULL;

	if (menu) {
		boot_menu_read(root, BOOT_READER_SYSTEMD, menu);
		next = boot_menu_next(menu);
	}
	if (next && next->has_cmdline && strstr(next->file, "loader/entries"))
		(void)snprintf(facts->entry, sizeof(facts->entry), "/%.158s", next->file);
	for (size_t i = 0; i < ARRAY_SIZE(entry_directories); i++)
		(void)lines_read_all(root, entry_directories[i], ".conf", finder_take,
				     &finder);
	if (*facts->entry)
		(void)lines_read(root, facts->entry + 1, installed_take,
				 &facts->installed_entry);
	facts->esp_entries = !strncmp(facts->entry, "/boot/efi/", 10) ||
			     !strncmp(facts->entry, "/efi/", 5);
}

/* The menuentry that boots next is in refind.conf; or else any, without the other file */
static void refind_find(const struct sysroot *root, struct bootloader_facts *facts)
{
	static const char usual[] = "boot/refind_linux.conf";
	struct boot_menu *menu cleanup_free = calloc(1, sizeof(*menu));
	const struct boot_entry *next;
	const char *file = exists(root, usual) ? usual : "";

	if (!menu)
		return;
	boot_menu_read(root, BOOT_READER_REFIND, menu);
	next = boot_menu_next(menu);
	if (next && strstr(next->file, "/refind.conf"))
		file = next->file;
	for (size_t i = 0; !*file && i < menu->count; i++)
		if (strstr(menu->list[i].file, "/refind.conf") &&
		    menu->list[i].has_cmdline)
			file = menu->list[i].file;
	if (*file)
		(void)snprintf(facts->refind_file, sizeof(facts->refind_file), "/%.158s",
			       file);
}

/* ---- what makes unified kernel images ---- */

/* --cmdline FILE in the options of a preset */
static void preset_file(const struct shell *shell, char *path)
{
	for (size_t i = 0; i < shell->count; i++) {
		const char *at = strstr(shell->list[i].value, "--cmdline");

		if (!at || !strstr(shell->list[i].name, "_options"))
			continue;
		at += strlen("--cmdline");
		at += strspn(at, " =");
		(void)snprintf(path, BOOTLOADER_PATH_MAX, "%.*s",
			       (int)(strcspn(at, " ") % BOOTLOADER_PATH_MAX), at);
	}
}

static void preset_read(const struct sysroot *root, const char *name, struct shell *shell,
			struct bootloader_facts *facts)
{
	char path[BOOTLOADER_PATH_MAX];

	shell->count = 0;
	(void)snprintf(path, sizeof(path), "etc/mkinitcpio.d/%.120s", name);
	if (!strstr(name, ".preset") || shell_read(shell, root, path) < 0)
		return;
	for (size_t i = 0; i < shell->count; i++)
		if (strstr(shell->list[i].name, "_uki"))
			facts->maker = UKI_BY_MKINITCPIO;
	if (facts->maker == UKI_BY_MKINITCPIO)
		preset_file(shell, facts->maker_file);
}

static void presets_read(const struct sysroot *root, struct shell *shell,
			 struct bootloader_facts *facts)
{
	cleanup_listing struct listing *list = NULL;
	const char *name;

	if (sysroot_list_noted(root, "etc/mkinitcpio.d", &list) < 0)
		return;
	while ((name = sysroot_list_next(list)))
		preset_read(root, name, shell, facts);
}

static void layout_take(const struct line *line, void *context)
{
	bool *is_uki = context;

	*is_uki = *is_uki || !strncmp(line->text, "layout=uki", 10);
}

static void any_take(const struct line *line, void *context)
{
	bool *any = context;

	(void)line;
	*any = true;
}

static void maker_find(const struct sysroot *root, struct shell *shell,
		       struct bootloader_facts *facts)
{
	char dracut[BOOTLOADER_PATH_MAX] = "", uefi[BOOTLOADER_PATH_MAX] = "";
	struct finder line = { "kernel_cmdline", dracut }, image = { "uefi", uefi };
	struct finder *const finders[] = { &line, &image };
	bool layout = false;

	presets_read(root, shell, facts);
	(void)lines_read(root, "etc/kernel/install.conf", layout_take, &layout);
	for (size_t i = 0; i < ARRAY_SIZE(finders); i++) {
		(void)lines_read(root, "etc/dracut.conf", finder_take, finders[i]);
		(void)lines_read_all(root, "etc/dracut.conf.d", ".conf", finder_take,
				     finders[i]);
	}
	(void)lines_read_all(root, "etc/cmdline.d", ".conf", any_take,
			     &facts->cmdline_dir);
	if (facts->maker == UKI_BY_MKINITCPIO)
		return;
	if (layout) {
		facts->maker = UKI_BY_KERNEL_INSTALL;
	} else if (*uefi || *dracut) {
		facts->maker = UKI_BY_DRACUT;
		memcpy(facts->maker_file, dracut, sizeof(facts->maker_file));
	} else if (exists(root, "etc/mkinitcpio.conf")) {
		facts->maker = UKI_BY_MKINITCPIO;
	}
}

/* ---- the rest ---- */

/* The files of a directory, in the order of a shell's pattern */
static void drop_ins_read(const struct sysroot *root, const char *directory,
			  const char *suffix, struct shell *shell)
{
	cleanup_listing struct listing *list = NULL;
	char names[32][SYSROOT_NAME_MAX], path[SYSROOT_PATH_MAX + SYSROOT_NAME_MAX];
	size_t count;

	if (sysroot_list_noted(root, directory, &list) < 0)
		return;
	sysroot_miss(root, directory,
		     sysroot_names(list, suffix, names, ARRAY_SIZE(names), &count));
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%.255s", directory, names[i]);
		(void)shell_read(shell, root, path);
	}
}

void bootloader_grub_read(const struct sysroot *root, struct shell *shell)
{
	(void)shell_read(shell, root, "etc/default/grub");
	drop_ins_read(root, "etc/default/grub.d", ".cfg", shell);
}

void bootloader_limine_read(const struct sysroot *root, struct shell *shell)
{
	drop_ins_read(root, "usr/share/limine-entry-tool.d", ".conf", shell);
	(void)shell_read(shell, root, "etc/limine-entry-tool.conf");
	drop_ins_read(root, "etc/limine-entry-tool.d", ".conf", shell);
	(void)shell_read(shell, root, "etc/default/limine");
}

static void limine_line_find(const struct sysroot *root, struct shell *shell,
			     struct bootloader_facts *facts)
{
	shell->count = 0;
	bootloader_limine_read(root, shell);
	for (size_t i = 0; i < shell->count; i++) {
		const struct shell_variable *variable = &shell->list[i];

		if (strncmp(variable->name, "KERNEL_CMDLINE[", 15) != 0 ||
		    facts->limine_default)
			continue;
		facts->limine_line = true;
		facts->limine_default = !strncmp(variable->name + 15, "default]", 8) ||
					!strncmp(variable->name + 15, "\"default\"]", 10);
		(void)snprintf(facts->limine_file, sizeof(facts->limine_file), "%.158s",
			       variable->file);
	}
}

static void grub_find(const struct sysroot *root, struct shell *shell,
		      struct bootloader_facts *facts)
{
	static const char *const configs[] = { "boot/grub2/grub.cfg",
					       "boot/grub/grub.cfg" };
	const struct shell_variable *variable;

	for (size_t i = 0; i < ARRAY_SIZE(configs) && !*facts->grub_config; i++)
		if (exists(root, configs[i]))
			(void)snprintf(facts->grub_config, sizeof(facts->grub_config),
				       "/%s", configs[i]);
	shell->count = 0;
	bootloader_grub_read(root, shell);
	variable = shell_get(shell, "GRUB_CMDLINE_LINUX_DEFAULT");
	if (variable)
		(void)snprintf(facts->grub_file, sizeof(facts->grub_file), "%.159s",
			       variable->file);
	variable = shell_get(shell, "GRUB_CMDLINE_LINUX");
	facts->grub_common = variable && *variable->value;
}

static void limine_find(const struct sysroot *root, struct shell *shell,
			struct bootloader_facts *facts)
{
	static const char *const tools[] = { "limine-mkinitcpio", "limine-dracut",
					     "limine-update" };
	static const char *const configs[] = {
		"boot/limine.conf",
		"boot/limine/limine.conf",
		"boot/efi/limine.conf",
		"efi/limine.conf",
		"boot/EFI/limine/limine.conf",
		"boot/EFI/BOOT/limine.conf",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tools) && !facts->limine_tool; i++)
		if (program_exists(root, tools[i]))
			facts->limine_tool = tools[i];
	for (size_t i = 0; i < ARRAY_SIZE(configs) && !*facts->limine_conf; i++)
		if (exists(root, configs[i]))
			(void)snprintf(facts->limine_conf, sizeof(facts->limine_conf),
				       "%s", configs[i]);
	limine_line_find(root, shell, facts);
}

/* kernel-install add-all looks for /usr/lib/modules/RELEASE/vmlinuz. */
static bool kernels_in_boot(const struct sysroot *root)
{
	cleanup_listing struct listing *list = NULL;
	char path[BOOTLOADER_PATH_MAX];
	const char *name;

	if (!exists(root, "etc/kernel/postinst.d") ||
	    sysroot_list(root->fd, "lib/modules", &list) < 0)
		return false;
	while ((name = sysroot_list_next(list))) {
		(void)snprintf(path, sizeof(path), "lib/modules/%.120s/vmlinuz", name);
		if (exists(root, path))
			return false;
	}
	return true;
}

/* root=ZFS=POOL/SET, root=zfs:POOL/SET, zfs=POOL/SET */
static void dataset_find(const char *cmdline, struct bootloader_facts *facts)
{
	static const char *const starts[] = { "ZFS=", "zfs:" };
	char value[CMDLINE_MAX];

	if (cmdline_get(cmdline, "root", value, sizeof(value)))
		for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
			if (!strncmp(value, starts[i], 4))
				(void)snprintf(facts->dataset, sizeof(facts->dataset),
					       "%.95s", value + 4);
	if (!*facts->dataset && cmdline_get(cmdline, "zfs", value, sizeof(value)))
		(void)snprintf(facts->dataset, sizeof(facts->dataset), "%.95s", value);
}

static bool zfsbootmenu_exists(const struct sysroot *root)
{
	static const char *const signs[] = {
		"etc/zfsbootmenu", "boot/efi/EFI/zbm", "boot/efi/EFI/ZBM", "efi/EFI/zbm",
		"efi/EFI/ZBM",	   "boot/EFI/zbm",     "boot/EFI/ZBM",
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (exists(root, signs[i]))
			return true;
	return false;
}

static void kcl_find(const struct sysroot *root, struct bootloader_facts *facts)
{
	struct boot_menu *menu cleanup_free = calloc(1, sizeof(*menu));
	const struct boot_entry *next = NULL;

	if (!menu || !facts->zfsbootmenu)
		return;
	boot_menu_read(root, BOOT_READER_ZFSBOOTMENU, menu);
	next = boot_menu_next(menu);
	if (next && next->has_cmdline)
		(void)snprintf(facts->kcl, sizeof(facts->kcl), "/%.150s.kcl", next->file);
}

static void loader_type_read(const struct sysroot *root, struct shell *shell,
			     struct bootloader_facts *facts)
{
	const struct shell_variable *type;

	shell->count = 0;
	(void)shell_read(shell, root, "etc/sysconfig/bootloader");
	type = shell_get(shell, "LOADER_TYPE");
	if (type)
		(void)snprintf(facts->loader_type, sizeof(facts->loader_type), "%.31s",
			       type->value);
}

static bool shell_says(const struct shell *shell, const char *name, const char *word)
{
	const struct shell_variable *variable = shell_get(shell, name);

	return variable && !strcasecmp(variable->value, word);
}

/*
 * sdboot-manage generate_entries(): all entries go first, unless REMOVE_EXISTING says no
 */
static void sdboot_manage_find(const struct sysroot *root, struct shell *shell,
			       struct bootloader_facts *facts)
{
	shell->count = 0;
	facts->sdboot_manage = !shell_read(shell, root, "etc/sdboot-manage.conf") &&
			       program_exists(root, "sdboot-manage");
	facts->entries_stay = shell_says(shell, "REMOVE_EXISTING", "no") &&
			      !shell_says(shell, "OVERWRITE_EXISTING", "yes");
}

static const char *extlinux_find(const struct sysroot *root)
{
	static const char *const paths[] = { "boot/extlinux/extlinux.conf",
					     "boot/syslinux/syslinux.cfg",
					     "boot/syslinux/extlinux.conf" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (exists(root, paths[i]))
			return paths[i];
	return NULL;
}

void bootloader_read(const struct sysroot *root, const char *cmdline,
		     struct bootloader_facts *facts)
{
	struct shell *shell cleanup_free = calloc(1, sizeof(*shell));
	char value[CMDLINE_MAX];

	*facts = (struct bootloader_facts){
		.ostree = exists(root, "run/ostree-booted"),
		.nixos = exists(root, "etc/NIXOS"),
		.flake = exists(root, "etc/nixos/flake.nix"),
		.nixos_config = exists(root, "etc/nixos/configuration.nix"),
		.stub = exists(root, EFIVARS "StubInfo-" LOADER_GUID),
		.boot_image = cmdline_get(cmdline, "BOOT_IMAGE", value, sizeof(value)),
		.loader_initrd = cmdline_get(cmdline, "initrd", value, sizeof(value)),
		.zfsbootmenu = zfsbootmenu_exists(root),
		.extlinux_conf = extlinux_find(root),
		.transactional = snapshot_root_is(root),
		.proxmox = exists(root, "etc/kernel/proxmox-boot-uuids"),
		.kernelstub = exists(root, "etc/kernelstub/configuration"),
		.sdbootutil = program_exists(root, "sdbootutil"),
		.update_grub = program_exists(root, "update-grub"),
		.grubby = program_exists(root, "grubby"),
		.boot_kernels = kernels_in_boot(root),
		.kernel_cmdline = exists(root, "etc/kernel/cmdline"),
		.usr_kernel_cmdline = exists(root, "usr/lib/kernel/cmdline"),
	};
	boot_variable_read(root, "LoaderInfo", facts->loader, sizeof(facts->loader));
	dataset_find(cmdline, facts);
	entry_find(root, facts);
	if (!strncmp(facts->loader, "rEFInd", 6))
		refind_find(root, facts);
	kcl_find(root, facts);
	if (!shell)
		return;
	grub_find(root, shell, facts);
	limine_find(root, shell, facts);
	loader_type_read(root, shell, facts);
	sdboot_manage_find(root, shell, facts);
	maker_find(root, shell, facts);
}

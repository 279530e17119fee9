// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which entry boots next, as each boot loader decides it; what /etc/default/grub assigns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/shell.h"
#include "image/boot_menu.h"
#include "image/version.h"
#include "survey/bootloader.h"
#include "unit/helper-tree.h"

static struct tree tree;
static struct boot_menu menu;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static void variable(const char *name, const char *text)
{
	char path[160], bytes[256] = { 6 };
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		bytes[4 + 2 * i] = text[i];
	(void)snprintf(path, sizeof(path),
		       "sys/firmware/efi/efivars/%s-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
		       name);
	tree_bytes(&tree, path, bytes, 4 + 2 * length);
}

static void next_is(enum boot_reader reader, const char *want)
{
	const struct boot_entry *next;

	boot_menu_read(&tree.root, reader, &menu);
	next = boot_menu_next(&menu);
	if (strcmp(next ? next->id : "-", want) != 0)
		fail_msg("%s (%s), not %s", next ? next->id : "-", menu.chosen_by, want);
}

/* ---- systemd-boot ---- */

static void entry(const char *name, const char *more)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "title %s\nlinux /l\ninitrd /%s.img\n%s", name,
		       name, more);
	tree_put(&tree, text, "boot/loader/entries/%s.conf", name);
	tree_put(&tree, "x", "boot/%s.img", name);
}

static void systemd_order(void **state)
{
	(void)state;
	entry("arch", "options a");
	entry("arch-lts", "options b");
	next_is(BOOT_READER_SYSTEMD, "arch.conf");
	/* sort keys come before names, and there the newest version */
	entry("k-6.1", "sort-key k\nversion 6.1\n");
	entry("k-6.12", "sort-key k\nversion 6.12\n");
	next_is(BOOT_READER_SYSTEMD, "k-6.12.conf");
	assert_string_equal(menu.list[menu.next].files[0].path, "boot/k-6.12.img");
	assert_true(menu.list[menu.next].files[0].there);
	tree_put(&tree, "timeout 3\ndefault arch.conf\n", "boot/loader/loader.conf");
	next_is(BOOT_READER_SYSTEMD, "arch.conf");
	tree_put(&tree, "default arch-*\n", "boot/loader/loader.conf");
	next_is(BOOT_READER_SYSTEMD, "arch-lts.conf");
	tree_put(&tree, "default gone.conf\n", "boot/loader/loader.conf");
	next_is(BOOT_READER_SYSTEMD, "k-6.12.conf");
	tree_put(&tree, "default @saved\n", "boot/loader/loader.conf");
	next_is(BOOT_READER_SYSTEMD, "-");
	variable("LoaderEntryLastBooted", "arch-lts.conf");
	next_is(BOOT_READER_SYSTEMD, "arch-lts.conf");
	variable("LoaderEntryDefault", "arch.conf");
	next_is(BOOT_READER_SYSTEMD, "arch.conf");
	variable("LoaderEntryOneShot", "k-6.1.conf");
	next_is(BOOT_READER_SYSTEMD, "k-6.1.conf");
}

/* The examples of the specification, and kernels */
static void versions(void **state)
{
	static const char *const ordered[] = {
		"~~",	  "~1",	      "",	 "ab",	    "abb",
		"abc",	  "0001",     "002",	 "12",	    "122",
		"122.9",  "123~rc1",  "123",	 "123-a",   "123-a.1",
		"123-a1", "123-a1.1", "123-3",	 "123-3.1", "123^patch1",
		"123^1",  "123.a-1",  "123.1-1", "123a-1",  "124",
	};
	static const char *const kernels[] = { "6.1.0-9-amd64", "6.1.0-10-amd64",
					       "6.9.1-arch1-1", "6.12.0~rc1", "6.12.0" };

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(ordered); i++)
		if (version_compare(ordered[i - 1], ordered[i]) >= 0 ||
		    version_compare(ordered[i], ordered[i - 1]) <= 0)
			fail_msg("%s, %s", ordered[i - 1], ordered[i]);
	for (size_t i = 1; i < ARRAY_SIZE(kernels); i++)
		if (version_compare(kernels[i - 1], kernels[i]) >= 0)
			fail_msg("%s, %s", kernels[i - 1], kernels[i]);
	assert_int_equal(version_compare("1.01", "1.1"), 0);
	assert_true(version_compare("", "~") > 0);
}

static void systemd_counting(void **state)
{
	(void)state;
	entry("a-1", "sort-key a\nversion 1\n");
	entry("a-2+2-1", "sort-key a\nversion 2\n");
	next_is(BOOT_READER_SYSTEMD, "a-2.conf");
	assert_int_equal(menu.list[menu.next].tries_left, 2);
	tree_delete(&tree, "boot/loader/entries/a-2+2-1.conf");
	entry("a-2+0-3", "sort-key a\nversion 2\n");
	next_is(BOOT_READER_SYSTEMD, "a-1.conf");
	/* no counter: a plus in a name */
	entry("z+new", "sort-key a\nversion 3\n");
	next_is(BOOT_READER_SYSTEMD, "z+new.conf");
}

/* It reads its own partition and XBOOTLDR, and nothing else. */
static void systemd_partitions(void **state)
{
	static const char root[] = "22 1 8:2 / / rw - ext4 /dev/sda2 rw\n";
	char mounts[256];

	(void)state;
	entry("arch", "");
	tree_put(&tree, root, "proc/self/mountinfo");
	tree_put(&tree, "UUID=1 / ext4 rw\nUUID=2 /boot vfat rw,nofail\n", "etc/fstab");
	next_is(BOOT_READER_SYSTEMD, "-");
	assert_true(menu.unmounted);
	assert_string_equal(menu.fstab, "/boot");
	assert_false(boot_menu_reads(&menu, "boot/arch.img"));
	(void)snprintf(mounts, sizeof(mounts),
		       "%s23 22 8:1 / /boot rw - vfat /dev/sda1 rw\n", root);
	tree_put(&tree, mounts, "proc/self/mountinfo");
	next_is(BOOT_READER_SYSTEMD, "arch.conf");
	assert_true(boot_menu_reads(&menu, "boot/arch.img"));
	/* a subvolume of the root */
	(void)snprintf(mounts, sizeof(mounts),
		       "%s23 22 0:40 /@boot /boot rw - btrfs /dev/sda2 rw\n", root);
	tree_put(&tree, mounts, "proc/self/mountinfo");
	next_is(BOOT_READER_SYSTEMD, "-");
	assert_true(menu.unmounted);
	(void)snprintf(mounts, sizeof(mounts),
		       "%s23 22 8:1 / /boot rw - vfat /dev/sda1 rw\n", root);
	tree_put(&tree, mounts, "proc/self/mountinfo");
	/* of another disk */
	variable("LoaderDevicePartUUID", "AAAA-1");
	tree_put(&tree, "E:ID_PART_ENTRY_UUID=bbbb-1\n", "run/udev/data/b8:1");
	next_is(BOOT_READER_SYSTEMD, "-");
	assert_string_equal(menu.partition, "AAAA-1");
	tree_put(&tree, "E:ID_PART_ENTRY_UUID=aaaa-1\n", "run/udev/data/b8:1");
	next_is(BOOT_READER_SYSTEMD, "arch.conf");
	tree_put(&tree,
		 "E:ID_PART_ENTRY_UUID=bbbb-1\n"
		 "E:ID_PART_ENTRY_TYPE=bc13c2ff-59e6-4262-a352-b275fd6f7172\n",
		 "run/udev/data/b8:1");
	next_is(BOOT_READER_SYSTEMD, "arch.conf");
	/* GRUB reads everything */
	boot_menu_read(&tree.root, BOOT_READER_GRUB, &menu);
	assert_true(boot_menu_reads(&menu, "boot/arch.img"));
}

/* ---- GRUB ---- */

#define GRUB_CFG                                                                          \
	"if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\nelse\n"       \
	"   set default=\"%s\"\nfi\n"                                                     \
	"menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple-1' {\n"  \
	"\tif [ x = y ]; then\n\t\tsearch\n\tfi\n"                                        \
	"\tlinux\t/boot/vmlinuz-2 root=/dev/sda2 ro quiet\n\tinitrd\t/boot/initrd-2\n}\n" \
	"submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1' {\n"       \
	"\tmenuentry 'Debian, 2' $menuentry_id_option 'gnulinux-2-advanced-1' {\n"        \
	"\t\tlinux\t/boot/vmlinuz-2 ro\n\t\tinitrd\t/boot/initrd-2\n\t}\n"                \
	"\tmenuentry 'Debian, 1' --id gnulinux-1-advanced-1 {\n"                          \
	"\t\tlinux\t/boot/vmlinuz-1 ro\n\t\tinitrd\t/boot/ucode /boot/initrd-1\n\t}\n"    \
	"}\n"                                                                             \
	"menuentry 'Windows' {\n\tchainloader /EFI/x\n}\n"

static void grub(const char *wanted, const char *want)
{
	const struct boot_entry *next;
	char text[2048];

	(void)snprintf(text, sizeof(text), GRUB_CFG, wanted);
	tree_put(&tree, text, "boot/grub/grub.cfg");
	boot_menu_read(&tree.root, BOOT_READER_GRUB, &menu);
	next = boot_menu_next(&menu);
	assert_non_null(next);
	if (strcmp(next->title, want) != 0)
		fail_msg("%s: %s, not %s", wanted, next->title, want);
}

static void grub_entries(void **state)
{
	static const char deep[] = "Advanced options>Debian, 1";

	(void)state;
	tree_put(&tree, "x", "boot/initrd-1");
	tree_put(&tree, "x", "boot/ucode");
	grub("0", "Debian");
	assert_string_equal(menu.list[menu.next].cmdline, "root=/dev/sda2 ro quiet");
	grub("1>1", deep);
	assert_int_equal(menu.list[menu.next].n_files, 2);
	assert_string_equal(menu.list[menu.next].files[1].path, "boot/initrd-1");
	grub("2", "Windows");
	grub("Debian", "Debian");
	grub("Advanced options>Debian, 1", deep);
	grub("gnulinux-advanced-1>gnulinux-1-advanced-1", deep);
	grub("gone", "Debian");
	grub("${saved_entry}", "Debian");
	tree_put(&tree, "# GRUB Environment Block\nsaved_entry=1>1\n####",
		 "boot/grub/grubenv");
	grub("${saved_entry}", deep);
	grub("0", "Debian");
	tree_put(&tree, "saved_entry=0\nnext_entry=gnulinux-1-advanced-1\n",
		 "boot/grub/grubenv");
	grub("0", deep);
}

/* Beginnings of grub.cfg as grub-mkconfig and its drop-ins write them */
#define GRUB_HEADER                                                    \
	"if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n"   \
	"  load_env\nfi\nif [ \"${next_entry}\" ] ; then\n"            \
	"   set default=\"${next_entry}\"\n   set next_entry=\n"       \
	"   save_env next_entry\n   set boot_once=true\nelse\n"        \
	"   set default=\"${saved_entry}\"\nfi\n"                      \
	"if [ x\"${feature_menuentry_id}\" = xy ]; then\n"             \
	"  menuentry_id_option=\"--id\"\nelse\n"                       \
	"  menuentry_id_option=\"\"\nfi\nexport menuentry_id_option\n" \
	"function savedefault {\n  if [ -z \"${boot_once}\" ]; then\n" \
	"    set default=nonsense\n    save_env saved_entry\n  fi\n}\n"
/* Fedora's 08_fallback_counting */
#define GRUB_COUNTING                                                                  \
	"insmod increment\n"                                                           \
	"if [ -n \"${boot_counter}\" -a \"${boot_success}\" = \"0\" ]; then\n"         \
	"  if [ \"${boot_counter}\" = \"0\" -o \"${boot_counter}\" = \"-1\" ]; then\n" \
	"    set default=1\n    set boot_counter=-1\n  else\n"                         \
	"    decrement boot_counter\n  fi\n  save_env boot_counter\nfi\n"
#define GRUB_THREE                                                                 \
	"menuentry 'A' --class a $menuentry_id_option 'a' {\n"                     \
	"\tset default=2\n\tif [ x$grub_platform = xxen ]; then insmod xzio; fi\n" \
	"\tlinux /vmlinuz root=/dev/sda2 one\n}\n"                                 \
	"menuentry 'B' --id b {\n\tlinux /vmlinuz root=/dev/sda2 two\n}\n"         \
	"menuentry 'C; c' --id c {\n\tlinux /vmlinuz three\n}\n"
#define GRUB_CUSTOM                                                            \
	"if [ -f  ${config_directory}/custom.cfg ]; then\n"                    \
	"  source ${config_directory}/custom.cfg\n"                            \
	"elif [ -z \"${config_directory}\" -a -f $prefix/custom.cfg ]; then\n" \
	"  source $prefix/custom.cfg\nfi\n"

/* What only the boot knows is not foretold, whatever the script is about. */
static void grub_scripts(void **state)
{
	static const struct {
		const char *config, *environment, *custom;
		const char *want; /* the entry's id; NULL: it cannot be told */
	} rows[] = {
		{ GRUB_HEADER GRUB_THREE, "", NULL, "a" },
		{ GRUB_HEADER GRUB_THREE, "saved_entry=b\n", NULL, "b" },
		{ GRUB_HEADER GRUB_THREE, "saved_entry=C; c\n", NULL, "c" },
		{ GRUB_HEADER GRUB_THREE, "saved_entry=b\nnext_entry=c\n", NULL, "c" },
		{ GRUB_HEADER GRUB_THREE, "saved_entry=gone\n", NULL, "a" },
		{ GRUB_HEADER GRUB_COUNTING GRUB_THREE, "saved_entry=c\n", NULL, "c" },
		{ GRUB_HEADER GRUB_COUNTING GRUB_THREE,
		  "saved_entry=c\nboot_counter=2\nboot_success=0\n", NULL, "c" },
		{ GRUB_HEADER GRUB_COUNTING GRUB_THREE,
		  "saved_entry=c\nboot_counter=0\nboot_success=1\n", NULL, "c" },
		{ GRUB_HEADER GRUB_COUNTING GRUB_THREE,
		  "saved_entry=c\nboot_counter=0\nboot_success=0\n", NULL, "b" },
		/* sourced at the end, so it has the last word */
		{ GRUB_HEADER GRUB_THREE GRUB_CUSTOM, "saved_entry=c\n",
		  "set default=b\n", "b" },
		{ GRUB_HEADER GRUB_THREE GRUB_CUSTOM, "saved_entry=d\n",
		  "menuentry 'D' --id d {\n\tlinux /vmlinuz\n}\n", "d" },
		{ GRUB_HEADER GRUB_THREE GRUB_CUSTOM, "saved_entry=c\n", NULL, "c" },
		{ "set default=b\nsource /grub/gone.cfg\n" GRUB_THREE, "", NULL, NULL },
		{ "source ($root)/grub/custom.cfg\n" GRUB_THREE, "", "default=c\n", "c" },
		{ "menuentry 'X' {\n\tlinux /x\n}\nconfigfile /grub/custom.cfg\n"
		  "set default=1\n",
		  "", GRUB_THREE, "a" },
		{ "set default=d\n" GRUB_THREE
		  "menuentry 'D' --id d {\n\tconfigfile /grub/x.cfg\n}\n",
		  "", NULL, NULL },
		/* conditions */
		{ "if [ \"$HOUR\" = 3 ]; then set default=b; "
		  "else set default=c; fi\n" GRUB_THREE,
		  "", NULL, NULL },
		{ "if [ \"$HOUR\" = 3 ]; then set default=b; "
		  "else set default=b; fi\n" GRUB_THREE,
		  "", NULL, NULL },
		{ "set default=b\n"
		  "if [ \"$HOUR\" = 3 ]; then set default=b; fi\n" GRUB_THREE,
		  "", NULL, "b" },
		{ "search --set=found --file /b\nset default=b\n"
		  "if [ -n \"$found\" ]; then\n  set default=c\nfi\n" GRUB_THREE,
		  "", NULL, NULL },
		{ "set x=1\nif [ $x != 1 ]; then set default=b; elif [ ! -z $x ]; then "
		  "set default=c; fi\n" GRUB_THREE,
		  "", NULL, "c" },
		{ "if [ $grub_platform = efi ]; then\nmenuentry 'E' --id e {\n"
		  "\tfwsetup\n}\n"
		  "fi\nset default=1\n" GRUB_THREE,
		  "", NULL, "b" },
		{ "if [ $grub_platform = pc ]; then\nmenuentry 'E' --id e {\n"
		  "\tfwsetup\n}\n"
		  "fi\nset default=1\n" GRUB_THREE,
		  "", NULL, "a" },
		{ "set default=0\nsubmenu 'S' --id s {\n" GRUB_THREE "}\n", "", NULL,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct boot_entry *next;

		tree_put(&tree, rows[i].config, "boot/grub/grub.cfg");
		tree_put(&tree, rows[i].environment, "boot/grub/grubenv");
		if (rows[i].custom)
			tree_put(&tree, rows[i].custom, "boot/grub/custom.cfg");
		boot_menu_read(&tree.root, BOOT_READER_GRUB, &menu);
		next = boot_menu_next(&menu);
		if (strcmp(next ? next->id : "-", rows[i].want ? rows[i].want : "-") != 0)
			fail_msg("row %zu: %s (%s, %s)", i, next ? next->id : "-",
				 menu.chosen_by, menu.why_not);
		assert_true(next || *menu.why_not);
		if (rows[i].custom)
			tree_delete(&tree, "boot/grub/custom.cfg");
	}
}

static void grub_bls(void **state)
{
	(void)state;
	entry("id-6.1", "options $kernelopts");
	entry("id-6.12", "options root=/dev/sda2");
	tree_put(&tree, "set default=\"${saved_entry}\"\nblscfg\n",
		 "boot/grub2/grub.cfg");
	next_is(BOOT_READER_GRUB, "id-6.12");
	tree_put(&tree, "saved_entry=id-6.1\n", "boot/grub2/grubenv");
	next_is(BOOT_READER_GRUB, "id-6.1");
	assert_true(menu.list[menu.next].indirect);
}

/* ---- Limine, rEFInd ---- */

#define LIMINE_CONF                                                     \
	"timeout: 5\n%s\n"                                              \
	"/+CachyOS\n"                                                   \
	"  //linux-cachyos\n    protocol: linux\n"                      \
	"    module_path: boot():/id/linux-cachyos/initramfs#0123\n"    \
	"    cmdline: root=UUID=1 quiet\n"                              \
	"  //linux-lts\n    protocol: linux\n    kernel_cmdline: lts\n" \
	"/Old\n  //inside\n    cmdline: hidden\n"                       \
	"/Windows\n    protocol: efi\n    path: boot():/EFI/win.efi\n"

static void limine(void **state)
{
	static const struct {
		const char *head;
		const char *want;
	} rows[] = {
		{ "default_entry: 2", "CachyOS/linux-cachyos" },
		{ "default_entry: 3", "CachyOS/linux-lts" },
		{ "default_entry: 5", "Windows" },
		{ "default_entry: CachyOS/linux-lts", "CachyOS/linux-lts" },
		/* a directory: a person has to choose */
		{ "default_entry: 1", "-" },
		{ "", "-" },
		/* with a BIOS nothing is remembered */
		{ "default_entry: 2\nremember_last_entry: yes", "CachyOS/linux-cachyos" },
	};

	(void)state;
	tree_put(&tree, "x", "boot/id/linux-cachyos/initramfs");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char conf[1024];

		(void)snprintf(conf, sizeof(conf), LIMINE_CONF, rows[i].head);
		tree_put(&tree, conf, "boot/limine.conf");
		next_is(BOOT_READER_LIMINE, rows[i].want);
	}
	assert_string_equal(menu.list[1].files[0].path,
			    "boot/id/linux-cachyos/initramfs");
	assert_true(menu.list[1].files[0].there);
	assert_string_equal(menu.list[1].cmdline, "root=UUID=1 quiet");
}

/* The variable that Limine leaves, as the kernel shows it: attributes, then ASCII */
static void limine_remembers(void **state)
{
	static const struct {
		const char *last;
		size_t length;
		const char *once;
		const char *want;
	} rows[] = {
		{ "\7\0\0\0CachyOS/linux-lts", 21, "", "CachyOS/linux-lts" },
		{ "\7\0\0\0Old/inside", 14, "", "Old/inside" },
		{ "\7\0\0\0Gone/linux", 14, "", "CachyOS/linux-cachyos" },
		{ "\7\0\0\0\2\0\0\0\0\0\0\0", 12, "", "CachyOS/linux-lts" },
		{ "\7\0\0\0CachyOS/linux-lts", 21, "Windows", "Windows" },
		{ "\7\0\0\0CachyOS/linux-lts", 21, "an-id-of-some-kind", "-" },
	};
	char conf[1024];

	(void)state;
	(void)snprintf(conf, sizeof(conf), LIMINE_CONF,
		       "default_entry: 2\nremember_last_entry: yes");
	tree_put(&tree, conf, "boot/limine.conf");
	tree_put(&tree, "x", "boot/id/linux-cachyos/initramfs");
	tree_dir(&tree, "sys/firmware/efi");
	next_is(BOOT_READER_LIMINE, "-");
	tree_dir(&tree, "sys/firmware/efi/efivars");
	next_is(BOOT_READER_LIMINE, "CachyOS/linux-cachyos");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_bytes(&tree,
			   "sys/firmware/efi/efivars/LimineLastBootedEntry-513ee0d0-"
			   "6e43-cb05-b272-f146a2fcb88a",
			   rows[i].last, rows[i].length);
		variable("LoaderEntryOneShot", rows[i].once);
		next_is(BOOT_READER_LIMINE, rows[i].want);
	}
}

static void refind(void **state)
{
	(void)state;
	tree_put(&tree,
		 "# comment\n\"Boot standard\"  \"root=/dev/sda2 intel_iommu=on\"\n"
		 "\"Boot single\" \"root=/dev/sda2 single\"\n",
		 "boot/refind_linux.conf");
	next_is(BOOT_READER_REFIND, "Boot standard");
	assert_string_equal(menu.list[0].cmdline, "root=/dev/sda2 intel_iommu=on");
}

/* A kernel and its image; the time of the kernel's file */
static void kernel(const char *name, const char *image, time_t time)
{
	char path[160];
	struct timespec times[2] = { { .tv_sec = time }, { .tv_sec = time } };

	tree_put(&tree, "k", "boot/%s", name);
	tree_put(&tree, "i", "boot/%s", image);
	(void)snprintf(path, sizeof(path), "boot/%s", name);
	assert_int_equal(utimensat(tree.root.fd, path, times, 0), 0);
}

static void next_unknown(enum boot_reader reader, const char *why)
{
	boot_menu_read(&tree.root, reader, &menu);
	assert_null(boot_menu_next(&menu));
	if (!strstr(menu.why_not, why))
		fail_msg("'%s' has no '%s'", menu.why_not, why);
}

/* default_selection, and what booted last */
static void refind_selection(void **state)
{
	static const struct {
		const char *config, *previous, *want, *why_not;
	} rows[] = {
		/* linux-lts is the newest file, linux the other */
		{ "timeout 5\n", "Boot boot\\vmlinuz-linux-lts from root",
		  "vmlinuz-linux-lts", NULL },
		{ "default_selection +\n", "Boot boot\\vmlinuz-linux-lts",
		  "vmlinuz-linux-lts", NULL },
		{ "default_selection \"+,linux\"\n", "Boot Microsoft EFI boot", NULL,
		  "no kernel of /boot" },
		{ "default_selection +\n", "", NULL, "names no kernel" },
		{ "default_selection vmlinuz\n", "", "vmlinuz-linux-lts", NULL },
		{ "default_selection \"+,LINUX-LTS\"\n", "", "vmlinuz-linux-lts", NULL },
		{ "default_selection \"microsoft,vmlinuz\"\n", "", "vmlinuz-linux-lts",
		  NULL },
		{ "default_selection Microsoft\n", "", NULL, "names no kernel" },
		/* one of those that are folded behind the newest */
		{ "default_selection \"vmlinuz-linux \"\n", "", NULL, "not its newest" },
		{ "fold_linux_kernels false\ndefault_selection \"vmlinuz-linux \"\n", "",
		  "vmlinuz-linux", NULL },
		{ "fold_linux_kernels 0\n", "Boot boot\\vmlinuz-linux from root",
		  "vmlinuz-linux", NULL },
		{ "default_selection vmlinuz 8:00 17:00\n", "", NULL, "the time" },
	};

	(void)state;
	kernel("vmlinuz-linux", "initramfs-linux.img", 1000);
	next_is(BOOT_READER_REFIND, "vmlinuz-linux");
	kernel("vmlinuz-linux-lts", "initramfs-linux-lts.img", 2000);
	tree_put(&tree, "\"Boot standard\"  \"root=/dev/sda2\"\n",
		 "boot/refind_linux.conf");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char bytes[2 * 128] = "";

		for (size_t j = 0; rows[i].previous[j]; j++)
			bytes[2 * j] = rows[i].previous[j];
		tree_bytes(&tree, "boot/efi/EFI/refind/vars/PreviousBoot", bytes,
			   2 * strlen(rows[i].previous));
		tree_put(&tree, rows[i].config, "boot/efi/EFI/refind/refind.conf");
		if (rows[i].want)
			next_is(BOOT_READER_REFIND, rows[i].want);
		else
			next_unknown(BOOT_READER_REFIND, rows[i].why_not);
		assert_string_equal(menu.list[0].cmdline, "root=/dev/sda2");
	}
}

#define ARCH                                                                        \
	"menuentry \"Arch Linux\" {\n icon /EFI/refind/icons/os_arch.png\n"         \
	" volume ROOT\n loader /@/boot/vmlinuz-linux\n"                             \
	" initrd \\@\\boot\\initramfs-linux.img\n options \"root=/dev/sda2 a=b\"\n" \
	" submenuentry \"single\" {\n  add_options \"single\"\n"                    \
	"  initrd /boot/initramfs-linux-lts.img\n }\n}\n"
#define LTS                                                  \
	"menuentry LTS {\n loader /boot/vmlinuz-linux-lts\n" \
	" initrd /boot/initramfs-linux-lts.img\n options \"root=/dev/sda2\"\n}\n"
#define WINDOWS "menuentry \"Windows\" {\n loader /EFI/Microsoft/Boot/bootmgfw.efi\n}\n"

/* Stanzas of refind.conf, alone and beside kernels that rEFInd finds */
static void refind_stanzas(void **state)
{
	static const struct {
		const char *config, *want, *cmdline, *why_not;
	} rows[] = {
		{ "scanfor manual,external\n" ARCH, "Arch Linux", "root=/dev/sda2 a=b",
		  NULL },
		{ "scanfor manual\n" ARCH LTS "default_selection lts\n", "LTS",
		  "root=/dev/sda2", NULL },
		{ "scanfor manual\ndefault_selection \"windows\"\n" ARCH WINDOWS, NULL,
		  NULL, "without an image: Windows" },
		{ "scanfor manual\n" ARCH LTS, NULL, NULL, "names no kernel" },
		{ ARCH "default_selection \"Arch\"\n", "Arch Linux", "root=/dev/sda2 a=b",
		  NULL },
		/* behind the kernels, before them, and not shown at all */
		{ ARCH "default_selection Linux\n", "vmlinuz-linux", "found", NULL },
		{ "scanfor manual,internal\n" ARCH "default_selection Linux\n",
		  "Arch Linux", "root=/dev/sda2 a=b", NULL },
		{ "scanfor internal\n" ARCH "default_selection Arch\n", "vmlinuz-linux",
		  "found", NULL },
		{ "menuentry Old {\n initrd /boot/initramfs-linux-lts.img\n"
		  " disabled\n}\n",
		  "vmlinuz-linux", "found", NULL },
		/* the same image with two lines */
		{ ARCH, "vmlinuz-linux", NULL, NULL },
	};

	(void)state;
	kernel("vmlinuz-linux", "initramfs-linux.img", 1000);
	tree_put(&tree, "i", "boot/initramfs-linux-lts.img");
	tree_put(&tree, "\"Boot\"  \"found\"\n", "boot/refind_linux.conf");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct boot_entry *next;

		tree_put(&tree, rows[i].config, "boot/efi/EFI/refind/refind.conf");
		if (!rows[i].want) {
			next_unknown(BOOT_READER_REFIND, rows[i].why_not);
			continue;
		}
		next_is(BOOT_READER_REFIND, rows[i].want);
		next = boot_menu_next(&menu);
		assert_true(next->files[0].there);
		assert_int_equal(next->has_cmdline, rows[i].cmdline != NULL);
		if (rows[i].cmdline)
			assert_string_equal(next->cmdline, rows[i].cmdline);
	}
}

static void zfsbootmenu(void **state)
{
	(void)state;
	tree_put(&tree, "a kernel without an image does not count", "boot/vmlinuz-7.0_1");
	kernel("vmlinuz-6.6.10_1", "initramfs-6.6.10_1.img", 1);
	next_is(BOOT_READER_ZFSBOOTMENU, "vmlinuz-6.6.10_1");
	assert_string_equal(menu.list[0].files[0].path, "boot/initramfs-6.6.10_1.img");
	assert_false(menu.list[0].has_cmdline);
	/* a line beside the kernel, alone or with the property in it */
	tree_put(&tree, "loglevel=4 x=1\n", "boot/vmlinuz-6.6.10_1.kcl");
	next_is(BOOT_READER_ZFSBOOTMENU, "vmlinuz-6.6.10_1");
	assert_string_equal(menu.list[0].cmdline, "loglevel=4 x=1");
	assert_false(menu.list[0].indirect);
	tree_put(&tree, "%%{parent} x=1\n", "boot/vmlinuz-6.6.10_1.kcl");
	next_is(BOOT_READER_ZFSBOOTMENU, "vmlinuz-6.6.10_1");
	assert_true(menu.list[0].indirect);
	kernel("vmlinuz-6.12.3_1", "initramfs-6.12.3_1.img", 1);
	next_unknown(BOOT_READER_ZFSBOOTMENU, "boots vmlinuz-6.12.3_1, the newest");
	assert_int_equal(menu.count, 2);
}

static void proxmox_pins(void **state)
{
	(void)state;
	kernel("vmlinuz-6.8.12-9-pve", "initrd.img-6.8.12-9-pve", 1);
	kernel("vmlinuz-6.14.8-2-pve", "initrd.img-6.14.8-2-pve", 1);
	next_is(BOOT_READER_PROXMOX, "vmlinuz-6.14.8-2-pve");
	tree_put(&tree, "6.8.12-9-pve\n", "etc/kernel/proxmox-boot-pin");
	next_is(BOOT_READER_PROXMOX, "vmlinuz-6.8.12-9-pve");
	assert_string_equal(menu.chosen_by, "pinned in /etc/kernel/proxmox-boot-pin");
	tree_put(&tree, "6.14.8-2-pve\n", "etc/kernel/next-boot-pin");
	next_is(BOOT_READER_PROXMOX, "vmlinuz-6.14.8-2-pve");
	tree_put(&tree, "6.5.11-8-pve\n", "etc/kernel/next-boot-pin");
	next_unknown(BOOT_READER_PROXMOX, "6.5.11-8-pve, which has no image");
	/* its partition is mounted: what it reads decides */
	tree_put(&tree, "title a\nlinux /k\ninitrd /i\n",
		 "boot/efi/loader/entries/proxmox-6.8.12-9-pve.conf");
	next_is(BOOT_READER_PROXMOX, "proxmox-6.8.12-9-pve.conf");
}

/* ---- what a shell assigns, and what is kept ---- */

static void shell(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "A=b", "b" },
		{ "A=b c", "b" },
		{ "A='b $B' # x", "b $B" },
		{ "B=1\nA=\"b $B ${B}c\"", "b 1 1c" },
		{ "A=a\nA=\"$A b\"", "a b" },
		{ "A=a\nA+=\" b\"", "a b" },
		{ "A=a'b'\"c\"d", "abcd" },
		{ "A=\"a\\\"b\\c\"", "a\"b\\c" },
		{ "A=\"a \\\nb\"", "a b" },
		{ "#A=a\n", NULL },
		{ "  export A=a", "a" },
		{ "if x; then A=a; fi", NULL },
		{ "if x; then\n\tA=a\nfi", "a" },
		{ "A=(a b\n c)", "a b  c" },
		{ "A=a;A=b", "b" },
		{ "A=\"$NONE\"", "" },
		{ "A=\"a", "a" },
	};
	struct shell *values = calloc(1, sizeof(*values));

	(void)state;
	assert_non_null(values);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct shell_variable *found;

		values->count = 0;
		shell_parse(values, rows[i].text, "f");
		found = shell_get(values, "A");
		if (!found != !rows[i].want ||
		    (found && strcmp(found->value, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].text, found ? found->value : "(none)");
	}
	values->count = 0;
	shell_parse(values, "\nK[default]+=\"a\"\nK[default]+=\" b\"\n", "f");
	assert_string_equal(shell_get(values, "K[default]")->value, "a b");
	assert_int_equal(shell_get(values, "K[default]")->line, 3);
	free(values);
}

static void kept(void **state)
{
	static const struct bootloader grub_loader = {
		.kind = BOOTLOADER_GRUB,
		.file = "/etc/default/grub",
		.variable = "GRUB_CMDLINE_LINUX_DEFAULT",
	};
	static const struct bootloader proxmox = {
		.kind = BOOTLOADER_PROXMOX,
		.file = "/etc/kernel/cmdline",
		.variable = "",
		.first_line = true,
	};
	struct bootloader_kept found;

	(void)state;
	tree_put(&tree, "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet x=1\"\n", "etc/default/grub");
	bootloader_kept(&tree.root, &grub_loader, "x=1", &found);
	assert_true(found.found);
	bootloader_kept(&tree.root, &grub_loader, "x=2", &found);
	assert_false(found.found || found.undone);
	/* a drop-in adds, then one assigns again */
	tree_put(&tree, "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT y\"\n",
		 "etc/default/grub.d/10-a.cfg");
	bootloader_kept(&tree.root, &grub_loader, "x=1", &found);
	assert_true(found.found);
	tree_put(&tree, "\nGRUB_CMDLINE_LINUX_DEFAULT=console=ttyS0\n",
		 "etc/default/grub.d/50-b.cfg");
	bootloader_kept(&tree.root, &grub_loader, "x=1", &found);
	assert_true(!found.found && found.undone);
	assert_string_equal(found.file, "/etc/default/grub.d/50-b.cfg");
	assert_int_equal(found.line, 2);

	tree_put(&tree, "root=ZFS=r boot=zfs\nx=1\n", "etc/kernel/cmdline");
	bootloader_kept(&tree.root, &proxmox, "x=1", &found);
	assert_true(found.behind && !found.found);
	assert_int_equal(found.line, 2);
	tree_put(&tree, "root=ZFS=r boot=zfs x=1\n", "etc/kernel/cmdline");
	bootloader_kept(&tree.root, &proxmox, "x=1", &found);
	assert_true(found.found && !found.behind);
}

static void passes(void **state)
{
	static const struct bootloader loader = { .kind = BOOTLOADER_ENTRIES,
						  .reader = BOOT_READER_SYSTEMD };
	size_t others;

	(void)state;
	entry("a", "options x=1");
	entry("b", "options y");
	/* b is the first in the order */
	assert_int_equal(bootloader_passes(&tree.root, &loader, "x=1", &others), FACT_NO);
	assert_int_equal(others, 1);
	tree_put(&tree, "default a.conf\n", "boot/loader/loader.conf");
	assert_int_equal(bootloader_passes(&tree.root, &loader, "x=1", NULL), FACT_YES);
	tree_put(&tree, "default @saved\n", "boot/loader/loader.conf");
	assert_int_equal(bootloader_passes(&tree.root, &loader, "x=1", NULL),
			 FACT_UNKNOWN);
	assert_int_equal(bootloader_passes(&tree.root, &loader, "z", NULL), FACT_NO);
}

#define TREE_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(systemd_order),    cmocka_unit_test(versions),
		TREE_TEST(systemd_counting), TREE_TEST(systemd_partitions),
		TREE_TEST(grub_entries),     TREE_TEST(grub_scripts),
		TREE_TEST(grub_bls),	     TREE_TEST(limine),
		TREE_TEST(limine_remembers), TREE_TEST(refind),
		TREE_TEST(refind_selection), TREE_TEST(refind_stanzas),
		TREE_TEST(zfsbootmenu),	     TREE_TEST(proxmox_pins),
		cmocka_unit_test(shell),     TREE_TEST(kept),
		TREE_TEST(passes),
	};

	return cmocka_run_group_tests_name("boot-menu", tests, NULL, NULL);
}

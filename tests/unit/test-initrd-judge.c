// SPDX-License-Identifier: GPL-2.0-or-later

/* What is said of an initramfs image: the right one of each flow, and all its faults. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/initrd_judge.h"
#include "helper-image.h"
#include "helper-machine.h"
#include "image/generator.h"
#include "image/mkinitcpio_config.h"

#define CONFIG "[target gpu]\nid = 10de:1e84\n"
#define RELEASE "6.1.0-1"
#define MODULES "usr/lib/modules/" RELEASE "/"
#define UNIT "usr/lib/systemd/system/vfio-early.service"
#define WANTS "usr/lib/systemd/system/sysinit.target.wants/vfio-early.service"
#define UNIT_TEXT                                                    \
	"[Unit]\nBefore=shutdown.target sysinit.target\n"            \
	"Before=systemd-modules-load.service systemd-udevd.service " \
	"systemd-udev-trigger.service\n[Service]\nExecStart=/x\n"
#define ORDER_LINE(name) \
	"/scripts/init-top/" name " \"$@\"\n[ -e /conf/param.conf ] && .\n"
#define ORDER_LATE ORDER_LINE("udev") ORDER_LINE("00-vfio-early")
#define VERSION VFIO_EARLY_VERSION

/**
 * struct file - a file that makes a flow, or a defect
 * @path: of it; the first character: '!': it is taken out; '@': a link; '*': executable
 * @text: its content, or the target of the link
 */
struct file {
	const char *path;
	const char *text;
};

/* In every right image */
static const struct file common[] = {
	{ "*usr/lib/vfio-early/vfio-early-boot", "\177ELF" },
	{ "etc/vfio-early.conf", CONFIG },
	{ "etc/vfio-early.image",
	  "[image]\ngenerator = g\nversion = " VFIO_EARLY_VERSION "\nconfig_hash = x\n" },
	{ MODULES "kernel/drivers/vfio/pci/vfio-pci.ko.zst", "" },
	{ MODULES "kernel/drivers/vfio/vfio.ko", "" },
	{ MODULES "kernel/drivers/vfio/vfio_iommu_type1.ko", "" },
	{ MODULES "modules.dep.bin", "" },
	{ MODULES "modules.softdep", "" },
	{ NULL, NULL },
};

static const struct file systemd[] = {
	{ "@init", "usr/lib/systemd/systemd" },
	{ UNIT, UNIT_TEXT },
	{ "@" WANTS, "../vfio-early.service" },
	{ NULL, NULL },
};

static const struct file dracut[] = {
	{ "*init", "#!/bin/sh\n" },
	{ "usr/lib/dracut-lib.sh", "" },
	{ "var/lib/dracut/hooks/cmdline/00-vfio-early.sh", "" },
	{ "var/lib/dracut/hooks/cmdline/01-parse-kernel.sh", "" },
	{ NULL, NULL },
};

static const struct file initramfs_tools[] = {
	{ "*init", "#!/bin/sh\n" },
	{ "scripts/functions", "" },
	{ "*scripts/init-top/00-vfio-early", "" },
	{ "scripts/init-top/ORDER", ORDER_LINE("00-vfio-early") ORDER_LINE("udev") },
	{ NULL, NULL },
};

static const struct file mkinitcpio[] = {
	{ "*init", "#!/usr/bin/ash\n" },
	{ "init_functions", "" },
	{ "hooks/vfio-early", "" },
	{ "config",
	  "MODULES=\"radeon\"\nEARLYHOOKS=\"vfio-early udev\"\nHOOKS=\"udev\"\n" },
	{ NULL, NULL },
};

static const struct file unknown[] = {
	{ "*init", "\177ELF" },
	{ NULL, NULL },
};

static const struct file nothing[] = { { NULL, NULL } };

/**
 * struct row - an image, and the level of each finding about it
 * @name: of the row
 * @flow: its files
 * @defect: files that come on top of them
 * @level: of @code
 * @code: what is looked at
 * @text: is in the finding
 */
struct row {
	const char *name;
	const struct file *flow;
	struct file defect[2];
	enum finding_level level;
	enum finding_code code;
	const char *text;
};

static const struct row rows[] = {
	{ "systemd", systemd, {}, FINDING_PASS, FINDING_IMAGE_ORDER, "before udev" },
	{ "dracut", dracut, {}, FINDING_PASS, FINDING_IMAGE_ORDER, "cmdline" },
	{ "initramfs-tools",
	  initramfs_tools,
	  {},
	  FINDING_PASS,
	  FINDING_IMAGE_ORDER,
	  "00-vfio-early" },
	{ "mkinitcpio", mkinitcpio, {}, FINDING_PASS, FINDING_IMAGE_ORDER, "early hook" },
	{ "a generator without a hook",
	  unknown,
	  {},
	  FINDING_UNKNOWN,
	  FINDING_IMAGE_ORDER,
	  "rdinit=" },
	{ "no unit",
	  systemd,
	  { { "!" UNIT, "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "is not in it" },
	{ "unit that nobody starts",
	  systemd,
	  { { "!" WANTS, "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "nothing in it starts" },
	{ "masked unit",
	  systemd,
	  { { "@etc/systemd/system/vfio-early.service", "/dev/null" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "masked" },
	{ "unit that is late",
	  systemd,
	  { { UNIT, "[Unit]\nBefore=systemd-udevd.service\n" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "does not run before" },
	{ "unit that is after them",
	  systemd,
	  { { UNIT, "[Unit]\nAfter=systemd-udevd.service systemd-udev-trigger.service "
		    "systemd-modules-load.service\n" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "does not run before" },
	{ "no hook of dracut",
	  dracut,
	  { { "!var/lib/dracut/hooks/cmdline/00-vfio-early.sh", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "no hook" },
	{ "late hook of dracut",
	  dracut,
	  { { "!var/lib/dracut/hooks/cmdline/00-vfio-early.sh", "" },
	    { "var/lib/dracut/hooks/cmdline/10-vfio-early.sh", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "after the one that loads" },
	{ "no script",
	  initramfs_tools,
	  { { "!scripts/init-top/00-vfio-early", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "is not in it" },
	{ "script after udev",
	  initramfs_tools,
	  { { "scripts/init-top/ORDER", ORDER_LATE } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "after udev" },
	{ "script that is not run",
	  initramfs_tools,
	  { { "scripts/init-top/ORDER", ORDER_LINE("udev") } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "does not run" },
	{ "early hook after udev",
	  mkinitcpio,
	  { { "config", "EARLYHOOKS=\"udev vfio-early\"\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_ORDER,
	  "after that of udev" },
	{ "no early hook",
	  mkinitcpio,
	  { { "config", "EARLYHOOKS=\"udev\"\n" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_ORDER,
	  "lack" },

	{ "program", systemd, {}, FINDING_PASS, FINDING_IMAGE_PROGRAM, VERSION },
	{ "no program",
	  systemd,
	  { { "!usr/lib/vfio-early/vfio-early-boot", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_PROGRAM,
	  "is not in it" },
	{ "program that is none",
	  systemd,
	  { { "*usr/lib/vfio-early/vfio-early-boot", "#!/bin/sh\n" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_PROGRAM,
	  "is no program" },
	{ "program that may not run",
	  systemd,
	  { { "usr/lib/vfio-early/vfio-early-boot", "\177ELF" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_PROGRAM,
	  "cannot be executed" },
	{ "program elsewhere",
	  systemd,
	  { { "!usr/lib/vfio-early/vfio-early-boot", "" },
	    { "*usr/local/lib/vfio-early/vfio-early-boot", "\177ELF" } },
	  FINDING_PASS,
	  FINDING_IMAGE_PROGRAM,
	  VFIO_EARLY_VERSION },
	{ "old program",
	  systemd,
	  { { "etc/vfio-early.image", "[image]\nversion = 0.0.9\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_PROGRAM,
	  "of version 0.0.9" },
	{ "program of unknown age",
	  systemd,
	  { { "!etc/vfio-early.image", "" } },
	  FINDING_WARN,
	  FINDING_IMAGE_PROGRAM,
	  "of an unknown version" },

	{ "config", systemd, {}, FINDING_PASS, FINDING_IMAGE_CONFIG, "the one in /etc" },
	{ "old config",
	  systemd,
	  { { "etc/vfio-early.conf", "[target usb]\nid = 1912:0014\n" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_CONFIG,
	  "gpu is not in it; usb is in it still" },
	{ "config with another comment",
	  systemd,
	  { { "etc/vfio-early.conf", "# new\n" CONFIG } },
	  FINDING_FAIL,
	  FINDING_IMAGE_CONFIG,
	  "not the one in /etc" },
	{ "config and a file more",
	  systemd,
	  { { "etc/vfio-early.conf.d/more.conf", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_CONFIG,
	  "not the one in /etc" },
	{ "no config",
	  systemd,
	  { { "!etc/vfio-early.conf", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_CONFIG,
	  "gpu is not in it" },
	{ "config that all may run",
	  systemd,
	  { { "*etc/vfio-early.conf", CONFIG } },
	  FINDING_PASS,
	  FINDING_IMAGE_CONFIG,
	  "the one in /etc" },
	{ "config behind a link",
	  systemd,
	  { { "@etc/vfio-early.conf", "../opt/conf" } },
	  FINDING_UNKNOWN,
	  FINDING_IMAGE_CONFIG,
	  "link" },

	{ "modules", systemd, {}, FINDING_PASS, FINDING_IMAGE_MODULES, "vfio_pci, vfio" },
	{ "module that is missing",
	  systemd,
	  { { "!" MODULES "kernel/drivers/vfio/vfio.ko", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_MODULES,
	  "vfio is not in it" },
	{ "module of another kernel",
	  systemd,
	  { { "!" MODULES "kernel/drivers/vfio/vfio.ko", "" },
	    { "usr/lib/modules/6.1.0-2/kernel/drivers/vfio/vfio.ko", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_MODULES,
	  "vfio is not in it" },
	{ "no index of modules",
	  systemd,
	  { { "!" MODULES "modules.dep.bin", "" } },
	  FINDING_FAIL,
	  FINDING_IMAGE_MODULES,
	  "modules.dep.bin" },
	{ "no softdeps",
	  systemd,
	  { { "!" MODULES "modules.softdep", "" } },
	  FINDING_WARN,
	  FINDING_IMAGE_MODULES,
	  "brings vfio_iommu_type1" },
	{ "no back end",
	  systemd,
	  { { "!" MODULES "kernel/drivers/vfio/vfio_iommu_type1.ko", "" } },
	  FINDING_WARN,
	  FINDING_IMAGE_MODULES,
	  "vfio_iommu_type1 is not in it" },

	{ "driver of the host",
	  systemd,
	  { { MODULES "kernel/drivers/radeon.ko", "" } },
	  FINDING_HINT,
	  FINDING_IMAGE_HOST_DRIVER,
	  "radeon" },
	{ "driver of the host that is first",
	  systemd,
	  { { MODULES "kernel/drivers/radeon.ko", "" }, { "!" WANTS, "" } },
	  FINDING_WARN,
	  FINDING_IMAGE_HOST_DRIVER,
	  "radeon" },

	{ "forced virqfd, initramfs-tools",
	  initramfs_tools,
	  { { "conf/modules", "vfio\n vfio_virqfd\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "conf/modules in it forces vfio_virqfd" },
	{ "forced virqfd, dracut",
	  dracut,
	  { { "etc/cmdline.d/20-force_drivers.conf", "rd.driver.pre=vfio-virqfd\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "20-force_drivers.conf" },
	{ "forced virqfd, mkinitcpio",
	  mkinitcpio,
	  { { "config", "MODULES=\"vfio vfio_virqfd\"\nEARLYHOOKS=\"vfio-early\"\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "config in it" },
	{ "forced virqfd, systemd",
	  systemd,
	  { { "etc/modules-load.d/MODULES.conf", "vfio_virqfd" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "MODULES.conf" },
	{ "ids of another recipe",
	  systemd,
	  { { "etc/modprobe.d/v.conf", "# x\noptions  vfio_pci a=1 ids=10de:1e84\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "ids=" },
	{ "script of another recipe",
	  initramfs_tools,
	  { { "*scripts/init-top/vfio.sh", "#!/bin/sh\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "vfio.sh" },
	{ "override of another recipe",
	  mkinitcpio,
	  { { "*usr/bin/vfio-pci-override.sh", "#!/bin/sh\n" } },
	  FINDING_WARN,
	  FINDING_IMAGE_STALE,
	  "override" },
};

/* What is no leftover */
static const struct file harmless[] = {
	{ "conf/modules", "# vfio_virqfd\nmy_vfio_virqfd\nvfio_virqfd2\n" },
	{ "etc/modprobe.d/v.conf",
	  "options vfio-pci disable_vga=1\noptions other ids=1\n#options vfio-pci ids=1\n"
	  "options vfio-pci ids=\n" },
	{ "hooks/vfio-early", "" },
	{ NULL, NULL },
};

static struct tree tree;
static struct bytes *image;
static struct initramfs looked;
static struct initrd_source source;
static struct initrd_case judged;
static struct config etc;
static struct findings *findings;

static int setup(void **state)
{
	(void)state;
	tree_make(&tree);
	image = calloc(1, sizeof(*image));
	findings = calloc(1, sizeof(*findings));
	memset(&looked, 0, sizeof(looked));
	source = (struct initrd_source){ .n_files = 1 };
	strcpy(looked.path, "/boot/image");
	strcpy(looked.release, RELEASE);
	looked.source = &source;
	looked.needs =
		(struct module_list){ .names = { "vfio_pci", "vfio", "vfio_iommu_type1" },
				      .count = 3 };
	looked.needs_known = true;
	looked.claims =
		(struct module_list){ .names = { "amdgpu", "radeon" }, .count = 2 };
	judged = (struct initrd_case){
		.image = &looked,
		.next = true,
		.wanted = true,
		.etc = &etc,
		.etc_known = true,
	};
	tree_put(&tree, CONFIG, "etc/vfio-early.conf");
	return config_read(&tree.root, NULL, "", &etc) || !image || !findings;
}

static int teardown(void **state)
{
	(void)state;
	initrd_done(&looked.initrd);
	free(image);
	free(findings);
	tree_remove(&tree);
	return 0;
}

static bool is_removed(const struct file *file, const struct file defect[static 2])
{
	for (size_t i = 0; i < 2 && defect[i].path; i++)
		if (*defect[i].path == '!' &&
		    !strcmp(defect[i].path + 1, file->path + strspn(file->path, "@*")))
			return true;
	return false;
}

static void file_put(const struct file *file)
{
	if (*file->path == '@')
		cpio_link(image, file->path + 1, file->text);
	else if (*file->path == '*')
		cpio_add(image, file->path + 1, S_IFREG | 0755, file->text,
			 strlen(file->text));
	else if (*file->path != '!')
		cpio_file(image, file->path, file->text);
}

static void files_put(const struct file *file, const struct file defect[static 2])
{
	for (; file->path; file++)
		if (!is_removed(file, defect))
			file_put(file);
}

static void judge(const struct file *flow, const struct file defect[static 2])
{
	struct fault fault = { 0 };

	image->count = 0;
	files_put(common, defect);
	files_put(flow, defect);
	for (size_t i = 0; i < 2 && defect[i].path; i++)
		file_put(&defect[i]);
	cpio_end(image);
	bytes_put(image, &tree, "boot/image");
	initrd_done(&looked.initrd);
	assert_int_equal(initrd_read(tree.root.fd, "boot/image", &looked.initrd, &fault),
			 0);
	looked.inside_known = initrd_config(&looked.initrd, &looked.inside);
	memset(findings, 0, sizeof(*findings));
	initrd_judge(&judged, findings);
}

static const struct finding *found(enum finding_code code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].code == code)
			return &findings->list[i];
	return NULL;
}

static void assert_found(enum finding_code code, enum finding_level level,
			 const char *text)
{
	const struct finding *finding = found(code);

	assert_non_null(finding);
	if (finding->level != level || !strstr(finding->text, text))
		print_message("# %s: %s\n", finding_level_names[finding->level],
			      finding->text);
	assert_int_equal(finding->level, level);
	assert_non_null(strstr(finding->text, text));
	assert_string_equal(finding->subject, "/boot/image");
	assert_int_equal(!*finding->remedy, level == FINDING_PASS);
}

static void each_defect(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_message("# %s\n", rows[i].name);
		judge(rows[i].flow, rows[i].defect);
		assert_found(rows[i].code, rows[i].level, rows[i].text);
	}
}

/* Nothing but PASS about a right image, nothing about what only looks like a defect */
static void right_images(void **state)
{
	static const struct file *const flows[] = { systemd, dracut, initramfs_tools,
						    mkinitcpio };
	static const char *const kinds[] = { "with systemd", "of dracut",
					     "of initramfs-tools", "of mkinitcpio" };
	static const struct file none[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flows); i++) {
		judge(flows[i], none);
		assert_int_equal(findings->count, 5);
		assert_int_equal(findings->levels[FINDING_PASS], 5);
		assert_string_equal(generator_kind(&looked.initrd), kinds[i]);
		judge(flows[i], harmless);
		assert_null(found(FINDING_IMAGE_STALE));
		judge(flows[i], harmless + 1);
		assert_null(found(FINDING_IMAGE_STALE));
	}
}

/* With the module itself in the image (kernels before 6.2) the line is right. */
static void virqfd_that_is_there(void **state)
{
	static const struct file files[2] = {
		{ "conf/modules", "vfio_virqfd\n" },
		{ MODULES "kernel/drivers/vfio/vfio_virqfd.ko", "" },
	};

	(void)state;
	judge(initramfs_tools, files);
	assert_null(found(FINDING_IMAGE_STALE));
}

static const struct row *row_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	fail_msg("no row is named %s", name);
	return NULL;
}

/* The same defect in an image that boots only when it is chosen */
static void images_for_choice(void **state)
{
	(void)state;
	judged.next = false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		judge(rows[i].flow, rows[i].defect);
		assert_found(FINDING_IMAGE, FINDING_HINT, "not the newest");
		assert_int_equal(findings->levels[FINDING_FAIL], 0);
	}
	source.fallback = true;
	judge(systemd, row_named("no program")->defect);
	assert_found(FINDING_IMAGE, FINDING_HINT, "rescue");
	assert_found(FINDING_IMAGE_PROGRAM, FINDING_PASS, "all cards on the host");
}

static void nothing_is_wanted(void **state)
{
	static const struct file none[2] = {
		{ "!usr/lib/vfio-early/vfio-early-boot", "" },
		{ MODULES "kernel/drivers/radeon.ko", "" },
	};

	(void)state;
	judged.wanted = false;
	judge(systemd, none);
	assert_found(FINDING_IMAGE_PROGRAM, FINDING_PASS, "nothing is wanted");
	assert_int_equal(findings->count, 2);
}

static void preinit(void **state)
{
	static const struct file none[2];

	(void)state;
	looked.preinit = true;
	judge(unknown, none);
	assert_found(FINDING_IMAGE_ORDER, FINDING_PASS, "in place of /init");
	judge(nothing, none);
	assert_found(FINDING_IMAGE_ORDER, FINDING_PASS, "in place of /init");
}

static void what_is_not_known(void **state)
{
	static const struct file none[2];

	(void)state;
	judged.etc_known = false;
	looked.needs = (struct module_list){ .count = 0 };
	looked.needs_known = false;
	judge(systemd, none);
	assert_found(FINDING_IMAGE_CONFIG, FINDING_UNKNOWN, "could not be read");
	assert_found(FINDING_IMAGE_MODULES, FINDING_UNKNOWN, "not known");
	looked.needs_known = true;
	judge(systemd, none);
	assert_found(FINDING_IMAGE_MODULES, FINDING_PASS, "built into");
	module_list_add(&looked.missing, "vfio-pci");
	judge(systemd, none);
	assert_found(FINDING_IMAGE_MODULES, FINDING_FAIL, "has no vfio_pci");
}

/*
 * The machine tells which command builds the image: by its tools, by what a preset names.
 */
static void rebuild_commands(void **state)
{
	static const struct {
		const char *generator;
		const char *file;
		const char *release;
		const char *sign[4]; /* files of the machine, each with its text */
		const char *command;
	} commands[] = {
		{ "initramfs-tools",
		  "/boot/initrd.img-6.1.0",
		  "6.1.0",
		  { NULL },
		  "update-initramfs -u -k 6.1.0" },
		{ "initramfs-tools",
		  "/boot/x",
		  "",
		  { NULL },
		  "update-initramfs -u -k all" },
		{ "initramfs-tools",
		  "/boot/efi/EFI/Pop_OS-1/initrd.img",
		  "6.1.0",
		  { "etc/kernelstub/configuration", "{}" },
		  "update-initramfs -u -k 6.1.0, then kernelstub" },
		{ "dracut",
		  "/boot/initramfs-6.9.1.img",
		  "6.9.1",
		  { NULL },
		  "dracut --force /boot/initramfs-6.9.1.img 6.9.1" },
		{ "dracut",
		  "/boot/x.img",
		  "",
		  { NULL },
		  "dracut --force --regenerate-all" },
		{ "dracut",
		  "/boot/initramfs-linux.img",
		  "6.9.1",
		  { NULL },
		  "dracut --force /boot/initramfs-linux.img 6.9.1" },
		{ "dracut",
		  "/boot/initramfs-linux.img",
		  "6.9.1",
		  { "usr/bin/dracut-rebuild", "" },
		  "dracut-rebuild" },
		{ "dracut",
		  "/boot/initrd-6.4.0-default",
		  "6.4.0-default",
		  { "usr/bin/sdbootutil", "" },
		  "dracut --force /boot/initrd-6.4.0-default 6.4.0-default" },
		{ "dracut",
		  "/boot/efi/opensuse/6.4.0-default/initrd-0a1b2c",
		  "6.4.0-default",
		  { "usr/bin/sdbootutil", "" },
		  "sdbootutil mkinitrd" },
		{ "dracut",
		  "/efi/EFI/Linux/linux-6.9.1-1234.efi",
		  "6.9.1",
		  { "usr/bin/kernel-install", "" },
		  "dracut --force --uefi /efi/EFI/Linux/linux-6.9.1-1234.efi 6.9.1" },
		{ "dracut",
		  "/efi/EFI/Linux/1234-6.9.1.efi",
		  "6.9.1",
		  { "usr/bin/kernel-install", "" },
		  "kernel-install add 6.9.1 /usr/lib/modules/6.9.1/vmlinuz" },
		{ "dracut",
		  "/boot/ostree/fedora-1/initramfs-6.9.1.img",
		  "6.9.1",
		  { "run/ostree-booted", "" },
		  "rpm-ostree initramfs --enable" },
		/* Debian, with dracut and unified images: its kernels are in /boot */
		{ "dracut",
		  "/efi/EFI/Linux/1234-6.9.1.efi",
		  "6.9.1",
		  { "usr/bin/kernel-install", "", "boot/vmlinuz-6.9.1", "" },
		  "kernel-install add 6.9.1 /boot/vmlinuz-6.9.1" },
		{ "dracut",
		  "/efi/EFI/Linux/1234-6.9.1.efi",
		  "6.9.1",
		  { "usr/bin/kernel-install", "", "lib/modules/6.9.1/vmlinuz", "" },
		  "kernel-install add 6.9.1 /usr/lib/modules/6.9.1/vmlinuz" },
		/* the second time, and with arguments of the person's own */
		{ "dracut",
		  "/boot/ostree/fedora-1/initramfs-6.9.1.img",
		  "6.9.1",
		  { "run/ostree-booted", "", "ostree/deploy/fedora/deploy/1.0.origin",
		    "[rpmostree]\nregenerate-initramfs=true\n" },
		  "rpm-ostree initramfs --enable --arg=--force" },
		{ "dracut",
		  "/boot/ostree/fedora-1/initramfs-6.9.1.img",
		  "6.9.1",
		  { "run/ostree-booted", "", "ostree/deploy/fedora/deploy/1.0.origin",
		    "regenerate-initramfs=true\ninitramfs-args=-I;/etc/a;\n" },
		  "rpm-ostree initramfs --enable --arg=-I --arg=/etc/a" },
		{ "mkinitcpio",
		  "/boot/initramfs-linux.img",
		  "6.9.1",
		  { "etc/mkinitcpio.d/linux.preset", "" },
		  "mkinitcpio -P" },
		{ "mkinitcpio",
		  "/boot/initramfs-linux.img",
		  "6.9.1",
		  { "usr/bin/limine-mkinitcpio", "" },
		  "limine-mkinitcpio" },
		{ "mkinitcpio",
		  "/efi/1234/6.9.1/initrd",
		  "6.9.1",
		  { "usr/bin/kernel-install", "" },
		  "kernel-install add 6.9.1 /usr/lib/modules/6.9.1/vmlinuz" },
		{ "mkinitcpio",
		  "/efi/EFI/Linux/arch.efi",
		  "6.9.1",
		  { NULL },
		  "mkinitcpio -k 6.9.1 -U /efi/EFI/Linux/arch.efi" },
		{ "mkinitcpio",
		  "/boot/mine.img",
		  "6.9.1",
		  { NULL },
		  "mkinitcpio -k 6.9.1 -g /boot/mine.img" },
		/* Debian and Ubuntu with dracut: not the name that dracut would choose */
		{ "dracut",
		  "/boot/initrd.img-6.12.1",
		  "6.12.1",
		  { NULL },
		  "dracut --force /boot/initrd.img-6.12.1 6.12.1" },
		/* signs of a tool that did not make this image */
		{ "mkinitcpio",
		  "/boot/initramfs-linux.img",
		  "6.9.1",
		  { "usr/bin/kernel-install", "" },
		  "mkinitcpio -k 6.9.1 -g /boot/initramfs-linux.img" },
		{ "dracut",
		  "/boot/initramfs-6.9.1.img",
		  "6.9.1",
		  { "usr/bin/kernel-install", "" },
		  "dracut --force /boot/initramfs-6.9.1.img 6.9.1" },
		{ "initramfs-tools",
		  "/boot/initrd.img-6.1.0",
		  "6.1.0",
		  { "usr/bin/dracut-rebuild", "" },
		  "update-initramfs -u -k 6.1.0" },
		/* not even its kernel is known */
		{ "mkinitcpio", "/boot/x.img", "", { NULL }, "mkinitcpio -P" },
		{ "mkinitcpio",
		  "/boot/x.img",
		  "",
		  { "run/ostree-booted", "" },
		  "rpm-ostree initramfs --enable" },
		{ "cpio",
		  "/boot/vfio-early.cpio",
		  "6.1.0",
		  { NULL },
		  "vfio-early --make-cpio FILE, where FILE is the archive that is loaded "
		  "after it" },
		{ "booster", "/boot/booster-linux.img", "6.9.1", { NULL }, "" },
		{ "something", "/boot/x", "6.9.1", { NULL }, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct rebuild rebuild;
		char text[128];
		const struct file files[2] = { { "etc/vfio-early.image", text } };

		(void)snprintf(text, sizeof(text), "[image]\ngenerator = %s\n",
			       commands[i].generator);
		judge(systemd, files);
		for (size_t j = 0; j < 4 && commands[i].sign[j]; j += 2)
			tree_put(&tree, commands[i].sign[j + 1], "%s",
				 commands[i].sign[j]);
		generator_rebuild(&tree.root, &looked.initrd, commands[i].file,
				  commands[i].release, &rebuild);
		assert_string_equal(rebuild.command, commands[i].command);
		assert_string_equal(rebuild.before, "");
		for (size_t j = 0; j < 4 && commands[i].sign[j]; j += 2)
			tree_delete(&tree, commands[i].sign[j]);
		if (commands[i].sign[0] && strstr(commands[i].sign[0], "mkinitcpio.d"))
			tree_delete(&tree, "etc/mkinitcpio.d");
	}
}

/* HOOKS count as the last file assigns them; a preset may have a file of its own. */
static void hooks_of_mkinitcpio(void **state)
{
	static const struct {
		const char *conf, *drop_in, *preset;
		const char *before;
	} cases[] = {
		{ "HOOKS=(base udev)\n", NULL, NULL,
		  "put vfio-early right behind base in HOOKS of /etc/mkinitcpio.conf" },
		{ "HOOKS=(base vfio-early udev)\n", NULL, NULL, "" },
		{ "HOOKS=\"base vfio-early udev\"\n", NULL, NULL, "" },
		{ "HOOKS=(\n\tbase # first\n\tvfio-early\n\tudev\n)\n", NULL, NULL, "" },
		{ "HOOKS=(systemd)\n", NULL, NULL,
		  "put vfio-early first in HOOKS of /etc/mkinitcpio.conf" },
		{ "HOOKS=(base vfio-early udev)\n", "HOOKS=(base systemd)\n", NULL,
		  "put vfio-early right behind base in HOOKS of "
		  "/etc/mkinitcpio.conf.d/own.conf" },
		{ "HOOKS=(base vfio-early udev)\n", "HOOKS+=(plymouth)\n", NULL, "" },
		{ "HOOKS=(base vfio-early udev)\n", NULL,
		  "default_image=\"/boot/image\"\ndefault_config=\"/etc/other.conf\"\n",
		  "put vfio-early right behind base in HOOKS of /etc/other.conf" },
		{ "HOOKS=(base vfio-early udev)\n", NULL,
		  "default_image=\"/boot/image\"\nlts_config=\"/etc/other.conf\"\n", "" },
		{ "HOOKS=(base udev)\n", "HOOKS=(base systemd)\n",
		  "ALL_config=\"/etc/mkinitcpio.conf\"\ndefault_uki=/efi/image\n",
		  "put vfio-early right behind base in HOOKS of "
		  "/etc/mkinitcpio.conf.d/own.conf" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char before[GENERATOR_TEXT_MAX];

		tree_put(&tree, cases[i].conf, "etc/mkinitcpio.conf");
		tree_put(&tree, "HOOKS=(base udev)\n", "etc/other.conf");
		tree_put(&tree, cases[i].drop_in ? cases[i].drop_in : "",
			 "etc/mkinitcpio.conf.d/own.conf");
		tree_put(&tree, cases[i].preset ? cases[i].preset : "",
			 "etc/mkinitcpio.d/linux.preset");
		mkinitcpio_prepare(&tree.root, "/boot/image", before);
		assert_string_equal(before, cases[i].before);
	}
}

/* What is done before, and the command, are the remedy. */
static void remedies_rebuild(void **state)
{
	static const struct file without_us[2] = {
		{ "!usr/lib/vfio-early/vfio-early-boot", "" },
		{ "!etc/vfio-early.image", "" },
	};

	(void)state;
	strcpy(looked.rebuild.before, "name it");
	strcpy(looked.rebuild.command, "build");
	judge(mkinitcpio, without_us);
	assert_string_equal(found(FINDING_IMAGE_PROGRAM)->remedy,
			    "name it, then rebuild it: build");
	*looked.rebuild.before = '\0';
	judge(mkinitcpio, without_us);
	assert_string_equal(found(FINDING_IMAGE_PROGRAM)->remedy, "rebuild it: build");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_defect, setup, teardown),
		cmocka_unit_test_setup_teardown(right_images, setup, teardown),
		cmocka_unit_test_setup_teardown(virqfd_that_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(images_for_choice, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_wanted, setup, teardown),
		cmocka_unit_test_setup_teardown(preinit, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_known, setup, teardown),
		cmocka_unit_test_setup_teardown(rebuild_commands, setup, teardown),
		cmocka_unit_test_setup_teardown(hooks_of_mkinitcpio, setup, teardown),
		cmocka_unit_test_setup_teardown(remedies_rebuild, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

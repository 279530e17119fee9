// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes in the place of one file of a small machine: the reader of that file accepts
 * or ignores them, and ends. One input in WHOLE_EACH goes through all that reads the
 * machine, too, where the same bytes give the same facts.
 *
 * PARSER in the environment is a row of the table below; without it the rows are listed.
 * SEEDS is a directory that gets the row's good text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "capture/capture_filter.h"
#include "capture/scrub.h"
#include "check/udev_rule.h"
#include "guest/facts_read.h"
#include "guest/files_read.h"
#include "guest/guest_find.h"
#include "guest/start_read.h"
#include "image/boot_menu.h"
#include "image/initrd.h"
#include "image/initrd_list.h"
#include "image/mkinitcpio_config.h"
#include "image/module_index.h"
#include "image/ostree_origin.h"
#include "read/config_read.h"
#include "read/disks.h"
#include "read/framebuffer.h"
#include "read/guard_read.h"
#include "read/host_read.h"
#include "read/iommu.h"
#include "read/iort.h"
#include "read/network.h"
#include "read/pci.h"
#include "read/pci_function.h"
#include "report/report_read.h"
#include "survey/disk_use.h"
#include "survey/host_record.h"
#include "survey/kernel_log_read.h"
#include "survey/next_line.h"
#include "survey/survey.h"
#include "survey/users.h"
#include "unit/helper-tree.h"

#define CARD "0000:01:00.0"
#define PLACE "sys/devices/pci0000:00/0000:00:01.0/" CARD
#define DISK PLACE "/ata1/host0/block/sda/sda2"
#define DEVICES "sys/bus/pci/devices/" CARD "/"
#define EFIVARS "sys/firmware/efi/efivars/"
#define LOADER "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define ACPI "sys/firmware/acpi/tables/"
#define CMDLINE "root=/dev/sda2 resume=/dev/sda3 intel_iommu=on"
#define WHOLE_EACH 256 /* a whole look takes as long as a hundred of one reader */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tree tree;
static struct config config;
static struct host host, again, unread;
static struct report report;
static struct guest guest;
static int devices; /* of the bus */

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

/* ---- the readers ---- */

static void uevent_take(const struct sysroot *root)
{
	char text[4096] = "";
	struct pci_id id = { 0 };
	uint32_t class_code = 0;

	(void)sysroot_read(root->fd, "uevent", text, sizeof(text));
	(void)pci_uevent_parse(text, &id, &class_code);
	demand(class_code <= 0xffffff);
}

/* What readers add to is as it was before the file was read. */
static void host_restore(void)
{
	memcpy(&host, &unread, offsetof(struct host, drivers));
	memcpy(host.functions, unread.functions,
	       unread.n_functions * sizeof(host.functions[0]));
}

/* As pci_near_read() does it for a function that is wanted */
static void function_take(const struct sysroot *root)
{
	struct pci_scan scan = { .host = &host, .devices = devices };
	static const bool gone[ARRAY_SIZE(host.functions)];
	static uint8_t want[ARRAY_SIZE(host.functions)];
	struct pci_above above;

	host_restore();
	for (size_t i = 0; i < host.n_functions; i++) {
		if (strcmp(PCI_ADDRESS(&host.functions[i].address), CARD) != 0)
			continue;
		want[i] = HOST_WANT_PORT;
		(void)pci_function_read(&scan, true, &host.functions[i], &above);
	}
	pci_ports_read(root, &scan, want, gone);
}

static void groups_take(const struct sysroot *root)
{
	host_restore();
	iommu_read_groups(root, &host);
	demand(host.n_groups > 0 && host.n_groups <= host.n_functions);
}

static void interrupts_take(const struct sysroot *root)
{
	host_restore();
	iommu_read_machine(root, CMDLINE, &host);
}

static void iort_take(const struct sysroot *root)
{
	(void)iort_has_smmu(root->fd, ACPI "IORT");
}

static void iomem_take(const struct sysroot *root)
{
	host_restore();
	framebuffer_read(root, &host);
}

static void use_take(const struct sysroot *root)
{
	host_restore();
	disks_read(root, CMDLINE, true, &host);
	demand(host.disks_known != FACT_YES || !host.n_notes);
}

static void record_take(const struct sysroot *root)
{
	char *text cleanup_free = NULL;

	host_restore();
	demand(host_record_text(root, CMDLINE, &host, &text) >= 0);
	demand(text && strstr(text, "\nend\n"));
}

static bool any_wanted(size_t function, const void *context)
{
	(void)context;
	return function < host.n_functions;
}

static void udev_data_take(const struct sysroot *root)
{
	static struct disk_uses uses;

	host_restore();
	disk_uses_read(root, &host, any_wanted, NULL, &uses);
	(void)disks_mark(root, "/dev/sda2", "filesystem", false, NULL, &host);
	demand(uses.count <= DISK_USES_MAX);
}

static void route_take(const struct sysroot *root)
{
	struct routes routes = { .any = true };

	host_restore();
	routes_read(root, &routes);
	(void)network_read(root, &host);
	demand(routes.count <= ROUTES_MAX);
}

/* Not its disks, which are another row */
static void input_take(const struct sysroot *root)
{
	static const bool near[HOST_FUNCTIONS_MAX];
	static struct host_use use;

	use.n_links = use.n_screens = use.n_inputs = 0;
	host_use_read(root, CMDLINE, &host, near, &use);
	demand(use.n_inputs <= HOST_INPUTS_MAX);
}

static void around_take(const struct sysroot *root)
{
	struct around around = { .kvm = false };

	around_read(root, &around);
}

static void recipes_take(const struct sysroot *root)
{
	static struct recipes recipes;

	recipes.count = 0;
	recipes.more = false;
	recipes.closed[0] = '\0';
	recipes_read(root, &recipes);
	demand(recipes.count <= RECIPES_MAX);
	for (size_t i = 0; i < recipes.count; i++)
		for (size_t j = 0; j < host.n_functions; j++)
			(void)udev_rule_matches(recipes.list[i].text, &host.functions[j],
						true);
}

static void evidence_take(const struct sysroot *root)
{
	struct iommu_evidence evidence;

	iommu_evidence_read(root, &host, &evidence);
}

static void settings_take(const struct sysroot *root, const struct bootloader *loader)
{
	struct bootloader_kept kept;

	bootloader_kept(root, loader, "intel_iommu=on", &kept);
	demand(memchr(kept.file, '\0', sizeof(kept.file)) != NULL);
	demand(!bootloader_keeps(root, loader, "intel_iommu=on") || kept.found);
}

static void grub_settings_take(const struct sysroot *root)
{
	static const struct bootloader loader = { .kind = BOOTLOADER_GRUB,
						  .file = "/etc/default/grub",
						  .variable = "" };

	settings_take(root, &loader);
}

static void limine_settings_take(const struct sysroot *root)
{
	static const struct bootloader loader = { .kind = BOOTLOADER_LIMINE,
						  .file = "/etc/default/limine",
						  .variable = "KERNEL_CMDLINE[default]" };

	settings_take(root, &loader);
}

static void cmdline_file_take(const struct sysroot *root)
{
	static const struct bootloader loader = { .kind = BOOTLOADER_KERNEL_INSTALL,
						  .file = "/etc/kernel/cmdline",
						  .variable = "" };

	settings_take(root, &loader);
}

static void evidence_of_loader_take(const struct sysroot *root)
{
	struct bootloader_facts facts;
	struct bootloader loader;

	bootloader_read(root, CMDLINE, &facts);
	bootloader_judge(&facts, &loader);
	settings_take(root, &loader);
}

/* ---- all that reads the machine ---- */

static void facts_whole(const struct sysroot *root)
{
	struct fault fault;
	int error = host_read(root, &config, CMDLINE, &host, &fault);

	demand(host_read(root, &config, CMDLINE, &again, &fault) == error);
	demand(host.n_functions == again.n_functions && host.n_notes == again.n_notes);
	for (size_t i = 0; i < host.n_notes && i < HOST_NOTES_MAX; i++)
		demand(!strcmp(host.notes[i].text, again.notes[i].text));
}

static void disks_whole(const struct sysroot *root)
{
	static struct disk_uses uses;
	struct fault fault;
	char *text cleanup_free = NULL;

	facts_whole(root);
	disk_uses_read(root, &host, any_wanted, NULL, &uses);
	(void)host_record_make(root, &text, &fault);
}

static void survey_whole(const struct sysroot *root)
{
	static struct survey survey;
	static struct survey_wish wish = { .cmdline = CMDLINE, .host = &host };

	for (size_t i = 0; i < host.n_functions; i++)
		wish.taken[i] = wish.near[i] = true;
	if (!wish.n_parameters)
		survey_wish_iommu(&wish);
	memset(&survey, 0, sizeof(survey));
	survey_read(root, &wish, &survey);
	demand(survey.recipes.count <= RECIPES_MAX);
}

static void guest_whole(const struct sysroot *root)
{
	static struct guest_facts facts;

	facts_read(root, &guest, &host, &facts);
}

/* ---- other readers ---- */

static void menu_take(const struct sysroot *root, enum boot_reader reader)
{
	static struct boot_menu menu;
	const struct boot_entry *next;

	boot_menu_read(root, reader, &menu);
	demand(menu.count <= BOOT_ENTRIES_MAX);
	next = boot_menu_next(&menu);
	demand(!next || next < menu.list + menu.count);
}

static void systemd_take(const struct sysroot *root)
{
	menu_take(root, BOOT_READER_SYSTEMD);
}

static void grub_take(const struct sysroot *root)
{
	menu_take(root, BOOT_READER_GRUB);
}

static void bls_take(const struct sysroot *root)
{
	menu_take(root, BOOT_READER_GRUB_BLS);
}

static void limine_take(const struct sysroot *root)
{
	menu_take(root, BOOT_READER_LIMINE);
}

static void refind_take(const struct sysroot *root)
{
	menu_take(root, BOOT_READER_REFIND);
}

static void proxmox_take(const struct sysroot *root)
{
	menu_take(root, BOOT_READER_PROXMOX);
}

/* The entry has the words of the next boot, the line of this boot has others. */
static void next_take(const struct sysroot *root)
{
	static struct next_line line;

	next_line_read(root, "initrd=a vfio_early.target=10de:1b80 vfio_early.log=debug",
		       &line);
	demand(memchr(line.words, '\0', sizeof(line.words)) != NULL);
	demand(line.now.n_targets == 1 && line.now.debug);
	demand(line.known || strstr(line.words, "log=debug"));
}

static void mkinitcpio_take(const struct sysroot *root)
{
	char before[GENERATOR_TEXT_MAX] = "";

	mkinitcpio_prepare(root, "/boot/initramfs-linux.img", before);
	demand(memchr(before, '\0', sizeof(before)) != NULL);
}

static void image_take(const struct sysroot *root)
{
	struct initrd initrd = { 0 };
	struct fault fault = { 0 };
	int error = initrd_read(root->fd, "image", &initrd, &fault);

	demand(!error || (error == fault.error && *fault.text));
	initrd_done(&initrd);
}

static void guard_take(const struct sysroot *root)
{
	struct guard_record record;
	struct fault fault;
	int dir;

	demand(!guard_store_open(root, &dir, &fault));
	demand(!guard_read(dir, &record, &fault));
	demand(!close(dir));
}

static void log_take(const struct sysroot *root)
{
	static struct messages messages;
	static struct drift drift;
	struct now now = { .host = &host, .config = &config, .boot_id = "b" };

	memset(&messages, 0, sizeof(messages));
	drift_find(&report, &now, &drift);
	listen_read(root, &report, &now, &drift, &messages);
	demand(messages.rings[0].count <= MESSAGES_MAX);
}

static void users_take(const struct sysroot *root)
{
	struct users users = { .n_programs = 0 };

	users_read_all(root, host_at(&host, CARD), &users);
	demand(users.n_programs <= USERS_PROGRAMS_MAX);
}

static void index_take(const struct sysroot *root)
{
	struct module_index index;
	struct module_list list = { .count = 0 };

	if (!module_index_open(root, "6.1", &index)) {
		(void)module_index_place(&index, "vfio_pci");
		module_index_needs(&index, "vfio_pci", &list);
	}
	module_index_done(&index);
	demand(list.count <= MODULE_LIST_MAX);
}

static void list_take(const struct sysroot *root)
{
	static struct initrd_list list;

	initrd_list_read(root, &list);
	demand(list.n_kernels <= INITRD_KERNELS_MAX);
}

static void origin_take(const struct sysroot *root)
{
	char command[GENERATOR_TEXT_MAX];

	ostree_origin_rebuild(root, command);
	demand(memchr(command, '\0', sizeof(command)) != NULL);
}

static void stamp_take(const struct sysroot *root)
{
	struct image image;

	config_read_image(root, &image);
	demand(memchr(image.guard, '\0', sizeof(image.guard)) != NULL);
}

static void files_take(const struct sysroot *root)
{
	static struct guest_facts facts;

	files_read(root, &guest, &facts);
}

static void start_take(const struct sysroot *root)
{
	static struct guest_facts facts;

	facts.n_others = facts.n_hooks = 0;
	start_read(root, &guest, &facts);
	demand(facts.n_hooks <= FACTS_HOOKS_MAX);
}

static void scrub_take(const struct sysroot *root)
{
	static struct scrub scrub;
	char text[4096], *bytes = NULL;
	size_t written = 0;
	ssize_t length = sysroot_read(root->fd, "text", text, sizeof(text));
	FILE *out = open_memstream(&bytes, &written);

	demand(out != NULL);
	memset(&scrub, 0, sizeof(scrub));
	if (length > 0)
		scrub_text(&scrub, text, (size_t)length, out);
	demand(!fclose(out) && scrub.count <= SCRUB_MAX);
	free(bytes);
}

/* What --capture takes of a file: the first byte chooses the kind. */
static void filter_take(const struct sysroot *root)
{
	static const char *const paths[] = {
		"boot/grub/grub.cfg",
		"boot/grub/grubenv",
		"boot/loader/entries/a.conf",
		"boot/limine.conf",
		"etc/default/grub",
		"etc/vfio-early.conf.d/a.conf",
		"etc/modprobe.d/vfio.conf",
		"etc/udev/rules.d/9.rules",
		"etc/libvirt/hooks/qemu",
		"etc/crypttab",
		"etc/fstab",
		"etc/group",
		"etc/passwd",
		"boot/config-6.1",
		"sys/devices/virtual/block/dm-0/dm/name",
		"run/udev/data/b8:2",
		"proc/bus/input/devices",
		"proc/cpuinfo",
		"proc/net/route",
	};
	static struct capture capture;
	char text[4097], *bytes = NULL;
	ssize_t length = sysroot_read(root->fd, "text", text, sizeof(text));
	size_t written = 0;
	FILE *out = open_memstream(&bytes, &written);

	demand(out != NULL);
	capture.root = root;
	capture.host = &host;
	capture.scrub.count = 0;
	if (length > 0)
		(void)capture_filter(&capture,
				     paths[(unsigned char)*text % ARRAY_SIZE(paths)],
				     text + 1, (size_t)length - 1, out);
	demand(!fclose(out) && capture.scrub.count <= SCRUB_MAX);
	free(bytes);
}

/* ---- the files ---- */

/* sections of a unified kernel image behind the headers: .linux, .initrd, .cmdline */
static const char portable[] =
	"MZ\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0"
	"PE\0\0\x64\x86\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	".initrd\0\4\0\0\0\0\0\0\0\4\0\0\0\xa8\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	".cmdline\4\0\0\0\0\0\0\0\4\0\0\0\xac\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"0707quiet";

/* a header of type 0 with a list of two capabilities: MSI, PCI Express */
static const char space[] = "\xde\x10\x80\x1b\7\0\x10\0\xa1\0\0\3\0\0\0\0"
			    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			    "\0\0\0\0\0\0\0\0\0\0\0\0\x58\x14\1\x3f"
			    "\0\0\0\0\x40\0\0\0\0\0\0\0\1\1\0\0"
			    "\5\x50\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			    "\x10\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0";

static const char dmar[] = "DMAR\x40\0\0\0\1\0OEMID\0OEMTABLE\1\0\0\0OEM \1\0\0\0"
			   "\x26\1\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\x10\0\1\0\0\0\0\0\xd9\xfe\0\0\0\0";

static const char iort[] = "IORT\x40\0\0\0\5\0OEMID\0OEMTABLE\1\0\0\0OEM \1\0\0\0"
			   "\1\0\0\0\x30\0\0\0\0\0\0\0"
			   "\4\x10\0\4\0\0\0\0\0\0\0\0\0\0\0\0";

/* the report of this boot: a card that a driver of the host has now */
static const char earlier[] =
	"{\"version\":1,\"program\":{\"version\":\"0\"},\"generator\":null,"
	"\"kernel\":\"6.1\",\"boot_id\":\"b\",\"mode\":\"on\",\"end\":\"completed\","
	"\"phase\":\"done\",\"udev_ran\":false,\"time\":{\"start_us\":1,\"end_us\":2},"
	"\"targets\":[{\"name\":\"g\",\"verdict\":\"reserve\",\"reason\":null,"
	"\"reasons\":[],\"detail\":null,\"remedy\":null,\"optional\":false,"
	"\"source\":{\"file\":\"f\",\"line\":1},\"functions\":[{"
	"\"address\":\"" CARD "\",\"id\":\"10de:1b80\","
	"\"vfio_driver\":\"vfio-pci\",\"driver_before\":null,"
	"\"driver_after\":\"vfio-pci\",\"after_known\":true,\"overridden\":true,"
	"\"unbound\":false,\"bound\":true,\"given_back\":false,"
	"\"undo_error\":null}],\"state\":\"reserved\"}],"
	"\"config\":{\"hash\":\"h\",\"error\":null}}";

#define BYTES(array) .good = (array), .size = sizeof(array) - 1
#define TEXT(text) BYTES(text)

/* @take: the reader alone; @whole: all that reads the machine, NULL: the same */
static const struct parser {
	const char *name;
	const char *path;
	void (*take)(const struct sysroot *root);
	void (*whole)(const struct sysroot *root);
	const char *good;
	size_t size;
} parsers[] = {
	{ "config-space", DEVICES "config", function_take, facts_whole, BYTES(space) },
	{ "resource", DEVICES "resource", function_take, facts_whole,
	  TEXT("0x00000000e0000000 0x00000000efffffff 0x000000000014220c\n"
	       "0x0000000000000000 0x0000000000000000 0x0000000000000000\n") },
	{ "uevent", "uevent", uevent_take, NULL,
	  TEXT("DRIVER=nouveau\nPCI_CLASS=30000\nPCI_ID=10DE:1B80\n"
	       "PCI_SUBSYS_ID=1458:3F01\nPCI_SLOT_NAME=0000:01:00.0\n"
	       "MODALIAS=pci:v000010DEd00001B80sv00001458sd00003F01bc03sc00i00\n") },
	{ "reserved-regions", "sys/kernel/iommu_groups/1/reserved_regions", groups_take,
	  facts_whole,
	  TEXT("0x00000000000a0000 0x00000000000bffff direct-relaxable\n"
	       "0x00000000fee00000 0x00000000feefffff msi\n") },
	{ "dmar", ACPI "DMAR", evidence_take, survey_whole, BYTES(dmar) },
	{ "iort", ACPI "IORT", iort_take, facts_whole, BYTES(iort) },
	{ "iomem", "proc/iomem", iomem_take, facts_whole,
	  TEXT("00000000-00000fff : Reserved\ne0000000-efffffff : PCI Bus 0000:01\n"
	       "  e0000000-efffffff : 0000:01:00.0\n    e0000000-e02fffff : efifb\n") },
	{ "interrupts", "proc/interrupts", interrupts_take, facts_whole,
	  TEXT("            CPU0       CPU1\n  24:          0          0 "
	       "IR-PCI-MSI 4096-edge      xhci_hcd\n NMI:  1 2   Non-maskable\n") },
	{ "mountinfo", "proc/self/mountinfo", use_take, disks_whole,
	  TEXT("22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw\n"
	       "23 22 0:21 /@home /home\\040x rw - btrfs /dev/mapper/luks-1 rw\n"
	       "24 22 0:22 / /tank rw - zfs tank/data rw\n") },
	{ "swaps", "proc/swaps", use_take, disks_whole,
	  TEXT("Filename\t\tType\t\tSize\tUsed\tPriority\n"
	       "/dev/sda3 partition 8388604 0 -2\n/swap\\040file file 1 0 -3\n") },
	{ "fstab", "etc/fstab", record_take, disks_whole,
	  TEXT("# a comment\nUUID=2D85-D984 /boot vfat umask=0077 0 1\n"
	       "/dev/mapper/home /home ext4 defaults,nofail 0 2\n") },
	{ "crypttab", "etc/crypttab", input_take, survey_whole,
	  TEXT("home UUID=1b2c-3d none luks,discard\nswap /dev/sda3 /dev/urandom\n") },
	{ "crypttab-record", "etc/crypttab", record_take, disks_whole,
	  TEXT("home UUID=1b2c-3d /etc/keys/home.key luks,x-initrd.attach\n") },
	{ "udev-data", "run/udev/data/b8:2", udev_data_take, disks_whole,
	  TEXT("S:disk/by-uuid/1b2c\nE:ID_FS_TYPE=ext4\nE:ID_FS_UUID=1b2c\n"
	       "E:ID_FS_USAGE=filesystem\n") },
	{ "route", "proc/net/route", route_take, facts_whole,
	  TEXT("Iface\tDestination\tGateway\tFlags\n"
	       "enp5s0\t00000000\t0101A8C0\t0003\n") },
	{ "route6", "proc/net/ipv6_route", route_take, facts_whole,
	  TEXT("00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
	       "fe800000000000000000000000000001 00000400 1 0 00000003   enp5s0\n") },
	{ "input", "proc/bus/input/devices", input_take, survey_whole,
	  TEXT("I: Bus=0003 Vendor=046d Product=c31c Version=0110\nN: Name=\"Keyboard\"\n"
	       "S: Sysfs=/devices/pci0000:00/0000:01:00.0/usb1/input3\n"
	       "H: Handlers=kbd\n\n") },
	{ "group", "etc/group", around_take, survey_whole,
	  TEXT("root:x:0:\nkvm:x:36:qemu,max\nlibvirt:x:970:max\n") },
	{ "passwd", "etc/passwd", around_take, survey_whole,
	  TEXT("root:x:0:0:root:/root:/bin/bash\nmax:x:1000:1000::/home/max:/bin/sh\n") },
	{ "modprobe.d", "etc/modprobe.d/vfio.conf", recipes_take, survey_whole,
	  TEXT("options vfio-pci ids=10de:1b80,\\\n10de:10f0 disable_vga=1\n"
	       "softdep nvidia pre: vfio-pci\nblacklist nouveau\n") },
	{ "udev-rules", "etc/udev/rules.d/90-vfio.rules", recipes_take, survey_whole,
	  TEXT("ACTION==\"add\", SUBSYSTEM==\"pci\", ATTR{vendor}==\"0x10de\", "
	       "ATTR{class}==\"0x0c03*\", ATTR{remove}=\"1\", \\\n"
	       " RUN+=\"/bin/true\"\n") },
	{ "dracut.conf", "etc/dracut.conf.d/vfio.conf", recipes_take, survey_whole,
	  TEXT("add_drivers+=\" vfio_pci \" # first\nforce_drivers+=' vfio '\n"
	       "kernel_cmdline=\"rd.driver.pre=vfio-pci\"\nuefi=yes\n") },
	{ "mkinitcpio.conf", "etc/mkinitcpio.conf", mkinitcpio_take, NULL,
	  TEXT("MODULES=(vfio_pci vfio)\nHOOKS=(base udev modconf \\\n"
	       " vfio-early block)\n"
	       "HOOKS+=(fsck)\n") },
	{ "preset", "etc/mkinitcpio.d/linux.preset", mkinitcpio_take, NULL,
	  TEXT("ALL_kver='/boot/vmlinuz-linux'\nPRESETS=('default')\n"
	       "default_config=\"/etc/mkinitcpio.conf\"\n"
	       "default_image=\"/boot/initramfs-linux.img\"\n") },
	{ "default-grub", "etc/default/grub", grub_settings_take, survey_whole,
	  TEXT("GRUB_DEFAULT=saved\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet $X\"\n"
	       "GRUB_CMDLINE_LINUX=\"${GRUB_CMDLINE_LINUX} iommu=pt\" # c\n") },
	{ "grub.cfg", "boot/grub/grub.cfg", grub_take, NULL,
	  TEXT("set default=\"0\"\nif [ \"${next_entry}\" ] ; then set "
	       "default=\"${next_entry}\" ; fi\nsubmenu 'More' --id more {\n"
	       "menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-1' {\n"
	       "linux /vmlinuz-6.1 root=/dev/sda2 ro\ninitrd /initrd.img-6.1 /x\n}\n"
	       "}\n") },
	{ "grubenv", "boot/grub/grubenv", grub_take, NULL,
	  TEXT("# GRUB Environment Block\nsaved_entry=more>gnulinux-1\nnext_entry=0\n"
	       "##") },
	{ "bls", "boot/loader/entries/a-6.1.conf", bls_take, NULL,
	  TEXT("title Fedora\nversion 6.1\nmachine-id a\nlinux /a/6.1/linux\n"
	       "initrd /a/6.1/initrd\noptions root=/dev/sda2 $kernelopts\n") },
	{ "loader-entry", "boot/loader/entries/a-6.1+2-1.conf", systemd_take, NULL,
	  TEXT("title Arch\nsort-key arch\nversion 6.1\nlinux /vmlinuz\n"
	       "initrd /initramfs.img\noptions root=/dev/sda2\noptions quiet\n") },
	{ "next-line", "boot/loader/entries/a.conf", next_take, NULL,
	  TEXT("options quiet vfio_early.target=10de:1b80@01:00.0 vfio-early.mode=on\n"
	       "options \"vfio_early.deadline=9\" vfio_early.guard=off -- x\n") },
	{ "sdboot-manage", "etc/sdboot-manage.conf", evidence_of_loader_take,
	  survey_whole,
	  TEXT("LINUX_OPTIONS=\"quiet $X\"\nREMOVE_EXISTING=\"no\"\n"
	       "#OVERWRITE_EXISTING=yes\n") },
	{ "loader.conf", "boot/loader/loader.conf", systemd_take, NULL,
	  TEXT("default arch*.conf\ntimeout 3\n#console-mode max\n") },
	{ "loader-variable", EFIVARS "LoaderEntryDefault-" LOADER, systemd_take, NULL,
	  BYTES("\7\0\0\0a\0-\0006\0.\0001\0.\0c\0o\0n\0f\0\0\0") },
	{ "limine.conf", "boot/limine.conf", limine_take, NULL,
	  TEXT("timeout: 5\ndefault_entry: 2\n/+Arch\n//linux\nprotocol: linux\n"
	       "path: boot():/vmlinuz\ncmdline: root=/dev/sda2\n"
	       "module_path: boot():/initramfs.img\n") },
	{ "refind_linux", "boot/refind_linux.conf", refind_take, NULL,
	  TEXT("\"Boot\" \"root=/dev/sda2 initrd=boot\\initramfs-%v.img\"\n"
	       "\"x\" \"y\"\n") },
	{ "refind.conf", "boot/EFI/refind/refind.conf", refind_take, NULL,
	  TEXT("timeout 5\ndefault_selection \"vmlinuz,x\"\nscan_all_linux_kernels true\n"
	       "menuentry \"A\" {\n loader /vmlinuz\n initrd /i.img\n"
	       " options \"a b\"\n}\n") },
	{ "proxmox-pin", "etc/kernel/proxmox-boot-pin", proxmox_take, NULL,
	  TEXT("6.1\n") },
	{ "unified-image", "image", image_take, NULL, BYTES(portable) },
	{ "guard-variable", EFIVARS GUARD_VARIABLE, guard_take, NULL,
	  BYTES("\7\0\0\0vfio-early 1 trial 0123456789abcdef 0123456789abcdef\n") },
	{ "kernel-log", "dev/kmsg", log_take, NULL,
	  TEXT("6,1,2000000,-;vfio-early: g: reserved\n SUBSYSTEM=pci\n"
	       "4,2,3000000,c;nvidia 0000:01:00.0: probe failed\\x0a\n"
	       "30,3,4000000,-;systemd[1]: started\n") },
	{ "process-name", "proc/12/comm", users_take, NULL, TEXT("Xorg\n") },
	{ "cpuinfo", "proc/cpuinfo", guest_whole, NULL,
	  TEXT("processor\t: 0\nvendor_id\t: AuthenticAMD\n"
	       "address sizes\t: 39 bits physical, 48 bits virtual\n\n") },
	{ "meminfo", "proc/meminfo", guest_whole, NULL,
	  TEXT("MemTotal:  16303428 kB\nHugePages_Free:   0\n") },
	{ "qemu.conf", "etc/libvirt/qemu.conf", files_take, guest_whole,
	  TEXT("user = \"root\"\n#group = \"kvm\"\ncgroup_device_acl = [\n"
	       " \"/dev/null\"\n]\n") },
	{ "apparmor", "etc/apparmor.d/local/abstractions/libvirt-qemu", files_take,
	  guest_whole, TEXT("/usr/share/vgabios/** r,\ninclude <x>\ndeny /tmp/ w,\n") },
	{ "libvirt-hook", "etc/libvirt/hooks/qemu", start_take, guest_whole,
	  TEXT("#!/bin/sh\nif [ \"$1\" = win ]; then\nvirsh nodedev-detach "
	       "pci_0000_01_00_0\nfi\n") },
	{ "unit", "etc/systemd/system/libvirtd.service", start_take, guest_whole,
	  TEXT("[Unit]\nAfter=vfio-early.service network.target\n") },
	{ "kernel-config", "boot/config-6.1", evidence_take, survey_whole,
	  TEXT("CONFIG_INTEL_IOMMU=y\nCONFIG_INTEL_IOMMU_DEFAULT_ON=y\n"
	       "# CONFIG_VFIO_CONTAINER is not set\n") },
	{ "modules.dep", "lib/modules/6.1/modules.dep", index_take, survey_whole,
	  TEXT("kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/drivers/vfio/vfio.ko\n"
	       "kernel/drivers/vfio/vfio.ko:\n") },
	{ "modules.builtin", "lib/modules/6.1/modules.builtin", evidence_take,
	  survey_whole,
	  TEXT("kernel/drivers/vfio/vfio_iommu_type1.ko\n"
	       "kernel/drivers/iommu/iommufd.ko") },
	{ "loader-partition", EFIVARS "LoaderDevicePartUUID-" LOADER, record_take,
	  disks_whole,
	  BYTES("\6\0\0\0"
		"1\0B\0-\0002\0\0") },
	{ "partition", "run/udev/data/b8:1", systemd_take, NULL,
	  TEXT("E:ID_PART_ENTRY_UUID=1b2c-3d\nE:ID_PART_ENTRY_TYPE=bc13c2ff-59e6\n") },
	{ "limine-settings", "etc/default/limine", limine_settings_take, survey_whole,
	  TEXT("KERNEL_CMDLINE[default]+=\"quiet intel_iommu=on\"\nENABLE_UKI=yes\n") },
	{ "kernel-cmdline", "etc/kernel/cmdline", cmdline_file_take, NULL,
	  TEXT("root=/dev/sda2 quiet\nintel_iommu=on # x\n") },
	{ "install.conf", "etc/kernel/install.conf", evidence_of_loader_take,
	  survey_whole, TEXT("layout=uki\ninitrd_generator=dracut\n") },
	{ "ostree-origin", "ostree/deploy/a/deploy/0a.0.origin", origin_take, NULL,
	  TEXT("regenerate-initramfs=true\ninitramfs-args=-I;/etc/a;--force;\n") },
	{ "bls-image", "boot/loader/entries/a.conf", list_take, NULL,
	  TEXT("linux /a/linux\ninitrd /a/initrd /b\noptions vfio_early.mode=on\n") },
	{ "grub-image", "boot/grub/grub.cfg", list_take, NULL,
	  TEXT("menuentry 'a' {\nlinux /vmlinuz-6.1 ro\n"
	       "initrd /initrd.img-6.1 /x\n}\n") },
	{ "image-stamp", "etc/vfio-early.image", stamp_take, NULL,
	  TEXT("[image]\ngenerator = dracut\nversion = 0.1\nguard = systemd\n") },
	{ "capture-filter", "text", filter_take, NULL,
	  TEXT("\1# GRUB\nlinux /vmlinuz root=UUID=0a1b2c3d-1111-2222-3333-444455556666 "
	       "iscsi:u:p@host 00:11:22:33:44:55\nmax:x:1000:\n") },
	{ "words", "text", scrub_take, NULL,
	  TEXT("root=UUID=0a1b2c3d-1111-2222-3333-444455556666 mac 00:11:22:33:44:55 "
	       "192.168.1.2 fe80::1 /home/max\\040x iscsi:u:p@host\n") },
};

static const struct parser *chosen;
static int place; /* the file in question */

/* ---- the machine around it ---- */

static void unread_make(void)
{
	memcpy(&unread, &host, sizeof(unread));
	unread.n_groups = unread.n_notes = 0;
	for (size_t i = 0; i < unread.n_functions; i++) {
		struct host_function *function = &unread.functions[i];

		function->is_host_disk = function->has_route = false;
		function->use[0] = function->framebuffer[0] = '\0';
	}
}

static void machine_make(void)
{
	static const char domain[] =
		"<domain type='kvm'><name>win</name><memory>1</memory><vcpu>1</vcpu>"
		"<os><type>hvm</type></os><devices><hostdev mode='subsystem' type='pci' "
		"managed='yes'><source><address domain='0' bus='1' slot='0' "
		"function='0'/></source><rom file='/rom'/></hostdev></devices></domain>";
	struct fault fault;

	tree_make(&tree);
	tree_function(&tree, "pci0000:00/0000:00:01.0", "8086:1901", 0x060400, 0);
	tree_function(&tree, "pci0000:00/0000:00:01.0/" CARD, "10de:1b80", 0x030000, 1);
	tree_dir(&tree, "sys/class/iommu/dmar0");
	tree_put(&tree, "8:2\n", DISK "/dev");
	tree_link(&tree, "../../../" DISK, "sys/class/block/sda2");
	tree_link(&tree, "../../../" DISK, "sys/dev/block/8:2");
	tree_put(&tree, "6.1\n", "proc/sys/kernel/osrelease");
	tree_put(&tree, "kernel", "boot/vmlinuz-6.1");
	tree_put(&tree, "image", "boot/initrd.img-6.1");
	tree_put(&tree, "kernel", "boot/vmlinuz-6.2");
	tree_put(&tree, "image", "boot/initrd.img-6.2");
	tree_dir(&tree, PLACE "/drm/card0");
	tree_link(&tree, "/dev/dri/card0", "proc/12/fd/3");
	if (!strcmp(chosen->name, "partition"))
		tree_put(&tree, "30 1 8:1 / /boot rw - vfat /dev/sda1 rw\n",
			 "proc/self/mountinfo");
	if (!strcmp(chosen->name, "kernel-config"))
		tree_put(&tree, "DMAR", "sys/firmware/acpi/tables/DMAR");
	tree_put(&tree, "Y\n", "sys/module/apparmor/parameters/enabled");
	tree_put(&tree, "\n", "etc/apparmor.d/abstractions/libvirt-qemu");
	tree_put(&tree, "rom", "rom");
	tree_dir(&tree, "boot/EFI/systemd");
	tree_dir(&tree, "etc/pve");
	demand(!guest_parse("win.xml", domain, sizeof(domain) - 1, &guest, &fault));
	config_init(&config);
	demand(!config_parse(&config, "c", "[target g]\nid = 10de:1b80\n", 26, &fault));
	demand(!report_parse("r", earlier, sizeof(earlier) - 1, &report, &fault));
	demand(!host_read(&tree.root, &config, CMDLINE, &host, &fault));
	devices = openat(tree.root.fd, "sys/bus/pci/devices", O_DIRECTORY | O_CLOEXEC);
	demand(devices >= 0);
	unread_make();
}

static void seed_write(const char *directory)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/good", directory);
	file = fopen(path, "we");
	demand(file && fwrite(chosen->good, 1, chosen->size, file) == chosen->size);
	demand(!fclose(file));
}

static void bytes_put(const void *bytes, size_t size)
{
	demand(!ftruncate(place, 0));
	demand(pwrite(place, bytes, size, 0) == (ssize_t)size);
}

/* Is the row's file read at all? A row that nothing reads would never fail. */
static bool is_read(void (*take)(const struct sysroot *root))
{
	char path[TREE_NAME_MAX], event[4096];
	cleanup_close int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	(void)snprintf(path, sizeof(path), "%s/%s", tree.path, chosen->path);
	demand(watch >= 0 && inotify_add_watch(watch, path, IN_ACCESS) >= 0);
	take(&tree.root);
	return read(watch, event, sizeof(event)) > 0;
}

static void machine_remove(void)
{
	tree_remove(&tree);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("PARSER"), *seeds = getenv("SEEDS");

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_SIZE(parsers); i++)
		if (!name)
			(void)printf("%s\n", parsers[i].name);
		else if (!strcmp(name, parsers[i].name))
			chosen = &parsers[i];
	if (!chosen)
		exit(name != NULL);
	machine_make();
	(void)atexit(machine_remove);
	if (seeds)
		seed_write(seeds);
	tree_bytes(&tree, chosen->path, chosen->good, chosen->size);
	place = openat(tree.root.fd, chosen->path, O_WRONLY | O_CLOEXEC);
	demand(place >= 0);
	if (!is_read(chosen->take) || (chosen->whole && !is_read(chosen->whole)))
		exit(fprintf(stderr, "nothing reads %s\n", chosen->path) > 0);
	return 0;
}

/* The same inputs each time: one that fails does so again. (FNV-1a) */
static bool is_for_all(const uint8_t *data, size_t size)
{
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 16777619;
	return hash % WHOLE_EACH == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bytes_put(data, size);
	chosen->take(&tree.root);
	if (chosen->whole && is_for_all(data, size))
		chosen->whole(&tree.root);
	return 0;
}

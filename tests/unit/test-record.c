// SPDX-License-Identifier: GPL-2.0-or-later
/* What the image recorded of the host: its text, and what is believed of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "helper-machine.h"
#include "helper-tree.h"
#include "model/record.h"
#include "read/network.h"
#include "read/pci.h"
#include "read/record_read.h"
#include "survey/host_record.h"

#define CMDLINE "root=UUID=1b2c-3d ro quiet"
#define SATA "0000:00:17.0"
#define NIC "0000:01:00.0"
#define NIC_PATH "pci0000:00/0000:00:1c.4/" NIC
#define HUB "0000:00:14.0"
#define AT_SATA "at 00:17.0 8086:a352 "
#define AT_NIC "at 00:1c.4/00.0 8086:1572 "

static struct host host;
static struct fault fault;

/* A controller with sda and its partition, a network card behind a port, USB */
static int setup(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	tree_function(&tree, "pci0000:00/" HUB, "8086:a36d", 0x0c0330, -1);
	tree_function(&tree, "pci0000:00/" SATA, "8086:a352", 0x010601, -1);
	tree_function(&tree, "pci0000:00/0000:00:1c.4", "8086:a33c", 0x060400, -1);
	tree_function(&tree, NIC_PATH, "8086:1572", 0x020000, -1);
	tree_put(&tree, "", "proc/self/mountinfo");
	*state = &tree;
	return 0;
}

static void functions_read(struct tree *tree)
{
	memset(&host, 0, sizeof(host));
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
}

/* ---- the text ---- */

#define HEAD "vfio-early-host 1\nroot %016" PRIx64 "\n"
#define KNOWN "disks known\nnetwork known\n"

/* @disks, @network, @display: n none, b bad, u unknown, s stale, g good */
static const struct row {
	const char *name;
	const char *text;
	const char *states;
	uint8_t sata, nic;
} rows[] = {
	{ "whole", HEAD KNOWN AT_SATA "root swap\n" AT_NIC "network\nend\n", "ggu", 5,
	  16 },
	{ "a display", HEAD KNOWN AT_SATA "filesystem display\nend\n", "ggg", 40, 0 },
	{ "no function at all", HEAD KNOWN "end\n", "ssu", 0, 0 },
	{ "only the network", HEAD KNOWN AT_NIC "network\nend\n", "ggu", 0, 16 },
	{ "disks not known", HEAD "disks unknown\nnetwork known\n" AT_SATA "root\nend\n",
	  "ugu", 1, 0 },
	{ "routes not known", HEAD "disks known\nnetwork unknown\n" AT_SATA "root\nend\n",
	  "guu", 1, 0 },
	{ "a disk's function is gone",
	  HEAD KNOWN AT_SATA "root\nat 00:18.0 8086:a352 swap\nend\n", "sgu", 1, 0 },
	{ "another id there",
	  HEAD KNOWN "at 00:17.0 8086:a353 root\n" AT_NIC "network\nend\n", "sgu", 0,
	  16 },
	{ "subsystem that the function has not",
	  HEAD KNOWN "at 00:17.0 8086:a352:1458:b005 root\n" AT_NIC "network\nend\n",
	  "sgu", 0, 16 },
	{ "a network card is gone",
	  HEAD KNOWN AT_SATA "root\nat 00:1c.5/00.0 8086:1572 network\nend\n", "gsu", 1,
	  0 },
	{ "a display is gone",
	  HEAD KNOWN AT_SATA "root\nat 00:02.0 8086:9bc8 display\nend\n", "ggs", 1, 0 },
	{ "the same bus, another way", HEAD KNOWN "at 00:00.0 8086:1572 root\nend\n",
	  "ssu", 0, 0 },
	{ "another root=",
	  "vfio-early-host 1\nroot 0123456789abcdef\n" KNOWN AT_SATA "root\nend\n", "ssu",
	  1, 0 },
	/* not understood: nothing of it counts */
	{ "empty", "", "bbb", 0, 0 },
	{ "another format", "vfio-early-host 2\nroot 0123456789abcdef\n" KNOWN "end\n",
	  "bbb", 0, 0 },
	{ "no root", "vfio-early-host 1\n" KNOWN AT_SATA "root\nend\n", "bbb", 0, 0 },
	{ "a short root", "vfio-early-host 1\nroot 12\n" KNOWN AT_SATA "root\nend\n",
	  "bbb", 0, 0 },
	{ "root is no number",
	  "vfio-early-host 1\nroot 0123456789abcdeg\n" KNOWN AT_SATA "root\nend\n", "bbb",
	  0, 0 },
	{ "disks guessed", HEAD "disks maybe\nnetwork known\n" AT_SATA "root\nend\n",
	  "bbb", 0, 0 },
	{ "another order", HEAD "network known\ndisks known\n" AT_SATA "root\nend\n",
	  "bbb", 0, 0 },
	{ "cut off behind a line", HEAD KNOWN AT_SATA "root\n", "bbb", 0, 0 },
	{ "cut off in its last line", HEAD KNOWN AT_SATA "root\nend", "bbb", 0, 0 },
	{ "more behind its end", HEAD KNOWN AT_SATA "root\nend\nx", "bbb", 0, 0 },
	{ "a strange line", HEAD KNOWN AT_SATA "root\nin 00:17.0 8086:a352 swap\nend\n",
	  "bbb", 0, 0 },
	{ "an empty line", HEAD KNOWN AT_SATA "root\n\nend\n", "bbb", 0, 0 },
	{ "no use", HEAD KNOWN "at 00:17.0 8086:a352\nend\n", "bbb", 0, 0 },
	{ "an empty use", HEAD KNOWN AT_SATA "\nend\n", "bbb", 0, 0 },
	{ "a use of another version", HEAD KNOWN AT_SATA "root tape\nend\n", "bbb", 0,
	  0 },
	{ "a use twice", HEAD KNOWN AT_SATA "root root\nend\n", "bbb", 0, 0 },
	{ "two blanks", HEAD KNOWN AT_SATA "root  swap\nend\n", "bbb", 0, 0 },
	{ "a bad path", HEAD KNOWN "at 17.0 8086:a352 root\nend\n", "bbb", 0, 0 },
	{ "a bad id", HEAD KNOWN "at 00:17.0 8086 root\nend\n", "bbb", 0, 0 },
};

static char letter_of(enum host_record record)
{
	static const char letters[] = { [HOST_RECORD_NONE] = 'n',
					[HOST_RECORD_BAD] = 'b',
					[HOST_RECORD_UNKNOWN] = 'u',
					[HOST_RECORD_STALE] = 's',
					[HOST_RECORD_GOOD] = 'g' };

	return letters[record];
}

static void assert_states(const char *name, const char *want)
{
	const char states[] = { letter_of(host.record_disks),
				letter_of(host.record_network),
				letter_of(host.record_display), '\0' };

	if (strcmp(states, want) != 0)
		fail_msg("%s: %s, expected %s", name, states, want);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the rows' own HEAD */
static void row_format(const struct row *row, char *text, size_t size)
{
	(void)snprintf(text, size, row->text, record_root_hash(CMDLINE));
}
#pragma GCC diagnostic pop

static void test_rows(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		char text[1024];

		functions_read(tree);
		row_format(row, text, sizeof(text));
		assert_int_equal(record_apply(text, CMDLINE, &host),
				 *row->states == 'b' ? -EINVAL : 0);
		assert_states(row->name, row->states);
		assert_int_equal(host_at(&host, SATA)->recorded, row->sata);
		assert_int_equal(host_at(&host, NIC)->recorded, row->nic);
		assert_int_equal(host_at(&host, HUB)->recorded, 0);
	}
}

static void test_root_hash(void **state)
{
	const uint64_t hash = record_root_hash(CMDLINE);

	(void)state;
	assert_int_equal(record_root_hash("quiet root=UUID=1b2c-3d splash"), hash);
	assert_int_equal(record_root_hash("root=/dev/sda1 root=UUID=1b2c-3d"), hash);
	assert_int_not_equal(record_root_hash("root=UUID=1b2c-3e"), hash);
	assert_int_not_equal(record_root_hash(CMDLINE " resume=/dev/sda2"), hash);
	assert_int_not_equal(record_root_hash("resume=UUID=1b2c-3d"), hash);
	assert_int_equal(record_root_hash(""), record_root_hash("ro"));
}

/* ---- the file ---- */

#define FILE_PATH "etc/vfio-early.host"

static void record_put(struct tree *tree, const char *text)
{
	char whole[1024];
	int head = snprintf(whole, sizeof(whole), HEAD, record_root_hash(CMDLINE));

	(void)snprintf(whole + head, sizeof(whole) - (size_t)head, "%s", text);
	tree_put(tree, whole, FILE_PATH);
}

static void file_read(struct tree *tree, const char *want)
{
	functions_read(tree);
	record_read(&tree->root, CMDLINE, &host);
	assert_states(want, want);
}

/* It is read as a config is: what others may write, or is no file, is not believed. */
static void test_file(void **state)
{
	struct tree *tree = *state;
	char path[TREE_NAME_MAX], big[70000];

	(void)snprintf(path, sizeof(path), "%s/" FILE_PATH, tree->path);
	file_read(tree, "nnn");
	assert_int_equal(host.n_notes, 0);
	record_put(tree, KNOWN AT_SATA "root\nend\n");
	file_read(tree, "ggu");
	assert_int_equal(host.n_notes, 0);
	assert_int_equal(chmod(path, 0666), 0);
	file_read(tree, "bbb");
	assert_true(host_has_note(&host, "users other than its owner can write to it"));
	tree_delete(tree, FILE_PATH);
	tree_link(tree, "nowhere", FILE_PATH);
	file_read(tree, "bbb");
	tree_delete(tree, FILE_PATH);
	tree_dir(tree, FILE_PATH);
	file_read(tree, "bbb");
	tree_delete(tree, FILE_PATH);
	tree_bytes(tree, FILE_PATH, "vfio-early-host 1\n\0", 19);
	file_read(tree, "bbb");
	assert_true(host_has_note(&host, "no NUL bytes"));
	tree_delete(tree, FILE_PATH);
	memset(big, 'x', sizeof(big));
	tree_bytes(tree, FILE_PATH, big, sizeof(big));
	file_read(tree, "bbb");
	tree_delete(tree, FILE_PATH);
	tree_put(tree, "garbage\n", FILE_PATH);
	file_read(tree, "bbb");
	assert_true(host_has_note(&host, "not understood"));
}

/* ---- routes ---- */

#define ROUTES "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
#define DEFAULT "\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\n"
#define SUBNET "\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\n"
#define ZEROS "00000000000000000000000000000000"

static void link_put(struct tree *tree, const char *name, const char *path)
{
	char target[TREE_NAME_MAX];

	(void)snprintf(target, sizeof(target), "sys/devices/%s/net/%s", path, name);
	tree_dir(tree, target);
	(void)snprintf(target, sizeof(target), "../../devices/%s/net/%s", path, name);
	tree_link(tree, target, "sys/class/net/%s", name);
}

/* @want: n the network card, u USB; @known: each route leads to a function */
static void assert_routes(struct tree *tree, bool needed, const char *want, bool known)
{
	functions_read(tree);
	host.network_needed = needed;
	assert_int_equal(network_read(&tree->root, &host), known);
	assert_int_equal(host_at(&host, NIC)->has_route, !!strchr(want, 'n'));
	assert_int_equal(host_at(&host, HUB)->has_route, !!strchr(want, 'u'));
	assert_false(host_at(&host, SATA)->has_route);
}

static void test_routes(void **state)
{
	struct tree *tree = *state;

	link_put(tree, "eth0", NIC_PATH);
	link_put(tree, "usb0", "pci0000:00/" HUB "/usb1/1-1/1-1:1.0");
	link_put(tree, "br0", "virtual");
	link_put(tree, "tun0", "virtual");
	assert_routes(tree, false, "", true);
	tree_put(tree, ROUTES "eth0" DEFAULT "usb0" SUBNET, "proc/net/route");
	assert_routes(tree, false, "n", true);
	assert_routes(tree, true, "nu", true);
	tree_put(tree, ROUTES "usb0" DEFAULT, "proc/net/route");
	assert_routes(tree, false, "u", true);
	/* through a bridge to its port */
	tree_link(tree, "../../eth0", "sys/devices/virtual/net/br0/lower_eth0");
	tree_put(tree, ROUTES "br0" DEFAULT, "proc/net/route");
	assert_routes(tree, false, "n", true);
	/* it is not shown what it stands on: what is a port of something may be it */
	tree_put(tree, ROUTES "tun0" DEFAULT, "proc/net/route");
	assert_routes(tree, false, "", false);
	tree_link(tree, "../br0", "sys/devices/" NIC_PATH "/net/eth0/master");
	assert_routes(tree, false, "n", false);
	/* IPv6: a gateway, the kernel's "no route", what every link has */
	tree_put(tree, "", "proc/net/route");
	tree_put(tree,
		 ZEROS " 00 " ZEROS
		       " 00 fe800000000000000000000000000001 0400 1 0 3 usb0\n"
		       "fe800000000000000000000000000000 40 " ZEROS " 00 " ZEROS
		       " 100 1 0 1 eth0\n" ZEROS " 00 " ZEROS " 00 " ZEROS
		       " ffffffff 1 0 200200 lo\n",
		 "proc/net/ipv6_route");
	assert_routes(tree, false, "u", true);
	assert_routes(tree, true, "u", true);
}

/* ---- the running host ---- */

static void block(struct tree *tree, const char *path, const char *number)
{
	const char *name = strrchr(path, '/') + 1;
	char target[TREE_NAME_MAX], text[32];

	(void)snprintf(text, sizeof(text), "%s\n", number);
	tree_put(tree, text, "sys/devices/%s/dev", path);
	(void)snprintf(target, sizeof(target), "../../devices/%s", path);
	tree_link(tree, target, "sys/class/block/%s", name);
	tree_link(tree, target, "sys/dev/block/%s", number);
}

static void note(struct tree *tree, const char *number, const char *type)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "E:ID_FS_TYPE=%s\n", type);
	tree_put(tree, text, "run/udev/data/b%s", number);
}

#define SDA "pci0000:00/" SATA "/ata1/block/sda"
#define SDB "pci0000:00/" HUB "/usb1/block/sdb"
#define SDC "pci0000:00/0000:00:1d.0/block/sdc"
#define ROOT_ON "29 1 8:1 / / rw - ext4 /dev/sda1 rw\n"

/* Root on sda1; sdb and sdc hold nothing of the host. */
static void disks_put(struct tree *tree)
{
	tree_function(tree, "pci0000:00/0000:00:1d.0", "144d:a808", 0x010802, -1);
	block(tree, SDA, "8:0");
	block(tree, SDA "/sda1", "8:1");
	block(tree, SDA "/sda2", "8:2");
	block(tree, SDB, "8:16");
	block(tree, SDC, "8:32");
	note(tree, "8:0", "");
	note(tree, "8:1", "ext4");
	note(tree, "8:2", "swap");
	note(tree, "8:16", "ext4");
	note(tree, "8:32", "ext4");
	tree_link(tree, "../../sdb", "dev/disk/by-uuid/5eve");
	tree_put(tree, ROOT_ON, "proc/self/mountinfo");
}

/* The record without its first two lines; free() it. */
static char *record_of(struct tree *tree, const char *cmdline)
{
	char *text, *cut;

	functions_read(tree);
	assert_true(host_record_text(&tree->root, cmdline, &host, &text) >= 0);
	assert_int_equal(strncmp(text, RECORD_HEADING "\nroot ", 23), 0);
	cut = strdup(text + 40);
	free(text);
	assert_non_null(cut);
	return cut;
}

static void assert_record(struct tree *tree, const char *want)
{
	char *text = record_of(tree, CMDLINE);

	assert_string_equal(text, want);
	free(text);
}

#define AT_HUB "at 00:14.0 8086:a36d "
#define AT_SDC "at 00:1d.0 144d:a808 "

static void test_host(void **state)
{
	struct tree *tree = *state;

	disks_put(tree);
	tree_link(tree, "../../sda1", "dev/disk/by-uuid/1b2c-3d");
	assert_record(tree, KNOWN AT_SATA "root\nend\n");
	link_put(tree, "eth0", NIC_PATH);
	tree_put(tree, ROUTES "eth0" DEFAULT, "proc/net/route");
	assert_record(tree, KNOWN AT_SATA "root\n" AT_NIC "network\nend\n");
	/* fstab: not mounted now, and needed; what may be missing is not missed */
	tree_put(tree, "UUID=5eve /data ext4 noauto 0 0\nUUID=gone /x ext4 nofail 0 0\n",
		 "etc/fstab");
	assert_record(tree, KNOWN AT_HUB "filesystem\n" AT_SATA "root\n" AT_NIC
					 "network\nend\n");
	tree_put(tree, "UUID=gone /data ext4 defaults 0 0\n", "etc/fstab");
	assert_record(tree, "disks unknown\nnetwork known\n" AT_SATA "root\n" AT_NIC
			    "network\nend\n");
	tree_put(tree, "tmpfs /tmp tmpfs defaults 0 0\n/home/x /x none bind 0 0\n",
		 "etc/fstab");
	tree_put(tree, "vault /dev/sdc none luks\n", "etc/crypttab");
	assert_record(tree, KNOWN AT_SATA "root\n" AT_SDC "filesystem\n" AT_NIC
					  "network\nend\n");
}

/* A volume group starts only when all of its members are there. */
static void test_volumes(void **state)
{
	static const char group[] = "LVM-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const char other[] = "LVM-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
	struct tree *tree = *state;
	char text[128];

	disks_put(tree);
	block(tree, "virtual/block/dm-0", "254:0");
	block(tree, "virtual/block/dm-1", "254:1");
	note(tree, "254:0", "ext4");
	note(tree, "254:1", "ext4");
	tree_link(tree, "sda2", "sys/class/block/dm-0/slaves/sda2");
	(void)snprintf(text, sizeof(text), "%sroot\n", group);
	tree_put(tree, text, "sys/class/block/dm-0/dm/uuid");
	tree_put(tree, "29 1 254:0 / / rw - ext4 /dev/mapper/vg-root rw\n",
		 "proc/self/mountinfo");
	note(tree, "8:2", "LVM2_member");
	tree_link(tree, "../dm-0", "sys/class/block/sda2/holders/dm-0");
	tree_link(tree, "../../sda1", "dev/disk/by-uuid/1b2c-3d");
	assert_record(tree, KNOWN AT_SATA "root\nend\n");
	/* a member that nothing is on, and one of another group */
	note(tree, "8:16", "LVM2_member");
	note(tree, "8:32", "LVM2_member");
	(void)snprintf(text, sizeof(text), "%sguest\n", other);
	tree_put(tree, text, "sys/class/block/dm-1/dm/uuid");
	tree_link(tree, "../dm-1", "sys/class/block/sdc/holders/dm-1");
	assert_record(tree, KNOWN AT_HUB "filesystem\n" AT_SATA "root\nend\n");
	/* a disk of which nothing is noted may be a member */
	tree_delete(tree, "run/udev/data/b8:32");
	assert_record(tree, "disks unknown\nnetwork known\n" AT_HUB "filesystem\n" AT_SATA
			    "root\nend\n");
}

/* Behind VMD there is nothing in an initramfs; its endpoint is there. */
static void test_hidden(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, "pci0000:00/0000:00:0e.0", "8086:467f", 0x010400, -1);
	tree_function(tree, "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0",
		      "144d:a808", 0x010802, -1);
	block(tree,
	      "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/nvme/nvme0/nvme0n1",
	      "259:0");
	tree_put(tree, "29 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n",
		 "proc/self/mountinfo");
	tree_link(tree, "../../nvme0n1", "dev/disk/by-uuid/1b2c-3d");
	assert_record(tree, KNOWN "at 00:0e.0 8086:467f root\nend\n");
}

/* What is written is believed on the machine that it was written on. */
static void test_round(void **state)
{
	struct tree *tree = *state;
	char *text;

	disks_put(tree);
	tree_link(tree, "../../sda1", "dev/disk/by-uuid/1b2c-3d");
	link_put(tree, "eth0", NIC_PATH);
	tree_put(tree, ROUTES "eth0" DEFAULT, "proc/net/route");
	functions_read(tree);
	assert_int_equal(host_record_text(&tree->root, CMDLINE, &host, &text), 1);
	assert_null(strstr(text, "1b2c"));
	assert_null(strstr(text, "eth0"));
	tree_put(tree, text, FILE_PATH);
	free(text);
	file_read(tree, "ggu");
	assert_int_equal(host_at(&host, SATA)->recorded, HOST_RECORDED_ROOT);
	assert_int_equal(host_at(&host, NIC)->recorded, HOST_RECORDED_NETWORK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows),   TEST(test_root_hash), TEST(test_file),
		TEST(test_routes), TEST(test_host),	 TEST(test_volumes),
		TEST(test_hidden), TEST(test_round),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Which functions carry the disks that the host needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "helper-tree.h"
#include "read/disks.h"
#include "read/pci.h"

#define NVME "0000:0a:00.0"
#define NVME_PATH "pci0000:00/0000:00:03.2/" NVME
#define SATA "0000:00:1f.2"
#define SWAPS "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

static struct host host;
static struct fault fault;

/* A device of the block layer: @path below sys/devices */
static void block(struct tree *tree, const char *path, const char *number)
{
	const char *name = strrchr(path, '/') + 1;
	char target[TREE_NAME_MAX], text[32];

	(void)snprintf(target, sizeof(target), "sys/devices/%s", path);
	tree_dir(tree, target);
	(void)snprintf(text, sizeof(text), "%s\n", number);
	tree_put(tree, text, "sys/devices/%s/dev", path);
	(void)snprintf(target, sizeof(target), "../../devices/%s", path);
	tree_link(tree, target, "sys/class/block/%s", name);
	tree_link(tree, target, "sys/dev/block/%s", number);
}

static void slave(struct tree *tree, const char *name, const char *below)
{
	tree_link(tree, below, "sys/class/block/%s/slaves/%s", name, below);
}

/*
 * nvme0n1 with two partitions, sda with two, two mapped devices: a crypt on nvme0n1p2
 * below a volume, and an array of sda2 and nvme0n1p2 with a partition.
 */
static int setup(void **state)
{
	static const char virtual_disk[] = "virtual/block/";
	static struct tree tree;

	memset(&host, 0, sizeof(host));
	tree_make(&tree);
	tree_function(&tree, "pci0000:00/0000:00:03.2", "1022:1453", 0x060400, -1);
	tree_function(&tree, NVME_PATH, "144d:a808", 0x010802, -1);
	tree_function(&tree, "pci0000:00/" SATA, "8086:a352", 0x010601, -1);
	tree_function(&tree, "pci0000:00/0000:00:14.0", "8086:a36d", 0x0c0330, -1);
	block(&tree, NVME_PATH "/nvme/nvme0/nvme0n1", "259:0");
	block(&tree, NVME_PATH "/nvme/nvme0/nvme0n1/nvme0n1p1", "259:1");
	block(&tree, NVME_PATH "/nvme/nvme0/nvme0n1/nvme0n1p2", "259:2");
	block(&tree, "pci0000:00/" SATA "/ata1/host0/target0:0:0/0:0:0:0/block/sda",
	      "8:0");
	block(&tree, "pci0000:00/" SATA "/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1",
	      "8:1");
	block(&tree, "pci0000:00/" SATA "/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda2",
	      "8:2");
	block(&tree, "virtual/block/dm-0", "254:0");
	tree_put(&tree, "crypt\n", "sys/%s%sdm-0/dm/name", "devices/", virtual_disk);
	slave(&tree, "dm-0", "nvme0n1p2");
	block(&tree, "virtual/block/dm-1", "254:1");
	tree_put(&tree, "vg-root\n", "sys/%s%sdm-1/dm/name", "devices/", virtual_disk);
	slave(&tree, "dm-1", "dm-0");
	block(&tree, "virtual/block/md127", "9:127");
	slave(&tree, "md127", "sda2");
	slave(&tree, "md127", "nvme0n1p2");
	block(&tree, "virtual/block/md127/md127p1", "259:9");
	tree_put(&tree, "", "proc/self/mountinfo");
	tree_put(&tree, SWAPS, "proc/swaps");
	*state = &tree;
	return 0;
}

static int teardown(void **state)
{
	tree_remove(*state);
	return 0;
}

static void read_disks(struct tree *tree, const char *cmdline)
{
	host.n_notes = 0;
	assert_int_equal(pci_read(&tree->root, HOST_LOOK_ALL, &host, &fault), 0);
	disks_read(&tree->root, cmdline, &host);
}

/* What is used: "n" the NVMe disk (and the bridge above it), "s" SATA, "u" USB */
static void assert_used(const char *which)
{
	assert_int_equal(host_at(&host, NVME)->is_host_disk, !!strchr(which, 'n'));
	assert_int_equal(host_at(&host, "0000:00:03.2")->is_host_disk,
			 !!strchr(which, 'n'));
	assert_int_equal(host_at(&host, SATA)->is_host_disk, !!strchr(which, 's'));
	assert_int_equal(host_at(&host, "0000:00:14.0")->is_host_disk,
			 !!strchr(which, 'u'));
	for (size_t i = 0; i < host.n_functions; i++)
		assert_int_equal(host.functions[i].is_host_disk,
				 host.functions[i].use[0] != '\0');
}

/* ---- the command line ---- */

static const struct parameter {
	const char *cmdline;
	const char *used;
	bool resolved;
	const char *use; /* of the first of NVMe and SATA that is used */
} parameters[] = {
	{ "root=/dev/nvme0n1p2", "n", true, "root filesystem /dev/nvme0n1p2" },
	{ "root=/dev/sda1 ro quiet", "s", true, "root filesystem /dev/sda1" },
	{ "root=259:2", "n", true, "root filesystem /dev/nvme0n1p2" },
	{ "root=8:7", "", false, NULL },
	{ "root=/dev/mapper/vg-root", "n", true, "root filesystem /dev/mapper/vg-root" },
	{ "root=/dev/dm-1", "n", true, "root filesystem /dev/mapper/vg-root" },
	{ "root=/dev/md127p1", "ns", true, "root filesystem /dev/md127p1" },
	{ "root=UUID=1b2c-3d", "s", true, "root filesystem /dev/sda2" },
	{ "root=\"LABEL=my root\"", "s", true, "root filesystem /dev/sda1" },
	{ "root=PARTUUID=none", "", false, NULL },
	{ "root=UUID=", "", false, NULL },
	{ "root=UUIDx=1b2c-3d", "", false, NULL },
	{ "root=/dev/sdb1", "", false, NULL },
	{ "root=/dev/mapper/none", "", false, NULL },
	{ "root=/dev/", "", false, NULL },
	{ "root=", "", false, NULL },
	{ "", "", false, NULL },
	/* the last one counts */
	{ "root=/dev/nvme0n1p2 root=/dev/sda1", "s", true, "root filesystem /dev/sda1" },
	{ "root=/dev/sda1 resume=/dev/nvme0n1p1", "ns", true,
	  "resume device /dev/nvme0n1p1" },
	{ "resume=UUID=1b2c-3d", "s", false, "resume device /dev/sda2" },
	/* no disk of this machine */
	{ "root=/dev/nfs nfsroot=10.0.0.1:/srv", "", true, NULL },
	{ "root=nfs:10.0.0.1:/srv", "", true, NULL },
	{ "root=virtiofs:rootfs", "", true, NULL },
	{ "root=host rootfstype=9p", "", true, NULL },
	{ "root=tag rootfstype=virtiofs,9p rw", "", true, NULL },
	{ "root=tag rootfstype=ext4,virtiofs rw", "", false, NULL },
	{ "root=tag rootfstype=fs rootflags=x", "", false, NULL },
	{ "root=tag rootfstype=", "", false, NULL },
	{ "root=tag rootfstype=virtio", "", false, NULL },
	/* local, and nobody can tell where */
	{ "root=zfs:rpool/ROOT/debian", "", false, NULL },
	{ "root=ZFS=rpool/ROOT/debian", "", false, NULL },
	{ "root=live:CDLABEL=Fedora", "", false, NULL },
};

static void test_parameters(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, "../../sda2", "dev/disk/by-uuid/1b2c-3d");
	tree_link(tree, "../../sda1", "dev/disk/by-label/my\\x20root");
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		const struct parameter *row = &parameters[i];

		read_disks(tree, row->cmdline);
		assert_int_equal(host.disks_known, FACT_YES);
		assert_used(row->used);
		assert_int_equal(host.root_resolved, row->resolved);
		if (row->use)
			assert_string_equal(
				host_at(&host, strchr(row->used, 'n') ? NVME : SATA)->use,
				row->use);
	}
	read_disks(tree, "root=/dev/sdb1 resume=/dev/sdc1");
	assert_true(host_has_note(&host, "/dev/sdb1: which disk"));
	assert_true(host_has_note(&host, "(2 such)"));
}

/* An early initramfs: no disk yet, and nothing wrong with that. */
static void test_early(void **state)
{
	static const char *const cmdlines[] = { "root=/dev/sda1 resume=/dev/sda2",
						"root=UUID=12-34", "" };
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_function(&tree, NVME_PATH, "144d:a808", 0x010802, -1);
	tree_dir(&tree, "sys/class/block");
	tree_put(&tree, "1 1 0:2 / / rw - rootfs rootfs rw\n", "proc/self/mountinfo");
	for (size_t i = 0; i < ARRAY_SIZE(cmdlines); i++) {
		read_disks(&tree, cmdlines[i]);
		assert_int_equal(host.disks_known, FACT_YES);
		assert_false(host.root_resolved);
		assert_int_equal(host.n_notes, 0);
		assert_false(host.functions[0].is_host_disk);
	}
	tree_remove(&tree);
}

/* ---- what is mounted ---- */

#define LINE(number, point, type, source) \
	"36 35 " number " / " point " rw,noatime shared:1 - " type " " source " rw\n"

static const struct mount {
	const char *text;
	const char *used;
	bool resolved;
	const char *use;
	const char *note;
} mounts[] = {
	{ LINE("259:2", "/", "ext4", "/dev/nvme0n1p2"), "n", true,
	  "root filesystem /dev/nvme0n1p2", NULL },
	{ LINE("254:1", "/", "ext4", "/dev/mapper/vg-root"), "n", true,
	  "root filesystem /dev/mapper/vg-root", NULL },
	{ LINE("8:1", "/home", "ext4", "/dev/sda1"), "s", false,
	  "mounted filesystem /dev/sda1 at /home", NULL },
	{ LINE("8:1", "/a\\040b", "ext4", "/dev/sda1"), "s", false,
	  "mounted filesystem /dev/sda1 at /a b", NULL },
	{ LINE("259:9", "/srv", "xfs", "/dev/md127p1"), "ns", false,
	  "mounted filesystem /dev/md127p1 at /srv", NULL },
	/* without optional fields, and with two */
	{ "36 35 8:1 / /home rw - ext4 /dev/root rw\n", "s", false,
	  "mounted filesystem /dev/sda1 at /home", NULL },
	{ "36 35 8:1 / /home rw shared:1 master:2 - ext4 /dev/root rw\n", "s", false,
	  "mounted filesystem /dev/sda1 at /home", NULL },
	/* first come, first served: root= and root are before others */
	{ LINE("8:1", "/", "ext4", "/dev/sda1") LINE("8:2", "/home", "ext4", "/dev/sda2"),
	  "s", true, "root filesystem /dev/sda1", NULL },
	/* no disk */
	{ LINE("0:21", "/proc", "proc", "proc") LINE("0:5", "/dev", "devtmpfs", "udev")
		  LINE("0:40", "/", "overlay", "overlay")
			  LINE("0:50", "/mnt", "nfs4", "10.0.0.1:/srv"),
	  "", false, NULL, NULL },
	{ LINE("0:40", "/", "9p", "/dev/root"), "", true, NULL, NULL },
	{ LINE("0:40", "/", "tmpfs", "tmpfs"), "", false, NULL, NULL },
	/* what is lost */
	{ LINE("8:99", "/", "ext4", "/dev/root"), "", false, NULL, "root filesystem /" },
	{ LINE("0:30", "/pool", "zfs", "rpool/x"), "", false, NULL,
	  "mounted filesystem /pool" },
	{ LINE("0:30", "/", "bcachefs", "/dev/sda1:/dev/nvme0n1p1"), "ns", true,
	  "root filesystem /dev/nvme0n1p1", NULL },
	{ LINE("0:30", "/", "bcachefs", "/dev/sda1:/dev/sdz"), "s", false,
	  "root filesystem /dev/sda1", "root filesystem /" },
	/* garbage */
	{ "36 35 8:1\n36 35 8:1 / /\n36 35 8:1 / /home rw shared:1\n"
	  "36 35 8:1 / /home rw -\n36 35 8:1 / /home rw - ext4\n"
	  "36 35 x:1 / /home rw - ext4 /dev/sda1 rw\n"
	  "36 35 8 / /home rw - ext4 /dev/sda1 rw\n\n - - - - - - - - -\n\\",
	  "", false, NULL, NULL },
};

static void test_mounts(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		const struct mount *row = &mounts[i];

		tree_put(tree, row->text, "proc/self/mountinfo");
		read_disks(tree, "");
		assert_used(row->used);
		assert_int_equal(host.root_resolved, row->resolved);
		if (row->use)
			assert_string_equal(
				host_at(&host, strchr(row->used, 'n') ? NVME : SATA)->use,
				row->use);
		assert_int_equal(host.n_notes, !!row->note);
		if (row->note)
			assert_true(host_has_note(&host, row->note));
	}
}

/* mountinfo names one device of a btrfs filesystem; it lies on all of them. */
static void test_btrfs(void **state)
{
	struct tree *tree = *state;

	tree_put(tree, LINE("0:30", "/", "btrfs", "/dev/nvme0n1p2"),
		 "proc/self/mountinfo");
	read_disks(tree, "");
	assert_used("n");
	assert_true(host.root_resolved);
	tree_dir(tree, "sys/fs/btrfs/features");
	tree_link(tree, "../../../../class/block/nvme0n1p2",
		  "sys/fs/btrfs/0b1c/devices/nvme0n1p2");
	tree_link(tree, "../../../../class/block/sda2", "sys/fs/btrfs/0b1c/devices/sda2");
	read_disks(tree, "");
	assert_used("ns");
	assert_string_equal(host_at(&host, NVME)->use, "root filesystem /dev/nvme0n1p2");
	assert_string_equal(host_at(&host, SATA)->use, "btrfs filesystem /dev/sda2");
	assert_int_equal(host.n_notes, 0);
}

static void test_zfs(void **state)
{
	struct tree *tree = *state;

	tree_put(tree, LINE("0:30", "/", "zfs", "rpool/ROOT/debian"),
		 "proc/self/mountinfo");
	tree_put(tree, "S:disk/by-id/x\nE:ID_FS_TYPE=zfs_member\nG:systemd\n",
		 "run/udev/data/b8:2");
	tree_put(tree, "E:ID_FS_TYPE=ext4\n", "run/udev/data/b259:1");
	read_disks(tree, "root=ZFS=rpool/ROOT/debian");
	assert_used("s");
	assert_true(host.root_resolved);
	assert_string_equal(host_at(&host, SATA)->use, "ZFS pool member /dev/sda2");
	assert_int_equal(host.n_notes, 0);
}

/* ---- below the device ---- */

static void test_multipath(void **state)
{
	struct tree *tree = *state;

	block(tree, "virtual/nvme-subsystem/nvme-subsys1/nvme1n1", "259:20");
	block(tree, "virtual/nvme-subsystem/nvme-subsys1/nvme1n1/nvme1n1p1", "259:21");
	read_disks(tree, "root=/dev/nvme1n1p1");
	assert_used("");
	assert_false(host.root_resolved);
	tree_link(tree, "../../../" NVME_PATH "/nvme/nvme1",
		  "sys/devices/virtual/nvme-subsystem/nvme-subsys1/nvme1");
	read_disks(tree, "root=/dev/nvme1n1p1");
	assert_used("n");
	assert_true(host.root_resolved);
}

static void test_hardware(void **state)
{
	struct tree *tree = *state;

	block(tree, "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host4/block/sdc", "8:32");
	read_disks(tree, "root=/dev/sdc");
	assert_used("u");
	/* an eMMC is on no PCI function */
	block(tree, "platform/80860F14:00/mmc_host/mmc0/mmc0:0001/block/mmcblk0",
	      "179:0");
	read_disks(tree, "root=/dev/mmcblk0");
	assert_used("");
	assert_true(host.root_resolved);
	/* iSCSI needs a network card: which one is not known */
	block(tree, "platform/host5/session1/target5:0:0/5:0:0:1/block/sdd", "8:48");
	read_disks(tree, "root=/dev/sdd");
	assert_false(host.root_resolved);
	assert_int_equal(host.n_notes, 1);
	block(tree, "pci0000:00/" SATA "/cciss0/disk0/block/cciss!c0d0", "104:0");
	read_disks(tree, "root=/dev/cciss/c0d0");
	assert_string_equal(host_at(&host, SATA)->use, "root filesystem /dev/cciss/c0d0");
	/* a disk behind a function that is not listed */
	block(tree, "pci0000:40/0000:40:00.0/nvme/nvme7/nvme7n1", "259:70");
	read_disks(tree, "root=/dev/nvme7n1");
	assert_used("");
	assert_true(host.root_resolved);
}

static void test_virtual(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/devices/virtual/block/loop0/slaves");
	block(tree, "virtual/block/loop0", "7:0");
	tree_dir(tree, "sys/devices/virtual/block/zram0/slaves");
	block(tree, "virtual/block/zram0", "253:0");
	tree_put(tree, LINE("7:0", "/snap/x", "squashfs", "/dev/loop0"),
		 "proc/self/mountinfo");
	tree_put(tree, SWAPS "/dev/zram0 partition 8388604 0 100\n", "proc/swaps");
	read_disks(tree, "");
	assert_used("");
	assert_int_equal(host.n_notes, 0);
	/* nobody knows what is below these */
	tree_dir(tree, "sys/devices/virtual/block/zd0/slaves");
	block(tree, "virtual/block/zd0", "230:0");
	read_disks(tree, "root=/dev/zd0");
	assert_false(host.root_resolved);
	/* a bird and its own tail */
	block(tree, "virtual/block/dm-7", "254:7");
	slave(tree, "dm-7", "dm-8");
	block(tree, "virtual/block/dm-8", "254:8");
	slave(tree, "dm-8", "dm-7");
	read_disks(tree, "root=/dev/dm-7");
	assert_false(host.root_resolved);
	/* a half that is known counts, and does not make the whole known */
	slave(tree, "dm-8", "sda1");
	read_disks(tree, "root=/dev/dm-7");
	assert_false(host.root_resolved);
	assert_used("s");
}

static void test_swap(void **state)
{
	struct tree *tree = *state;

	tree_put(tree,
		 SWAPS
		 "/dev/dm-1                               partition\t999420\t\t0\t\t-2\n"
		 "/swap\\040file                          file\t\t1\t0\t-3\n",
		 "proc/swaps");
	read_disks(tree, "");
	assert_used("n");
	assert_string_equal(host_at(&host, NVME)->use, "swap /dev/mapper/vg-root");
	assert_int_equal(host.n_notes, 0);
	tree_put(tree, SWAPS "/dev/sdx2 partition 1 0 -2\n/\n/dev/sda1\n\n \t\n",
		 "proc/swaps");
	read_disks(tree, "");
	assert_used("");
	assert_true(host_has_note(&host, "swap /dev/sdx2"));
	tree_delete(tree, "proc/swaps");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_YES);
}

static void test_unknown(void **state)
{
	struct tree *tree = *state;

	tree_delete(tree, "proc/self/mountinfo");
	read_disks(tree, "root=/dev/sda1");
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_true(host.root_resolved);
	assert_true(host_has_note(&host, "mountinfo"));
	tree_put(tree, "", "proc/self/mountinfo");
	tree_delete(tree, "proc/swaps");
	tree_dir(tree, "proc/swaps");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "proc/swaps"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_parameters), cmocka_unit_test(test_early),
		TEST(test_mounts),     TEST(test_btrfs),
		TEST(test_zfs),	       TEST(test_multipath),
		TEST(test_hardware),   TEST(test_virtual),
		TEST(test_swap),       TEST(test_unknown),
	};

	return cmocka_run_group_tests_name("disks", tests, NULL, NULL);
}

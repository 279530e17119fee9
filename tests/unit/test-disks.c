// SPDX-License-Identifier: GPL-2.0-or-later
/* Which functions carry the disks that the host needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/array.h"
#include "helper-tree.h"
#include "read/disks.h"
#include "read/pci.h"
#include "read/probe.h"

#define NVME "0000:0a:00.0"
#define NVME_PATH "pci0000:00/0000:00:03.2/" NVME
#define SATA "0000:00:1f.2"
#define SWAPS "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

#define LINE(number, point, type, source) \
	"36 35 " number " / " point " rw,noatime shared:1 - " type " " source " rw\n"

static struct host host;
static struct fault fault;

/* ---- what a tree cannot show ---- */

/**
 * struct answer - what a disk says of itself
 * @path: of the device; NULL: the list ends
 * @type: of its filesystem; NULL: none
 * @tag: KEY=VALUE
 * @silent: it does not answer
 */
static struct answer {
	const char *path, *type, *tag;
	bool silent;
} answers[4];

static const char *broken_entry; /* no directory can be read beyond this name */

static const struct answer *answer_of(const char *path)
{
	static const struct answer none;

	for (size_t i = 0; i < ARRAY_SIZE(answers) && answers[i].path; i++)
		if (!strcmp(answers[i].path, path))
			return &answers[i];
	return &none;
}

/* In place of read/probe.c, whose answers are tested in test-probe */
enum fact probe_value(struct probe *probe, const char *path, const char *key,
		      char text[static PROBE_TEXT_MAX])
{
	const struct answer *answer = answer_of(path);

	assert_int_equal(probe->left, PROBE_ALL_MS);
	assert_string_equal(key, "TYPE");
	if (answer->type)
		(void)snprintf(text, PROBE_TEXT_MAX, "%s", answer->type);
	return answer->silent ? FACT_UNKNOWN : answer->type ? FACT_YES : FACT_NO;
}

enum fact probe_tag(struct probe *probe, const char *path, const char *key, bool is_label,
		    const char *value)
{
	static const char *const slow[] = { "/dev/loop", "/dev/zram", "/dev/ram",
					    "/dev/nbd",	 "/dev/rbd",  "/dev/sr",
					    "/dev/fd" };
	const struct answer *answer = answer_of(path);
	char tag[TREE_NAME_MAX];

	assert_int_equal(probe->left, PROBE_ALL_MS);
	assert_int_equal(is_label, strstr(key, "LABEL") || strstr(key, "NAME"));
	for (size_t i = 0; i < ARRAY_SIZE(slow); i++)
		assert_int_not_equal(strncmp(path, slow[i], strlen(slow[i])), 0);
	(void)snprintf(tag, sizeof(tag), "%s=%s", key, value);
	if (answer->silent)
		return FACT_UNKNOWN;
	return answer->tag && !strcmp(answer->tag, tag) ? FACT_YES : FACT_NO;
}

/* Device nodes, which only root may make */
int fstatat(int dir, const char *path, struct stat *status, int flags)
{
	if (!strcmp(path, "dev/alias")) {
		*status = (struct stat){ .st_mode = S_IFBLK, .st_rdev = makedev(8, 1) };
		return 0;
	}
	return (int)syscall(SYS_newfstatat, dir, path, status, flags);
}

/* The entries up to the broken one; then there is an error. */
static long entries_cut(int fd, const char *bytes, long length)
{
	static ino_t broken; /* its descriptor may be another's before it is read on */
	const struct dirent *entry;
	struct stat status;

	if (!broken_entry) {
		broken = 0;
		return length;
	}
	assert_int_equal(fstat(fd, &status), 0);
	if (status.st_ino == broken) {
		broken = 0;
		errno = EIO;
		return -1;
	}
	for (long at = 0; at < length; at += entry->d_reclen) {
		entry = (const void *)(bytes + at);
		if (strcmp(entry->d_name, broken_entry) != 0)
			continue;
		if (at) {
			broken = status.st_ino;
			return at;
		}
		errno = EIO;
		return -1;
	}
	return length;
}

long syscall(long number, ...)
{
	static long (*next)(long number, ...);
	long words[5], result;
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = va_arg(list, long);
	va_end(list);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	result = next(number, words[0], words[1], words[2], words[3], words[4]);
	return number == SYS_getdents64 ?
		       entries_cut((int)words[0], (const char *)words[1], result) :
		       result;
}

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
	memset(answers, 0, sizeof(answers));
	broken_entry = NULL;
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

static void read_disks(struct tree *tree, const char *cmdline)
{
	host.n_notes = 0;
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
	disks_read(&tree->root, cmdline, true, &host);
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

/* As much of a filesystem of btrfs as the number of its devices needs */
static void superblock_put(struct tree *tree, const char *path, const char *count,
			   size_t size)
{
	static char bytes[0x10000 + 0x88 + 8];

	memcpy(bytes + 0x10000 + 0x88, count, size);
	tree_bytes(tree, path, bytes, 0x10000 + 0x88 + size);
}

/* ---- the command line ---- */

static const struct parameter {
	const char *cmdline;
	const char *used;
	const char *facts; /* root is r: resolved, l: lost, n: on the network */
	const char *use; /* of the first of NVMe and SATA that is used */
} parameters[] = {
	{ "root=/dev/nvme0n1p2", "n", "r", "root filesystem /dev/nvme0n1p2" },
	{ "root=/dev/sda1 ro quiet", "s", "r", "root filesystem /dev/sda1" },
	{ "root=259:2", "n", "r", "root filesystem /dev/nvme0n1p2" },
	{ "root=8:7", "", "l", NULL },
	{ "root=/dev/mapper/vg-root", "n", "r", "root filesystem /dev/mapper/vg-root" },
	{ "root=/dev/dm-1", "n", "r", "root filesystem /dev/mapper/vg-root" },
	{ "root=/dev/md127p1", "ns", "r", "root filesystem /dev/md127p1" },
	{ "root=UUID=1b2c-3d", "s", "r", "root filesystem /dev/sda2" },
	{ "root=\"LABEL=my root\"", "s", "r", "root filesystem /dev/sda1" },
	{ "root=PARTUUID=none", "", "l", NULL },
	{ "root=UUID=", "", "l", NULL },
	{ "root=UUIDx=1b2c-3d", "", "l", NULL },
	{ "root=UUIDx=odd", "", "l", NULL },
	{ "root=/dev/sdb1", "", "l", NULL },
	{ "root=/dev/mapper/none", "", "l", NULL },
	{ "root=/dev/mapper/", "", "l", NULL },
	{ "root=/dev/disk/by-id/mine", "s", "r", "root filesystem /dev/sda1" },
	{ "root=/dev/alias", "", "l", NULL },
	{ "root=/dev/", "", "l", NULL },
	{ "root=", "", "l", NULL },
	{ "", "", "", NULL },
	/* the last one counts */
	{ "root=/dev/nvme0n1p2 root=/dev/sda1", "s", "r", "root filesystem /dev/sda1" },
	{ "root=/dev/sda1 resume=/dev/nvme0n1p1", "ns", "r",
	  "resume device /dev/nvme0n1p1" },
	{ "resume=UUID=1b2c-3d", "s", "", "resume device /dev/sda2" },
	{ "root=/dev/sda1 resume=UUID=gone", "s", "l", "root filesystem /dev/sda1" },
	{ "root=/dev/nfs resume=/dev/sdz", "", "ln", NULL },
	{ "root=/dev/sda1 resume=/dev/sda3", "s", "r", "root filesystem /dev/sda1" },
	/* a filesystem of several devices, as udev saw one of them */
	{ "root=/dev/sda3", "s", "l", "root filesystem /dev/sda3" },
	{ "root=UUID=5eve-7a1", "s", "l", "root filesystem /dev/sda3" },
	/* 64 bytes of which each becomes four: no room for the NUL */
	{ "root=\"UUID=                                                                "
	  "\"",
	  "", "l", NULL },
	/* no disk of this machine */
	{ "root=/dev/nfs nfsroot=10.0.0.1:/srv", "", "rn", NULL },
	{ "root=nfs:10.0.0.1:/srv", "", "rn", NULL },
	{ "root=dhcp", "", "rn", NULL },
	{ "root=export rootfstype=nfs4", "", "rn", NULL },
	{ "root=virtiofs:rootfs", "", "r", NULL },
	{ "root=host rootfstype=9p", "", "r", NULL },
	{ "root=tag rootfstype=virtiofs,9p rw", "", "r", NULL },
	/* a root in memory gets its contents, or /usr, from somewhere */
	{ "root=tmpfs", "", "l", NULL },
	{ "root=/dev/sdz rootfstype=tmpfs", "", "l", NULL },
	{ "root=/dev/sdz rootfstype=ramfs", "", "l", NULL },
	{ "root=/dev/sda1 rootfstype=tmpfs", "s", "r", "root filesystem /dev/sda1" },
	{ "root=tag rootfstype=ext4,virtiofs rw", "", "l", NULL },
	{ "root=tag rootfstype=fs rootflags=x", "", "l", NULL },
	{ "root=tag rootfstype=", "", "l", NULL },
	{ "root=tag rootfstype=virtio", "", "l", NULL },
	/* local, and nothing tells where */
	{ "root=zfs:rpool/ROOT/debian", "", "l", NULL },
	{ "root=ZFS=rpool/ROOT/debian", "", "l", NULL },
	{ "root=live:CDLABEL=Fedora", "", "l", NULL },
};

static void test_parameters(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, "../../sda2", "dev/disk/by-uuid/1b2c-3d");
	tree_link(tree, "../../sda1", "dev/disk/by-label/my\\x20root");
	block(tree, "pci0000:00/" SATA "/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda3",
	      "8:3");
	tree_link(tree, "../../sda3", "dev/disk/by-uuid/5eve-7a1");
	tree_put(tree, "E:ID_FS_TYPE=btrfs\n", "run/udev/data/b8:3");
	superblock_put(tree, "dev/sda3", "\1\0\0\0\0\0\0", 8);
	tree_link(tree, "../../sda2", "dev/disk/by-uuid/=odd");
	tree_link(tree, "../../sda1", "dev/disk/by-id/mine");
	block(tree, "virtual/block/dm-2", "254:2");
	tree_put(tree, "", "sys/devices/virtual/block/dm-2/dm/name");
	slave(tree, "dm-2", "sda1");
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		const struct parameter *row = &parameters[i];

		read_disks(tree, row->cmdline);
		assert_int_equal(host.disks_known,
				 strchr(row->facts, 'l') ? FACT_UNKNOWN : FACT_YES);
		assert_int_equal(host.network_needed, !!strchr(row->facts, 'n'));
		assert_used(row->used);
		assert_int_equal(host.root_resolved, !!strchr(row->facts, 'r'));
		if (row->use)
			assert_string_equal(
				host_at(&host, strchr(row->used, 'n') ? NVME : SATA)->use,
				row->use);
	}
	read_disks(tree, "root=/dev/sdb1 resume=/dev/sdc1");
	assert_true(host_has_note(&host, "/dev/sdb1: the disk that it is on"));
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
	/* nothing can be on a disk: what is mounted is read for the network only */
	tree_put(&tree, LINE("0:50", "/", "nfs4", "10.0.0.1:/srv"),
		 "proc/self/mountinfo");
	disks_read(&tree.root, "", true, &host);
	assert_true(host.network_needed);
	disks_read(&tree.root, "", false, &host);
	assert_false(host.network_needed);
	disks_follow(&tree.root, "", NULL, &host);
	assert_true(host.network_needed);
	assert_int_equal(host.disks_known, FACT_YES);
	tree_put(&tree, LINE("0:30", "/srv", "zfs", "tank"), "proc/self/mountinfo");
	disks_read(&tree.root, "", false, &host);
	assert_int_equal(host.disks_known, FACT_YES);
	assert_int_equal(host.n_notes, 0);
	/* before there is a class of block devices */
	tree_delete(&tree, "sys/class/block");
	tree_put(&tree, LINE("0:30", "/srv", "zfs", "tank"), "proc/self/mountinfo");
	read_disks(&tree, "root=/dev/mapper/vg-root");
	assert_false(host.root_resolved);
	assert_int_equal(host.n_notes, 1);
	assert_true(host_has_note(&host, "/srv"));
	disks_read(&tree.root, "", false, &host);
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	tree_put(&tree, "", "proc/self/mountinfo");
	read_disks(&tree, "root=/dev/sda1");
	assert_int_equal(host.disks_known, FACT_YES);
	tree_put(&tree, "", "sys/class/block");
	read_disks(&tree, "");
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "sys/class/block"));
	tree_remove(&tree);
}

static void name_add(const char *name, void *context)
{
	(void)strcat(strcat(context, " "), name);
}

/* Where there are devices all is read, and the callback is told of each below, too. */
static void test_follow(void **state)
{
	char names[256] = "";
	const struct disks_visit visit = { .take = name_add, .context = names };
	struct tree *tree = *state;

	tree_put(tree, LINE("254:1", "/", "ext4", "/dev/mapper/vg-root"),
		 "proc/self/mountinfo");
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
	disks_follow(&tree->root, "", &visit, &host);
	assert_string_equal(names, " dm-1 dm-0 nvme0n1p2");
	assert_used("n");
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
	assert_used("");
	disks_read(&tree->root, "", false, &host);
	assert_used("n");
}

/* ---- what is mounted ---- */

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
	{ LINE("8:1", "/\\101\\377\\100b", "ext4", "/dev/sda1"), "s", false,
	  "mounted filesystem /dev/sda1 at /A\377@b", NULL },
	{ LINE("8:1", "/a0401\\480\\048", "ext4", "/dev/sda1"), "s", false,
	  "mounted filesystem /dev/sda1 at /a0401\\480\\048", NULL },
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
	/* the source is escaped as well */
	{ LINE("0:30", "/", "bcachefs", "/dev/s\\144a1:/dev/nvme0n1p1"), "ns", true,
	  "root filesystem /dev/nvme0n1p1", NULL },
	{ LINE("0:30", "/", "bcachefs", "/dev/sda1\\"), "", false, NULL,
	  "root filesystem /" },
	/*
	 * nothing below it is known: DRBD, a mapping without slaves, a number of no
	 * device
	 */
	{ LINE("147:0", "/srv", "ext4", "/dev/drbd0"), "", false, NULL,
	  "mounted filesystem /srv" },
	{ LINE("254:9", "/srv", "ext4", "/dev/mapper/bare"), "", false, NULL,
	  "mounted filesystem /srv" },
	{ LINE("8:77", "/srv", "ext4", "/dev/sdq1"), "", false, NULL,
	  "mounted filesystem /srv" },
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

	block(tree, "virtual/block/drbd0", "147:0");
	tree_dir(tree, "sys/class/block/drbd0/slaves");
	block(tree, "virtual/block/dm-9", "254:9");
	tree_dir(tree, "sys/class/block/dm-9/slaves");
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
		assert_int_equal(host.disks_known, row->note ? FACT_UNKNOWN : FACT_YES);
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
	/* the first member alone settles nothing */
	read_disks(tree, "");
	assert_used("n");
	assert_false(host.root_resolved);
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	tree_dir(tree, "sys/fs/btrfs/features");
	read_disks(tree, "");
	assert_false(host.root_resolved);
	tree_put(tree, "", "sys/fs/btrfs/file");
	tree_link(tree, "../../../../class/block/nvme0n1p2",
		  "sys/fs/btrfs/0b1c/devices/nvme0n1p2");
	tree_link(tree, "../../../../class/block/sda2", "sys/fs/btrfs/0b1c/devices/sda2");
	read_disks(tree, "");
	assert_used("ns");
	assert_string_equal(host_at(&host, NVME)->use, "root filesystem /dev/nvme0n1p2");
	assert_true(host.root_resolved);
	assert_string_equal(host_at(&host, SATA)->use, "btrfs filesystem /dev/sda2");
	assert_int_equal(host.n_notes, 0);
	/* a list that breaks off, before or behind the other one */
	broken_entry = "sda2";
	read_disks(tree, "");
	assert_false(host.root_resolved);
	broken_entry = "nvme0n1p2";
	read_disks(tree, "");
	assert_false(host.root_resolved);
	broken_entry = NULL;
	tree_link(tree, "../../../../class/block/gone", "sys/fs/btrfs/0b1c/devices/gone");
	read_disks(tree, "");
	assert_false(host.root_resolved);
	tree_delete(tree, "sys/fs/btrfs/0b1c/devices/gone");
	tree_link(tree, "devices", "sys/fs/btrfs/1c2d/devices"); /* itself */
	read_disks(tree, "");
	assert_false(host.root_resolved);
}

#define ZFS_MEMBER(pool) \
	"S:x\nE:ID_FS_LABEL=" pool "\nE:ID_FS_TYPE=zfs_member\nG:systemd\n"

static void test_zfs(void **state)
{
	static const char *const others[] = { "8:0", "8:1", "259:0", "259:2" };
	struct tree *tree = *state;

	tree_put(tree, LINE("0:30", "/", "zfs", "rpool/ROOT/debian"),
		 "proc/self/mountinfo");
	tree_put(tree, ZFS_MEMBER("rpool"), "run/udev/data/b8:2");
	tree_put(tree, "E:ID_FS_TYPE=ext4\n", "run/udev/data/b259:1");
	/* of the other disks udev has no notes: they can be members, too */
	read_disks(tree, "root=ZFS=rpool/ROOT/debian");
	assert_used("s");
	assert_false(host.root_resolved);
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		tree_put(tree, "E:ID_TYPE=disk\n", "run/udev/data/b%s", others[i]);
	read_disks(tree, "root=ZFS=rpool/ROOT/debian");
	assert_used("s");
	assert_true(host.root_resolved);
	assert_string_equal(host_at(&host, SATA)->use, "ZFS pool member /dev/sda2");
	assert_int_equal(host.n_notes, 0);
	/* a second pool, of which there is no member */
	tree_put(tree,
		 LINE("0:30", "/", "zfs", "rpool/ROOT/debian")
			 LINE("0:31", "/srv", "zfs", "tank"),
		 "proc/self/mountinfo");
	read_disks(tree, "");
	assert_true(host.root_resolved);
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "/srv"));
	tree_put(tree, ZFS_MEMBER("tank"), "run/udev/data/b259:2");
	read_disks(tree, "");
	assert_used("ns");
	assert_int_equal(host.disks_known, FACT_YES);
	/* a member below which nothing is known */
	block(tree, "virtual/block/drbd0", "147:0");
	tree_dir(tree, "sys/class/block/drbd0/slaves");
	tree_put(tree, ZFS_MEMBER("tank"), "run/udev/data/b147:0");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "/srv"));
}

/* ---- below the device ---- */

/* bcache; a cache of LVM on another controller and VDO above it; one disk less */
static void test_stacked(void **state)
{
	struct tree *tree = *state;

	block(tree, "virtual/block/bcache0", "252:0");
	slave(tree, "bcache0", "sda1");
	slave(tree, "bcache0", "nvme0n1p1");
	read_disks(tree, "root=/dev/bcache0");
	assert_used("ns");
	assert_true(host.root_resolved);
	for (unsigned int i = 10; i < 14; i++) {
		char path[64], number[16];

		(void)snprintf(path, sizeof(path), "virtual/block/dm-%u", i);
		(void)snprintf(number, sizeof(number), "254:%u", i);
		block(tree, path, number);
	}
	slave(tree, "dm-10", "sda1"); /* origin */
	slave(tree, "dm-11", "nvme0n1p1"); /* data and metadata of the cache */
	slave(tree, "dm-12", "dm-10");
	slave(tree, "dm-12", "dm-11");
	slave(tree, "dm-13", "dm-12"); /* VDO */
	read_disks(tree, "root=/dev/dm-13");
	assert_used("ns");
	assert_true(host.root_resolved);
	tree_delete(tree, "sys/class/block/dm-11/slaves/nvme0n1p1");
	read_disks(tree, "root=/dev/dm-13");
	assert_false(host.root_resolved);
}

static void test_multipath(void **state)
{
	struct tree *tree = *state;
	char far[SYSROOT_PATH_MAX * 2 + 2] = "";

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
	/*
	 * a subsystem in which no namespace is listed, one that is not there, one without
	 * name
	 */
	tree_link(tree, "../../devices/virtual/nvme-subsystem/nvme-subsys2/nvme2n1",
		  "sys/class/block/nvme2n1");
	read_disks(tree, "root=/dev/nvme2n1");
	assert_false(host.root_resolved);
	tree_link(tree, "../../../" NVME_PATH "/nvme/nvme2",
		  "sys/devices/virtual/nvme-subsystem/nvme-subsys2/nvme2");
	read_disks(tree, "root=/dev/nvme2n1");
	assert_used("n");
	assert_true(host.root_resolved);
	tree_link(tree, "../../devices/virtual/nvme-subsystem/other/nvme3n1",
		  "sys/class/block/nvme3n1");
	read_disks(tree, "root=/dev/nvme3n1");
	assert_false(host.root_resolved);
	/* a link that is longer than any of the kernel's */
	memset(far, '/', sizeof(far) - 1);
	tree_link(tree, far, "sys/devices/virtual/nvme-subsystem/nvme-subsys2/nvme3");
	read_disks(tree, "root=/dev/nvme2n1");
	assert_false(host.root_resolved);
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
	assert_true(host.root_resolved);
	assert_true(host.network_needed);
	assert_used("");
	read_disks(tree, "root=/dev/mmcblk0");
	assert_false(host.network_needed);
	tree_put(tree, LINE("8:48", "/srv", "ext4", "/dev/sdd"), "proc/self/mountinfo");
	read_disks(tree, "root=/dev/mmcblk0");
	assert_true(host.network_needed);
	tree_put(tree, "", "proc/self/mountinfo");
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
	static const char *const bare[] = { "ram0", "nbd0", "rbd0" };
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
	assert_false(host.network_needed);
	/* a loop and a compressed swap on devices that have names */
	tree_put(tree, "/dev/sda2\n",
		 "sys/devices/virtual/block/loop0/loop/backing_file");
	read_disks(tree, "");
	assert_used("s");
	tree_put(tree, "/dev/nvme0n1p1\n", "sys/devices/virtual/block/zram0/backing_dev");
	read_disks(tree, "");
	assert_used("ns");
	tree_put(tree, "/dev/gone\n",
		 "sys/devices/virtual/block/loop0/loop/backing_file");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	tree_put(tree, "/srv/x.img\n",
		 "sys/devices/virtual/block/loop0/loop/backing_file");
	tree_put(tree, "none\n", "sys/devices/virtual/block/zram0/backing_dev");
	read_disks(tree, "");
	assert_used("");
	assert_int_equal(host.disks_known, FACT_YES);
	tree_put(tree, "", "sys/devices/virtual/block/loop0/loop/backing_file");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_YES);
	/* in memory; over some network card */
	for (size_t i = 0; i < ARRAY_SIZE(bare); i++) {
		char path[TREE_NAME_MAX];

		(void)snprintf(path, sizeof(path), "sys/devices/virtual/block/%s/slaves",
			       bare[i]);
		tree_dir(tree, path);
		(void)snprintf(path, sizeof(path), "virtual/block/%s", bare[i]);
		block(tree, path, i ? "43:0" : "1:0");
		(void)snprintf(path, sizeof(path), "root=/dev/%s", bare[i]);
		read_disks(tree, path);
		assert_true(host.root_resolved);
		assert_int_equal(host.network_needed, i > 0);
	}
	/* nothing tells what is below these */
	tree_dir(tree, "sys/devices/virtual/block/zd0/slaves");
	block(tree, "virtual/block/zd0", "230:0");
	read_disks(tree, "root=/dev/zd0");
	assert_false(host.root_resolved);
	/* a chain that ends in itself */
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

/*
 * @count devices below dm-BASE, the number of @width digits, in a chain or beside each
 * other, and below the last, or each, sda1
 */
static void stack(struct tree *tree, int width, int base, int count, bool is_chain)
{
	char path[128], name[80], below[80], number[32];

	for (int i = 0; i <= count; i++) {
		(void)snprintf(name, sizeof(name), "dm-%0*d", width, base + i);
		(void)snprintf(path, sizeof(path), "virtual/block/%s", name);
		(void)snprintf(number, sizeof(number), "252:%d", base + i);
		block(tree, path, number);
		(void)snprintf(below, sizeof(below), "dm-%0*d", width, base + i + 1);
		if (is_chain || i)
			slave(tree, name, is_chain && i < count ? below : "sda1");
		if (is_chain)
			continue;
		(void)snprintf(name, sizeof(name), "dm-%0*d", width, base);
		if (i < count)
			slave(tree, name, below);
	}
}

/* The borders of what is followed */
static void test_limits(void **state)
{
	struct tree *tree = *state;
	char cmdline[TREE_NAME_MAX], swap[TREE_NAME_MAX], name[256] = "";

	/* sixteen devices below another, and one more */
	stack(tree, 3, 100, 15, true);
	read_disks(tree, "root=/dev/dm-100");
	assert_true(host.root_resolved);
	assert_used("s");
	stack(tree, 3, 200, 16, true);
	read_disks(tree, "root=/dev/dm-200");
	assert_false(host.root_resolved);
	/* beside each other: 64 names of 64 bytes are all that there is room for */
	stack(tree, 60, 0, 64, false);
	(void)snprintf(cmdline, sizeof(cmdline), "root=/dev/dm-%060d", 0);
	read_disks(tree, cmdline);
	assert_true(host.root_resolved);
	assert_used("s");
	(void)snprintf(name, sizeof(name), "dm-%060d", 0);
	slave(tree, name, "sda2");
	read_disks(tree, cmdline);
	assert_false(host.root_resolved);
	/* a name of 255 bytes, and one that is longer */
	memset(name, 'k', sizeof(name) - 1);
	(void)snprintf(swap, sizeof(swap), "pci0000:00/" SATA "/%s", name);
	block(tree, swap, "8:90");
	(void)snprintf(swap, sizeof(swap), SWAPS "/dev/%s partition 1 0 -2\n", name);
	tree_put(tree, swap, "proc/swaps");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_YES);
	assert_used("s");
	(void)snprintf(swap, sizeof(swap), SWAPS "/dev/%sk partition 1 0 -2\n", name);
	tree_put(tree, swap, "proc/swaps");
	read_disks(tree, "");
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_used("");
}

/* A root filesystem over the network, and what does not come from there */
static void test_network(void **state)
{
	static const struct {
		const char *mounted, *cmdline;
		bool network;
	} rows[] = {
		{ LINE("0:50", "/", "nfs4", "10.0.0.1:/srv"), "", true },
		{ LINE("0:50", "/", "nfs4", "10.0.0.1:/srv"), "root=virtiofs:x", true },
		{ LINE("0:50", "/mnt", "nfs4", "10.0.0.1:/srv"), "", false },
		{ LINE("0:40", "/", "9p", "/dev/root"), "", false },
		{ "", "root=virtiofs:x", false },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_put(tree, rows[i].mounted, "proc/self/mountinfo");
		read_disks(tree, rows[i].cmdline);
		assert_int_equal(host.network_needed, rows[i].network);
	}
}

/* ---- on the running machine: device nodes, and disks that can be asked ---- */

static const struct live {
	struct answer answers[3];
	const char *cmdline;
	const char *used;
	bool resolved;
} live[] = {
	/* what udev has no link for is asked for */
	{ { { "/dev/sda1", NULL, "UUID=aa", false } }, "root=UUID=aa", "s", true },
	{ { { "/dev/sda1", NULL, "UUID=aa", false } }, "root=UUID=zz", "", false },
	{ { { "/dev/sda1", NULL, "LABEL=aa", false } }, "root=LABEL=aa", "s", true },
	{ { { "/dev/sda1", NULL, "PART_ENTRY_UUID=aa", false } },
	  "root=PARTUUID=aa",
	  "s",
	  true },
	{ { { "/dev/sda1", NULL, "PART_ENTRY_NAME=aa", false } },
	  "root=PARTLABEL=aa",
	  "s",
	  true },
	/* two that bear it; one that does not answer; one below which nothing is known */
	{ { { "/dev/sda1", NULL, "UUID=aa", false },
	    { "/dev/nvme0n1p1", NULL, "UUID=aa", false } },
	  "root=UUID=aa",
	  "ns",
	  true },
	{ { { "/dev/sda1", NULL, "UUID=aa", false },
	    { "/dev/nvme0n1p1", NULL, NULL, true } },
	  "root=UUID=aa",
	  "s",
	  false },
	{ { { "/dev/sda1", NULL, NULL, true } }, "root=UUID=aa", "", false },
	{ { { "/dev/sda1", NULL, "UUID=aa", false },
	    { "/dev/drbd0", NULL, "UUID=aa", false } },
	  "root=UUID=aa",
	  "s",
	  false },
	/* is this all of the filesystem? */
	{ { { "/dev/sda1", "ext4", NULL, false } }, "root=/dev/sda1", "s", true },
	{ { { "/dev/sda1", NULL, NULL, true } }, "root=/dev/sda1", "s", false },
	{ { { "/dev/sda1", "bcachefs", NULL, false } }, "root=/dev/sda1", "s", false },
	{ { { "/dev/sda1", "zfs_member", NULL, false } }, "root=/dev/sda1", "s", false },
	/*
	 * the first is of one device, the second of two, the third of 257, the fourth cut
	 * off
	 */
	{ { { "/dev/sda1", "btrfs", NULL, false } }, "root=/dev/sda1", "s", true },
	{ { { "/dev/sda2", "btrfs", NULL, false } }, "root=/dev/sda2", "s", false },
	{ { { "/dev/nvme0n1p1", "btrfs", NULL, false } },
	  "root=/dev/nvme0n1p1",
	  "n",
	  false },
	{ { { "/dev/sda1", "btrfs", NULL, false } }, "root=/dev/sda1", "s", true },
	{ { { "/dev/nvme0n1p2", "btrfs", NULL, false } },
	  "root=/dev/nvme0n1p2",
	  "n",
	  false },
	{ { { "/dev/sda", "btrfs", NULL, false } }, "root=/dev/sda", "s", false },
	/* udev's notes are believed, and then the disk is not asked */
	{ { { "/dev/sda3", NULL, NULL, true } }, "root=/dev/sda3", "s", true },
	{ { { "/dev/sda4", "ext4", NULL, false } }, "root=/dev/sda4", "s", false },
	{ { { "/dev/sda5", "ext4", NULL, false } }, "root=/dev/sda5", "s", false },
	/* a node of another name than the device's */
	{ { { .path = NULL } }, "root=/dev/alias", "s", true },
};

static void test_live(void **state)
{
	static const char *const never_asked[] = { "loop0", "zram0", "ram0", "nbd0",
						   "rbd0",  "sr0",   "fd0" };
	static const char *const types[] = { "ext4", "bcachefs", "zfs_member" };
	struct tree *tree = *state;
	char path[TREE_NAME_MAX], number[32];

	for (size_t i = 0; i < ARRAY_SIZE(never_asked); i++) {
		(void)snprintf(path, sizeof(path), "virtual/block/%s", never_asked[i]);
		(void)snprintf(number, sizeof(number), "7:%zu", i);
		block(tree, path, number);
	}
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		(void)snprintf(path, sizeof(path), "pci0000:00/" SATA "/sda%zu", i + 3);
		(void)snprintf(number, sizeof(number), "8:%zu", i + 3);
		block(tree, path, number);
		(void)snprintf(path, sizeof(path), "E:ID_FS_TYPE=%s\n", types[i]);
		tree_put(tree, path, "run/udev/data/b%s", number);
	}
	block(tree, "virtual/block/drbd0", "147:0");
	tree_dir(tree, "sys/class/block/drbd0/slaves");
	superblock_put(tree, "dev/sda1", "\1\0\0\0\0\0\0", 8);
	superblock_put(tree, "dev/sda2", "\2\0\0\0\0\0\0", 8);
	superblock_put(tree, "dev/nvme0n1p1", "\1\1\0\0\0\0\0", 8);
	superblock_put(tree, "dev/nvme0n1p2", "\1", 1);
	tree->root.live = true;
	for (size_t i = 0; i < ARRAY_SIZE(live); i++) {
		memcpy(answers, live[i].answers, sizeof(live[i].answers));
		read_disks(tree, live[i].cmdline);
		assert_used(live[i].used);
		assert_int_equal(host.root_resolved, live[i].resolved);
	}
	/* a directory that ends in an error */
	answers[0] = (struct answer){ "/dev/sda1", "ext4", "UUID=aa", false };
	read_disks(tree, "root=UUID=aa");
	assert_true(host.root_resolved);
	broken_entry = "nvme0n1p2";
	read_disks(tree, "root=UUID=aa");
	assert_false(host.root_resolved);
}

/* Without devices, and when the list of them cannot be read */
static void test_list(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree);
	tree_function(&tree, NVME_PATH, "144d:a808", 0x010802, -1);
	tree_put(&tree, "", "proc/self/mountinfo");
	tree_put(&tree, SWAPS, "proc/swaps");
	block(&tree, NVME_PATH "/nvme0n1", "259:0");
	broken_entry = "nvme0n1";
	read_disks(&tree, "");
	broken_entry = NULL;
	assert_int_equal(host.disks_known, FACT_UNKNOWN);
	assert_true(host_has_note(&host, "sys/class/block"));
	/* not live, so that nothing but the links tells; then it is not mounted */
	assert_true(disks_mark(&tree.root, "/dev/nvme0n1", "a disk", true, NULL, &host));
	tree_put(&tree, "E:ID_FS_TYPE=bcachefs\n", "run/udev/data/b259:0");
	assert_true(disks_mark(&tree.root, "/dev/nvme0n1", "a disk", true, NULL, &host));
	assert_false(
		disks_mark(&tree.root, "/dev/nvme0n1", "a disk", false, NULL, &host));
	tree_remove(&tree);
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
	/* The kernel writes a blank in a name as \040. */
	tree_put(tree, "my swap\n", "sys/class/block/dm-1/dm/name");
	tree_put(tree, SWAPS "/dev/mapper/my\\040swap partition 1 0 -2\n", "proc/swaps");
	read_disks(tree, "");
	assert_used("n");
	assert_string_equal(host_at(&host, NVME)->use, "swap /dev/mapper/my swap");
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

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_parameters), cmocka_unit_test(test_early),
		TEST(test_follow),     TEST(test_mounts),
		TEST(test_btrfs),      TEST(test_zfs),
		TEST(test_stacked),    TEST(test_multipath),
		TEST(test_hardware),   TEST(test_virtual),
		TEST(test_swap),       TEST(test_unknown),
		TEST(test_limits),     TEST(test_network),
		TEST(test_live),       cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests_name("disks", tests, NULL, NULL);
}

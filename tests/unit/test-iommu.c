// SPDX-License-Identifier: GPL-2.0-or-later

/* What is read of the IOMMU, its groups, the platform and the interrupts */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "helper-tree.h"
#include "read/iommu.h"
#include "read/pci.h"

#define GPU "0000:09:00.0"
#define GPU_PATH "pci0000:00/0000:00:03.1/" GPU
#define PORT "0000:00:03.1"

#define SHORT "         0         0         0         0         0         0         0"
#define LONG SHORT SHORT SHORT SHORT SHORT

static struct host host;
static struct fault fault;
static bool lists_break; /* no directory can be read */

long syscall(long number, ...)
{
	static long (*next)(long number, ...);
	long words[5];
	va_list list;

	if (lists_break && number == SYS_getdents64) {
		errno = EIO;
		return -1;
	}
	va_start(list, number);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = va_arg(list, long);
	va_end(list);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, words[0], words[1], words[2], words[3], words[4]);
}

static void read_pci(struct tree *tree)
{
	host.n_notes = 0;
	assert_int_equal(pci_read(&tree->root, &host, &fault), 0);
}

static void read_iommu(struct tree *tree, const char *cmdline)
{
	read_pci(tree);
	iommu_read(&tree->root, cmdline, &host);
}

static void test_iommu_off(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	read_iommu(tree, "intel_iommu=on iommu=pt");
	assert_int_equal(host.n_units, 0);
	assert_int_equal(host.n_groups, 0);
	assert_int_equal(host.table_known, FACT_UNKNOWN);
	assert_int_equal(host.interrupt_remapping, FACT_UNKNOWN);
	assert_false(host.acs_override);
	assert_int_equal(host.n_notes, 0);
}

static void test_iommu_on(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, "pci0000:00/" PORT, "1022:1453", 0x060400, 30);
	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_function(tree, "pci0000:00/0000:00:03.1/0000:09:00.1", "10de:10f8", 0x040300,
		      4);
	tree_put(tree, "identity\n", "sys/kernel/iommu_groups/4/type");
	/* of no function */
	tree_put(tree, "DMA\n", "sys/kernel/iommu_groups/5/type");
	tree_dir(tree, "sys/class/iommu/dmar1");
	tree_dir(tree, "sys/class/iommu/dmar0");
	tree_dir(tree, "sys/class/iommu/dmar2");
	tree_put(tree, "", "sys/firmware/acpi/tables/DMAR");
	read_iommu(tree, "pcie_acs_override=downstream,multifunction");
	assert_int_equal(host.n_units, 3);
	for (unsigned int i = 0; i < 3; i++)
		assert_true(host.units[i][4] == '0' + (char)i);
	assert_int_equal(host.n_groups, 2);
	assert_int_equal(host.groups[0].number, 4);
	assert_string_equal(host.groups[0].type, "identity");
	assert_int_equal(host.groups[1].number, 30);
	assert_true(host.groups[0].known);
	assert_false(host.groups[0].direct);
	assert_string_equal(host.table, "DMAR");
	assert_int_equal(host.table_known, FACT_YES);
	assert_true(host.acs_override);
	assert_int_equal(host.n_notes, 0);
	/* what is too long is no type */
	tree_put(tree, LONG "\n", "sys/kernel/iommu_groups/4/type");
	read_iommu(tree, "");
	assert_string_equal(host.groups[0].type, "");
}

static void test_noiommu(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 0);
	tree_put(tree, "vfio-noiommu\n", "sys/kernel/iommu_groups/0/name");
	read_iommu(tree, "");
	assert_true(host.groups[0].noiommu);
	tree_put(tree, "vfio-noiommu2\n", "sys/kernel/iommu_groups/0/name");
	read_iommu(tree, "");
	assert_false(host.groups[0].noiommu);
	/* an empty name, none, as most have, and one that cannot be read */
	tree_put(tree, "", "sys/kernel/iommu_groups/0/name");
	read_iommu(tree, "");
	assert_true(host.groups[0].known);
	assert_int_equal(host.n_notes, 0);
	tree_put(tree, "0x0 0x1 msi\n", "sys/kernel/iommu_groups/0/reserved_regions");
	tree_delete(tree, "sys/kernel/iommu_groups/0/name");
	read_iommu(tree, "");
	assert_true(host.groups[0].known);
	tree_dir(tree, "sys/kernel/iommu_groups/0/name");
	read_iommu(tree, "");
	assert_false(host.groups[0].known);
	assert_true(host_has_note(&host, "iommu_groups/0/name"));
}

static const struct region {
	const char *text;
	bool known;
	bool direct;
	uint64_t start;
	uint64_t end;
} regions[] = {
	{ "", true, false, 0, 0 },
	{ "0x00000000fee00000 0x00000000feefffff msi\n"
	  "0x000000fd00000000 0x000000ffffffffff reserved\n",
	  true, false, 0, 0 },
	{ "0x000000003a0ba000 0x000000003a0d9fff direct-relaxable\n", true, false, 0, 0 },
	{ "0x000000003a0ba000 0x000000003a0d9fff direct-relaxable\nwhat\n", false, false,
	  0, 0 },
	{ "0x0000000000000000 0x0000000000ffffff direct\n"
	  "0x000000003a0ba000 0x000000003a0d9fff direct\n",
	  true, true, 0, 0xffffff },
	{ "0x00000000fee00000 0x00000000feefffff msi\n"
	  "0x000000003a0ba000 0x000000003a0d9fff direct",
	  true, true, 0x3a0ba000, 0x3a0d9fff },
	{ "0x000000003a0ba000 0x000000003a0d9fff direct\nwhat\n", false, false, 0, 0 },
	/* the first of each type, and no type that only begins or is as long as one */
	{ "0x000000003a0ba000 0x000000003a0d9fff direct-relaxable\n"
	  "0x0000000000000001 0x0000000000000002 direct-relaxable\n",
	  true, false, 0, 0 },
	{ "0x1 0x2 dirett\n0x1 0x2 direct2\n0x1 0x2 direct-relaxablf\n", true, false, 0,
	  0 },
	/* as narrow as they can be */
	{ "0x1 0x2 direct\n", true, true, 1, 2 },
	{ "0x1 direct\n", false, false, 0, 0 },
	{ "0x1 0x2\n", false, false, 0, 0 },
	{ "0x1\n", false, false, 0, 0 },
	{ "0x1 0x direct\n", false, false, 0, 0 },
	{ "1x1 0x2 direct\n", false, false, 0, 0 },
	{ "0x1 1x2 direct\n", false, false, 0, 0 },
	{ "0xg 0x2 direct\n", false, false, 0, 0 },
	/* ends at 64 bits */
	{ "0x0 0xffffffffffffffff direct\n", true, true, 0, UINT64_MAX },
	{ "0x0 0x10000000000000000 direct\n", false, false, 0, 0 },
	{ "1 2 direct\n", false, false, 0, 0 },
	{ "0x 0x2 direct\n", false, false, 0, 0 },
	{ "0x1 0xg direct\n", false, false, 0, 0 },
	{ "\n", false, false, 0, 0 },
};

static void test_regions(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		const struct region *row = &regions[i];
		const struct host_group *group = &host.groups[0];

		tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 9);
		tree_put(tree, row->text, "sys/kernel/iommu_groups/9/reserved_regions");
		/* an empty line at the end is none, but sysroot_read() cuts it */
		if (!strcmp(row->text, "\n"))
			tree_put(tree, "\nx",
				 "sys/kernel/iommu_groups/9/reserved_regions");
		read_iommu(tree, "");
		assert_int_equal(group->known, row->known);
		assert_int_equal(group->direct, row->direct);
		if (row->direct) {
			assert_int_equal(group->direct_start, row->start);
			assert_int_equal(group->direct_end, row->end);
		}
		assert_int_equal(group->relaxable,
				 row->known && strstr(row->text, "relaxable"));
		if (group->relaxable) {
			assert_int_equal(group->relaxable_start, 0x3a0ba000);
			assert_int_equal(group->relaxable_end, 0x3a0d9fff);
		}
		assert_int_equal(host_has_note(&host, "reserved_regions"), !row->known);
	}
	tree_delete(tree, "sys/kernel/iommu_groups/9/reserved_regions");
	read_iommu(tree, "");
	assert_false(host.groups[0].known);
}

static void test_group_missing(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, -1);
	tree_link(tree, "../../../../kernel/iommu_groups/12",
		  "sys/bus/pci/devices/" GPU "/iommu_group");
	read_iommu(tree, "");
	assert_int_equal(host.n_groups, 1);
	assert_int_equal(host.groups[0].number, 12);
	assert_false(host.groups[0].known);
	assert_true(host_has_note(&host, "iommu_groups/12"));
	assert_int_equal(host.n_notes, 1);
	/* its list is missing where one is needed */
	assert_true(host.groups_listed);
	host.functions[0].unreadable = true;
	iommu_read(&tree->root, "", &host);
	assert_false(host.groups_listed);
}

/* What was read before lies behind the end of the list, and is read anew. */
static void test_groups_again(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_function(tree, "pci0000:00/0000:00:03.1/0000:09:00.1", "10de:10f8", 0x040300,
		      5);
	for (unsigned int round = 0; round < 2; round++) {
		read_iommu(tree, "");
		assert_int_equal(host.n_groups, 2);
		assert_int_equal(host.groups[1].number, 5);
	}
}

static void test_tables(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/firmware/acpi/tables");
	tree_dir(tree, "sys/bus/pci/devices");
	read_iommu(tree, "");
	assert_int_equal(host.table_known, FACT_YES);
	assert_string_equal(host.table, "");
	tree_put(tree, "", "sys/firmware/acpi/tables/VIOT");
	read_iommu(tree, "");
	assert_string_equal(host.table, "VIOT");
	tree_put(tree, "", "sys/firmware/acpi/tables/IVRS");
	read_iommu(tree, "");
	assert_string_equal(host.table, "IVRS");
}

/* A table IORT of nodes, each its type and length; @cut: bytes that are missing */
static void iort_put(struct tree *tree, const uint8_t (*nodes)[2], uint8_t count,
		     size_t cut)
{
	uint8_t bytes[512] = "IORT";
	size_t length = 48;
	cleanup_close int fd = -1;

	bytes[36] = count;
	bytes[40] = (uint8_t)length;
	for (size_t i = 0; i < count; i++) {
		bytes[length] = nodes[i][0];
		bytes[length + 1] = nodes[i][1];
		length += nodes[i][1];
	}
	tree_put(tree, "", "sys/firmware/acpi/tables/IORT");
	fd = openat(tree->root.fd, "sys/firmware/acpi/tables/IORT", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length - cut), (ssize_t)(length - cut));
}

/* Every Arm server has the table, with an ITS (0) and a root complex (2) in it. */
static void test_iort(void **state)
{
	static const struct {
		uint8_t nodes[4][2];
		uint8_t count;
		size_t cut;
		const char *table;
		enum fact known;
	} rows[] = {
		{ { { 0, 24 }, { 4, 88 }, { 2, 60 } }, 3, 0, "IORT", FACT_YES },
		{ { { 0, 24 }, { 2, 60 }, { 3, 80 } }, 3, 0, "IORT", FACT_YES },
		{ { { 0, 24 }, { 2, 60 } }, 2, 0, "", FACT_YES },
		{ { { 0, 24 }, { 6, 60 } }, 2, 0, "", FACT_YES }, /* RMR alone */
		{ { { 0, 0 } }, 0, 0, "", FACT_YES },
		/* what makes no sense, does not end, or is cut off */
		{ { { 0, 24 }, { 0, 0 } }, 4, 0, "", FACT_UNKNOWN },
		{ { { 0, 24 }, { 2, 15 } }, 3, 0, "", FACT_UNKNOWN },
		{ { { 0, 24 }, { 2, 60 } }, 2, 45, "", FACT_UNKNOWN },
		{ { { 0, 24 } }, 1, 24 + 1, "", FACT_UNKNOWN },
		{ { { 0, 24 } }, 1, 24 + 48, "", FACT_UNKNOWN },
	};
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		iort_put(tree, rows[i].nodes, rows[i].count, rows[i].cut);
		read_iommu(tree, "");
		assert_string_equal(host.table, rows[i].table);
		assert_int_equal(host.table_known, rows[i].known);
		assert_int_equal(host.arch, HOST_ARCH_ARM);
	}
	/* an emulated IOMMU beside it */
	tree_put(tree, "", "sys/firmware/acpi/tables/VIOT");
	read_iommu(tree, "");
	assert_string_equal(host.table, "VIOT");
	assert_int_equal(host.table_known, FACT_YES);
}

/* Any bytes: it ends, and a table that holds its own head alone says nothing. */
static void test_iort_garbage(void **state)
{
	struct tree *tree = *state;
	uint32_t seed = 1;

	tree_dir(tree, "sys/bus/pci/devices");
	for (unsigned int round = 0; round < 200; round++) {
		uint8_t bytes[300];
		cleanup_close int fd = -1;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(seed >> 24);
		}
		memset(bytes + 38, 0, round & 1 ? 2 : 0);
		memset(bytes + 41, 0, round & 1 ? 3 : 0);
		tree_put(tree, "", "sys/firmware/acpi/tables/IORT");
		fd = openat(tree->root.fd, "sys/firmware/acpi/tables/IORT",
			    O_WRONLY | O_CLOEXEC);
		assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
		read_iommu(tree, "");
		assert_true(host.table_known == FACT_UNKNOWN || host.table[0] ||
			    !bytes[36]);
	}
}

/* What the machine shows of itself, not what this program was compiled for */
static void test_platform(void **state)
{
	static const struct {
		const char *path, *text;
		enum host_arch arch;
		bool device_tree;
		enum host_xen xen;
		enum fact known;
	} rows[] = {
		{ "sys/class/iommu/dmar0/x", "", HOST_ARCH_X86, false, HOST_XEN_NO,
		  FACT_UNKNOWN },
		{ "sys/class/iommu/smmu3.0x0000000009050000/x", "", HOST_ARCH_ARM, false,
		  HOST_XEN_NO, FACT_UNKNOWN },
		{ "sys/firmware/acpi/tables/GTDT", "", HOST_ARCH_ARM, false, HOST_XEN_NO,
		  FACT_YES },
		{ "sys/firmware/acpi/tables/IVRS", "", HOST_ARCH_X86, false, HOST_XEN_NO,
		  FACT_YES },
		{ "proc/cpuinfo", "processor : 0\nCPU implementer\t: 0x41\n",
		  HOST_ARCH_ARM, false, HOST_XEN_NO, FACT_UNKNOWN },
		{ "proc/cpuinfo", "processor : 0\nvendor_id\t: AuthenticAMD\n",
		  HOST_ARCH_X86, false, HOST_XEN_NO, FACT_UNKNOWN },
		{ "sys/firmware/devicetree/base/compatible", "brcm,bcm2712",
		  HOST_ARCH_UNKNOWN, true, HOST_XEN_NO, FACT_YES },
		{ "sys/firmware/memmap/0/type", "", HOST_ARCH_UNKNOWN, false, HOST_XEN_NO,
		  FACT_YES },
		{ "proc/interrupts", " 11:  27  GICv3  26 Level  arch_timer\n",
		  HOST_ARCH_ARM, false, HOST_XEN_NO, FACT_UNKNOWN },
		{ "sys/hypervisor/type", "xen\n", HOST_ARCH_UNKNOWN, false,
		  HOST_XEN_GUEST, FACT_UNKNOWN },
		{ "sys/hypervisor/type", "kvm\n", HOST_ARCH_UNKNOWN, false, HOST_XEN_NO,
		  FACT_UNKNOWN },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_dir(tree, "sys/bus/pci/devices");
		tree_put(tree, rows[i].text, "%s", rows[i].path);
		read_iommu(tree, "");
		assert_int_equal(host.arch, rows[i].arch);
		assert_int_equal(host.device_tree, rows[i].device_tree);
		assert_int_equal(host.xen, rows[i].xen);
		assert_int_equal(host.table_known, rows[i].known);
		tree_remove(tree);
		tree_make(tree);
	}
}

/* Three things tell dom0; each is enough. */
static void test_xen(void **state)
{
	static const struct {
		const char *path, *text;
		enum host_xen xen;
	} rows[] = {
		{ "proc/xen/capabilities", "control_d\n", HOST_XEN_DOM0 },
		{ "proc/xen/capabilities", "", HOST_XEN_GUEST },
		{ "sys/hypervisor/properties/features", "00002bf7\n", HOST_XEN_DOM0 },
		{ "sys/hypervisor/properties/features", "000023f7\n", HOST_XEN_GUEST },
		{ "sys/hypervisor/uuid", "00000000-0000-0000-0000-000000000000\n",
		  HOST_XEN_DOM0 },
		{ "sys/hypervisor/uuid", "8aa26c08-6a6b-4ba6-b0e4-8f3b0a0f3c5d\n",
		  HOST_XEN_GUEST },
	};
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	tree_put(tree, "xen\n", "sys/hypervisor/type");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_put(tree, rows[i].text, "%s", rows[i].path);
		read_iommu(tree, "");
		assert_int_equal(host.xen, rows[i].xen);
		assert_int_equal(iommu_state_of(&host), rows[i].xen == HOST_XEN_DOM0 ?
								IOMMU_STATE_XEN_DOM0 :
								IOMMU_STATE_XEN_GUEST);
		tree_delete(tree, rows[i].path);
	}
	/* An IVRS stays visible in dom0, and means nothing there. */
	tree_put(tree, "control_d\n", "proc/xen/capabilities");
	tree_put(tree, "", "sys/firmware/acpi/tables/IVRS");
	read_iommu(tree, "");
	assert_int_equal(iommu_state_of(&host), IOMMU_STATE_XEN_DOM0);
}

static const struct interrupts {
	const char *text;
	enum fact want;
} interrupts[] = {
	{ "           CPU0       CPU1\n"
	  "   0:         36          0  IR-IO-APIC    2-edge      timer\n"
	  "   1:          9          0  IR-IO-APIC    1-edge      i8042\n",
	  FACT_YES },
	{ "            CPU0\n"
	  "   0:         36   IO-APIC   2-edge      timer\n"
	  "  24:          0   PCI-MSI 32768-edge      PCIe PME\n",
	  FACT_NO },
	/* digits to the last one */
	{ "CPU0\n 9: 9 IR-IO-APIC 9-fasteoi acpi\n", FACT_YES },
	/* the unit's own interrupt is never remapped */
	{ "            CPU0\n"
	  " 120:          0  DMAR-MSI    0-edge      dmar0\n"
	  " 121:          7  IR-PCI-MSIX-0000:01:00.0    0-edge      nvme0q0\n",
	  FACT_YES },
	{ "            CPU0\n"
	  "  24:          0  PCI-MSI-0000:00:01.0    0-edge      virtio0-config\n"
	  " 121:          7  IR-PCI-MSI    0-edge      x\n",
	  FACT_YES },
	/* a machine without I/O APIC entries: MSI alone tells */
	{ "            CPU0\n  24:          0  PCI-MSI-0000:01:00.0    0-edge  nvme0q0\n",
	  FACT_NO },
	{ "            CPU0\n 120:          0  DMAR-MSI    0-edge      dmar0\n",
	  FACT_UNKNOWN },
	{ "           CPU0\n 11:  27  GICv3  26 Level  arch_timer\n"
	  " 20:   1  ITS-PCI-MSI-0000:01:00.0 0 Edge  nvme\n",
	  FACT_YES },
	{ "           CPU0\n 11:  27  GICv3  26 Level  arch_timer\n", FACT_UNKNOWN },
	{ "           CPU0\n 20:   1  GICv2m-PCI-MSI-0000:01:00.0 0 Edge  nvme\n",
	  FACT_NO },
	{ "            CPU0\n NMI:          0   PCI-MSI Non-maskable interrupts\n",
	  FACT_UNKNOWN },
	{ "", FACT_UNKNOWN },
	{ ":\n:::\n1\n2:\n3: 4", FACT_UNKNOWN },
	/* no number, none at all, and a chip that tells nothing */
	{ "            CPU0\n 1x: 0 IO-APIC 2-edge timer\n : 0 PCI-MSI\n", FACT_UNKNOWN },
	{ "            CPU0\n  1:  0  XT-PIC  timer\n", FACT_UNKNOWN },
	/* longer lines than a piece that is read */
	{ "            CPU0\n  1:  0" LONG "  XT-PIC  timer\n  2:  0" LONG
	  "  IR-IO-APIC    1-edge      i8042\n",
	  FACT_YES },
	/* what comes behind the chip is a name, and may be any */
	{ "            CPU0\n  1:  0  XT-PIC  PCI-MSI\n", FACT_UNKNOWN },
};

static void test_interrupts(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++) {
		tree_put(tree, interrupts[i].text, "proc/interrupts");
		read_iommu(tree, "");
		assert_int_equal(host.interrupt_remapping, interrupts[i].want);
	}
}

/* Evidence that could not be read counts when there is no other. */
static void test_interrupts_unread(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	read_iommu(tree, "");
	assert_false(host.interrupts_unread); /* a recorded machine without them */
	tree_dir(tree, "proc/interrupts");
	read_iommu(tree, "");
	assert_true(host.interrupts_unread);
	assert_true(host_has_note(&host, "interrupts"));
	tree_delete(tree, "proc/interrupts");
	/* also beside those that say nothing, wherever they are listed */
	tree_put(tree, "", "sys/kernel/irq/2/chip_name");
	tree_dir(tree, "sys/kernel/irq/0/chip_name");
	read_iommu(tree, "");
	assert_true(host.interrupts_unread);
	tree_put(tree, "", "sys/kernel/irq/4/chip_name");
	read_iommu(tree, "");
	assert_true(host.interrupts_unread);
	tree_put(tree, "IO-APIC\n", "sys/kernel/irq/1/chip_name");
	read_iommu(tree, "");
	assert_false(host.interrupts_unread);
	assert_int_equal(host.interrupt_remapping, FACT_NO);
	/* a list that breaks off */
	read_pci(tree);
	lists_break = true;
	iommu_read(&tree->root, "", &host);
	lists_break = false;
	assert_true(host.interrupts_unread);
	assert_true(host_has_note(&host, "sys/kernel/irq: cannot be read"));
}

/* Whatever is read at a time: each line whole, and of the file only what is asked */
static void test_lines_more(void **state)
{
	static const char text[] = "a\n\n a longer line\nb:\n"
				   "the last one";
	struct tree *tree = *state;

	tree_put(tree, text, "proc/interrupts");
	for (size_t piece = 1; piece < sizeof(text) + 2; piece++) {
		cleanup_lines struct lines_part part = {
			.fd = sysroot_file_open(tree->root.fd, "proc/interrupts"),
			.piece = piece,
		};
		char all[sizeof(text) + 8] = "";
		int more;

		while ((more = lines_more(&part)) > 0) {
			if (!all[0] && piece < 16)
				assert_true(lseek(part.fd, 0, SEEK_CUR) <= 32);
			(void)strcat(strcat(all, part.text), part.ended ? "" : "\n");
			assert_true(strlen(all) < sizeof(text) + 1);
		}
		assert_int_equal(more, 0);
		assert_string_equal(all, text);
		assert_int_equal(lines_more(&part), 0);
	}
}

static void test_chips(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	tree_dir(tree, "sys/kernel/irq/7");
	/* a name that is too long is not cut to another file's */
	tree_put(tree, "IR-PCI-MSI\n", "sys/kernel/irq/%054d/chip_nam", 0);
	read_iommu(tree, "");
	assert_int_equal(host.interrupt_remapping, FACT_UNKNOWN);
	tree_put(tree, "IO-APIC\n", "sys/kernel/irq/0/chip_name");
	read_iommu(tree, "");
	assert_int_equal(host.interrupt_remapping, FACT_NO);
	tree_put(tree, "IR-PCI-MSI\n", "sys/kernel/irq/24/chip_name");
	read_iommu(tree, "");
	assert_int_equal(host.interrupt_remapping, FACT_YES);
	/* what is used counts more than what is there */
	tree_put(tree, "  0: 1 IO-APIC 2-edge timer\n", "proc/interrupts");
	read_iommu(tree, "");
	assert_int_equal(host.interrupt_remapping, FACT_NO);
}

static void test_units_many(void **state)
{
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	for (unsigned int i = 0; i <= HOST_UNITS_MAX; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "sys/class/iommu/dmar%02u", i);
		tree_dir(tree, path);
	}
	read_iommu(tree, "");
	assert_int_equal(host.n_units, HOST_UNITS_MAX);
	assert_true(host_has_note(&host, "class/iommu"));
	/* exactly as many are no fault, and are counted once */
	tree_delete(tree, "sys/class/iommu/dmar00");
	read_iommu(tree, "");
	assert_int_equal(host.n_units, HOST_UNITS_MAX);
	assert_int_equal(host.n_notes, 0);
}

/* A name that is too long, and a class that is no directory */
static void test_units_bad(void **state)
{
	char name[HOST_NAME_MAX + 1], path[HOST_NAME_MAX + 32];
	struct tree *tree = *state;

	tree_dir(tree, "sys/bus/pci/devices");
	for (unsigned int more = 0; more < 2; more++) {
		memset(name, 'u', sizeof(name));
		name[HOST_NAME_MAX - 1 + more] = '\0';
		(void)snprintf(path, sizeof(path), "sys/class/iommu/%s", name);
		tree_dir(tree, path);
		read_iommu(tree, "");
		assert_int_equal(host.n_units, 1 - more);
		assert_int_equal(host_has_note(&host, "class/iommu"), more);
		tree_delete(tree, path);
	}
	/* a short name after a long one */
	tree_dir(tree, "sys/class/iommu/ivhd0");
	read_iommu(tree, "");
	assert_string_equal(host.units[0], "ivhd0");
	tree_delete(tree, "sys/class/iommu/ivhd0");
	tree_delete(tree, "sys/class/iommu");
	tree_put(tree, "", "sys/class/iommu");
	read_iommu(tree, "");
	assert_int_equal(host.n_units, 0);
	assert_true(host_has_note(&host, "class/iommu: cannot be read: Not a directory"));
}

/*
 * The near look: the groups list their functions, also those that do not name a group;
 * what was known stays, and the lists are read again when a group is new.
 */
static void test_groups_near(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_function(tree, "pci0000:00/0000:00:03.1/0000:09:00.1", "10de:10f8", 0x040300,
		      -1);
	tree_function(tree, "pci0000:00/0000:00:1f.0", "8086:1f0f", 0x060100, -1);
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices/" GPU);
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices/0000:09:00.1");
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices/0000:77:00.0");
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices/platform.0");
	read_pci(tree);
	host.n_groups = 0;
	host.groups_listed = false;
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.n_groups, 1);
	assert_string_equal(host.groups[0].type, "");
	assert_true(host.groups[0].known);
	assert_true(host.groups_listed);
	assert_true(host_at(&host, "0000:09:00.1")->has_group);
	assert_int_equal(host_at(&host, "0000:09:00.1")->group, 4);
	assert_false(host_at(&host, "0000:00:1f.0")->has_group);
	assert_int_equal(host.n_notes, 0);

	/* nothing new: nothing is read */
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices/0000:00:1f.0");
	host.groups[0].direct = true;
	tree_put(tree, "what\n", "sys/kernel/iommu_groups/4/reserved_regions");
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.n_groups, 1);
	assert_true(host.groups[0].direct);
	assert_true(host.groups_listed);
	assert_false(host_at(&host, "0000:00:1f.0")->has_group);
	tree_delete(tree, "sys/kernel/iommu_groups/4/devices/0000:00:1f.0");
	/* a new one beside it, of a lower number; then one whose list cannot be read */
	host.functions[0].has_group = true;
	host.functions[0].group = 1;
	tree_put(tree, "0x1 0x2 msi\n", "sys/kernel/iommu_groups/1/reserved_regions");
	tree_dir(tree, "sys/kernel/iommu_groups/1/devices");
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.n_groups, 2);
	assert_true(host.groups_listed);
	host.functions[0].group = 2;
	tree_put(tree, "0x1 0x2 msi\n", "sys/kernel/iommu_groups/2/reserved_regions");
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.n_groups, 3);
	assert_int_equal(host.groups[0].number, 1);
	assert_int_equal(host.groups[1].number, 2);
	assert_true(host.groups[2].direct);
	assert_false(host.groups_listed);
	/* and what has not been told once is not told later */
	tree_dir(tree, "sys/kernel/iommu_groups/2/devices");
	tree_dir(tree, "sys/kernel/iommu_groups/3/devices");
	tree_put(tree, "", "sys/kernel/iommu_groups/3/reserved_regions");
	host.functions[2].group = 3;
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.n_groups, 4);
	assert_false(host.groups_listed);
}

/* Of two groups that are new, the first has no list: not all is told. */
static void test_groups_two(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_function(tree, "pci0000:00/0000:00:1f.0", "8086:1f0f", 0x060100, 5);
	tree_dir(tree, "sys/kernel/iommu_groups/5/devices");
	for (unsigned int listed = 0; listed < 2; listed++) {
		read_pci(tree);
		host.n_groups = 0;
		iommu_read_groups(&tree->root, &host);
		assert_int_equal(host.n_groups, 2);
		assert_int_equal(host.groups_listed, listed);
		tree_dir(tree, "sys/kernel/iommu_groups/4/devices");
	}
}

/* A function with a unit has a real group: what that is called is not asked. */
static void test_groups_named(void **state)
{
	static const char name[] = "sys/kernel/iommu_groups/4/name";
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_function(tree, "pci0000:00/0000:00:03.1/0000:09:00.1", "10de:10f8", 0x040300,
		      4);
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices");
	tree_put(tree, "vfio-noiommu\n", "%s", name);
	for (unsigned int with_unit = 0; with_unit < 4; with_unit++) {
		read_pci(tree);
		for (size_t i = 0; i < host.n_functions; i++)
			(void)strcpy(host.functions[i].unit,
				     with_unit >> i & 1 ? "dmar0" : "");
		host.n_groups = 0;
		iommu_read_groups(&tree->root, &host);
		assert_int_equal(host.n_groups, 1);
		assert_true(host.groups[0].known);
		assert_int_equal(host.groups[0].noiommu, !with_unit);
		/* all that there is to know */
		iommu_read(&tree->root, "", &host);
		assert_true(host.groups[0].noiommu);
	}
	/* one that cannot be read matters only there; one that is not there is no such */
	tree_delete(tree, name);
	tree_dir(tree, name);
	for (int with_unit = 0; with_unit < 2; with_unit++) {
		read_pci(tree);
		(void)strcpy(host.functions[0].unit, with_unit ? "dmar0" : "");
		host.n_groups = 0;
		iommu_read_groups(&tree->root, &host);
		assert_int_equal(host.groups[0].known, with_unit);
		assert_int_equal(host.n_notes, !with_unit);
	}
	host.functions[0].unit[0] = '\0';
	host.functions[0].group = 9;
	host.n_groups = 0;
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.groups[1].number, 9);
	assert_false(host.groups[1].noiommu);
}

/* A machine beyond the room for groups: nothing is known of those that do not fit. */
static void test_groups_full(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	read_pci(tree);
	for (unsigned int i = 0; i < HOST_GROUPS_MAX; i++)
		host.groups[i] = (struct host_group){ .number = 100 + i, .known = true };
	host.n_groups = HOST_GROUPS_MAX;
	host.groups_listed = true;
	iommu_read_groups(&tree->root, &host);
	assert_int_equal(host.n_groups, HOST_GROUPS_MAX);
	assert_null(host_group_find(&host, 4));
	assert_int_equal(host.functions[0].group, 4);
}

/* All of it: a group's list is read where a function cannot name its group. */
static void test_groups_of_unreadable(void **state)
{
	struct tree *tree = *state;

	tree_function(tree, GPU_PATH, "10de:1e84", 0x030000, 4);
	tree_function(tree, "pci0000:00/0000:00:03.1/0000:09:00.1", "10de:10f8", 0x040300,
		      -1);
	tree_function(tree, "pci0000:00/0000:00:03.1/0000:09:00.2", "10de:1ad8", 0x0c0330,
		      4);
	read_pci(tree);
	host.functions[host.n_functions].unreadable = true; /* behind the last */
	iommu_read(&tree->root, "", &host);
	assert_true(host.groups_listed); /* all can be read: no list is needed */
	assert_false(host.functions[1].has_group);
	host.functions[1].unreadable = true;
	iommu_read(&tree->root, "", &host);
	assert_false(host.groups_listed);
	tree_dir(tree, "sys/kernel/iommu_groups/4/devices/0000:09:00.1");
	iommu_read(&tree->root, "", &host);
	assert_true(host.groups_listed);
	assert_true(host.functions[1].has_group);
	assert_int_equal(host.functions[1].group, 4);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_iommu_off),
		TEST(test_iommu_on),
		TEST(test_noiommu),
		TEST(test_regions),
		TEST(test_group_missing),
		TEST(test_groups_again),
		TEST(test_tables),
		TEST(test_iort),
		TEST(test_iort_garbage),
		TEST(test_platform),
		TEST(test_xen),
		TEST(test_interrupts),
		TEST(test_interrupts_unread),
		TEST(test_lines_more),
		TEST(test_groups_named),
		TEST(test_chips),
		TEST(test_units_many),
		TEST(test_units_bad),
		TEST(test_groups_near),
		TEST(test_groups_two),
		TEST(test_groups_full),
		TEST(test_groups_of_unreadable),
	};

	return cmocka_run_group_tests_name("iommu", tests, NULL, NULL);
}

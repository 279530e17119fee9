// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "read/iort.h"

#define ACPI "sys/firmware/acpi"
#define TABLES ACPI "/tables"
#define DEVICE_TREE "sys/firmware/devicetree/base/compatible"
#define XEN_FEATURE_DOM0 11 /* include/xen/interface/features.h XENFEAT_dom0 */

static void table_take(int dir, const char *name, struct host *host)
{
	/* An IORT is there without an SMMU, too: it says which ITS serves a device. */
	enum fact describes = strcmp(name, "IORT") ? FACT_YES : iort_has_smmu(dir, name);

	if (describes == FACT_UNKNOWN)
		host->table_known = FACT_UNKNOWN;
	if (describes != FACT_YES)
		return;
	(void)snprintf(host->table, sizeof(host->table), "%s", name);
	host->table_known = FACT_YES;
}

/* Return: there are tables */
static bool tables_read(const struct sysroot *root, struct host *host)
{
	static const struct {
		const char *name;
		enum host_arch arch;
		bool is_iommu;
	} tables[] = {
		{ "DMAR", HOST_ARCH_X86, true },  { "IVRS", HOST_ARCH_X86, true },
		{ "IORT", HOST_ARCH_ARM, true },  { "VIOT", HOST_ARCH_UNKNOWN, true },
		{ "GTDT", HOST_ARCH_ARM, false },
	};
	cleanup_close int dir =
		openat(root->fd, TABLES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fault fault;

	if (dir < 0 && errno != ENOENT) {
		fault_set(&fault, -errno, "/" TABLES ": cannot be read: %s",
			  strerror(errno));
		host_note(host, &fault);
	}
	/* A machine that shows its firmware without ACPI has no ACPI: a fact. */
	if (dir < 0 && sysroot_exists(root->fd, "sys/firmware") &&
	    !sysroot_exists(root->fd, ACPI))
		host->table_known = FACT_YES;
	if (dir < 0)
		return false;
	host->table_known = FACT_YES;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (host->table[0] && host->arch != HOST_ARCH_UNKNOWN)
			break;
		if (!sysroot_exists(dir, tables[i].name))
			continue;
		if (host->arch == HOST_ARCH_UNKNOWN)
			host->arch = tables[i].arch;
		if (tables[i].is_iommu && !host->table[0])
			table_take(dir, tables[i].name, host);
	}
	return true;
}

/*
 * Of a recorded machine only: opening it may wait for every processor of an x86 machine
 * (arch_freq_prepare_all()), and the running machine is recognised by other facts.
 */
static enum host_arch processor_arch(const struct sysroot *root)
{
	cleanup_close int fd = -1;
	char text[4096];
	ssize_t length;

	if (!root->live)
		fd = sysroot_file_open(root->fd, "proc/cpuinfo");
	length = fd < 0 ? -1 : sysroot_pread(fd, text, sizeof(text) - 1, 0);
	if (length <= 0)
		return HOST_ARCH_UNKNOWN;
	text[length] = '\0';
	return strstr(text, "CPU implementer") ? HOST_ARCH_ARM :
	       strstr(text, "vendor_id")       ? HOST_ARCH_X86 :
						 HOST_ARCH_UNKNOWN;
}

static enum host_arch unit_arch(const struct host *host)
{
	static const struct {
		const char *start;
		enum host_arch arch;
	} units[] = {
		{ "dmar", HOST_ARCH_X86 },     { "ivhd", HOST_ARCH_X86 },
		{ "smmu3.", HOST_ARCH_ARM },   { "smmu.", HOST_ARCH_ARM },
		{ "arm-smmu", HOST_ARCH_ARM },
	};

	for (size_t i = 0; i < host->n_units; i++)
		for (size_t j = 0; j < ARRAY_SIZE(units); j++)
			if (!strncmp(host->units[i], units[j].start,
				     strlen(units[j].start)))
				return units[j].arch;
	return HOST_ARCH_UNKNOWN;
}

/*
 * Only dom0 may control Xen: it says so where xenfs is mounted; the features of the
 * hypervisor are seen without; and only dom0 has no UUID.
 */
static bool is_dom0(const struct sysroot *root)
{
	char text[64];
	ssize_t length;
	uint64_t features = 0;

	if (sysroot_read(root->fd, "proc/xen/capabilities", text, sizeof(text)) > 0 &&
	    strstr(text, "control_d"))
		return true;
	length = sysroot_read(root->fd, "sys/hypervisor/properties/features", text,
			      sizeof(text));
	if (length > 0 && !number_parse(text, strlen(text), 16, UINT64_MAX, &features) &&
	    features >> XEN_FEATURE_DOM0 & 1)
		return true;
	return sysroot_read(root->fd, "sys/hypervisor/uuid", text, sizeof(text)) > 0 &&
	       text[strspn(text, "0-")] == '\0';
}

static enum host_xen xen_read(const struct sysroot *root)
{
	char type[16];
	ssize_t length =
		sysroot_read(root->fd, "sys/hypervisor/type", type, sizeof(type));

	/* A kernel without CONFIG_SYS_HYPERVISOR has the other one. */
	if (length > 0 ? strcmp(type, "xen") != 0 :
			 !sysroot_exists(root->fd, "proc/xen/capabilities"))
		return HOST_XEN_NO;
	return is_dom0(root) ? HOST_XEN_DOM0 : HOST_XEN_GUEST;
}

void platform_read(const struct sysroot *root, struct host *host)
{
	host->table[0] = '\0';
	host->table_known = FACT_UNKNOWN;
	host->arch = unit_arch(host);
	host->device_tree = !tables_read(root, host) && !sysroot_exists(root->fd, ACPI) &&
			    sysroot_exists(root->fd, DEVICE_TREE);
	if (host->arch == HOST_ARCH_UNKNOWN)
		host->arch = processor_arch(root);
	host->xen = xen_read(root);
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/iommu_evidence.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/module_name.h"

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* What the kernel was built with, as far as a distribution leaves it on the disk */
struct built {
	const char *drivers[2];
	bool found_driver;
	bool found_default;
	enum fact container;
	bool any;
};

static void built_take(const struct line *line, void *context)
{
	struct built *built = context;
	bool found = false;

	built->any = built->any || starts_with(line->text, "CONFIG_");
	for (size_t i = 0; i < ARRAY_SIZE(built->drivers) && built->drivers[i]; i++) {
		size_t length = strlen(built->drivers[i]);

		found = found || (starts_with(line->text, built->drivers[i]) &&
				  (!strcmp(line->text + length, "=y") ||
				   !strcmp(line->text + length, "=m")));
	}
	built->found_driver = built->found_driver || found;
	if (!strcmp(line->text, "CONFIG_VFIO_CONTAINER=y"))
		built->container = FACT_YES;
	else if (!strcmp(line->text, "# CONFIG_VFIO_CONTAINER is not set") ||
		 !strcmp(line->text, "# CONFIG_VFIO_GROUP is not set"))
		built->container = FACT_NO;
	if (!strcmp(line->text, "CONFIG_INTEL_IOMMU_DEFAULT_ON=y") ||
	    !strcmp(line->text, "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y"))
		built->found_default = true;
}

static void built_read(const struct sysroot *root, const struct host *host,
		       struct iommu_evidence *evidence)
{
	static const char *const places[][2] = { { "boot/config-", "" },
						 { "lib/modules/", "/config" },
						 { "usr/lib/modules/", "/config" } };
	static const struct {
		const char *table;
		const char *drivers[2];
	} drivers[] = { { "DMAR", { "CONFIG_INTEL_IOMMU" } },
			{ "IVRS", { "CONFIG_AMD_IOMMU" } },
			{ "IORT", { "CONFIG_ARM_SMMU", "CONFIG_ARM_SMMU_V3" } },
			{ "VIOT", { "CONFIG_VIRTIO_IOMMU" } } };
	struct built built = { 0 };
	char path[SYSROOT_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!strcmp(drivers[i].table, host->table))
			memcpy(built.drivers, drivers[i].drivers, sizeof(built.drivers));
	if (!*host->kernel)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(places) && !built.any; i++) {
		(void)snprintf(path, sizeof(path), "%s%s%s", places[i][0], host->kernel,
			       places[i][1]);
		(void)lines_read(root, path, built_take, &built);
	}
	if (!built.any)
		return;
	evidence->container = built.container;
	if (!built.drivers[0])
		return;
	evidence->built = built.found_driver ? FACT_YES : FACT_NO;
	evidence->default_on = built.found_default ? FACT_YES : FACT_NO;
}

static void processor_take(const struct line *line, void *context)
{
	struct iommu_evidence *evidence = context;

	if (starts_with(line->text, "vendor_id"))
		evidence->is_amd = strstr(line->text, "AuthenticAMD") ||
				   strstr(line->text, "HygonGenuine");
	if (starts_with(line->text, "flags") && strstr(line->text, " hypervisor"))
		evidence->is_guest = true;
}

/* A recorded machine may lack /proc/cpuinfo: the first bridge shows the vendor, too. */
static bool has_amd_bridge(const struct host *host)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].class_code >> 16 == 0x06)
			return host->functions[i].id.vendor == 0x1022;
	return false;
}

/* ACPI DMAR, byte 37: flags, bit 0: INTR_REMAP (VT-d specification 8.1) */
static enum fact table_read(const struct sysroot *root)
{
	char bytes[4096];
	ssize_t length = sysroot_read(root->fd, "sys/firmware/acpi/tables/DMAR", bytes,
				      sizeof(bytes));

	if (length < 38)
		return FACT_UNKNOWN;
	return bytes[37] & 1 ? FACT_YES : FACT_NO;
}

/*
 * The host bridge of a function is the device above its root bus; of_node leads from
 * there into the device tree (drivers/iommu/of_iommu.c of_iommu_configure_dev_id()).
 */
static enum fact map_find(const struct sysroot *root, const struct host *host)
{
	enum fact found = FACT_UNKNOWN;

	for (size_t i = 0; i < host->n_functions && found != FACT_YES; i++) {
		char address[PCI_ADDRESS_TEXT], path[SYSROOT_PATH_MAX], *bus;
		char link[SYSROOT_PATH_MAX / 2];

		pci_address_format(&host->functions[i].address, address);
		(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", address);
		if (sysroot_link(root->fd, path, link, sizeof(link)) < 0)
			continue;
		bus = strstr(link, "/pci");
		if (!bus || !starts_with(link, "../../../devices/"))
			continue;
		*bus = '\0';
		(void)snprintf(path, sizeof(path), "sys/%s/of_node/compatible",
			       link + strlen("../../../"));
		if (!sysroot_exists(root->fd, path))
			continue;
		(void)snprintf(path, sizeof(path), "sys/%s/of_node/iommu-map",
			       link + strlen("../../../"));
		found = sysroot_exists(root->fd, path) ? FACT_YES : FACT_NO;
	}
	return found;
}

/* ---- modules ---- */

static const char *const module_lists[] = { "modules.dep", "modules.builtin" };

struct module_finder {
	const char *name;
	bool found;
	bool any;
};

/* `kernel/drivers/vfio/vfio_iommu_type1.ko.xz: ...`; or the path alone */
static void module_take(const struct line *line, void *context)
{
	struct module_finder *finder = context;
	char name[MODULE_NAME_MAX];

	finder->any = true;
	if (module_name_of_file(line->text, strcspn(line->text, ":"), name) &&
	    module_name_equal(name, finder->name))
		finder->found = true;
}

static enum fact module_find(const struct sysroot *root, const struct host *host,
			     const char *name)
{
	struct module_finder finder = { .name = name };
	char path[SYSROOT_PATH_MAX];

	(void)snprintf(path, sizeof(path), "sys/module/%s", name);
	if (sysroot_exists(root->fd, path))
		return FACT_YES;
	for (size_t i = 0; i < ARRAY_SIZE(module_lists) && *host->kernel; i++) {
		(void)snprintf(path, sizeof(path), "lib/modules/%s/%s", host->kernel,
			       module_lists[i]);
		(void)lines_read(root, path, module_take, &finder);
	}
	return finder.found ? FACT_YES : finder.any ? FACT_NO : FACT_UNKNOWN;
}

static void modules_read(const struct sysroot *root, const struct host *host,
			 struct iommu_evidence *evidence)
{
	char path[SYSROOT_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(module_lists) && *host->kernel; i++) {
		(void)snprintf(path, sizeof(path), "lib/modules/%s/%s", host->kernel,
			       module_lists[i]);
		evidence->modules_known = evidence->modules_known ||
					  sysroot_exists(root->fd, path);
	}
	evidence->type1 = module_find(root, host, "vfio_iommu_type1");
	evidence->iommufd = module_find(root, host, "iommufd");
	evidence->type1_loaded = sysroot_exists(root->fd, "sys/module/vfio_iommu_type1");
}

void iommu_evidence_read(const struct sysroot *root, const struct host *host,
			 struct iommu_evidence *evidence)
{
	*evidence = (struct iommu_evidence){ .is_guest = false };
	built_read(root, host, evidence);
	if (lines_read(root, "proc/cpuinfo", processor_take, evidence) < 0)
		evidence->is_amd = has_amd_bridge(host);
	evidence->iommu_map = host->device_tree ? map_find(root, host) : FACT_UNKNOWN;
	evidence->table_remaps = table_read(root);
	modules_read(root, host, evidence);
}

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
	const char *driver;
	bool found_driver;
	bool found_default;
	bool any;
};

static void built_take(const struct line *line, void *context)
{
	struct built *built = context;
	size_t length = strlen(built->driver);

	built->any = built->any || starts_with(line->text, "CONFIG_");
	if (starts_with(line->text, built->driver) &&
	    (!strcmp(line->text + length, "=y") || !strcmp(line->text + length, "=m")))
		built->found_driver = true;
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
		const char *driver;
	} drivers[] = { { "DMAR", "CONFIG_INTEL_IOMMU" },
			{ "IVRS", "CONFIG_AMD_IOMMU" },
			{ "VIOT", "CONFIG_VIRTIO_IOMMU" } };
	struct built built = { 0 };
	char path[SYSROOT_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!strcmp(drivers[i].table, host->table))
			built.driver = drivers[i].driver;
	if (!built.driver || !*host->kernel)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(places) && !built.any; i++) {
		(void)snprintf(path, sizeof(path), "%s%s%s", places[i][0], host->kernel,
			       places[i][1]);
		(void)lines_read(root, path, built_take, &built);
	}
	if (!built.any)
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

/* A recorded machine may be without /proc/cpuinfo: the first bridge tells as well. */
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

static void modules_read(const struct sysroot *root, const struct host *host,
			 struct iommu_evidence *evidence)
{
	struct module_finder finder = { .name = "vfio_iommu_type1" };
	char path[SYSROOT_PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(module_lists) && *host->kernel; i++) {
		(void)snprintf(path, sizeof(path), "lib/modules/%s/%s", host->kernel,
			       module_lists[i]);
		evidence->modules_known = evidence->modules_known ||
					  sysroot_exists(root->fd, path);
		(void)lines_read(root, path, module_take, &finder);
	}
	evidence->type1 = finder.found ? FACT_YES : finder.any ? FACT_NO : FACT_UNKNOWN;
	evidence->type1_loaded = sysroot_exists(root->fd, "sys/module/vfio_iommu_type1");
}

void iommu_evidence_read(const struct sysroot *root, const struct host *host,
			 struct iommu_evidence *evidence)
{
	char type[32];

	*evidence = (struct iommu_evidence){ .is_guest = false };
	built_read(root, host, evidence);
	if (lines_read(root, "proc/cpuinfo", processor_take, evidence) < 0)
		evidence->is_amd = has_amd_bridge(host);
	evidence->is_xen =
		sysroot_read(root->fd, "sys/hypervisor/type", type, sizeof(type)) > 0 &&
		!strcmp(type, "xen");
	evidence->table_remaps = table_read(root);
	modules_read(root, host, evidence);
}

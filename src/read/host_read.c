// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/host_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "read/disks.h"
#include "read/framebuffer.h"
#include "read/iommu.h"
#include "read/modules.h"
#include "read/network.h"
#include "read/pci.h"
#include "read/pci_near.h"
#include "read/record_read.h"

#define RELEASE "proc/sys/kernel/osrelease"

/* A recorded machine without /proc: its one directory of modules names the kernel. */
static void release_from_modules(const struct sysroot *root, struct host *host)
{
	cleanup_listing struct listing *list = NULL;
	unsigned int count = 0;
	const char *entry;

	if (sysroot_list(root->fd, "lib/modules", &list) < 0)
		return;
	while ((entry = sysroot_list_next(list)))
		if (!count++)
			(void)snprintf(host->kernel, sizeof(host->kernel), "%s", entry);
	if (count > 1)
		host->kernel[0] = '\0';
}

/* `MAJOR.MINOR`, and whatever follows */
static void release_parse(struct host *host)
{
	size_t digits = strspn(host->kernel, "0123456789"), more;
	uint64_t major, minor;

	if (host->kernel[digits] != '.')
		return;
	more = strspn(host->kernel + digits + 1, "0123456789");
	if (number_parse(host->kernel, digits, 10, UINT16_MAX, &major) < 0 ||
	    number_parse(host->kernel + digits + 1, more, 10, UINT16_MAX, &minor) < 0)
		return;
	host->kernel_major = (unsigned int)major;
	host->kernel_minor = (unsigned int)minor;
}

static void release_read(const struct sysroot *root, struct host *host)
{
	struct utsname name;
	struct fault fault;

	if (root->live && !uname(&name)) {
		sysroot_seen(root->fd, RELEASE, SYSROOT_READS);
		(void)snprintf(host->kernel, sizeof(host->kernel), "%.63s", name.release);
	} else if (sysroot_read(root->fd, RELEASE, host->kernel, sizeof(host->kernel)) <=
		   0) {
		host->kernel[0] = '\0';
		release_from_modules(root, host);
	}
	/* It becomes a part of paths. */
	if (strchr(host->kernel, '/') || host->kernel[0] == '.')
		host->kernel[0] = '\0';
	release_parse(host);
	if (host->kernel_major)
		return;
	fault_set(&fault, -ENOENT, "the kernel release is not known");
	host_note(host, &fault);
}

/* Not the large arrays: each reader fills what it counts. */
static void host_begin(const struct sysroot *root, struct host *host)
{
	size_t room = host->room;

	memset(host, 0, offsetof(struct host, drivers));
	host->room = room;
	host->udev_ran = sysroot_exists(root->fd, "run/udev/data");
	/* A recorded machine is asked what its next boot would do. */
	host->drivers_count = root->live && !host->udev_ran;
	release_read(root, host);
}

void host_read_use(const struct sysroot *root, const char *cmdline, unsigned int needs,
		   struct host *host)
{
	if (needs & HOST_NEED_DISKS)
		disks_read(root, cmdline, needs & HOST_NEED_MOUNTS, host);
	if (needs & HOST_NEED_ROUTES)
		(void)network_read(root, host);
}

int host_read_functions(const struct sysroot *root, struct host *host,
			struct fault *fault)
{
	host_begin(root, host);
	return pci_read(root, host, fault);
}

int host_read(const struct sysroot *root, const struct config *config,
	      const char *cmdline, struct host *host, struct fault *fault)
{
	int result = host_read_functions(root, host, fault);

	if (result < 0)
		return result;
	record_read(root, cmdline, host);
	iommu_read(root, cmdline, host);
	modules_read(root, config, cmdline, host);
	framebuffer_read(root, host);
	host_read_use(root, cmdline, HOST_NEED_ALL, host);
	return 0;
}

int host_read_names(const struct sysroot *root, const char *cmdline, struct host *host,
		    struct fault *fault)
{
	int result;

	host_begin(root, host);
	result = pci_names_read(root, host, fault);
	if (!result)
		iommu_read_machine(root, cmdline, host);
	return result;
}

int host_read_near(const struct sysroot *root, uint8_t *want, struct host *host,
		   struct fault *fault)
{
	int result = pci_near_read(root, want, host, fault);

	if (result >= 0)
		iommu_read_groups(root, host);
	return result;
}

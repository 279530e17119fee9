// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfio-prove - ask the kernel whether an IOMMU group can be given to a guest
 *
 * usage: vfio-prove GROUP [ADDRESS]
 *
 * Walks the steps that a virtual machine monitor takes with a legacy VFIO group
 * (Documentation/driver-api/vfio.rst), prints one "step=result" line for each and
 * stops before VFIO_GROUP_GET_DEVICE_FD, because opening a device resets it. With an
 * address it goes on: it opens that function, maps its BAR 0 and reads a byte of it.
 * Exit status: 0 when every step was granted, 1 when one was not, 2 on wrong usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/vfio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static bool step(const char *name, bool good)
{
	if (good)
		printf("%s=ok\n", name);
	else
		printf("%s=%s\n", name, errno ? strerror(errno) : "no");
	return good;
}

static bool container_usable(int container)
{
	errno = 0;
	if (!step("api-version",
		  ioctl(container, VFIO_GET_API_VERSION) == VFIO_API_VERSION))
		return false;
	return step("type1",
		    ioctl(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1_IOMMU) == 1);
}

static bool group_viable(int group)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	errno = 0;
	if (!step("status", ioctl(group, VFIO_GROUP_GET_STATUS, &status) == 0))
		return false;
	return step("viable", (status.flags & VFIO_GROUP_FLAGS_VIABLE) != 0);
}

static bool group_attached(int container, int group)
{
	errno = 0;
	if (!step("set-container",
		  ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) == 0))
		return false;
	return step("set-iommu", ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU) == 0);
}

/* The kernel gives a BAR away here: -EBUSY when something else holds a part of it. */
static bool bar_mapped(int group, const char *address)
{
	struct vfio_region_info region = { .argsz = sizeof(region),
					   .index = VFIO_PCI_BAR0_REGION_INDEX };
	volatile unsigned char *bar;
	int device;

	errno = 0;
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
	if (!step("device", device >= 0))
		return false;
	if (!step("region", ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region) == 0 &&
				    region.size > 0))
		return false;
	bar = mmap(NULL, region.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
		   (off_t)region.offset);
	if (!step("map", bar != MAP_FAILED))
		return false;
	bar[0] = 0x5a;
	return step("read", bar[0] == 0x5a);
}

int main(int argc, char **argv)
{
	char path[64];
	int container, group;

	if (argc < 2 || argc > 3 || strlen(argv[1]) > 16 ||
	    argv[1][strspn(argv[1], "0123456789")])
		return 2;
	snprintf(path, sizeof(path), "/dev/vfio/%s", argv[1]);
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (!step("container", container >= 0))
		return 1;
	group = open(path, O_RDWR | O_CLOEXEC);
	if (!step("group", group >= 0))
		return 1;
	if (!container_usable(container) || !group_viable(group))
		return 1;
	if (!group_attached(container, group))
		return 1;
	return argc == 2 || bar_mapped(group, argv[2]) ? 0 : 1;
}

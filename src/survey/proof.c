// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int kernel_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int kernel_control(int fd, unsigned long request, uintptr_t argument)
{
	int result = ioctl(fd, request, argument);

	return result < 0 ? -errno : result;
}

static void kernel_close(int fd)
{
	close(fd);
}

const struct proof_calls proof_kernel = {
	.open_node = kernel_open,
	.control = kernel_control,
	.close_node = kernel_close,
};

static struct proof failed(unsigned int group, enum proof_step step, int error)
{
	return (struct proof){ .group = group, .step = step, .error = error };
}

static struct proof group_ask(const struct proof_calls *calls, unsigned int number,
			      int container, int group)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int result = calls->control(group, VFIO_GROUP_GET_STATUS, (uintptr_t)&status);

	if (result < 0 || !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return failed(number, PROOF_STATUS, result);
	result = calls->control(group, VFIO_GROUP_SET_CONTAINER, (uintptr_t)&container);
	if (result < 0)
		return failed(number, PROOF_SET_CONTAINER, result);
	result = calls->control(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	if (result < 0)
		return failed(number, PROOF_SET_IOMMU, result);
	return failed(number, PROOF_GOOD, 0);
}

static struct proof container_ask(const struct proof_calls *calls, unsigned int number,
				  int container)
{
	int group, result = calls->control(container, VFIO_GET_API_VERSION, 0);
	struct proof proof;
	char path[64];

	if (result != VFIO_API_VERSION)
		return failed(number, PROOF_VERSION, result);
	result = calls->control(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU);
	if (result <= 0)
		return failed(number, PROOF_TYPE1, result);
	(void)snprintf(path, sizeof(path), "/dev/vfio/%u", number);
	group = calls->open_node(path);
	if (group < 0)
		return failed(number, PROOF_GROUP, group);
	proof = group_ask(calls, number, container, group);
	calls->close_node(group);
	return proof;
}

/* Of linux/vfio.h since 6.6 (drivers/vfio/device_cdev.c) */
#define BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18)

struct bind_iommufd {
	uint32_t size;
	uint32_t flags;
	int32_t iommufd;
	uint32_t ret_device;
};

static struct proof device_bind(const struct proof_calls *calls, unsigned int group,
				const char *name, int iommufd)
{
	struct bind_iommufd bind = { .size = sizeof(bind), .iommufd = iommufd };
	char path[128];
	int device, result;

	(void)snprintf(path, sizeof(path), "/dev/vfio/devices/%.64s", name);
	device = calls->open_node(path);
	if (device < 0)
		return failed(group, PROOF_DEVICE, device);
	result = calls->control(device, BIND_IOMMUFD, (uintptr_t)&bind);
	calls->close_node(device);
	return result < 0 ? failed(group, PROOF_BIND, result) :
			    failed(group, PROOF_GOOD, 0);
}

static struct proof device_ask(const struct proof_calls *calls, unsigned int group,
			       const char *name)
{
	int iommufd = calls->open_node("/dev/iommu");
	struct proof proof;

	if (iommufd < 0) {
		proof = failed(group, PROOF_IOMMUFD, iommufd);
	} else {
		proof = device_bind(calls, group, name, iommufd);
		calls->close_node(iommufd);
	}
	proof.by_device = true;
	return proof;
}

static struct proof group_prove(const struct proof_calls *calls, unsigned int group)
{
	int container = calls->open_node("/dev/vfio/vfio");
	struct proof proof;

	if (container < 0)
		return failed(group, PROOF_CONTAINER, container);
	proof = container_ask(calls, group, container);
	calls->close_node(container);
	return proof;
}

/* With groups there are their nodes, whatever the container is. */
struct proof proof_ask(const struct proof_calls *calls, unsigned int group,
		       const char *device)
{
	struct proof proof = group_prove(calls, group);

	if (*device && proof.error == -ENOENT &&
	    (proof.step == PROOF_CONTAINER || proof.step == PROOF_GROUP))
		return device_ask(calls, group, device);
	return proof;
}

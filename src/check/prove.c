// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/prove.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/array.h"
#include "plan/card.h"

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

const struct prove_calls prove_kernel = {
	.open_node = kernel_open,
	.control = kernel_control,
	.close_node = kernel_close,
};

/* One group, looked at */
struct proof {
	const struct prove_calls *calls;
	unsigned int group;
	const char *name;
	struct findings *findings;
};

enum step {
	STEP_CONTAINER,
	STEP_VERSION,
	STEP_TYPE1,
	STEP_GROUP,
	STEP_STATUS,
	STEP_SET_CONTAINER,
	STEP_SET_IOMMU,
};

/* What an error of a step means; 0 stands for any other. */
static const struct meaning {
	enum step step;
	int error;
	enum finding_level level;
	const char *what;
	const char *remedy; /* NULL: that of the table */
} meanings[] = {
	{ STEP_CONTAINER, -EACCES, FINDING_UNKNOWN, "/dev/vfio/vfio may not be opened",
	  "try again as root" },
	{ STEP_CONTAINER, -ENOENT, FINDING_FAIL, "there is no /dev/vfio/vfio",
	  "modprobe vfio-pci vfio_iommu_type1" },
	{ STEP_CONTAINER, 0, FINDING_FAIL, "/dev/vfio/vfio cannot be opened",
	  "modprobe vfio-pci vfio_iommu_type1" },
	{ STEP_VERSION, 0, FINDING_FAIL, "this kernel has another version of VFIO",
	  NULL },
	{ STEP_TYPE1, 0, FINDING_FAIL, "the IOMMU backend is missing",
	  "modprobe vfio_iommu_type1" },
	{ STEP_GROUP, -EACCES, FINDING_UNKNOWN, "the group may not be opened",
	  "try again as root" },
	{ STEP_GROUP, -EPERM, FINDING_UNKNOWN, "the group may not be opened",
	  "try again as root" },
	{ STEP_GROUP, -EBUSY, FINDING_HINT,
	  "the group is in use, so the kernel has given it away: a virtual machine runs",
	  "nothing to do" },
	{ STEP_GROUP, -ENOENT, FINDING_FAIL,
	  "there is no such node: nothing in the group is on a VFIO driver", NULL },
	{ STEP_GROUP, 0, FINDING_FAIL, "the group cannot be opened", NULL },
	{ STEP_STATUS, 0, FINDING_FAIL,
	  "not viable: a function of the group has a driver of the host",
	  "see `vfio-early --groups` for the drivers in the group" },
	{ STEP_SET_CONTAINER, -EPERM, FINDING_FAIL,
	  "not viable: a function of the group has a driver of the host",
	  "see `vfio-early --groups` for the drivers in the group" },
	{ STEP_SET_CONTAINER, -EBUSY, FINDING_HINT,
	  "the group is in use: a virtual machine runs, or iommufd has it",
	  "nothing to do" },
	{ STEP_SET_CONTAINER, -EINVAL, FINDING_FAIL,
	  "the kernel refuses the group: firmware demands a fixed mapping (RMRR, IVMD)",
	  "look for a firmware setting or update, or use another slot" },
	{ STEP_SET_CONTAINER, 0, FINDING_FAIL, "the group cannot be put into a container",
	  NULL },
	{ STEP_SET_IOMMU, -EPERM, FINDING_FAIL,
	  "the kernel refuses the IOMMU: no interrupt remapping, or a fixed mapping (RMRR)",
	  "switch interrupt remapping on in the firmware setup; see the kernel log" },
	{ STEP_SET_IOMMU, -ENODEV, FINDING_FAIL, "the IOMMU backend is missing",
	  "modprobe vfio_iommu_type1" },
	{ STEP_SET_IOMMU, 0, FINDING_FAIL, "the IOMMU cannot be set", NULL },
};

/* Always false, so that a step can end with it. */
static bool proof_failed(const struct proof *proof, enum step step, int error)
{
	const struct meaning *meaning = meanings;
	struct finding *finding;

	while (meaning->step != step || (meaning->error && meaning->error != error))
		meaning++;
	finding = findings_add(proof->findings, meaning->level, FINDING_PROOF,
			       proof->name, "group %u: %s%s%s%s", proof->group,
			       meaning->what, error < 0 ? " (" : "",
			       error < 0 ? strerror(-error) : "", error < 0 ? ")" : "");
	if (meaning->remedy)
		finding_advise(finding, "%s", meaning->remedy);
	return false;
}

static bool container_asked(const struct proof *proof, int container)
{
	const struct prove_calls *calls = proof->calls;
	int result = calls->control(container, VFIO_GET_API_VERSION, 0);

	if (result != VFIO_API_VERSION)
		return proof_failed(proof, STEP_VERSION, result);
	result = calls->control(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU);
	if (result <= 0)
		return proof_failed(proof, STEP_TYPE1, result);
	return true;
}

static bool group_asked(const struct proof *proof, int container, int group)
{
	const struct prove_calls *calls = proof->calls;
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int result = calls->control(group, VFIO_GROUP_GET_STATUS, (uintptr_t)&status);

	if (result < 0 || !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return proof_failed(proof, STEP_STATUS, result);
	result = calls->control(group, VFIO_GROUP_SET_CONTAINER, (uintptr_t)&container);
	if (result < 0)
		return proof_failed(proof, STEP_SET_CONTAINER, result);
	result = calls->control(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	if (result < 0)
		return proof_failed(proof, STEP_SET_IOMMU, result);
	return true;
}

static void group_open(const struct proof *proof, int container)
{
	char path[64];
	int group;

	(void)snprintf(path, sizeof(path), "/dev/vfio/%u", proof->group);
	group = proof->calls->open_node(path);
	if (group < 0) {
		proof_failed(proof, STEP_GROUP, group);
		return;
	}
	if (group_asked(proof, container, group))
		findings_add(
			proof->findings, FINDING_PASS, FINDING_PROOF, proof->name,
			"group %u: the kernel opens it, calls it viable and sets its "
			"IOMMU",
			proof->group);
	proof->calls->close_node(group);
}

void prove_group(const struct prove_calls *calls, unsigned int group, const char *name,
		 struct findings *findings)
{
	const struct proof proof = { calls, group, name, findings };
	int container = calls->open_node("/dev/vfio/vfio");

	if (container < 0) {
		proof_failed(&proof, STEP_CONTAINER, container);
		return;
	}
	if (container_asked(&proof, container))
		group_open(&proof, container);
	calls->close_node(container);
}

static bool seen_before(const struct host *host, const struct plan_target *target,
			size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (card_at(host, target, i)->group ==
		    card_at(host, target, index)->group)
			return true;
	return false;
}

void prove_check(const struct sysroot *root, const struct config *config,
		 const struct host *host, const struct plan *plan,
		 struct findings *findings)
{
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct plan_target *target = &plan->targets[i];
		const char *name = config->targets[target->config].name;

		if (!card_is_reserved(host, target)) {
			finding_advise(findings_add(findings, FINDING_HINT, FINDING_PROOF,
						    name,
						    "not reserved now: there is nothing "
						    "to ask"),
				       "ask again after the reboot");
			continue;
		}
		if (!root->live) {
			finding_advise(findings_add(findings, FINDING_UNKNOWN,
						    FINDING_PROOF, name,
						    "only the kernel of the machine "
						    "itself can be asked"),
				       "run it there");
			continue;
		}
		for (size_t j = 0; j < target->n_functions; j++)
			if (card_at(host, target, j)->has_group &&
			    !seen_before(host, target, j))
				prove_group(&prove_kernel,
					    card_at(host, target, j)->group, name,
					    findings);
	}
}

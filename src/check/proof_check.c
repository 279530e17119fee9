// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "plan/card.h"
#include "plan/remedy.h"

/* What an error of a step means; 0 stands for any other. */
static const struct meaning {
	enum proof_step step;
	int error;
	enum finding_level level;
	const char *what;
	const char *remedy; /* NULL: that of the table */
} meanings[] = {
	{ PROOF_CONTAINER, -EACCES, FINDING_UNKNOWN, "/dev/vfio/vfio may not be opened",
	  "try again as root" },
	{ PROOF_CONTAINER, -ENOENT, FINDING_FAIL, "there is no /dev/vfio/vfio",
	  "modprobe -a vfio-pci vfio_iommu_type1" },
	{ PROOF_CONTAINER, 0, FINDING_FAIL, "/dev/vfio/vfio cannot be opened",
	  "modprobe -a vfio-pci vfio_iommu_type1" },
	{ PROOF_VERSION, 0, FINDING_FAIL, "this kernel has another version of VFIO",
	  NULL },
	{ PROOF_TYPE1, 0, FINDING_FAIL, "the IOMMU backend is missing",
	  "modprobe vfio_iommu_type1" },
	{ PROOF_GROUP, -EACCES, FINDING_UNKNOWN, "the group may not be opened",
	  "try again as root" },
	{ PROOF_GROUP, -EPERM, FINDING_UNKNOWN, "the group may not be opened",
	  "try again as root" },
	{ PROOF_GROUP, -EBUSY, FINDING_HINT,
	  "the group is in use, so the kernel allows it: a virtual machine is running",
	  "nothing to do" },
	{ PROOF_GROUP, -ENOENT, FINDING_FAIL,
	  "there is no such node: no function of the group is on a VFIO driver", NULL },
	{ PROOF_GROUP, 0, FINDING_FAIL, "the group cannot be opened", NULL },
	{ PROOF_STATUS, 0, FINDING_FAIL,
	  "not viable: a function of the group is bound to a host driver",
	  "see `vfio-early --groups` for the drivers in the group" },
	{ PROOF_SET_CONTAINER, -EPERM, FINDING_FAIL,
	  "not viable: a function of the group is bound to a host driver",
	  "see `vfio-early --groups` for the drivers in the group" },
	{ PROOF_SET_CONTAINER, -EBUSY, FINDING_HINT,
	  "the group is in use: a virtual machine is running, or iommufd holds it",
	  "nothing to do" },
	{ PROOF_SET_CONTAINER, -EINVAL, FINDING_FAIL,
	  "the kernel refuses the group: firmware demands a fixed mapping",
	  "look for a firmware setting or update, or use another slot" },
	{ PROOF_SET_CONTAINER, 0, FINDING_FAIL,
	  "the group cannot be put into a container", NULL },
	{ PROOF_SET_IOMMU, -EPERM, FINDING_FAIL,
	  "the kernel refuses the IOMMU: interrupts are not isolated, or firmware demands a "
	  "fixed mapping",
	  "see interrupt-remapping and reserved-region above, and the kernel log" },
	{ PROOF_SET_IOMMU, -ENODEV, FINDING_FAIL, "the IOMMU backend is missing",
	  "modprobe vfio_iommu_type1" },
	{ PROOF_SET_IOMMU, 0, FINDING_FAIL, "the IOMMU cannot be set", NULL },
	{ PROOF_IOMMUFD, -EACCES, FINDING_UNKNOWN, "/dev/iommu may not be opened",
	  "try again as root" },
	{ PROOF_IOMMUFD, 0, FINDING_FAIL,
	  "VFIO has no groups here, and /dev/iommu cannot be opened",
	  "modprobe iommufd" },
	{ PROOF_DEVICE, -EACCES, FINDING_UNKNOWN, "the device may not be opened",
	  "try again as root" },
	{ PROOF_DEVICE, 0, FINDING_FAIL, "the device's node cannot be opened", NULL },
	{ PROOF_BIND, -EBUSY, FINDING_HINT,
	  "the device is in use, so the kernel allows it: a virtual machine is running",
	  "nothing to do" },
	{ PROOF_BIND, -EPERM, FINDING_FAIL,
	  "the kernel refuses the device: another function of the group is bound to a "
	  "host driver, or interrupts are not isolated",
	  "see `vfio-early --groups` for the drivers in the group, and interrupt-remapping "
	  "above" },
	{ PROOF_BIND, -EINVAL, FINDING_FAIL,
	  "the kernel refuses the device: firmware demands a fixed mapping",
	  "look for a firmware setting or update, or use another slot" },
	{ PROOF_BIND, 0, FINDING_FAIL, "the device cannot be bound to iommufd", NULL },
};

static void proof_judge(const struct scene *scene, const struct proof *proof)
{
	const struct meaning *meaning = meanings;
	int error = proof->error;

	if (proof->step == PROOF_GOOD) {
		scene_pass(scene, FINDING_PROOF,
			   proof->by_device ?
				   "group %u: the kernel binds its device to iommufd" :
				   "group %u: the kernel opens it, calls it viable and "
				   "sets its IOMMU",
			   proof->group);
		return;
	}
	while (meaning->step != proof->step ||
	       (meaning->error && meaning->error != error))
		meaning++;
	scene_tell(scene, meaning->level, FINDING_PROOF, "group %u: %s%s%s%s%s%s",
		   proof->group, meaning->what, error < 0 ? " (" : "",
		   error < 0 ? strerrordesc_np(-error) : "", error < 0 ? ")" : "",
		   meaning->remedy ? TO_DO : "", meaning->remedy ? meaning->remedy : "");
}

static void target_judge(const struct scene *scene)
{
	const struct survey *survey = scene->survey;

	if (!card_is_reserved(scene->host, scene->target)) {
		scene_hint(scene, FINDING_PROOF,
			   "not reserved now: there is nothing to ask" TO_DO
			   "ask again after the reboot");
		return;
	}
	if (!survey->live) {
		scene_unknown(scene, FINDING_PROOF,
			      "only the kernel of the machine itself can be asked" TO_DO
			      "run it there");
		return;
	}
	for (size_t i = 0; i < survey->n_proofs; i++)
		for (size_t j = 0; j < scene->target->n_functions; j++) {
			const struct host_function *function =
				card_at(scene->host, scene->target, j);

			if (!function->has_group ||
			    function->group != survey->proofs[i].group)
				continue;
			proof_judge(scene, &survey->proofs[i]);
			break;
		}
}

void proof_check(const struct scene *scene)
{
	for (size_t i = 0; i < scene->plan->n_targets; i++) {
		const struct scene target =
			scene_of_target(scene, &scene->plan->targets[i]);

		if (scene->survey->prove)
			target_judge(&target);
	}
}

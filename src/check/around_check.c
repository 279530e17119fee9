// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"
#include "plan/remedy.h"

/* What a virtual machine needs besides the card: hints, never failures. */

static void kvm_judge(const struct scene *scene, const struct around *around)
{
	if (around->kvm)
		scene_pass(scene, FINDING_KVM, "/dev/kvm exists");
	else
		scene_hint(
			scene, FINDING_KVM, "%s",
			remedy_is_arm(scene->host) ?
				"there is no /dev/kvm: the firmware did not start the "
				"kernel at EL2, or the kernel has no KVM" TO_DO
				"look for kvm in the kernel log" :
				"there is no /dev/kvm: hardware virtualisation is off, "
				"or kvm_intel or kvm_amd is not loaded");
}

static void hypervisor_judge(const struct scene *scene, const struct around *around)
{
	if (around->proxmox)
		scene_pass(scene, FINDING_HYPERVISOR,
			   "Proxmox is installed (it includes QEMU)");
	else if (around->qemu)
		scene_pass(scene, FINDING_HYPERVISOR, "QEMU%s is installed",
			   around->libvirt ? " with libvirt" : "");
	else
		scene_hint(scene, FINDING_HYPERVISOR, "%s",
			   around->libvirt ? "libvirt is installed, QEMU is not" :
					     "neither QEMU nor Proxmox is installed");
}

static void firmware_judge(const struct scene *scene, const struct around *around)
{
	if (around->firmware)
		scene_pass(scene, FINDING_FIRMWARE,
			   "UEFI firmware for virtual machines: /%s", around->firmware);
	else
		scene_hint(scene, FINDING_FIRMWARE,
			   "no UEFI firmware for virtual machines (OVMF) was found");
}

static void libvirt_judge(const struct scene *scene, const struct around *around)
{
	switch (around->libvirt_active) {
	case FACT_YES:
		scene_pass(scene, FINDING_LIBVIRT, "libvirt's service is active");
		break;
	case FACT_NO:
		scene_hint(scene, FINDING_LIBVIRT,
			   "libvirt is installed, but neither its socket nor its service "
			   "is active");
		break;
	case FACT_UNKNOWN:
		scene_unknown(scene, FINDING_LIBVIRT,
			      "systemd could not be asked about libvirt" TO_DO
			      "systemctl status libvirtd.socket virtqemud.socket");
		break;
	}
	if (around->network)
		scene_pass(scene, FINDING_NETWORK,
			   "libvirt's default network is running");
	else
		scene_hint(scene, FINDING_NETWORK,
			   "libvirt's default network is not running");
}

static void group_judge(const struct scene *scene, const char *name,
			const struct around_group *group)
{
	if (!group->exists || !*group->person)
		return; /* a machine without people, or without that group */
	if (*group->members)
		scene_pass(scene, FINDING_USER, "in the group %s: %s", name,
			   group->members);
	else
		scene_hint(scene, FINDING_USER,
			   "the group %s, which allows use without root, has no "
			   "members" TO_DO "usermod -aG %s %s, and log in again",
			   name, name, group->person);
}

void around_check(const struct scene *scene)
{
	const struct around *around = &scene->survey->around;

	kvm_judge(scene, around);
	hypervisor_judge(scene, around);
	firmware_judge(scene, around);
	if (around->libvirt && !around->proxmox) {
		libvirt_judge(scene, around);
		group_judge(scene, "libvirt", &around->libvirt_group);
	}
	if (!around->kvm_is_free)
		group_judge(scene, "kvm", &around->kvm_group);
}

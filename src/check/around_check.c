// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/around_check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/number.h"
#include "check/units.h"

#define PEOPLE_FIRST 1000 /* login.defs(5) UID_MIN; below are services */
#define PEOPLE_LAST 59999

/* The first of the files that is there; NULL: none */
static const char *first_of(const struct sysroot *root, const char *const *paths,
			    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sysroot_exists(root->fd, paths[i]))
			return paths[i];
	return NULL;
}

static void kvm_check(const struct sysroot *root, struct findings *findings)
{
	if (sysroot_exists(root->fd, "dev/kvm"))
		findings_add(findings, FINDING_PASS, FINDING_KVM, NULL,
			     "/dev/kvm is there");
	else
		findings_add(findings, FINDING_HINT, FINDING_KVM, NULL,
			     "/dev/kvm is not there: no hardware virtualisation, or "
			     "kvm_intel or kvm_amd is not loaded");
}

/* Returns whether libvirt is one of them. */
static bool hypervisor_check(const struct sysroot *root, struct findings *findings)
{
	static const char *const proxmox[] = { "usr/bin/pveversion" };
	static const char *const libvirt[] = { "usr/sbin/virtqemud", "usr/sbin/libvirtd",
					       "usr/bin/libvirtd", "usr/bin/virtqemud" };
	static const char *const qemu[] = { "usr/bin/qemu-system-x86_64",
					    "usr/libexec/qemu-kvm", "usr/bin/qemu-kvm",
					    "usr/bin/kvm" };
	const char *found_proxmox = first_of(root, proxmox, ARRAY_SIZE(proxmox));
	const char *found_libvirt = first_of(root, libvirt, ARRAY_SIZE(libvirt));
	const char *found_qemu = first_of(root, qemu, ARRAY_SIZE(qemu));

	if (found_proxmox || found_qemu)
		findings_add(findings, FINDING_PASS, FINDING_HYPERVISOR, NULL,
			     "%s%s is there%s", found_proxmox ? "Proxmox" : "QEMU",
			     found_libvirt && !found_proxmox ? " with libvirt" : "",
			     found_proxmox ? " (it brings QEMU)" : "");
	else
		findings_add(findings, FINDING_HINT, FINDING_HYPERVISOR, NULL, "%s",
			     found_libvirt ? "libvirt is there, QEMU is not" :
					     "neither QEMU nor Proxmox is there");
	return found_libvirt && !found_proxmox;
}

static void firmware_check(const struct sysroot *root, struct findings *findings)
{
	static const char *const paths[] = {
		"usr/share/OVMF/OVMF_CODE_4M.fd",
		"usr/share/OVMF/OVMF_CODE.fd",
		"usr/share/edk2/ovmf/OVMF_CODE.fd",
		"usr/share/edk2/x64/OVMF_CODE.4m.fd",
		"usr/share/edk2-ovmf/x64/OVMF_CODE.fd",
		"usr/share/edk2/OvmfX64/OVMF_CODE.fd",
		"usr/share/qemu/edk2-x86_64-code.fd",
		"usr/share/qemu/ovmf-x86_64-code.bin",
		"usr/share/pve-edk2-firmware/OVMF_CODE_4M.fd",
		"usr/share/pve-edk2-firmware/OVMF_CODE.fd",
		"run/libvirt/nix-ovmf/OVMF_CODE.fd",
	};
	const char *found = first_of(root, paths, ARRAY_SIZE(paths));

	if (found)
		findings_add(findings, FINDING_PASS, FINDING_FIRMWARE, NULL,
			     "UEFI firmware for virtual machines: /%s", found);
	else
		findings_add(findings, FINDING_HINT, FINDING_FIRMWARE, NULL,
			     "no UEFI firmware for virtual machines (OVMF) is found");
}

static void libvirt_check(const struct sysroot *root, struct findings *findings)
{
	static const char *const names[] = { "virtqemud.socket", "virtqemud.service",
					     "libvirtd.socket", "libvirtd.service" };
	static const char *const networks[] = { "run/libvirt/network/default.xml",
						"sys/class/net/virbr0" };

	switch (units_active(root, names, ARRAY_SIZE(names))) {
	case FACT_YES:
		findings_add(findings, FINDING_PASS, FINDING_LIBVIRT, NULL,
			     "libvirt's service is active");
		break;
	case FACT_NO:
		findings_add(
			findings, FINDING_HINT, FINDING_LIBVIRT, NULL,
			"libvirt is there, and neither its socket nor its service is "
			"active");
		break;
	case FACT_UNKNOWN:
		finding_advise(findings_add(findings, FINDING_UNKNOWN, FINDING_LIBVIRT,
					    NULL,
					    "systemd could not be asked about libvirt"),
			       "systemctl status libvirtd.socket virtqemud.socket");
		break;
	}
	if (first_of(root, networks, ARRAY_SIZE(networks)))
		findings_add(findings, FINDING_PASS, FINDING_NETWORK, NULL,
			     "libvirt's default network is running");
	else
		findings_add(findings, FINDING_HINT, FINDING_NETWORK, NULL,
			     "libvirt's default network is not running");
}

/* ---- people ---- */

struct people {
	const char *group; /* that is looked for */
	bool exists;
	char members[LINES_WORD_MAX]; /* ann,bob */
	char person[LINES_WORD_MAX]; /* one who is not in it */
};

/* group(5): name, password, number, members */
static void group_take(const struct line *line, void *context)
{
	struct people *people = context;
	const char *cursor = line->text;
	char word[LINES_WORD_MAX];

	if (!lines_word(&cursor, ":", word) || strcmp(word, people->group) != 0)
		return;
	people->exists = true;
	cursor = strrchr(line->text, ':') + 1;
	(void)lines_word(&cursor, "", people->members);
}

/* passwd(5): name, password, number, ... */
static void person_take(const struct line *line, void *context)
{
	struct people *people = context;
	const char *cursor = line->text;
	char name[LINES_WORD_MAX], word[LINES_WORD_MAX];
	uint64_t number;

	if (!lines_word(&cursor, ":", name) || !lines_word(&cursor, ":", word) ||
	    !lines_word(&cursor, ":", word) ||
	    number_parse(word, strlen(word), 10, UINT32_MAX, &number) < 0)
		return;
	if (number >= PEOPLE_FIRST && number <= PEOPLE_LAST && !*people->person)
		(void)snprintf(people->person, sizeof(people->person), "%s", name);
}

/* Debian has a group for it, others let everybody use it. */
static bool kvm_is_free(const struct sysroot *root)
{
	struct stat status;

	return !fstatat(root->fd, "dev/kvm", &status, 0) &&
	       (status.st_mode & (S_IROTH | S_IWOTH)) == (S_IROTH | S_IWOTH);
}

static void people_check(const struct sysroot *root, const char *group,
			 struct findings *findings)
{
	struct people people = { .group = group };

	(void)lines_read(root, "etc/group", group_take, &people);
	(void)lines_read(root, "etc/passwd", person_take, &people);
	if (!people.exists || !*people.person)
		return; /* a machine without people, or without that group */
	if (*people.members)
		findings_add(findings, FINDING_PASS, FINDING_USER, NULL,
			     "in the group %s: %s", group, people.members);
	else
		finding_advise(
			findings_add(findings, FINDING_HINT, FINDING_USER, NULL,
				     "nobody is in the group %s, which lets people use "
				     "it without being root",
				     group),
			"usermod -aG %s %s, and log in again", group, people.person);
}

void around_check(const struct sysroot *root, struct findings *findings)
{
	bool libvirt;

	kvm_check(root, findings);
	libvirt = hypervisor_check(root, findings);
	firmware_check(root, findings);
	if (libvirt) {
		libvirt_check(root, findings);
		people_check(root, "libvirt", findings);
	}
	if (!kvm_is_free(root))
		people_check(root, "kvm", findings);
}

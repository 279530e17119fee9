// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/around.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>
#include <time.h>

#include "base/array.h"
#include "base/number.h"

#define MICROSECONDS UINT64_C(1000000)
#define PEOPLE_FIRST 1000 /* login.defs(5) UID_MIN; below are services */
#define PEOPLE_LAST 59999

/* ---- units of systemd ---- */

static int call_fill(sd_bus_message *call, const char *const *names, size_t count)
{
	int result = sd_bus_message_open_container(call, 'a', "s");

	for (size_t i = 0; i < count && result >= 0; i++)
		result = sd_bus_message_append(call, "s", names[i]);
	return result < 0 ? result : sd_bus_message_close_container(call);
}

/* Units: name, description, load and active state, ... (org.freedesktop.systemd1(5)) */
static enum fact reply_judge(sd_bus_message *reply)
{
	enum fact fact = FACT_NO;
	const char *active;
	int result = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");

	while (result >= 0 &&
	       (result = sd_bus_message_enter_container(reply, 'r', "ssssssouso")) > 0) {
		result = sd_bus_message_read(reply, "ssss", NULL, NULL, NULL, &active);
		if (result < 0)
			break;
		if (!strcmp(active, "active"))
			fact = FACT_YES;
		result = sd_bus_message_skip(reply, "ssouso");
		if (result >= 0)
			result = sd_bus_message_exit_container(reply);
	}
	return result < 0 ? FACT_UNKNOWN : fact;
}

static enum fact bus_ask(sd_bus *bus, const char *const *names, size_t count)
{
	sd_bus_message *call = NULL, *reply = NULL;
	enum fact fact = FACT_UNKNOWN;

	if (sd_bus_message_new_method_call(
		    bus, &call, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		    "org.freedesktop.systemd1.Manager", "ListUnitsByNames") >= 0 &&
	    call_fill(call, names, count) >= 0 &&
	    sd_bus_call(bus, call, AROUND_SECONDS * MICROSECONDS, NULL, &reply) >= 0)
		fact = reply_judge(reply);
	(void)sd_bus_message_unref(reply);
	(void)sd_bus_message_unref(call);
	return fact;
}

static uint64_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * MICROSECONDS + (uint64_t)time.tv_nsec / 1000;
}

/*
 * The greeting of the bus has a limit of its own in sd-bus, 90 seconds, which the limit
 * of a call does not shorten.
 */
static bool bus_greet(sd_bus *bus)
{
	uint64_t end = now() + AROUND_SECONDS * MICROSECONDS;
	int ready;

	while (!(ready = sd_bus_is_ready(bus))) {
		uint64_t time = now();
		int done = sd_bus_process(bus, NULL);

		if (done < 0 || time >= end)
			return false;
		if (!done && sd_bus_wait(bus, end - time) < 0)
			return false;
	}
	return ready > 0;
}

/* Is one of these units active? FACT_UNKNOWN when systemd cannot be asked */
static enum fact units_active(const struct sysroot *root, const char *const *names,
			      size_t count)
{
	enum fact fact = FACT_UNKNOWN;
	sd_bus *bus = NULL;

	if (!root->live || sd_bus_open_system(&bus) < 0)
		return FACT_UNKNOWN;
	if (bus_greet(bus))
		fact = bus_ask(bus, names, count);
	(void)sd_bus_close_unref(bus); /* to flush it would greet again */
	return fact;
}

/* ---- files ---- */

/* The first of the files that is there; NULL: none */
static const char *first_of(const struct sysroot *root, const char *const *paths,
			    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sysroot_exists(root->fd, paths[i]))
			return paths[i];
	return NULL;
}

static bool any_of(const struct sysroot *root, const char *const *paths, size_t count)
{
	return first_of(root, paths, count);
}

static void programs_read(const struct sysroot *root, struct around *around)
{
	static const char *const proxmox[] = { "usr/bin/pveversion" };
	static const char *const libvirt[] = { "usr/sbin/virtqemud", "usr/sbin/libvirtd",
					       "usr/bin/libvirtd", "usr/bin/virtqemud" };
	static const char *const qemu[] = { "usr/bin/qemu-system-x86_64",
					    "usr/libexec/qemu-kvm", "usr/bin/qemu-kvm",
					    "usr/bin/kvm" };

	around->proxmox = any_of(root, proxmox, ARRAY_SIZE(proxmox));
	around->libvirt = any_of(root, libvirt, ARRAY_SIZE(libvirt));
	around->qemu = any_of(root, qemu, ARRAY_SIZE(qemu));
}

static void firmware_read(const struct sysroot *root, struct around *around)
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

	around->firmware = first_of(root, paths, ARRAY_SIZE(paths));
}

static void libvirt_read(const struct sysroot *root, struct around *around)
{
	static const char *const names[] = { "virtqemud.socket", "virtqemud.service",
					     "libvirtd.socket", "libvirtd.service" };
	static const char *const networks[] = { "run/libvirt/network/default.xml",
						"sys/class/net/virbr0" };

	around->libvirt_active = units_active(root, names, ARRAY_SIZE(names));
	around->network = any_of(root, networks, ARRAY_SIZE(networks));
}

/* ---- people ---- */

struct people {
	const char *name; /* of the group that is looked for */
	struct around_group *group;
};

/* group(5): name, password, number, members */
static void group_take(const struct line *line, void *context)
{
	const struct people *people = context;
	const char *cursor = line->text, *members = strrchr(line->text, ':');
	char word[LINES_WORD_MAX];

	if (!members || !lines_word(&cursor, ":", word) ||
	    strcmp(word, people->name) != 0)
		return;
	people->group->exists = true;
	cursor = members + 1;
	(void)lines_word(&cursor, "", people->group->members);
}

/* passwd(5): name, password, number, ... */
static void person_take(const struct line *line, void *context)
{
	struct around_group *group = context;
	const char *cursor = line->text;
	char name[LINES_WORD_MAX], word[LINES_WORD_MAX];
	uint64_t number;

	if (!lines_word(&cursor, ":", name) || !lines_word(&cursor, ":", word) ||
	    !lines_word(&cursor, ":", word) ||
	    number_parse(word, strlen(word), 10, UINT32_MAX, &number) < 0)
		return;
	if (number >= PEOPLE_FIRST && number <= PEOPLE_LAST && !*group->person)
		(void)snprintf(group->person, sizeof(group->person), "%s", name);
}

static void group_read(const struct sysroot *root, const char *name,
		       struct around_group *group)
{
	struct people people = { name, group };

	(void)lines_read(root, "etc/group", group_take, &people);
	(void)lines_read(root, "etc/passwd", person_take, group);
}

/* Debian has a group for it, others let every user use it. */
static void kvm_read(const struct sysroot *root, struct around *around)
{
	struct stat status;

	sysroot_seen(root->fd, "dev/kvm", SYSROOT_LOOKS);
	around->kvm = !fstatat(root->fd, "dev/kvm", &status, 0);
	around->kvm_is_free = around->kvm && (status.st_mode & (S_IROTH | S_IWOTH)) ==
						     (S_IROTH | S_IWOTH);
}

void around_read(const struct sysroot *root, struct around *around)
{
	*around = (struct around){ .kvm = false };
	kvm_read(root, around);
	programs_read(root, around);
	firmware_read(root, around);
	if (around->libvirt && !around->proxmox)
		libvirt_read(root, around);
	group_read(root, "libvirt", &around->libvirt_group);
	group_read(root, "kvm", &around->kvm_group);
}

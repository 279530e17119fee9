// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/hostdev.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "plan/card.h"

#define BUS_MAX 255
#define SLOT_FIRST 0x10 /* on the root bus of i440fx, above what QEMU and libvirt fill */
#define SLOT_LAST 0x1e
#define HOSTPCI_MAX 16 /* hostpci0 to hostpci15, PVE::QemuServer::PCI */
#define ID_MAX 64

const char *const hostdev_format_names[] = {
	[HOSTDEV_QEMU] = "qemu",
	[HOSTDEV_LIBVIRT] = "libvirt",
	[HOSTDEV_PROXMOX] = "proxmox",
};

static_assert(ARRAY_SIZE(hostdev_format_names) == HOSTDEV_FORMATS,
	      "a format has no name");

/* ---- places ---- */

static struct hostdev_slot *slot_of(struct hostdev *hostdev,
				    const struct pci_address *address)
{
	struct hostdev_slot *slot = hostdev->slots;

	for (size_t i = 0; i < hostdev->n_slots; i++, slot++)
		if (pci_address_same_slot(&slot->host, address))
			return slot;
	*slot = (struct hostdev_slot){ .host = *address };
	slot->host.function = 0;
	hostdev->n_slots++;
	return slot;
}

/* A slot needs a function 0: where the host's is not given, the lowest becomes it. */
static void functions_place(const struct plan_target *target, const struct host *host,
			    struct hostdev *hostdev)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct pci_address *address = &card_at(host, target, i)->address;
		struct hostdev_slot *slot = slot_of(hostdev, address);

		hostdev->functions[hostdev->n_functions++] = (struct hostdev_function){
			.host = *address,
			.slot = (size_t)(slot - hostdev->slots),
			.function = slot->count++ ? address->function : 0,
		};
	}
}

static void slots_finish(const struct host *host, struct hostdev *hostdev)
{
	for (size_t i = 0; i < hostdev->n_slots; i++) {
		struct hostdev_slot *slot = &hostdev->slots[i];
		size_t there = 0;

		for (size_t j = 0; j < host->n_functions; j++)
			there += pci_address_same_slot(&host->functions[j].address,
						       &slot->host);
		slot->whole = there == slot->count;
	}
}

/* ---- room in the guest ---- */

static bool device_is_free(const struct guest *guest, unsigned int device)
{
	for (size_t i = 0; i < guest->n_places; i++)
		if (!guest->places[i].bus && guest->places[i].device == device)
			return false;
	return true;
}

static int libvirt_room(struct hostdev *hostdev, struct fault *fault)
{
	unsigned int bus = guest_next_bus(hostdev->guest), device = SLOT_FIRST;

	for (size_t i = 0; i < hostdev->n_slots; i++) {
		struct hostdev_slot *slot = &hostdev->slots[i];

		if (hostdev->port) {
			slot->bus = bus++;
			continue;
		}
		while (device <= SLOT_LAST && !device_is_free(hostdev->guest, device))
			device++;
		slot->device = device++;
	}
	if (bus > BUS_MAX + 1u || device > SLOT_LAST + 1)
		return fault_set(fault, -ENOSPC, "%s has no PCI slot left for %s",
				 hostdev->guest->name, hostdev->name);
	return 0;
}

static bool has_slot(const struct guest_hostdev *own, const struct pci_address *slot)
{
	return !*own->mapping && pci_address_same_slot(&own->host, slot);
}

static bool index_is_used(const struct hostdev *hostdev, unsigned int index)
{
	const struct guest *guest = hostdev->guest;

	for (size_t i = 0; i < guest->n_hostdevs; i++)
		if (guest->hostdevs[i].slot == index)
			return true;
	for (size_t i = 0; i < hostdev->n_slots; i++)
		if (hostdev->slots[i].index == index)
			return true;
	return false;
}

/* The line that has the card already is written anew; else the first free one. */
static int proxmox_room(struct hostdev *hostdev, struct fault *fault)
{
	const struct guest *guest = hostdev->guest;
	unsigned int index = 0;

	for (size_t i = 0; i < hostdev->n_slots; i++)
		hostdev->slots[i].index = HOSTPCI_MAX;
	for (size_t i = 0; i < hostdev->n_slots; i++) {
		struct hostdev_slot *slot = &hostdev->slots[i];

		for (size_t j = guest->n_hostdevs; j-- > 0;)
			if (has_slot(&guest->hostdevs[j], &slot->host))
				slot->index = guest->hostdevs[j].slot;
		if (slot->index < HOSTPCI_MAX)
			continue;
		while (index < HOSTPCI_MAX && index_is_used(hostdev, index))
			index++;
		if (index == HOSTPCI_MAX)
			return fault_set(fault, -ENOSPC,
					 "%s has no hostpci line left for %s",
					 guest->name, hostdev->name);
		slot->index = index;
	}
	return 0;
}

int hostdev_plan(const char *name, const struct plan_target *target,
		 const struct host *host, const struct guest *guest,
		 struct hostdev *hostdev, struct fault *fault)
{
	memset(hostdev, 0, sizeof(*hostdev));
	hostdev->name = name;
	hostdev->guest = guest;
	hostdev->format = !guest		       ? HOSTDEV_QEMU :
			  guest->kind == GUEST_PROXMOX ? HOSTDEV_PROXMOX :
							 HOSTDEV_LIBVIRT;
	hostdev->port = !guest || guest_is_q35(guest);
	if (!target->n_functions)
		return fault_set(fault, -ENODEV,
				 "target %s has no card on this machine: %s", name,
				 reason_info(target->reason)->sentence);
	functions_place(target, host, hostdev);
	slots_finish(host, hostdev);
	if (hostdev->format == HOSTDEV_LIBVIRT)
		return libvirt_room(hostdev, fault);
	return hostdev->format == HOSTDEV_PROXMOX ? proxmox_room(hostdev, fault) : 0;
}

/* ---- lines ---- */

#define put(text, ...) text_append(text, HOSTDEV_TEXT_MAX, __VA_ARGS__)

/* QEMU's ids begin with a letter (util/id.c id_wellformed()), unlike names of targets. */
static void id_of(const struct hostdev *hostdev, size_t slot, char id[static ID_MAX])
{
	char first = hostdev->name[0];
	bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');

	(void)snprintf(id, ID_MAX, "%s%s", letter ? "" : "card-", hostdev->name);
	if (slot)
		(void)snprintf(id + strlen(id), ID_MAX - strlen(id), "-%zu", slot + 1);
}

static const char *multifunction(const struct hostdev *hostdev,
				 const struct hostdev_function *function)
{
	bool many = hostdev->slots[function->slot].count > 1 && !function->function;

	if (!many)
		return "";
	return hostdev->format == HOSTDEV_QEMU ? ",multifunction=on" :
						 "\n           multifunction='on'";
}

/* QEMU wants (chassis, slot) of each port to be its own, also beside the ports of another
 * target: no two cards are in one slot of the host. 13 bits (PCI Express, 7.5.3.9) */
static unsigned int slot_number(const struct pci_address *host)
{
	return (unsigned int)host->bus << 5 | host->device;
}

static void qemu_text(const struct hostdev *hostdev, char *text)
{
	char id[ID_MAX];

	for (size_t i = 0; i < hostdev->n_slots; i++) {
		id_of(hostdev, i, id);
		put(text, "-device pcie-root-port,id=%s,bus=pcie.0,chassis=101,slot=%u\n",
		    id, slot_number(&hostdev->slots[i].host));
	}
	for (size_t i = 0; i < hostdev->n_functions; i++) {
		const struct hostdev_function *function = &hostdev->functions[i];

		id_of(hostdev, function->slot, id);
		put(text, "-device vfio-pci,host=%s,bus=%s,addr=0.%u%s\n",
		    PCI_ADDRESS(&function->host), id, function->function,
		    multifunction(hostdev, function));
	}
}

static void element_text(const struct hostdev *hostdev,
			 const struct hostdev_function *function, char *text)
{
	const struct hostdev_slot *slot = &hostdev->slots[function->slot];
	const struct pci_address *host = &function->host;

	put(text,
	    "<hostdev mode='subsystem' type='pci' managed='no'>\n"
	    "  <source>\n"
	    "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
	    "  </source>\n",
	    host->domain, host->bus, host->device, host->function);
	put(text,
	    "  <address type='pci' domain='0x0000' bus='0x%02x' slot='0x%02x' "
	    "function='0x%x'%s/>\n"
	    "</hostdev>\n",
	    slot->bus, slot->device, function->function,
	    multifunction(hostdev, function));
}

static void libvirt_text(const struct hostdev *hostdev, char *text)
{
	for (size_t i = 0; hostdev->port && i < hostdev->n_slots; i++)
		put(text, "<controller type='pci' index='%u' model='pcie-root-port'/>\n",
		    hostdev->slots[i].bus);
	for (size_t i = 0; i < hostdev->n_functions; i++)
		element_text(hostdev, &hostdev->functions[i], text);
}

/* 0000:0b:00 for all of the slot, else its functions, which a shell would take apart */
static void slot_text(const struct hostdev *hostdev, size_t slot, char *text)
{
	const char *address = PCI_ADDRESS(&hostdev->slots[slot].host);
	size_t written = 0;

	if (hostdev->slots[slot].whole) {
		put(text, "%.*s", (int)strcspn(address, "."), address);
		return;
	}
	put(text, "'");
	for (size_t i = 0; i < hostdev->n_functions; i++) {
		if (hostdev->functions[i].slot != slot)
			continue;
		put(text, "%s%s", written++ ? ";" : "",
		    PCI_ADDRESS(&hostdev->functions[i].host));
	}
}

static void proxmox_text(const struct hostdev *hostdev, char *text)
{
	for (size_t i = 0; i < hostdev->n_slots; i++) {
		put(text, "qm set %s --hostpci%u ", SHELL_WORD(hostdev->guest->name),
		    hostdev->slots[i].index);
		slot_text(hostdev, i, text);
		put(text, "%s%s\n", hostdev->port ? ",pcie=1" : "",
		    hostdev->slots[i].whole ? "" : "'");
	}
}

void hostdev_text(const struct hostdev *hostdev, char text[static HOSTDEV_TEXT_MAX])
{
	*text = '\0';
	switch (hostdev->format) {
	case HOSTDEV_QEMU:
		qemu_text(hostdev, text);
		break;
	case HOSTDEV_LIBVIRT:
		libvirt_text(hostdev, text);
		break;
	case HOSTDEV_PROXMOX:
		proxmox_text(hostdev, text);
		break;
	case HOSTDEV_FORMATS:
		break;
	}
}

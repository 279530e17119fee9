/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOSTDEV_H
#define VFIO_EARLY_HOSTDEV_H

/*
 * `--hostdev`: where the functions of a target go in a guest, and the lines that put them
 * there. All functions of one slot of the host stay in one slot of the guest, behind a
 * root port of their own. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "guest/domain.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

#define HOSTDEV_TEXT_MAX 32768

/** enum hostdev_format - which lines are printed */
enum hostdev_format { HOSTDEV_QEMU, HOSTDEV_LIBVIRT, HOSTDEV_PROXMOX, HOSTDEV_FORMATS };

extern const char *const hostdev_format_names[];

/**
 * struct hostdev_function - a function and its place
 * @host: where it is
 * @slot: which of the guest's slots
 * @function: its number there
 */
struct hostdev_function {
	struct pci_address host;
	size_t slot;
	unsigned int function;
};

/**
 * struct hostdev_slot - a slot of the guest
 * @host: the host's slot that it mirrors; its function is 0
 * @bus: number of its bus in the guest; for i440fx 0
 * @device: 0, but for i440fx
 * @whole: all functions of the host's slot are in it
 * @count: of its functions
 * @index: Proxmox: N of hostpciN
 */
struct hostdev_slot {
	struct pci_address host;
	unsigned int bus;
	unsigned int device;
	bool whole;
	size_t count;
	unsigned int index;
};

/**
 * struct hostdev - the plan
 * @name: of the target
 * @guest: the guest it is for; NULL: QEMU
 * @port: there are root ports; else the slots are on bus 0
 */
struct hostdev {
	const char *name;
	const struct guest *guest;
	enum hostdev_format format;
	bool port;
	struct hostdev_function functions[PLAN_FUNCTIONS_MAX];
	size_t n_functions;
	struct hostdev_slot slots[PLAN_FUNCTIONS_MAX];
	size_t n_slots;
};

/**
 * hostdev_plan() - find a place for each function of a target
 * @guest: NULL: for QEMU's command line
 * @fault: why there is none
 *
 * Elements of the guest that have the card already count as free: they are replaced.
 *
 * Return: 0; -ENODEV when the card is not there; -ENOSPC when the guest has no room
 */
int hostdev_plan(const char *name, const struct plan_target *target,
		 const struct host *host, const struct guest *guest,
		 struct hostdev *hostdev, struct fault *fault);

/**
 * hostdev_text() - write the lines
 * @text: filled; each line ends with a newline
 */
void hostdev_text(const struct hostdev *hostdev, char text[static HOSTDEV_TEXT_MAX]);

#endif

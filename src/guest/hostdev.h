/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOSTDEV_H
#define VFIO_EARLY_HOSTDEV_H

/*
 * `--hostdev`: addresses in a guest for the functions of a target, and the lines of its
 * configuration. All functions of one slot of the host stay in one slot of the guest,
 * behind its own root port. Pure.
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
 * struct hostdev_function - a function and its address in the guest
 * @host: its address
 * @slot: index in hostdev.slots
 * @function: function number there
 */
struct hostdev_function {
	struct pci_address host;
	size_t slot;
	unsigned int function;
};

/**
 * struct hostdev_slot - a slot of the guest
 * @host: the host's slot that it mirrors; its function is 0
 * @bus: number of its bus in the guest; 0 for i440fx
 * @device: device number; 0 except for i440fx
 * @whole: all functions of the host's slot are in it
 * @count: number of its functions
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
 * @guest: the guest; NULL: lines for QEMU alone
 * @port: slots are behind root ports; else on bus 0
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
 * hostdev_plan() - find an address for each function of a target
 * @guest: NULL: for QEMU's command line
 * @fault: why there is no place
 *
 * Addresses of the guest's elements for this card count as free: the new lines replace
 * them.
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOST_USE_H
#define VFIO_EARLY_HOST_USE_H

/* The host's present use of PCI functions: disks, network, screens, keyboards. */

#include <stdbool.h>
#include <stddef.h>

#include "base/lines.h"
#include "base/sysroot.h"
#include "model/host.h"
#include "survey/disk_use.h"

#define HOST_USE_NAME_MAX 64
#define HOST_LINKS_MAX 128
#define HOST_SCREENS_MAX 64
#define HOST_INPUTS_MAX 64

/**
 * struct network_link - a network link on a PCI function
 * @routed: a default route uses it, or a link on top of it
 */
struct network_link {
	char name[HOST_USE_NAME_MAX];
	size_t function;
	bool routed;
};

/** struct screen - a connector whose screen is on: card0-DP-1 */
struct screen {
	char name[HOST_USE_NAME_MAX];
	size_t function;
};

/** struct input_device - a keyboard, or else a mouse */
struct input_device {
	char name[LINES_WORD_MAX];
	size_t function;
	bool keyboard;
};

/**
 * struct host_use - all uses; entries that do not fit are dropped
 * @disks: disks of the functions that are near a target
 * @links_known: network links could be listed
 * @inputs_known: likewise the input devices
 * @desktop: a display manager is started
 * @passphrase: a passphrase is asked for at boot
 */
struct host_use {
	struct disk_uses disks;
	struct network_link links[HOST_LINKS_MAX];
	size_t n_links;
	bool links_known;
	struct screen screens[HOST_SCREENS_MAX];
	size_t n_screens;
	struct input_device inputs[HOST_INPUTS_MAX];
	size_t n_inputs;
	bool inputs_known;
	bool desktop;
	bool passphrase;
};

/**
 * host_use_read() - read the uses
 * @near: by index in host.functions: whether its disks are wanted
 */
void host_use_read(const struct sysroot *root, const char *cmdline,
		   const struct host *host, const bool *near, struct host_use *use);

#endif

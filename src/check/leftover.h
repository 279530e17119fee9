/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LEFTOVER_H
#define VFIO_EARLY_LEFTOVER_H

/*
 * `--check`: what other recipes left behind: vfio-pci.ids=, softdeps, blacklists, forced
 * drivers (leftover_check.c); scripts, hooks of libvirt, rules of udev
 * (leftover_files.c). Most of it is superfluous now, some of it fights, and some of it is
 * what the host needs.
 */

#include "check/finding.h"
#include "check/scene.h"
#include "survey/recipe.h"

#define ORIGIN_MAX FINDING_SUBJECT_MAX
#define LINE_TEXT_MAX 2048
#define LISTS_MAX 8

/* A list of ids for vfio-pci */
struct list {
	char origin[ORIGIN_MAX];
	char file[ORIGIN_MAX];
	char ids[LINE_TEXT_MAX];
	bool in_cmdline;
};

/**
 * struct view - what every judge looks at
 * @last: file that was spoken of last
 */
struct view {
	const struct host *host;
	const struct config *config;
	const struct plan *plan;
	const struct bootloader *bootloader;
	struct findings *findings;
	char last[ORIGIN_MAX];
	struct list lists[LISTS_MAX];
	size_t n_lists;
};

/** leftover_origin() - where a line stands: /etc/modprobe.d/vfio.conf:1 */
void leftover_origin(const struct recipe *recipe, char origin[static ORIGIN_MAX]);

/** leftover_spoken() - was this file spoken of just before? Now it is. */
bool leftover_spoken(struct view *view, const char *path);

/** leftover_advise() - without a config: leave it until there is one */
void leftover_advise(const struct view *view, struct finding *finding);

/** leftover_script() - a line of a script or a unit that runs at boot */
void leftover_script(const struct recipe *recipe, struct view *view);
/** leftover_hook() - a line of a hook of libvirt */
void leftover_hook(const struct recipe *recipe, struct view *view);
/** leftover_rule() - a rule of udev */
void leftover_rule(const struct recipe *recipe, struct view *view);
/** leftover_driverctl() - the driver that driverctl has for a device */
void leftover_driverctl(const struct recipe *recipe, struct view *view);
/** leftover_supergfx() - a line of /etc/supergfxd.conf */
void leftover_supergfx(const struct recipe *recipe, struct view *view);

#endif

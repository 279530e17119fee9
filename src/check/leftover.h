/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LEFTOVER_H
#define VFIO_EARLY_LEFTOVER_H

/*
 * `--check`: leftovers of other set-ups: vfio-pci.ids=, softdeps, blacklists, forced
 * drivers (leftover_check.c); scripts, hooks of libvirt, rules of udev
 * (leftover_files.c). Most of them are superfluous now, some are in conflict with this
 * program, and some are needed by the host.
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
 * struct view - input and output of each judge
 * @last: file that the last finding was about
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

/** leftover_origin() - place of a line: /etc/modprobe.d/vfio.conf:1 */
void leftover_origin(const struct recipe *recipe, char origin[static ORIGIN_MAX]);

/** leftover_spoken() - was the last finding about this file? Notes the file. */
bool leftover_spoken(struct view *view, const char *path);

/** leftover_advise() - without a config, advise to keep the line until there is one */
void leftover_advise(const struct view *view, struct finding *finding);

/** leftover_script() - judge a line of a script or a unit that runs at boot */
void leftover_script(const struct recipe *recipe, struct view *view);
/** leftover_hook() - judge a line of a hook of libvirt */
void leftover_hook(const struct recipe *recipe, struct view *view);
/** leftover_rule() - judge a rule of udev */
void leftover_rule(const struct recipe *recipe, struct view *view);
/** leftover_driverctl() - judge the driver that driverctl sets for a device */
void leftover_driverctl(const struct recipe *recipe, struct view *view);
/** leftover_supergfx() - judge a line of /etc/supergfxd.conf */
void leftover_supergfx(const struct recipe *recipe, struct view *view);

#endif

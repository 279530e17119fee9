/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_H
#define VFIO_EARLY_CAPTURE_H

/*
 * An archive of the machine as the program sees it: exactly the files that it reads,
 * without data that identifies the machine or its owner. Unpacked, it is a --sysroot with
 * the same plan.
 */

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/sysroot.h"
#include "capture/scrub.h"
#include "capture/tarball.h"
#include "model/cmdline.h"
#include "model/host.h"
#include "survey/kernel_log.h"

#define CAPTURE_IMAGES_MAX 256
#define CAPTURE_NAME_MAX 512
#define CAPTURE_PLACE_MAX 1024

/**
 * struct capture - a machine that is being captured
 * @root: where it is
 * @host: what was found there
 * @tarball: the files
 * @scrub: what was replaced in them
 * @cmdline_before: kernel command line of the machine
 * @cmdline: the same as it is in the archive
 * @images: initramfs images that are taken, each with its inode
 * @last_path: of the file that was taken last
 * @last_name: its name in the archive
 * @reordered: the files of some directory have another order in the archive
 * @left_out: files that --check looked at and that are not taken
 * @shortened: images that could not be taken so that they give the same answer
 */
struct capture {
	const struct sysroot *root;
	const struct host *host;
	struct tarball tarball;
	struct scrub scrub;
	char cmdline_before[CMDLINE_MAX];
	char cmdline[CMDLINE_MAX];
	struct capture_image {
		char name[CAPTURE_NAME_MAX];
		dev_t device;
		ino_t inode;
	} images[CAPTURE_IMAGES_MAX];
	size_t n_images;
	char last_path[CAPTURE_PLACE_MAX];
	char last_name[CAPTURE_PLACE_MAX];
	bool reordered;
	size_t left_out;
	size_t shortened;
};

/**
 * capture_machine() - take all files that the program reads
 * @capture: root and host are set, the rest is zeroed; give the tarball to tarball_done()
 * @config: --config FILE, taken in place of the usual files; NULL: none
 * @messages: messages of the kernel, which become dev/kmsg; NULL: none
 */
void capture_machine(struct capture *capture, const char *config,
		     const struct messages *messages);

/** capture_indices() - take what libkmod reads of a kernel's modules */
void capture_indices(struct capture *capture, const char *release);

/**
 * capture_to_json() - what was taken and replaced, as an object
 * @capture: done; its tarball may have been freed, except for the count
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *capture_to_json(const struct capture *capture, const char *file);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_JUDGE_H
#define VFIO_EARLY_INITRD_JUDGE_H

/*
 * Will an initramfs image reserve what the config wants? Pure: the image and what has to
 * be in it are values (initrd.h, module_index.h).
 */

#include <stdbool.h>

#include "check/finding.h"
#include "image/initrd.h"
#include "image/module_index.h"
#include "model/config.h"

/**
 * struct initrd_case - an image, and what has to be in it
 * @subject: of findings: path of the image
 * @initrd: the image
 * @release: of its kernel; empty: unknown
 * @next: it boots unless somebody chooses another one
 * @fallback: an image for rescue, left without us on purpose by most generators
 * @preinit: the kernel starts vfio-early-boot in place of /init
 * @wanted: there is something to be reserved
 * @etc: config files of the machine
 * @etc_known: they could be read
 * @given: they are this file in place of those in /etc; NULL: they are those
 * @inside: config files of the image
 * @inside_known: likewise
 * @needs: modules that have to be in the image
 * @missing: drivers that its kernel does not have, neither as a file nor built in
 * @needs_known: @needs and @missing are filled from the kernel's indices
 * @claims: drivers of the host that would claim the wanted functions
 */
struct initrd_case {
	const char *subject;
	const struct initrd *initrd;
	char release[HOST_NAME_MAX];
	bool next;
	bool fallback;
	bool preinit;
	bool wanted;
	const struct config *etc;
	bool etc_known;
	const char *given;
	const struct config *inside;
	bool inside_known;
	struct module_list needs;
	struct module_list missing;
	bool needs_known;
	struct module_list claims;
};

/**
 * initrd_config_is_other() - is the config in it not the one that is checked?
 * @image: with @etc and @inside, both known
 *
 * Return: true when a file more or less, or a byte of one, tells them apart
 */
bool initrd_config_is_other(const struct initrd_case *image);

/**
 * initrd_judge() - judge an image
 * @image: the image, and what has to be in it
 * @findings: added; the first is always a FINDING_IMAGE, whose level is FINDING_PASS for
 *	an image that boots unless somebody chooses another one, and FINDING_HINT for the
 *	others. FINDING_FAIL is only for those that boot.
 */
void initrd_judge(const struct initrd_case *image, struct findings *findings);

#endif

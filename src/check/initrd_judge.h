/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_JUDGE_H
#define VFIO_EARLY_INITRD_JUDGE_H

/*
 * Will an initramfs image reserve what the config wants? Pure: the image and what has to
 * be in it are values (initrd.h, module_index.h).
 */

#include <stdbool.h>

#include "check/finding.h"
#include "image/images.h"
#include "model/config.h"

/**
 * struct initrd_case - an image, and what it is compared with
 * @image: see there
 * @next: it boots unless another one is chosen
 * @aside: why it does not boot: "is for rescue"; where it is not @next
 * @wanted: there is something to be reserved
 * @etc: config files of the machine
 * @etc_known: they could be read
 * @given: they are this file in place of those in /etc; NULL: they are those
 */
struct initrd_case {
	const struct initramfs *image;
	bool next;
	const char *aside;
	bool wanted;
	const struct config *etc;
	bool etc_known;
	const char *given;
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
 * @judged: the image, and what has to be in it
 * @findings: added; the first is always a FINDING_IMAGE, whose level is FINDING_PASS for
 *	an image that boots unless another one is chosen, and FINDING_HINT for the
 *	others. FINDING_FAIL is only for those that boot.
 */
void initrd_judge(const struct initrd_case *judged, struct findings *findings);

#endif

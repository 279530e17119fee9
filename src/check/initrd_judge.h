/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INITRD_JUDGE_H
#define VFIO_EARLY_INITRD_JUDGE_H

/*
 * Will an initramfs image reserve what the config asks for? Pure: the image and its
 * required contents are values (initrd.h, module_index.h).
 */

#include <stdbool.h>

#include "check/finding.h"
#include "image/images.h"
#include "model/config.h"

/**
 * struct initrd_case - an image, and the state it is compared with
 * @image: see there
 * @next: it boots unless another image is chosen
 * @aside: unless @next: why it does not boot: "is for rescue"
 * @wanted: there is a target to reserve
 * @etc: config files of the machine
 * @etc_known: they could be read
 * @given: the file that is used in place of /etc; NULL: none
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
 * initrd_config_is_other() - does its config differ from the one that is checked?
 * @image: with @etc and @inside, both known
 *
 * Return: true for an additional or missing file, or any different byte
 */
bool initrd_config_is_other(const struct initrd_case *image);

/**
 * initrd_judge() - add the findings about an image
 * @judged: the image, and what has to be in it
 * @findings: added; the first is always a FINDING_IMAGE, whose level is FINDING_PASS for
 *	an image that boots unless another one is chosen, and FINDING_HINT for other
 *	images. Only images that boot get a FINDING_FAIL.
 */
void initrd_judge(const struct initrd_case *judged, struct findings *findings);

#endif

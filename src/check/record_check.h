/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_CHECK_H
#define VFIO_EARLY_RECORD_CHECK_H

/*
 * The decisions of a boot by its image's record (model/record.h): at that time no disk is
 * mounted and there is no route, so the record is all that is known of the host. Pure.
 */

#include "check/initrd_check.h"
#include "check/initrd_judge.h"
#include "check/scene.h"

/** record_view() - the machine as a boot of an image knows it, in scene.scratch_host */
void record_view(const struct scene *scene, const struct initramfs *image);

/**
 * record_judge() - judge an image's record by its effect on the targets
 * @outlook: its refuses and takes are filled
 */
void record_judge(const struct scene *scene, const struct initrd_case *judged,
		  struct initrd_outlook *outlook);

/** record_judge_none() - fill scene.outlooks->careful */
void record_judge_none(const struct scene *scene);

#endif

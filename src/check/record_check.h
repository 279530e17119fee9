/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_CHECK_H
#define VFIO_EARLY_RECORD_CHECK_H

/*
 * What a boot decides by: no disk is mounted then, no route is there, and of the host it
 * knows what its image recorded (model/record.h). Pure.
 */

#include "check/initrd_check.h"
#include "check/initrd_judge.h"
#include "check/scene.h"

/** record_view() - the machine as a boot of an image knows it, in scene.scratch_host */
void record_view(const struct scene *scene, const struct initramfs *image);

/**
 * record_judge() - judge an image's record by what it makes of the targets
 * @outlook: its refuses and takes are filled
 */
void record_judge(const struct scene *scene, const struct initrd_case *judged,
		  struct initrd_outlook *outlook);

/** record_judge_none() - fill scene.outlooks->careful */
void record_judge_none(const struct scene *scene);

#endif

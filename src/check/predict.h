/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PREDICT_H
#define VFIO_EARLY_PREDICT_H

/* What becomes of each target at the next boot, by plan, report and findings. Pure. */

#include "check/check.h"

/** check_image_is_aside() - does an image boot only when it is chosen? */
bool check_image_is_aside(const struct findings *findings, const char *subject);

/**
 * check_predict() - fill check.targets from plan, report and findings. Pure.
 * @check: all but the targets is filled
 */
void check_predict(struct check *check);

#endif

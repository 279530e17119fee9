/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_SEEN_H
#define VFIO_EARLY_CAPTURE_SEEN_H

/*
 * What --check looked at, each file by a filter that knows its kind: lines that matter,
 * and of these the words that tell nothing of the machine or its owner (words.h).
 */

#include "capture/capture.h"
#include "capture/seen.h"

/**
 * capture_seen() - take what was seen and is not taken yet
 * @capture: after capture_machine()
 *
 * What no filter knows is not taken; capture->left_out counts it.
 */
void capture_seen(struct capture *capture, const struct seen *seen);

#endif

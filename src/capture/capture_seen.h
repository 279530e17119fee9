/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURE_SEEN_H
#define VFIO_EARLY_CAPTURE_SEEN_H

/*
 * The files that --check looked at, each through the filter for its kind: lines that
 * matter, and of these the words that say nothing about the machine or its owner
 * (words.h).
 */

#include "capture/capture.h"
#include "capture/seen.h"

/**
 * capture_seen() - take files that were looked at and are not in the archive yet
 * @capture: after capture_machine()
 *
 * A file without a filter is not taken; capture->left_out counts it.
 */
void capture_seen(struct capture *capture, const struct seen *seen);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_STATUS_H
#define VFIO_EARLY_STATUS_H

/**
 * enum status - exit statuses of both programs
 * @STATUS_GOOD: every wanted target is, or would be, reserved, or nothing is wanted;
 *	`--check`: no warning
 * @STATUS_SHORT: some are not, or it cannot be told; `--check`: warnings; `--image`:
 *	there is no config, so nothing belongs into the image
 * @STATUS_BAD: wrong usage or config; `--check`: failures
 * @STATUS_NO_REPORT: there is no report of this boot
 */
enum status { STATUS_GOOD, STATUS_SHORT, STATUS_BAD, STATUS_NO_REPORT };

#endif

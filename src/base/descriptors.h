/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DESCRIPTORS_H
#define VFIO_EARLY_DESCRIPTORS_H

/**
 * descriptors_hold() - let no file that is opened later be 0, 1 or 2
 *
 * Where a program was started with these closed, the next file that it opens gets the
 * number, and the words that a library has for the user land inside it. What is closed
 * becomes a descriptor that takes no bytes: writing fails as before, with EBADF.
 */
void descriptors_hold(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LIBVIRT_READ_H
#define VFIO_EARLY_LIBVIRT_READ_H

/* libvirt's domain XML, read by libxml2. */

#include <stddef.h>

#include "base/fault.h"
#include "guest/domain.h"

/**
 * libvirt_parse() - read a domain
 * @guest: filled; what it held before does not matter
 * @fault: FILE:LINE: what is wrong
 *
 * No other file is loaded. A document type is refused, so that there are no entities.
 * Depth and size have libxml2's limits.
 *
 * Return: 0; -EINVAL for anything but a domain; -E2BIG for more than the limits of
 * domain.h; -ENOMEM
 */
int libvirt_parse(const char *file, const char *text, size_t length, struct guest *guest,
		  struct fault *fault);

#endif

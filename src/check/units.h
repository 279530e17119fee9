/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_UNITS_H
#define VFIO_EARLY_UNITS_H

/* What systemd says of its units. */

#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

#define UNITS_SECONDS 5 /* that an answer may take */

/**
 * units_active() - is one of these units active?
 * @root: only the running machine's systemd can be asked
 * @names: of units: libvirtd.socket
 * @count: of @names
 *
 * Return: FACT_UNKNOWN when it cannot be asked
 */
enum fact units_active(const struct sysroot *root, const char *const *names,
		       size_t count);

#endif

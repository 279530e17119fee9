/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_START_READ_H
#define VFIO_EARLY_START_READ_H

/* What happens around a guest: other guests, the start with the host, hooks. */

#include "base/sysroot.h"
#include "guest/domain.h"
#include "guest/facts.h"

/**
 * start_read() - fill what facts.h has about it
 * @facts: the functions that the guest gets are in it already
 */
void start_read(const struct sysroot *root, const struct guest *guest,
		struct guest_facts *facts);

#endif

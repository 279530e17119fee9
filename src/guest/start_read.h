/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_START_READ_H
#define VFIO_EARLY_START_READ_H

/* Circumstances of a guest's start: other guests, autostart, hooks. */

#include "base/sysroot.h"
#include "guest/domain.h"
#include "guest/facts.h"

/**
 * start_read() - fill the facts about a guest's start
 * @facts: its functions (@passed) are filled already
 */
void start_read(const struct sysroot *root, const struct guest *guest,
		struct guest_facts *facts);

#endif

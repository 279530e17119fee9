/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FACTS_READ_H
#define VFIO_EARLY_FACTS_READ_H

/* Looking at the host for one guest. */

#include "base/sysroot.h"
#include "guest/domain.h"
#include "guest/facts.h"
#include "model/host.h"

/**
 * facts_read() - fill the facts
 * @facts: filled; what it held before does not matter
 *
 * Cannot fail: facts that could not be read are unknown.
 */
void facts_read(const struct sysroot *root, const struct guest *guest,
		const struct host *host, struct guest_facts *facts);

#endif

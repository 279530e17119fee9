/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FILES_READ_H
#define VFIO_EARLY_FILES_READ_H

/* Firmware and ROM files that a guest names: are they there, and may QEMU read them? */

#include "base/sysroot.h"
#include "guest/domain.h"
#include "guest/facts.h"

/**
 * files_read() - fill the facts about files
 *
 * Paths of the guest are taken below the root.
 */
void files_read(const struct sysroot *root, const struct guest *guest,
		struct guest_facts *facts);

#endif

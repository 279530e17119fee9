/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_EXPLAIN_ENTRY_H
#define VFIO_EARLY_EXPLAIN_ENTRY_H

/* How to add a boot entry that reserves the cards on this machine. */

#include <stdio.h>

#include "base/sysroot.h"

/** explain_entry() - write the steps for the boot loader of this machine */
void explain_entry(const struct sysroot *root, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_EXPLAIN_ENTRY_H
#define VFIO_EARLY_EXPLAIN_ENTRY_H

/* How this machine gets a boot entry that is for a virtual machine. */

#include <stdio.h>

#include "base/sysroot.h"

/** explain_entry() - write the steps, by the boot loader that is there */
void explain_entry(const struct sysroot *root, FILE *out);

#endif

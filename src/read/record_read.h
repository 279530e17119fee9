/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_READ_H
#define VFIO_EARLY_RECORD_READ_H

/* The record of the host that this image carries. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * record_read() - read RECORD_PATH as a config is read, and apply it (record_apply())
 * @host: its functions are there; notes are added
 */
void record_read(const struct sysroot *root, const char *cmdline, struct host *host);

#endif

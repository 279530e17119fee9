/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FRAMEBUFFER_H
#define VFIO_EARLY_FRAMEBUFFER_H

/* The owner of the firmware's framebuffer, by /proc/iomem. */

#include "base/sysroot.h"
#include "model/host.h"

/**
 * framebuffer_read() - find the functions whose BARs hold a firmware framebuffer
 * @root: where the machine is
 * @host: functions are filled already; functions[].framebuffer and framebuffer_known are
 *	filled; notes added
 *
 * The nesting of /proc/iomem decides, which unprivileged readers see, too: for them
 * addresses are zeros, but names are shown (kernel/resource.c r_show()).
 */
void framebuffer_read(const struct sysroot *root, struct host *host);

/**
 * framebuffer_holder() - read again which framebuffer holds a part of a function's BARs
 * @ret_owner: BOOTFB, efifb, simpledrm, ...; empty: no framebuffer of the firmware
 *
 * Return: 0; -errno when /proc/iomem cannot be read
 */
int framebuffer_holder(const struct sysroot *root, const struct host_function *function,
		       char ret_owner[static HOST_NAME_MAX], struct fault *fault);

#endif

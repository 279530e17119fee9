/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_CPU_CHECK_H
#define VFIO_EARLY_GUEST_CPU_CHECK_H

/* Model, topology, nested virtualisation. Pure. */

#include "guest/fit.h"

/** guest_cpu_check() - add its findings */
void guest_cpu_check(struct fit *fit);

#endif

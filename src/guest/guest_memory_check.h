/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_MEMORY_CHECK_H
#define VFIO_EARLY_GUEST_MEMORY_CHECK_H

/* Size, huge pages, limits, balloon. Pure. */

#include "guest/fit.h"

/** guest_memory_check() - add its findings */
void guest_memory_check(struct fit *fit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_START_CHECK_H
#define VFIO_EARLY_GUEST_START_CHECK_H

/* The start with the host, hooks, other guests. Pure. */

#include "guest/fit.h"

/** guest_start_check() - add its findings */
void guest_start_check(struct fit *fit);

#endif

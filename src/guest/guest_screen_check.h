/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_SCREEN_CHECK_H
#define VFIO_EARLY_GUEST_SCREEN_CHECK_H

/* Emulated screens, and keyboards. Pure. */

#include "guest/fit.h"

/** guest_screen_check() - add its findings */
void guest_screen_check(struct fit *fit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_CARD_CHECK_H
#define VFIO_EARLY_GUEST_CARD_CHECK_H

/* Do the functions exist, are they reserved, complete and in one slot? Pure. */

#include "guest/fit.h"

/** guest_card_check() - add its findings */
void guest_card_check(struct fit *fit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_PIN_CHECK_H
#define VFIO_EARLY_GUEST_PIN_CHECK_H

/* Processors: is the guest pinned, and do the pins fit the host and the card? Pure. */

#include "guest/fit.h"

/** guest_pin_check() - add the findings pin-* */
void guest_pin_check(struct fit *fit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_MACHINE_CHECK_H
#define VFIO_EARLY_GUEST_MACHINE_CHECK_H

/* Chipset, firmware, address width, and hiding the hypervisor from the guest. Pure. */

#include "guest/fit.h"

/** guest_machine_check() - add its findings */
void guest_machine_check(struct fit *fit);

#endif

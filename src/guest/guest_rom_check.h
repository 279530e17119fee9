/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_ROM_CHECK_H
#define VFIO_EARLY_GUEST_ROM_CHECK_H

/* ROM files: can QEMU read them? Pure. */

#include "guest/fit.h"

/** guest_rom_check() - add its findings */
void guest_rom_check(struct fit *fit);

#endif

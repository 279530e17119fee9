/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OWN_SWITCH_H
#define VFIO_EARLY_OWN_SWITCH_H

/*
 * The PCI Express switch that a graphics card brings along (Intel Arc, AMD Navi): what is
 * behind it is the card, on whichever bus. An Arc has its sound on a bus of its own.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "model/host.h"

/**
 * own_switch_is_shared() - are both parts of one card that has such a switch?
 *
 * Each hangs on a downstream port of its own vendor that has no slot for another card,
 * this on one upstream port of that vendor, and all displays below are in one slot.
 */
bool own_switch_is_shared(const struct host *host, size_t a, size_t b);

#endif

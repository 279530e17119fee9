/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OWN_SWITCH_H
#define VFIO_EARLY_OWN_SWITCH_H

/*
 * The PCI Express switch on a graphics card (Intel Arc, AMD Navi): all functions below it
 * belong to the card, on any bus. The sound function of an Arc is on another bus than its
 * display. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "model/host.h"

/**
 * own_switch_is_shared() - are both functions parts of one card with such a switch?
 *
 * Each is below a downstream port of its own vendor without a slot for another card,
 * these ports are below one upstream port of that vendor, and all displays below it are
 * in one slot.
 */
bool own_switch_is_shared(const struct host *host, size_t a, size_t b);

#endif

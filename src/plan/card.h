/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CARD_H
#define VFIO_EARLY_CARD_H

/* Questions about functions and about the cards that a plan takes. Pure. */

#include <stdbool.h>
#include <stddef.h>

#include "model/host.h"
#include "plan/plan.h"

#define CARD_TEXT_MAX 384

/** card_at() - the function of the machine at an index of a target's functions */
const struct host_function *card_at(const struct host *host,
				    const struct plan_target *target, size_t index);

/** card_takes() - would a target take this function? */
bool card_takes(const struct plan_target *target, size_t function);

/** card_any_takes() - would any target take this function? */
bool card_any_takes(const struct plan *plan, size_t function);

/** card_any_reserves() - would a target reserve this function? */
bool card_any_reserves(const struct plan *plan, size_t function);

/** card_touches() - is a function taken, or in a group with a function that is? */
bool card_touches(const struct host *host, const struct plan_target *target,
		  size_t function);

/**
 * card_is_transparent() - does the kernel ignore this function when it gives a group to
 * VFIO?
 *
 * Return: true for bridges, host bridges included: they do no DMA of their own
 */
bool card_is_transparent(const struct host_function *function);

/**
 * card_bridge_driver_is_fine() - may a bridge of the group have this driver?
 * @driver: its name; empty: none
 *
 * Since 5.19 a driver has to leave DMA alone (.driver_managed_dma).
 */
bool card_bridge_driver_is_fine(const char *driver);

/**
 * card_blocks_nobody() - may this function stay in a group that is given to VFIO?
 *
 * Return: true for a function without driver and override that by the image's record no
 * module would claim, on kernels that only look at drivers (5.19 and later)
 */
bool card_blocks_nobody(const struct host *host, const struct host_function *function);

/**
 * card_is_vfio() - is this a VFIO driver?
 * @driver: name of a driver
 *
 * Return: true for the machine's VFIO drivers and for names such as nvgrace-gpu-vfio-pci
 */
bool card_is_vfio(const struct host *host, const char *driver);

/** card_is_reserved() - are all functions of a target bound to VFIO drivers now? */
bool card_is_reserved(const struct host *host, const struct plan_target *target);

/**
 * card_mention() - name a function in a sentence
 * @text: filled: 0000:00:1f.2 [8086:a352] (ahci)
 */
void card_mention(const struct host_function *function, char text[static CARD_TEXT_MAX]);

/**
 * card_mention_all() - name several functions in a sentence
 * @text: filled: the first few, and the number of the others
 */
void card_mention_all(const struct host *host, const size_t *functions, size_t count,
		      char text[static CARD_TEXT_MAX]);

/**
 * card_reset_bug() - family of a card that hangs after a reset
 *
 * Families that pass all checks of the kernel and still hang: those for which the project
 * vendor-reset has code.
 *
 * Return: its name; NULL: the card is of none
 */
const char *card_reset_bug(const struct host_function *function);

/**
 * card_has_no_bus_reset() - does the kernel refuse to reset the card's bus?
 *
 * drivers/pci/quirks.c quirk_nvidia_no_bus_reset()
 */
bool card_has_no_bus_reset(const struct host_function *function);

#endif

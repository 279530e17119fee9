/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_SHOW_H
#define VFIO_EARLY_GUEST_SHOW_H

/* Facts and findings about a guest, for people and for programs. */

#include <jansson.h>

#include "guest/fit.h"
#include "guest/hostdev.h"
#include "report/render.h"

#define GUEST_SHOW_VERSION 1

/** guest_print() - the guest, the findings by section, and their conclusion */
void guest_print(const struct render *render, const struct fit *fit);

/**
 * guest_to_json() - the same as an object
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *guest_to_json(const struct fit *fit);

/**
 * hostdev_to_json() - the lines of --hostdev, with the values that they are made of
 * @good: the card is reserved
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *hostdev_to_json(const struct hostdev *hostdev, const char *text, bool good);

#endif

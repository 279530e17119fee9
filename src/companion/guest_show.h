/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_SHOW_H
#define VFIO_EARLY_GUEST_SHOW_H

/* What was found about a guest, for people and for programs. */

#include <jansson.h>

#include "guest/fit.h"
#include "guest/hostdev.h"
#include "report/render.h"

#define GUEST_SHOW_VERSION 1

/** guest_print() - what the guest is, the findings by section, and what they mean */
void guest_print(const struct render *render, const struct fit *fit);

/**
 * guest_to_json() - the same as an object
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *guest_to_json(const struct fit *fit);

/**
 * hostdev_to_json() - the lines of --hostdev with what they are made of
 * @good: the card is reserved
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *hostdev_to_json(const struct hostdev *hostdev, const char *text, bool good);

#endif

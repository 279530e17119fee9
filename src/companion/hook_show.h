/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOOK_SHOW_H
#define VFIO_EARLY_HOOK_SHOW_H

/* The cards that are taken while a guest runs, and those that did not come back. */

#include <jansson.h>

#include "base/sysroot.h"
#include "model/host.h"
#include "report/render.h"

/** hook_print() - a paragraph for each guest with cards */
void hook_print(const struct render *render, const struct sysroot *root,
		const struct host *host);

/**
 * hook_to_json() - the same as an array
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *hook_to_json(const struct sysroot *root, const struct host *host);

#endif

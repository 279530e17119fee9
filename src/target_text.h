/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARGET_TEXT_H
#define VFIO_EARLY_TARGET_TEXT_H

/* From a function to a target, and from a target to the lines of a config. Pure. */

#include <stdio.h>

#include "config.h"
#include "host.h"

/**
 * target_of_function() - the target that names a function by all that is known of it
 * @host: the machine
 * @index: of the function
 * @ret_target: filled: name, id, address, path
 */
void target_of_function(const struct host *host, size_t index,
			struct config_target *ret_target);

/**
 * target_write() - write a target as config_parse() reads it
 * @target: name and selectors are written; the other keys have their defaults
 * @out: where to
 */
void target_write(const struct config_target *target, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TARGET_H
#define VFIO_EARLY_TARGET_H

/* From a function to a target. Pure. */

#include "model/config.h"
#include "model/host.h"

/**
 * target_of_function() - the target that names a function by all that is known of it
 * @ret_target: filled: name, id, address, path
 */
void target_of_function(const struct host *host, size_t index,
			struct config_target *ret_target);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_UDEV_RULE_H
#define VFIO_EARLY_UDEV_RULE_H

/* One line of udev's rules, as far as it is about PCI functions (udev(7)). Pure. */

#include <stdbool.h>

#include "model/host.h"

/** udev_rule_assigns() - does it assign a key, such as ATTR{remove}? (`=`, not `==`) */
bool udev_rule_assigns(const char *rule, const char *key);

/**
 * udev_rule_matches() - may it be for a function? Conditions that are not about the
 * function's ids, class or address are taken to be true.
 */
bool udev_rule_matches(const char *rule, const struct host_function *function,
		       bool class_known);

#endif

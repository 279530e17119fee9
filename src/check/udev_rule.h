/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_UDEV_RULE_H
#define VFIO_EARLY_UDEV_RULE_H

/* One line of udev rules, as far as it concerns PCI functions (udev(7)). Pure. */

#include <stdbool.h>

#include "model/host.h"

/** udev_rule_assigns() - does it assign a key, such as ATTR{remove}? (`=`, not `==`) */
bool udev_rule_assigns(const char *rule, const char *key);

/**
 * udev_rule_matches() - may a rule apply to a function? Conditions about anything but its
 * ids, class and address are taken to be true.
 */
bool udev_rule_matches(const char *rule, const struct host_function *function,
		       bool class_known);

#endif

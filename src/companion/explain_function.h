/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_EXPLAIN_FUNCTION_H
#define VFIO_EARLY_EXPLAIN_FUNCTION_H

/* Everything known about one function, in the order in which a person would search. */

#include "base/address.h"
#include "companion/explain.h"

/**
 * explain_function() - a function
 * @render: where to; flushed
 *
 * Return: 0; -ENODEV when there is no such function and nothing is known about it:
 * nothing was written; -EIO when writing failed
 */
int explain_function(const struct explain *explain, const struct pci_address *address,
		     const struct render *render, bool json);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_CHECK_H
#define VFIO_EARLY_GUEST_CHECK_H

/*
 * Will this guest get this card on this host? Each source of findings is one function in
 * a file of its own; all are pure, from facts to findings.
 */

#include "base/status.h"
#include "guest/fit.h"

/** guest_check() - run all sources; fit_cards() is called first */
void guest_check(struct fit *fit);

/** guest_exit_of() - the exit status; FINDING_UNKNOWN counts as a warning */
enum status guest_exit_of(const struct findings *findings);

#endif

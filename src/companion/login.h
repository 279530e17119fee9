/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LOGIN_H
#define VFIO_EARLY_LOGIN_H

/* Has a person logged in? By logind's sessions: at the machine, or by ssh. */

#include <stdbool.h>

#include "base/fault.h"

/**
 * login_counts() - is it the session of a person who typed something?
 * @class: of the session: user, user-early, greeter, background, manager, ...
 * @service: of PAM that opened it; sessions that a display manager opens by itself
 *	(gdm-autologin) prove nothing; NULL: not known
 */
bool login_counts(const char *class, const char *service);

/**
 * login_wait() - sleep until there is one
 *
 * Return: 0, also when there was one before; -errno: logind cannot be listened to
 */
int login_wait(struct fault *fault);

#endif

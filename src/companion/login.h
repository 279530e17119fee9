/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LOGIN_H
#define VFIO_EARLY_LOGIN_H

/* Has a person logged in, at the machine or by ssh? Judged by logind's sessions. */

#include <stdbool.h>

#include "base/fault.h"

/**
 * login_counts() - does a session prove that a person has logged in?
 * @class: class of the session: user, user-early, greeter, background, manager, ...
 * @service: PAM service that opened it; a session that a display manager opens by itself
 *	(gdm-autologin) proves nothing; NULL: not known
 */
bool login_counts(const char *class, const char *service);

/**
 * login_wait() - sleep until a person has logged in
 *
 * Return: 0, also when the login was before; -errno: logind cannot be asked
 */
int login_wait(struct fault *fault);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/login.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "base/cleanup.h"
#include "base/text.h"

bool login_counts(const char *class, const char *service)
{
	if (strcmp(class, "user") != 0 && strncmp(class, "user-", 5) != 0)
		return false;
	return !service || !text_ends(service, "-autologin");
}

static bool session_counts(const char *session)
{
	char *class cleanup_free = NULL, *service cleanup_free = NULL;

	if (sd_session_get_class(session, &class) < 0)
		return false;
	if (sd_session_get_service(session, &service) < 0)
		service = NULL;
	return login_counts(class, service);
}

static bool is_there(void)
{
	char **sessions cleanup_free = NULL;
	int count = sd_get_sessions(&sessions);
	bool found = false;

	for (int i = 0; i < count; i++) {
		found = found || session_counts(sessions[i]);
		free(sessions[i]);
	}
	return found;
}

/* One change of the sessions, whatever it is */
static int change_wait(sd_login_monitor *monitor)
{
	struct pollfd change = { .fd = sd_login_monitor_get_fd(monitor),
				 .events = (short)sd_login_monitor_get_events(monitor) };

	if (poll(&change, 1, -1) < 0 && errno != EINTR)
		return -errno;
	return sd_login_monitor_flush(monitor);
}

int login_wait(struct fault *fault)
{
	sd_login_monitor *monitor;
	int error = sd_login_monitor_new("session", &monitor);

	if (error < 0)
		return fault_set(fault, error,
				 "logind: %s: a login is not seen, so type vfio-early "
				 "--confirm",
				 strerror(-error));
	while (error >= 0 && !is_there())
		error = change_wait(monitor);
	(void)sd_login_monitor_unref(monitor);
	return error < 0 ? fault_set(fault, error, "logind: %s", strerror(-error)) : 0;
}
